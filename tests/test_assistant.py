import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rag.answering.claims import Claim, Refusal, Step
from rag.assistant import Answered, Assistant, Delta, Event, PassagesFound
from rag.documents import Passage
from rag.errors import ModelError, QuestionError
from rag.question import Question
from rag.settings import Settings

LED = "Who led Mistral AI's Series A?"


@pytest.fixture
def assistant(corpus_library: Path) -> Iterator[Assistant]:
    """Opened beside whoever else has the sample corpus open: it need not own the indexes."""
    assistant = Assistant.open(Settings(library=corpus_library))
    yield assistant
    assistant.close()


def events(assistant: Assistant, question: str, **given: str) -> list[Event]:
    async def collect() -> list[Event]:
        return [event async for event in assistant.stream(question, **given)]  # type: ignore[arg-type]

    return asyncio.run(collect())


@pytest.mark.parametrize("question", [LED, "How much did Mistral AI raise?", "Which investors backed Cohere?"])
def test_a_stream_is_passages_then_the_text_piece_by_piece_then_the_answer(assistant: Assistant, question: str) -> None:
    first, *pieces, last = events(assistant, question)
    assert isinstance(first, PassagesFound)
    assert isinstance(last, Answered)
    assert all(isinstance(piece, Delta) for piece in pieces)
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)) == last.answer.text
    assert first.passages == last.answer.passages


def test_a_refusal_has_no_pieces_and_says_what_is_near(assistant: Assistant) -> None:
    first, last = events(assistant, "What is the favourite colour of Zorbaxian's chief executive?")
    assert isinstance(first, PassagesFound)
    assert isinstance(last, Answered)
    assert last.answer.status == "not_found"
    assert "Zorbaxian" in last.answer.text
    assert not last.answer.sentences
    assert not last.answer.citations


def test_a_wrong_question_or_date_is_refused_before_anything_is_searched(assistant: Assistant) -> None:
    for question, as_of in (("", None), ("?", None), (LED, "soon"), ("x" * 2001, None)):
        with pytest.raises(QuestionError):
            asyncio.run(assistant.ask(question, as_of=as_of))


def test_many_questions_at_once_get_the_answers_they_get_alone(assistant: Assistant) -> None:
    questions = [LED, "How much did Cohere raise?", "When was DeepSeek founded?", "What is Perplexity worth?"] * 3
    alone = {question: asyncio.run(assistant.ask(question)).text for question in set(questions)}

    async def all_at_once() -> list[str]:
        return [answer.text for answer in await asyncio.gather(*map(assistant.ask, questions))]

    assert asyncio.run(all_at_once()) == [alone[question] for question in questions]


def test_the_timings_are_the_clocks(corpus_library: Path) -> None:
    opened = Assistant.open(Settings(library=corpus_library))
    ticks = iter([100.0, 100.25, 101.0])
    assistant = Assistant(opened.settings, opened.catalog, opened.embedder, opened.indexes, clock=lambda: next(ticks))
    timings = asyncio.run(assistant.ask(LED)).timings
    assert (timings.retrieve_ms, timings.answer_ms, timings.total_ms) == (250.0, 750.0, 1000.0)
    assistant.close()


def test_an_as_of_answer_warns_of_sources_without_a_date(library_of: Callable[[dict[str, str]], Path]) -> None:
    folder = library_of({"a.md": "# Acme raises money\n\nAcme raised $12 million in its Series A, led by Fund One."})
    assistant = Assistant.open(Settings(library=folder))
    answer = asyncio.run(assistant.ask("How much did Acme raise?", as_of="2023"))
    assert answer.status == "answered"
    assert any("Acme raises money" in warning and "2023-12-31" in warning for warning in answer.warnings)
    assistant.close()


@pytest.mark.parametrize(
    ("below", "said"),
    [
        ("Subscribe to read the rest of this article", "The rest of “Acme raises money” is behind a wall"),
        ("And Fund Two wanted to […]", "“Acme raises money” is cut short"),
        ("Nobody else took part.", None),
    ],
)
@pytest.mark.parametrize("question", ["How much did Acme raise?", "When was Acme founded?"])
def test_an_answer_and_a_refusal_that_rest_on_a_part_of_an_article_say_so(
    library_of: Callable[[dict[str, str]], Path], below: str, said: str | None, question: str
) -> None:
    folder = library_of({"a.md": f"# Acme raises money\n\nAcme raised $12 million, led by Fund One.\n\n{below}"})
    assistant = Assistant.open(Settings(library=folder))
    answer = asyncio.run(assistant.ask(question))
    assistant.close()
    assert answer.status == ("answered" if "much" in question else "not_found")
    assert [warning.partition(":")[0] for warning in answer.warnings] == ([said] if said else [])
    assert ("! The rest" in str(answer)) == (said is not None and "wall" in said)


@pytest.mark.parametrize("question", ["When was Acme founded?", "How much did Acme raise, and when was Acme founded?"])
def test_a_refusal_warns_of_every_article_that_was_read_for_it_in_whatever_place(
    library_of: Callable[[dict[str, str]], Path], question: str
) -> None:
    whole = {
        f"{number}.md": f"# Acme raises {number} million\n\nAcme raised ${number} million from Fund {number}, "
        f"which says Acme is the best company it has seen in {number} years of looking."
        for number in range(2, 7)
    }
    cut = "# A letter from Lyon\n\nA word on Acme, its hall and its people. It will be a long one […]"
    assistant = Assistant.open(Settings(library=library_of({**whole, "cut.md": cut})))
    answer = asyncio.run(assistant.ask(question))
    assistant.close()
    places = [passage.title for passage in answer.passages]
    assert places.index("A letter from Lyon") >= 3  # none of those that the refusal names
    assert answer.status == ("answered" if "much" in question else "not_found")
    assert [warning for warning in answer.warnings if "“A letter from Lyon” is cut short" in warning]


class Liar:
    """An answerer that claims whatever it is told to."""

    name = "liar"
    by_parts = False

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    async def steps(self, question: Question, passages: Sequence[Passage]) -> AsyncIterator[Step]:
        for text in self._texts:
            yield Claim(text, cites=(1,))
        if not self._texts:
            yield Refusal("It will not say.")


def answered_by(assistant: Assistant, liar: Liar) -> Answered:
    assistant._answerers["liar"] = liar
    last = events(assistant, LED, model="liar")[-1]
    assert isinstance(last, Answered)
    return last


def test_a_sentence_that_no_passage_supports_is_left_out_with_a_warning(assistant: Assistant) -> None:
    true = "Andreessen Horowitz led the Series A."
    answer = answered_by(assistant, Liar("Mistral AI raised $999 billion from the Moon.", true)).answer
    assert [sentence.text for sentence in answer.sentences] == [true]
    assert answer.sentences[0].citations
    assert any("$999 billion" in warning for warning in answer.warnings)


def test_an_answer_of_unsupported_sentences_alone_is_not_found(assistant: Assistant) -> None:
    answer = answered_by(assistant, Liar("Mistral AI raised $999 billion from the Moon.")).answer
    assert answer.status == "not_found"
    assert not answer.citations
    assert "$999" not in answer.text


def test_an_answerer_that_refuses_is_not_found_with_its_reason(assistant: Assistant) -> None:
    answer = answered_by(assistant, Liar()).answer
    assert answer.status == "not_found"
    assert answer.text.startswith("It will not say.")


def test_a_model_that_fails_in_mid_answer_is_an_error_not_half_an_answer(assistant: Assistant) -> None:
    class Failing(Liar):
        async def steps(self, question: Question, passages: Sequence[Passage]) -> AsyncIterator[Step]:
            async for step in super().steps(question, passages):
                yield step
            raise ModelError("The model stopped.", retryable=True)

    with pytest.raises(ModelError, match="stopped"):
        answered_by(assistant, Failing("Andreessen Horowitz led the Series A."))


def test_readiness_names_what_cannot_be_used(assistant: Assistant, corpus_library: Path) -> None:
    assert asyncio.run(assistant.readiness()) == {"library": "ok", "index": "ok", "model": "ok"}
    broken = Assistant.open(Settings(library=corpus_library, model="no-such-provider:x"))
    assert "no-such-provider" in asyncio.run(broken.readiness())["model"]
    broken.close()
