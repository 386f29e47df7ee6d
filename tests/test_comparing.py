"""What the parts of a question share, and what is cut out of the sentences that answer them."""

import pytest

from rag.answer import AnswerPart, Sentence
from rag.answering.aspects import aspect_of
from rag.answering.cut_out import cut_out
from rag.answering.sought import sought_by
from rag.answering.windows import Window
from rag.comparing import table_of
from rag.documents import Passage
from rag.question import understand

FOUND = (Sentence(text="Lumen has 140 people.", citations=(1,)), Sentence(text="Weft has 90.", citations=(2,)))


@pytest.mark.parametrize(
    ("questions", "heading", "labels"),
    [
        (("Lumen: headcount", "Weft: headcount"), "headcount", ["Lumen", "Weft"]),
        (
            ("Lumen's price at the Series A?", "Lumen's price at the Series B?"),
            "Lumen's price",
            ["Series A", "Series B"],
        ),
        (("Who runs Lumen?", "when was it founded (Lumen)?"), "", ["Who runs Lumen", "when was it founded (Lumen)"]),
    ],
)
def test_rows_are_called_by_what_sets_the_parts_apart(
    questions: tuple[str, str], heading: str, labels: list[str]
) -> None:
    parts = [AnswerPart(question=q, status="answered", sentences=(n,)) for n, q in enumerate(questions)]
    table = table_of(parts, FOUND)
    assert table is not None
    assert table.columns == ("", heading)
    assert [row[0].text for row in table.rows] == labels
    assert [row[1].citations for row in table.rows] == [(1,), (2,)]


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("How many people work at Zorkwell?", "Zorkwell employs about 400 people in Oslo.", "about 400 people"),
        ("How much did Zorkwell raise?", "Zorkwell raised up to $9 million in May.", "up to $9 million"),
        ("Who founded Zorkwell?", "Ada Moss and Ben Roe founded Zorkwell.", "Ada Moss and Ben Roe"),
        ("How much did Zorkwell raise?", "Zorkwell is in talks to raise $9 million.", ""),
        ("How much did Zorkwell raise?", "Zorkwell raised $9 million, then $4 million.", ""),
        ("What does Zorkwell do?", "Zorkwell makes looms.", ""),
    ],
)
def test_only_what_is_certain_is_cut_out(question: str, text: str, value: str) -> None:
    asked = understand(question)
    passage = Passage(chunk_id="c", article_id="a", title="", text=text, start=0, end=len(text), score=1.0)
    sought = sought_by(asked, [passage], lambda term: 1.0, aspect_of(asked.wording, asked.kind))
    assert cut_out(Window(passage, 0, len(text)), sought) == value
