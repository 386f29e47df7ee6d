"""Keeps a library up to date: folders by their changes, feeds and addresses by the clock."""

from ingest.watching.stopping import Stop
from ingest.watching.telling import Teller
from ingest.watching.watching import sorted_out, watch

__all__ = ["Stop", "Teller", "sorted_out", "watch"]
