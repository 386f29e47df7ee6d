"""A language model's text as claims, refusals and usage, while it is being written."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Usage
from rag.answering.claims import Claim, Refusal, Step
from rag.answering.generative import INSTRUCTIONS, GenerativeAnswerer, estimate_tokens
from rag.answering.sentence_stream import SentenceStream
from rag.documents import Passage
from rag.errors import ModelError
from rag.indexes.facets import Limits
from rag.question import Question
from rag.settings import load_settings
from rag.testing.scripted_model import ScriptedChatModel


def passage(number: int, text: str = "Acme raised $5 million in May 2021.", **given: Any) -> Passage:
    return Passage(
        chunk_id=f"c{number}", article_id=f"a{number}", title=f"Title {number}", text=text, start=0, end=len(text),
        score=1.0, **given,
    )  # fmt: skip


ASKED = Question(text="How much did Acme raise?", wording="How much did Acme raise?", kind="amount")


def steps(model: ScriptedChatModel, passages: Sequence[Passage] = (passage(1), passage(2)), **given: Any) -> list[Step]:
    answerer = GenerativeAnswerer("scripted", model, load_settings(**given), new_mark=lambda: "MARK")

    async def collect() -> list[Step]:
        return [step async for step in answerer.steps(ASKED, passages)]

    return anyio.run(collect)


def test_sentences_come_as_claims_with_the_passages_they_name_and_usage_comes_last() -> None:
    found = steps(ScriptedChatModel(scripts=["Acme raised $5 million. [2] It was founded in 2020 [1, 2]."]))
    assert found[:2] == [
        Claim("Acme raised $5 million. [2]", (2,)),
        Claim("It was founded in 2020 [1, 2].", (1, 2)),
    ]
    assert isinstance(found[2], Usage)
    assert found[2].input_tokens > 0
    assert found[2].output_tokens == 12


def test_a_sentence_is_given_before_the_model_goes_on() -> None:
    model = ScriptedChatModel(scripts=[["Acme raised $5 million [1]. ", "It was founded ", ConnectionError("lost")]])
    answerer = GenerativeAnswerer("scripted", model, load_settings())
    found: list[Step] = []

    async def collect() -> None:
        async for step in answerer.steps(ASKED, [passage(1)]):
            found.append(step)

    with pytest.raises(ModelError, match="mid-answer"):
        anyio.run(collect)
    assert found == [Claim("Acme raised $5 million [1].", (1,))]


ANSWERS = [
    ["Acme raised $5 million. [2]", "It was founded in 2020 [1, 2].", "It has 22 people. [1][2]"],
    ["The U.S. government bought it for $1.5 billion [1].", "Nobody knows why [2]."],
    ["- Acme raised $5 million [1].", "- Others followed soon after that [2]."],
]


@given(st.sampled_from(ANSWERS), st.data())
def test_sentences_are_the_same_however_the_text_is_cut_into_pieces(answer: list[str], data: st.DataObject) -> None:
    joined = ("\n" if answer[0].startswith("-") else " ").join(answer)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(joined) - 1), max_size=len(joined))))
    stream = SentenceStream()
    found = [s for a, b in zip([0, *cuts], [*cuts, len(joined)], strict=True) for s in stream.feed(joined[a:b])]
    assert found + stream.finish() == answer


THINKING = "<think>Maybe. [1] Or not.</think>\nAcme raised it [1]."


@pytest.mark.parametrize("pieces", [[THINKING], list(THINKING)])
def test_thinking_aloud_is_left_out(pieces: list[str]) -> None:
    found = steps(ScriptedChatModel(scripts=[pieces]))
    assert [step.text for step in found if isinstance(step, Claim)] == ["Acme raised it [1]."]


@pytest.mark.parametrize("text", ["NOT_FOUND: the revenue of Acme", "**NOT_FOUND:** the revenue of Acme.", "NOT_FOUND"])
def test_not_found_is_a_refusal(text: str) -> None:
    found = steps(ScriptedChatModel(scripts=[text]))
    assert not [step for step in found if isinstance(step, Claim)]
    assert [type(step) for step in found] == [Refusal, Usage]


@pytest.mark.parametrize(
    "missing", ["see https://evil.example/x", "they earned $90 million", "ask Mallory Incorporated"]
)
def test_a_refusal_brings_in_nothing_new(missing: str) -> None:
    refusal = steps(ScriptedChatModel(scripts=[f"NOT_FOUND: {missing}"]))[0]
    assert isinstance(refusal, Refusal)
    for word in ("evil", "90", "Mallory"):
        assert word not in refusal.reason


def test_no_passages_are_a_refusal_without_a_call() -> None:
    model = ScriptedChatModel(scripts=["never"])
    assert [type(step) for step in steps(model, [])] == [Refusal]
    assert model.prompts == []


def test_a_model_that_writes_nothing_is_an_error() -> None:
    with pytest.raises(ModelError, match="wrote nothing"):
        steps(ScriptedChatModel(scripts=[["<think>only this</think>", " "]]))


def test_half_a_sentence_at_the_token_limit_is_not_claimed() -> None:
    model = ScriptedChatModel(scripts=["Acme raised $5 million [1]. It has never"], finish_reason="length")
    assert [step.text for step in steps(model) if isinstance(step, Claim)] == ["Acme raised $5 million [1]."]


def test_the_prompt_begins_with_what_is_always_the_same_and_ends_with_the_question() -> None:
    model = ScriptedChatModel(scripts=["Yes [1]."])
    steps(model, [passage(1, published="2021-05"), passage(2)])
    assert model.prompts[0][0].text == INSTRUCTIONS
    assert model.prompt.endswith("Question: How much did Acme raise?")
    assert "[1] Title 1 | published May 2021\nAcme raised" in model.prompt
    assert model.prompts[0][1].text.count("MARK") == 3


def test_the_delimiter_is_another_one_for_every_request() -> None:
    model = ScriptedChatModel(scripts=["Yes [1]."])
    answerer = GenerativeAnswerer("scripted", model, load_settings())
    one, two = (answerer.prompt(ASKED, [passage(1)]).messages[1].text for _ in range(2))
    assert one != two
    assert one.split("\n")[1] not in two


def test_the_as_of_day_is_told() -> None:
    question = Question(text="?", wording="?", kind="other", limits=Limits(as_of=date(2023, 12, 14)))
    answerer = GenerativeAnswerer("scripted", ScriptedChatModel(scripts=["x"]), load_settings())
    assert "as of 14 December 2023" in answerer.prompt(question, [passage(1)]).messages[1].text


@pytest.mark.parametrize("window", [512, 1024, 2048, 8192])
def test_as_many_passages_are_shown_as_fit(window: int) -> None:
    many = [passage(n, "Acme raised money again. " * 30) for n in range(1, 51)]
    answerer = GenerativeAnswerer("s", ScriptedChatModel(scripts=["x"]), load_settings(model_context=window))
    prompt = "\n".join(message.text for message in answerer.prompt(ASKED, many).messages)
    shown = [n for n in range(1, 51) if f"[{n}] Title {n}" in prompt]
    assert shown == list(range(1, len(shown) + 1))
    assert shown
    assert estimate_tokens(prompt) + min(500, window // 3) <= window
    assert len(shown) < 50


def test_of_a_first_passage_that_is_too_long_the_beginning_is_shown() -> None:
    answerer = GenerativeAnswerer("s", ScriptedChatModel(scripts=["x"]), load_settings(model_context=600))
    prompt = answerer.prompt(ASKED, [passage(1, "Acme raised money again. " * 300)]).messages[1].text
    assert 1 < prompt.count("Acme raised money again.") < 300


def test_a_window_too_small_for_anything_names_the_setting() -> None:
    answerer = GenerativeAnswerer("s", ScriptedChatModel(scripts=["x"]), load_settings(model_context=256))
    with pytest.raises(ModelError, match="DOSSIER_MODEL_CONTEXT"):
        answerer.prompt(ASKED, [passage(1, "word " * 3000)])
