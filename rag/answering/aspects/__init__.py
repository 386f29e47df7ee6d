"""What people ask of a start-up: a synonym costs a word in a row, and what no sentence answers is known by its name."""

from rag.answering.aspects.aspect import Aspect, Value
from rag.answering.aspects.table import ASPECTS, aspect_of, matching

__all__ = ["ASPECTS", "Aspect", "Value", "aspect_of", "matching"]
