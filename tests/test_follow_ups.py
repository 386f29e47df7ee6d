"""What a question leaves to the conversation before it, by rules."""

from datetime import date

import pytest

from rag.conversation import people_in
from rag.follow_ups import stand_alone
from rag.names import shipped
from rag.question import Turn, understand

TODAY = date(2026, 6, 1)
SERIES_A = [("Who led Mistral's Series A?", "Andreessen Horowitz led the Series A of $415 million. [1]")]
FOUNDERS = [("Who founded Cohere?", "Aidan Gomez, Nick Frosst and Ivan Zhang founded Cohere in Toronto in 2019. [1]")]
CHIEF = [("Who runs Harvey?", "Winston Weinberg is chief executive of Harvey. [1]")]
WORTH = [("What was Anthropic worth in March 2025?", "Anthropic was valued at $61.5 billion. [1]")]
REVENUE = [("What was OpenAI's revenue in December 2024?", "Annualised revenue was $5 billion. [1]")]
BOUGHT = [("Which start-up did Databricks buy in 2023?", "Databricks agreed to buy MosaicML for $1.3 billion. [1]")]
MODEL = [("How many parameters does Mixtral 8x7B have?", "Mixtral 8x7B uses 12 of its 45 billion parameters. [1]")]
NOBODY = [("Who is the new CFO of DeepL?", "The company has named a finance chief. [1]")]
ELSEWHERE = [*SERIES_A, ("What does Cohere do?", "Cohere sells language models to enterprises. [1]")]
OTHER = [
    ("Who founded Perplexity?", "Aravind Srinivas and Andy Konwinski founded it. [1]"),
    ("Which older company is Konwinski also a founder of?", "He belongs to its founders. [1]"),
]
CHAIN = [*SERIES_A, ("and when was it founded?", "Mistral AI was founded in April 2023. [1]")]


def _asked(history: list[tuple[str, str]], wording: str) -> str:
    return understand(wording, history=[Turn(*turn) for turn in history], today=TODAY).wording


@pytest.mark.parametrize(
    ("history", "wording", "parts"),
    [
        (SERIES_A, "and the Series B?", ["Who led", "Mistral", "Series B"]),
        (SERIES_A, "what about Cohere?", ["Who led", "Cohere", "Series A"]),
        (SERIES_A, "And Cohere's?", ["Who led", "Cohere", "Series A"]),
        (SERIES_A, "the same for Cohere", ["Who led", "Cohere", "Series A"]),
        (SERIES_A, "and who led the seed?", ["who led the seed", "Mistral"]),
        (SERIES_A, "At what valuation?", ["valuation", "Mistral", "Series A"]),
        (SERIES_A, "how much did they raise?", ["how much did Mistral AI raise", "Series A"]),
        (SERIES_A, "and the valuation?", ["valuation", "Mistral", "Series A"]),
        (SERIES_A, "when?", ["When was Mistral's Series A led"]),
        (SERIES_A, "Who else took part in it?", ["Who else took part in", "Mistral", "Series A"]),
        (SERIES_A, "how big was that round?", ["how big was", "Mistral", "Series A"]),
        (SERIES_A, "Who is its CEO?", ["Who is Mistral AI's CEO"]),
        (SERIES_A, "How many people work there?", ["How many people work", "Mistral"]),
        (SERIES_A, "why?", ["hy", "Mistral", "Series A"]),
        (FOUNDERS, "and when?", ["When was Cohere founded"]),
        (FOUNDERS, "where did they work before?", ["Aidan Gomez", "work before"]),
        (FOUNDERS, "What does the company do?", ["What does Cohere do"]),
        (FOUNDERS, "And Mistral?", ["Who founded Mistral"]),
        (CHIEF, "how old is he?", ["how old is Winston Weinberg"]),
        (CHIEF, "Where did he study?", ["Where did Winston Weinberg study"]),
        (CHIEF, "what was his previous job?", ["Winston Weinberg's previous job"]),
        (CHIEF, "what is it worth?", ["what is Harvey worth"]),
        (WORTH, "and in 2024?", ["What was Anthropic worth in 2024"]),
        (WORTH, "what about a year earlier?", ["What was Anthropic worth in March 2024"]),
        (WORTH, "And six months later?", ["What was Anthropic worth in September 2025"]),
        (WORTH, "And OpenAI?", ["What was OpenAI worth in March 2025"]),
        (WORTH, "what was its revenue then?", ["Anthropic's revenue", "March 2025"]),
        (WORTH, "How many people did it employ at the time?", ["Anthropic employ", "March 2025"]),
        (WORTH, "and now?", ["Anthropic worth", "now"]),
        (WORTH, "Who led that round?", ["Who led", "Anthropic"]),
        (REVENUE, "and a year before?", ["OpenAI's revenue in December 2023"]),
        (REVENUE, "And headcount?", ["headcount", "OpenAI", "December 2024"]),
        (REVENUE, "how about Anthropic", ["What was Anthropic's revenue in December 2024"]),
        (BOUGHT, "what did they pay?", ["Databricks", "pay", "MosaicML"]),
        (BOUGHT, "When was that company founded?", ["When was MosaicML founded"]),
        (MODEL, "what is its context window?", ["Mixtral 8x7B's context window"]),
        (MODEL, "And Mistral 7B?", ["How many parameters does Mistral 7B have"]),
        (MODEL, "under which licence was it released?", ["was Mixtral 8x7B released"]),
        (NOBODY, "Where did he work before?", ["Where did the new CFO of DeepL work before"]),
        (CHAIN, "and who led its seed round?", ["who led Mistral AI's seed round"]),
        (CHAIN, "and the Series B?", ["Mistral", "Series B"]),
        (
            FOUNDERS,
            "And LlamaIndex? Since when does that exist?",
            ["Who founded LlamaIndex", "Since when", "LlamaIndex"],
        ),
        (ELSEWHERE, "how much did it raise?", ["how much did Cohere raise?"]),
        (OTHER, "how much was that other company worth in 2025?", ["was Databricks worth in 2025"]),
        (CHIEF, "Did he work at Google?", ["Did Winston Weinberg work at Google"]),
    ],
)
def test_what_is_left_out_is_taken_from_the_conversation(
    history: list[tuple[str, str]], wording: str, parts: list[str]
) -> None:
    asked = _asked(history, wording)
    assert all(part in asked for part in parts), asked


@pytest.mark.parametrize(
    "wording",
    [
        "Who founded Perplexity?",
        "What is Mistral AI and who runs it?",
        "How much has Cohere raised since its founding?",
        "Which start-ups are based in London?",
        "What did Wayve raise in May 2024?",
        "Who is Arthur Mensch?",
        "When did Scale AI lose its founder to Meta?",
        "Which companies did Nvidia invest in in 2024?",
        "Name two vector databases.",
    ],
)
@pytest.mark.parametrize("history", [SERIES_A, WORTH, FOUNDERS])
def test_a_question_that_stands_alone_stays_as_it_is(history: list[tuple[str, str]], wording: str) -> None:
    assert _asked(history, wording) == wording


def test_a_verb_that_begins_a_question_is_nobodys_name() -> None:
    history = [("Why is Voxly being sued?", "A speaker sues it. [1]"), ("Has Voxly lost?", "The library does not say.")]
    assert "Has" not in _asked(history, "What did the judges award him?")
    assert people_in("Did Acme hire Will Knight? Will Knight was hired.", shipped()) == ("Will Knight",)


def test_without_a_conversation_nothing_is_put_in() -> None:
    assert stand_alone("who led it?", (), shipped(), TODAY) == "who led it?"


def test_a_conversation_about_nothing_known_changes_nothing() -> None:
    assert _asked([("What is the weather?", "The library does not say.")], "who led it?") == "who led it?"
