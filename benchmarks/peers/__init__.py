"""Other ways to find passages, measured on the same articles and questions as Dossier.

A peer is a script of its own environment (`make peers`) that knows nothing of Dossier: it reads articles and questions,
and writes what it found. `python -m benchmarks.peers` gives it those and measures what it found as its own.
"""
