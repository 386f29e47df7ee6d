"""The names of the trade: companies, people, models and products, and which of them a text means."""

from rag.names.entries import Entry, Kind
from rag.names.mentions import Mention, mentions_in
from rag.names.table import Names, shipped
from rag.names.tags import Tags, tags_of
from rag.names.users_file import FILE, names_for

__all__ = ["FILE", "Entry", "Kind", "Mention", "Names", "Tags", "mentions_in", "names_for", "shipped", "tags_of"]
