"""What a question asks."""

from datetime import date

import pytest

from rag.answering.aspects import ASPECTS, aspect_of
from rag.errors import QuestionError
from rag.question import Turn, kind_of, names_in, understand


@pytest.mark.parametrize(
    ("wording", "kind"),
    [
        ("When did it close?", "date"),
        ("In which year was it founded?", "date"),
        ("Who led the round?", "person"),
        ("How many people work there?", "number"),
        ("How much did it raise when it started?", "amount"),
        ("Why does it matter?", "other"),
    ],
)
def test_the_kind_of_thing_wanted_is_read_from_the_words(wording: str, kind: str) -> None:
    assert kind_of(wording) == kind


@pytest.mark.parametrize(
    ("wording", "names"),
    [
        ("Who led Mistral's Series A?", ("Series A", "Mistral")),
        ("What is the context window of Mixtral 8x7B?", ("Mixtral 8x7B",)),
        ("headcount of openai", ("OpenAI",)),
        ("Headcount of Hugging Face in 2023?", ("Hugging Face",)),
        ("Who is the CEO?", ()),
        ("Per the Globe, what were sales?", ("Globe",)),
        ("Acme ARR June 2025?", ("Acme",)),
        ("Acme: lead of the $9bn round, Dec 2024?", ("Acme",)),
        ("Acme 9bn valuation Q3 2025", ("Acme",)),
        ("Acme CEO Jane Roe?", ("Acme", "Jane Roe")),
        ("Pre-Series-A valuation?", ()),
        ("Did Founders Fund back Acme?", ("Founders Fund", "Acme")),
        ("gpt-4 context?", ("gpt-4",)),
        ("llama 2 parameters and claude 3.5 price", ("llama 2", "claude 3.5")),
    ],
)
def test_names_are_what_is_capitalised_or_known(wording: str, names: tuple[str, ...]) -> None:
    assert names_in(wording) == names


def test_a_question_in_title_case_names_only_what_is_known() -> None:
    assert names_in("Who Leads Mistral Today In Europe Now") == ("Mistral AI",)


def test_a_short_form_is_read_as_its_word() -> None:
    assert understand("ctx of Acme, emp count and hq").wording == "context of Acme, employee count and headquarters"
    assert understand("Rev of Val Roe?").wording == "revenue of Val Roe?"


def test_a_slip_in_a_company_name_is_forgiven() -> None:
    assert understand("What is Antropic worth?").companies == ("Anthropic",)


@pytest.mark.parametrize("text", ["", "   ", "?!…"])
def test_a_question_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        understand(text)


def test_a_question_that_is_too_long_is_refused() -> None:
    with pytest.raises(QuestionError, match="2,000 are the most"):
        understand("why " * 1000)


def test_a_month_as_the_as_of_date_is_its_last_day() -> None:
    assert understand("What is it worth?", as_of="2024-02").as_of == date(2024, 2, 29)


def test_a_follow_up_is_about_the_company_asked_about_last() -> None:
    history = [Turn("Who led Cohere's Series C?", "…"), Turn("Who led Mistral's Series A?", "…")]
    assert understand("How much was raised?", history=history).wording == "How much was raised (Mistral AI, Series A)?"


@pytest.mark.parametrize(
    ("aspect", "wordings"),
    [
        ("headcount", ["How many people work at Acme?", "Acme's headcount", "How large is the team?", "staff count"]),
        ("revenue", ["What is Acme's ARR?", "How much does Acme earn?", "yearly sales of Acme", "Acme turnover 2023"]),
        ("valuation", ["What is Acme worth?", "At what price is Acme valued?", "Acme's valuation, please"]),
        (
            "lead investor",
            ["Who led the Series A?", "Which fund headed its seed round?", "Who anchored the $5M raise?"],
        ),
        ("chief executive", ["Who runs Acme?", "Who leads Acme?", "Who is Acme's new boss?"]),
        ("chief financial officer", ["Who is the CFO?", "Who is the finance chief?", "Who looks after its finances?"]),
        (
            "price",
            ["What does the API cost per million tokens?", "What does Acme Pro cost?", "How expensive is its API?"],
        ),
        ("round", ["How much did it raise in its Series B?", "How big was the seed round?", "Series A amount?"]),
        ("total raised", ["How much has it raised so far?", "Total funding of Acme?"]),
        ("founders", ["Who founded Acme?", "Who set up Acme?", "Who is behind Acme?"]),
        ("founding date", ["When was Acme founded?", "In what year did Acme start?"]),
        ("purchase price", ["What did Acme pay for Bolt?", "For how much was Bolt sold?"]),
        ("purchase", ["Which start-up did Acme buy?", "Who acquired Bolt?"]),
        ("context window", ["What is its context window?", "How long a context does it handle?"]),
        ("location", ["Where is Acme based?", "In which city is its headquarters?"]),
        ("line of business", ["what does acme make", "What kind of company is Acme?", "What is Acme?", "what is acme"]),
        ("position", ["What government post did Jane Roe hold?", "Who is Jane Roe?"]),
        ("proceeds", ["Acme IPO proceeds?", "How much did the listing bring in?"]),
        ("price per share", ["At what price did Acme's stock finish its first day?", "Acme closing price"]),
        ("number of downloads", ["How many downloads does Acme have?"]),
        ("interim chief", ["Who stood in for Jane Roe?"]),
        ("source of its money", ["How is Acme financed?", "Who bankrolls Acme?"]),
    ],
)
def test_an_aspect_is_known_by_many_wordings(aspect: str, wordings: list[str]) -> None:
    found = {wording: aspect_of(wording, kind_of(wording)) for wording in wordings}
    assert {wording: a.name if a else None for wording, a in found.items()} == dict.fromkeys(wordings, aspect)


def test_a_when_asks_for_no_amount_and_a_why_for_no_value() -> None:
    context = aspect_of("When did Acme publish its context protocol?", "date")
    assert context is not None
    assert context.value == "date"
    assert aspect_of("Why did Acme's valuation fall?", "amount") is None


def test_every_aspect_has_a_name_of_its_own() -> None:
    assert len({aspect.name for aspect in ASPECTS}) == len(ASPECTS)
