"""What stands between and beside the paragraphs of a story, and is none of it."""

from datetime import date

import pytest

from ingest.clean import clean
from ingest.extract import extract

TITLE = "Acme raises five million to fold the linen of hotels"
STORY = (
    "Acme, a start-up that builds robots for laundries, said on Monday it had raised five million dollars in a round.",
    "The company was founded in 2019 by Jane Doe and John Roe, who met in Grenoble and had worked for mills.",
    "“We will double the team this year,” Doe said in an interview. “Hotels have been calling us every day since May.”",
    "Analysts at Northwind Research said the market for such machines was small, but that it would grow as wages rose.",
    "Roe declined to say what the company was worth after the round, or whether it would be profitable next year.",
    "The money will be spent on a second factory near Lyon, where the company means to build sixty machines a month.",
)


def text_of(between: str = "", below: str = "", beside: str = "") -> str:
    """The text found in a page of the story, with these between its paragraphs, below it, and in a second column."""
    first, second = ("".join(f"<p>{paragraph}</p>" for paragraph in part) for part in (STORY[:3], STORY[3:]))
    body = f'<div class="one"><h1>{TITLE}</h1>{first}{between}{second}{below}</div>'
    page = f"<html><head><title>{TITLE}</title></head><body><div>{body}{beside}</div></body></html>"
    return clean(extract(page.encode(), "a.html", date(2026, 11, 23))).text


WHOLE = "\n\n".join(STORY)


def card(number: int, address: str = "/story/{}") -> str:
    return (
        f'<div class="x"><a href="{address.format(number)}"><h4>Another story number {number} about a town</h4></a>'
        f"<p>A summary of the story number {number}, which is about something else that happened in the town.</p></div>"
    )


@pytest.mark.parametrize("count", [3, 15])
def test_cards_that_lead_to_other_stories_are_left_out(count: int) -> None:
    cards = "".join(map(card, range(count)))
    assert text_of(beside=f'<div class="two">{cards}</div>') == WHOLE
    assert text_of(between=f"<div>{cards}</div>") == WHOLE


def test_a_list_of_companies_with_links_to_them_is_part_of_the_story() -> None:
    companies = "".join(card(number, "https://company{}.example/") for number in range(4))
    assert "something else that happened" in text_of(between=f"<div>{companies}</div>")
    parts = "".join(card(number, "#part{}") for number in range(4))
    assert "something else that happened" in text_of(between=f"<div>{parts}</div>")


def test_a_page_of_cards_alone_keeps_them() -> None:
    page = f"<html><body><h1>News</h1><div>{''.join(map(card, range(6)))}</div></body></html>"
    assert "something else that happened" in extract(page.encode(), "a.html", date(2026, 11, 23)).text


@pytest.mark.parametrize(
    "box",
    [
        "<div><h3>Get the Example Daily</h3><p>The most important news of the day, every morning. No spam, ever.</p>"
        "<form><input type='email'><button>Sign up</button><p>By signing up you agree to our terms.</p></form></div>",
        "<section><p>News that matters, before breakfast, from people who know what they write about.</p>"
        "<div><input name='EMAIL'></div></section>",
    ],
)
def test_an_invitation_around_a_field_for_an_address_is_left_out(box: str) -> None:
    assert text_of(between=box) == WHOLE


def test_a_field_for_an_address_around_the_whole_story_takes_nothing_along() -> None:
    assert text_of(below="<input type='email'>") == WHOLE


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote><p>Hotels have been calling us every day since May.</p></blockquote>",
        "<div><p>“Hotels have been calling us every day since May”</p><p>Jane Doe, founder</p></div>",
    ],
)
def test_a_line_of_the_story_that_is_set_large_is_told_once(quote: str) -> None:
    assert text_of(between=quote) == WHOLE


def test_a_quote_of_its_own_stays() -> None:
    own = "The machine folded a fitted sheet in eleven seconds, which no person in the laundry could do."
    assert text_of(between=f"<blockquote><p>{own}</p></blockquote>") == "\n\n".join(
        (*STORY[:3], f"> {own}", *STORY[3:])
    )


def test_a_line_about_the_author_ends_no_story() -> None:
    about = (
        "<p><em>Ann Lee is a reporter at Example News who writes about robots. Follow her on Twitter @annlee.</em></p>"
    )
    assert text_of(below=about) == WHOLE
