"""How many tokens texts have, told word by word: the words of articles recur, and splitting one takes a while.

It holds for tokenizers that never join two words, as BERT's: every token lies between two spaces.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

# Words remembered (some 10 MB), and the longest of them in characters: longer ones are addresses, and do not recur.
_MOST, _LONGEST = 100_000, 40


class TokenCounts:
    """Counts tokens; thread safe. `count_anew` is the tokenizer's own count, special tokens left out."""

    def __init__(self, count_anew: Callable[[Sequence[str]], list[int]]) -> None:
        self._count_anew = count_anew
        self._known: dict[str, int] = {}
        self._lock = Lock()

    def count(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text."""
        split = [text.replace("\n", " ").split(" ") for text in texts]
        with self._lock:
            known = self._known
            with suppress(KeyError):  # most texts have no word that is new
                return [sum(map(known.__getitem__, words)) for words in split]
            unknown = list(set[str]().union(*split).difference(known))
            known.update(zip(unknown, self._count_anew(unknown), strict=True))
            counts = [sum(map(known.__getitem__, words)) for words in split]
            for word in unknown:
                if len(word) > _LONGEST:
                    del known[word]
            if len(known) > _MOST:
                known.clear()
        return counts
