"""The two derived indexes, kept in step with the catalog, and what stands in while one is not."""

from rag.indexes.follower import Indexes, IndexStatus

__all__ = ["IndexStatus", "Indexes"]
