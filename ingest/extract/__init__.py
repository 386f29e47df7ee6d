"""From the bytes of a file to the text and the metadata of an article."""

from ingest.extract.extracted import Extracted
from ingest.extract.extraction import extract

__all__ = ["Extracted", "extract"]
