"""Measures a library: how well it finds, answers, cites and refuses, question by question, run against run."""

from rag.evaluation.figures import Figure, figures_of
from rag.evaluation.questions import Asked, Half, half_of, read_questions
from rag.evaluation.records import Record, Run, read_run

__all__ = ["Asked", "Figure", "Half", "Record", "Run", "figures_of", "half_of", "read_questions", "read_run"]
