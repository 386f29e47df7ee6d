"""The form of a written answer as a grammar, for models whose words a grammar can hold to it.

A small model seldom names its passages when it is only told to. Under this grammar (GBNF, llama.cpp's) every sentence
ends with the number of a passage that was shown, or the answer is a refusal; that the words are true is checked later.
"""

from collections.abc import Sequence

NOT_FOUND = "NOT_FOUND"
# A full stop inside a sentence stands in a number or a name (`$1.5`, `Character.AI`) or behind one of these.
_GRAMMAR = r"""
root ::= refusal | sentence (" " sentence){{0,4}}
refusal ::= "{not_found}: " words "."
sentence ::= words (cited "." | [.!?] cited)
words ::= word (" " word){{2,60}}
word ::= (plain | [.!?] plain)+ | ([A-Z] "."){{2,4}} | ("Inc" | "Corp" | "Ltd" | "Co" | "Mr" | "Ms" | "Dr" | "vs") "."
plain ::= [^ .!?\[\]<>|\n\r\t\u00a0\u2000-\u200f\u2028\u2029\u202f\u3000]
cited ::= " [" number "]" ("[" number "]")?
number ::= {numbers}
"""


def answer_grammar(numbers: Sequence[int]) -> str:
    """Up to five sentences of at least three words that cite passages with these numbers, or a refusal."""
    return _GRAMMAR.format(not_found=NOT_FOUND, numbers=" | ".join(f'"{number}"' for number in numbers))
