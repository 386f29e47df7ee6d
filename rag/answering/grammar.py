"""A grammar for small models: at most five sentences, each of which ends with the number of a passage.

A full stop inside a sentence is one of a number or an abbreviation: it is followed by no space.
"""

# In characters: shorter is no sentence, longer is a model that goes round in circles.
_SHORTEST, _LONGEST = 8, 320
_SENTENCES = 5


def cited_sentences(passages: int, refusal: str) -> str:
    """The grammar, in llama.cpp's form (GBNF), for answers from so many passages; or `refusal` and what is missing."""
    numbers = " | ".join(f'"{number}"' for number in range(1, passages + 1))
    more = f'(" " sentence){{0,{_SENTENCES - 1}}}'
    return "\n".join(
        (
            f'root ::= "{refusal}: " [^\\[\\]\\n]{{3,160}} | sentence {more}',
            f'sentence ::= [A-Z0-9$€£] piece{{{_SHORTEST},{_LONGEST}}} " [" number "]."',
            'piece ::= [^.\\[\\]<>\\n] | "." [^ .\\[\\]<>\\n]',
            f"number ::= {numbers}",
        )
    )
