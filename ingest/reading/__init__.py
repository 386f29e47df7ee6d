"""Reads articles in a process of their own, so that what an article does to a parser stays there."""

from ingest.reading.reader import Reader

__all__ = ["Reader"]
