"""A limited search by an index that knows no limits: more is asked for than is wanted, and the rest left out."""

from collections.abc import Callable

from rag.indexes.facets import Allowed
from rag.indexes.hits import Hit

# With fewer of the articles allowed than this, looking at those alone is faster.
SHARE = 0.25
# How much more than the share asks for is looked at: what is allowed may be unlike the question.
MARGIN = 1.5
MOST = 2000


def searched(search: Callable[[int], list[Hit]], k: int, allowed: Allowed | None) -> list[Hit] | None:
    """The k best hits of allowed articles; None when they cannot be told this way. `search` gives the best so many."""
    if allowed is None:
        return search(k)
    if allowed.share < SHARE:
        return None
    many = min(MOST, int(MARGIN * k / allowed.share) + 10)
    hits = search(many)
    inside = [hit for hit in hits if hit.article_id in allowed]
    # Fewer than were asked for: that was all there is. (How many there are, Chroma takes 10 ms to count at 100,000.)
    return inside[:k] if len(inside) >= k or len(hits) < many else None
