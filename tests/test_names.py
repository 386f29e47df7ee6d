"""The table of names, and the names that a question or a sentence holds."""

import pytest

from rag.names import shipped

NAMES = shipped()


def test_a_company_is_known_by_each_of_its_names() -> None:
    assert NAMES.company_of("mistral") == "Mistral AI"
    assert "Mistral" in NAMES.names_of("Mistral AI")


def test_an_unknown_name_stands_for_itself() -> None:
    assert NAMES.company_of(" Lumen Robotics ") == "Lumen Robotics"
    assert NAMES.names_of("Lumen Robotics") == ()


def test_companies_are_found_in_the_order_of_their_first_mention() -> None:
    assert NAMES.companies_in("OpenAI, then mistral, then OpenAI again") == ("OpenAI", "Mistral AI")


@pytest.mark.parametrize("text", ["a scale of one to ten", "the runway is two years long", "on a larger scale"])
def test_an_ordinary_word_in_lower_case_is_no_company(text: str) -> None:
    assert NAMES.companies_in(text) == ()


def test_a_question_without_capitals_means_the_company_by_its_ordinary_word() -> None:
    assert NAMES.companies_asked("who founded runway?") == ("Runway",)
    assert NAMES.companies_asked("What runway does Mistral have?") == ("Mistral AI",)


def test_part_of_a_longer_word_is_no_company() -> None:
    assert NAMES.companies_in("the mistrals of Provence, anthropic-like") == ()
