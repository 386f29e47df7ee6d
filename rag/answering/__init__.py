"""The ways to answer: quoting without a model, or writing with one."""

from rag.answering.choice import build_answerer

__all__ = ["build_answerer"]
