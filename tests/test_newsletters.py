"""Newsletters as the services that send them build them: the stories stay, what is said around them goes."""

from email.message import EmailMessage

import pytest

from ingest.clean import clean
from ingest.extract import Extracted
from tests.test_formats import extracted
from tests.test_page_kinds import FIRST, SECOND, THIRD

LINK = "https://click.letter.example/ls/click?upn=u001.aBcDeF"


def letter(content: str, kind: str = "html") -> Extracted:
    message = EmailMessage()
    message["From"] = '"Ann Writer from The Robot Letter" <ann@letter.example>'
    message["Subject"] = "Acme raises $40 million"
    message["Date"] = "Tue, 14 May 2024 07:12:00 +0000"
    message["List-Unsubscribe"] = "<https://letter.example/unsubscribe>"
    message.set_content(content, subtype=kind)
    return clean(extracted(bytes(message)))


def rows(*cells: str) -> str:
    """A newsletter laid out in tables in a table."""
    inner = "<tr><td align='center'><table width='600'><tr><td style='padding:20px'>{}</td></tr></table></td></tr>"
    return f"<html><body><table width='100%'>{''.join(map(inner.format, cells))}</table></body></html>"


def test_the_story_of_a_newsletter_in_tables_is_read_alone() -> None:
    found = letter(
        rows(
            "<div style='display:none'>Plus: who folds best? &#847; &zwnj;</div>",
            f"<a href='{LINK}'>View this email in your browser</a>",
            f"<a href='{LINK}'><img src='https://i.example/logo.png' alt='The Robot Letter'></a>",
            "<p>Ann Writer</p><p>May 14, 2024</p>",
            f"<p>{FIRST}</p>",
            "<img src='https://i.example/1.png'><p><em>Photo: Acme Robotics</em></p>",
            f"<h2>What it means</h2><p>{SECOND}</p>",
            f"<a href='{LINK}'>Read more</a>",
            f"<ul><li><a href='{LINK}'>Beta Labs</a> hired a finance chief.</li><li>Epsilon sold a unit.</li></ul>",
            "<p>How did we do? 👍 Loved it 😐 It was ok 👎 Not great</p>",
            f"<a href='{LINK}'>Twitter</a> <a href='{LINK}'>LinkedIn</a> <a href='{LINK}'>Instagram</a>",
            f"<p>You are receiving this email because you signed up.<br><a href='{LINK}'>Unsubscribe</a></p>",
        )
    )
    assert found.text == (
        f"{FIRST}\n\n## What it means\n\n{SECOND}\n\n- Beta Labs hired a finance chief.\n- Epsilon sold a unit."
    )
    assert (found.author, found.site, found.published) == ("Ann Writer", "The Robot Letter", "2024-05-14")


def test_a_wall_in_a_newsletter_ends_it_and_is_flagged() -> None:
    found = letter(
        f"<p>{FIRST}</p><p>{SECOND}</p><h3>Continue reading this post for free, courtesy of Ann Writer.</h3>"
        "<p>Claim my free post</p><h2>Subscribe to The Robot Letter to unlock the rest.</h2>"
        "<p>Become a paying subscriber to get access to this post.</p><p>Upgrade to paid</p>"
    )
    assert found.text == f"{FIRST}\n\n{SECOND}"
    assert found.flags == ("paywalled", "truncated")


def test_a_letter_in_plain_text_loses_its_rules_its_advertisement_and_its_list_of_links() -> None:
    rule = "-" * 32
    found = letter(
        f"THE ROBOT LETTER\n================\n\nView in browser: {LINK}\n\n{FIRST}\n\n{SECOND} [1]\n\n"
        f"{rule}\nSPONSORED BY GAMMA\nGamma makes payroll simple: {LINK}\n{rule}\n\n{THIRD}\n\n"
        f"Links:\n[1] {LINK}\n\nTo unsubscribe, click here: {LINK}\n",
        kind="plain",
    )
    assert found.text == f"THE ROBOT LETTER\n\n{FIRST}\n\n{SECOND} [1]\n\n{THIRD}"


@pytest.mark.parametrize(
    "line",
    [
        "Photo-sharing app Lapse raises $30 million",
        "X and Meta are asked for their records by the regulator",
        "Read more books, says the founder of Acme",
        "Instagram hires a chief of artificial intelligence",
        "Image generators are sold to three studios",
        "May the best robot win",
        "Like many others, Acme lost money",
    ],
)
def test_a_line_that_begins_as_a_button_does_and_tells_something_stays(line: str) -> None:
    assert line in letter(f"<p>{FIRST}</p><p>{line}</p><p>{SECOND}</p>").text


SAVED = f"""# Acme raises $40 million

![Author](https://media.example/thumb.jpg)

[Ann Writer](https://letter.example/authors/1)\\
May 14, 2024

[View in browser]({LINK})

{FIRST}

![](https://media.example/1.png?t=1702498751)

{SECOND}

[Read more]({LINK})

## Numbers

{THIRD}

How did we do? [Loved it]({LINK}) [Not great]({LINK})

[Twitter]({LINK}) | [LinkedIn]({LINK})

You are receiving this email because you signed up at letter.example.

© 2024 The Robot Letter

[Unsubscribe]({LINK}) | [Privacy policy]({LINK})

228 Park Ave S, New York
"""


@pytest.mark.parametrize("name", ["letter.md", "letter.txt"])
def test_a_newsletter_that_was_saved_as_text_is_read_as_the_mail_would_be(name: str) -> None:
    found = clean(extracted(SAVED.encode(), name))
    assert found.text == f"{FIRST}\n\n{SECOND}\n\n## Numbers\n\n{THIRD}"
    assert (found.title, found.author, found.published) == ("Acme raises $40 million", "Ann Writer", "2024-05-14")


def test_a_newsletter_that_was_saved_as_a_page_loses_what_it_says_of_itself() -> None:
    body = (
        f"<div><a href='{LINK}'>View in browser</a></div><div><h1>Acme raises</h1><p>{FIRST}</p><p>{SECOND}</p>"
        f"<p>{THIRD}</p><p>How did we do? <a href='{LINK}'>Loved it</a></p>"
        "<p>You are receiving this email because you signed up.</p><p>228 Park Ave S, New York</p></div>"
    )
    page = f"<!doctype html><html><head><title>Acme raises</title></head><body>{body}</body></html>"
    assert clean(extracted(page.encode(), "letter.html")).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "line",
    ["Comment", "Share", "Powered by Acme", "Update your preferences for the better, say robots", "Loved it"],
)
def test_of_a_text_that_is_no_letter_such_lines_stay(line: str) -> None:
    text = f"# Acme raises\n\n{FIRST}\n\n## {line}\n\n{SECOND}\n\n{THIRD}"
    assert f"## {line}" in clean(extracted(text.encode(), "story.md")).text
