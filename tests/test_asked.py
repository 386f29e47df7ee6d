"""What a question asks for, and to which thing an amount belongs, in words of their own."""

from pathlib import Path

import numpy as np
import pytest

from rag.answering.asked import AspectFinder, bare, examples
from rag.answering.aspects import ASPECTS
from rag.answering.evidence import is_model, support, typed_values, values_in
from rag.answering.example_vectors import example_vectors
from rag.answering.windows import Window
from rag.documents import Passage
from rag.embedding import Embedder
from rag.names import shipped
from rag.question import understand


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("What price tag did investors hang on Zorkwell?", "valuation"),
        ("How much does Zorkwell rake in over a year?", "revenue"),
        ("Who sits at the top of Zorkwell?", "chief executive"),
        ("How many hands does Zorkwell have on deck, by the last count of staff?", "headcount"),
        ("What sum did the flotation of Zorkwell bring?", "proceeds"),
        ("Why did Zorkwell's valuation fall?", None),
        ("What reason did Zorkwell's boss give for the price of its subscription?", None),
        ("What was to blame for the layoffs at Zorkwell?", None),
        ("Which famous opera had the Zorkwell founders staged before?", None),
        ("Where did Zorkwell open a laboratory?", None),
        ("How many whales did Zorkwell count?", None),
        ("What was Zorkwell called in its first year?", None),
    ],
)
def test_an_aspect_is_known_in_other_words(embedder: Embedder, question: str, aspect: str | None) -> None:
    found = AspectFinder(embedder).aspect(understand(question))
    assert (found.name if found else None) == aspect


def test_examples_are_of_aspects_that_there_are() -> None:
    names = {aspect.name for aspect in ASPECTS} | {"nothing"}
    assert {name for name, _ in examples()} <= names


def test_a_question_is_compared_without_what_tells_it_from_others_of_its_kind() -> None:
    assert bare(understand("What was Mistral AI worth in June 2024?")) == "What was the company worth ?"


def said(aspect: str, text: str) -> float:
    wanted = next(one for one in ASPECTS if one.name == aspect)
    passage = Passage(chunk_id="c", article_id="a", title="", text=text, start=0, end=len(text), score=1.0)
    values = values_in(wanted.value, text, shipped())
    return support(wanted, wanted.value, Window(passage, 0, len(text)), values)


@pytest.mark.parametrize(
    ("text", "belongs", "another"),
    [
        ("Zork holds a stake worth $4 billion.", "stake", "valuation"),
        ("Annualised sales were put at $2 billion.", "revenue", "valuation"),
        ("Blarg supplied $9 million of the round.", "investment", "round"),
        ("It made a loss of $5 million.", "profit or loss", "revenue"),
        ("The deal values it at $7 billion.", "valuation", "round"),
    ],
)
def test_an_amount_belongs_to_the_nearest_claim(text: str, belongs: str, another: str) -> None:
    if belongs != "stake":  # which is asked for in percent
        assert said(belongs, text) > 0.4
    assert said(another, text) < 0.4


@pytest.mark.parametrize(
    ("text", "belongs", "another"),
    [
        ("Some 40 million people use Zork each day.", "number of users", "headcount"),
        ("Zork laid off 70 employees.", "layoffs", "headcount"),
        ("Zork employs 350 people.", "headcount", "number of users"),
    ],
)
def test_a_count_of_people_belongs_to_what_they_do(text: str, belongs: str, another: str) -> None:
    assert said(belongs, text) > 0.4
    assert said(another, text) < 0.4


def test_who_stepped_down_holds_the_post_no_more() -> None:
    assert said("chief executive", "Ada Moss became chief executive in May.") > 0.4
    assert not said("chief executive", "Ada Moss stepped down as chief executive in May.")


def test_a_number_belongs_to_the_words_of_its_own_clause() -> None:
    text = "Zork has revenue on pace for $4 billion, with losses above $5 billion."
    revenue = next(aspect for aspect in ASPECTS if aspect.name == "revenue")
    passage = Passage(chunk_id="c", article_id="a", title="", text=text, start=0, end=len(text), score=1.0)
    window = Window(passage, 0, len(text))
    spans = typed_values(revenue, "amount", window, values_in("amount", text, shipped()))
    assert [text[slice(*span)] for span in spans] == ["$4 billion"]


@pytest.mark.parametrize(("name", "expected"), [("MPT-7B", True), ("Apache-2.0", True), ("1X", False), ("a16z", False)])
def test_a_version_is_nobody(name: str, expected: bool) -> None:
    assert is_model(name, shipped()) is expected


def test_the_examples_vectors_are_kept_and_made_anew_where_they_are_damaged(embedder: Embedder, tmp_path: Path) -> None:
    texts = ["Who runs it?", "What is it worth?"]
    made = example_vectors(texts, embedder, tmp_path)
    (file,) = tmp_path.iterdir()
    assert np.array_equal(np.load(file), made)
    assert np.array_equal(example_vectors(texts, embedder, tmp_path), made)
    file.write_bytes(file.read_bytes()[:40])
    assert np.array_equal(example_vectors(texts, embedder, tmp_path), made)
    example_vectors(["Another question?"], embedder, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
