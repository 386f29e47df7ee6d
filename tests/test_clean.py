import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import canonical_url, clean
from ingest.extract import Extracted

STORY = ["Acme raised $5 million on Monday.", "The round was led by Example Ventures, a fund in Paris."]


def cleaned(*paragraphs: str) -> Extracted:
    return clean(Extracted(text="\n\n".join(paragraphs), title="Title"))


@pytest.mark.parametrize(
    "wall",
    [
        [
            "## Subscribe to Acme Weekly Pro to read the rest.",
            "Become a paying subscriber of Acme Weekly Pro to get access.",
        ],
        ["Upgrade", "Already a paying subscriber? Sign In"],
        ["This post is for paid subscribers", "Subscribe", "Already a paid subscriber? Sign in"],
        ["Continue reading with a free trial", "Start free trial"],
        ["Keep reading with a 7-day free trial", "Subscribe to Acme to keep reading this post."],
        ["Sign up to unlock the full story"],
        ["You’ve reached your limit of free articles.", "- Unlimited access\n- Cancel at any time", "Subscribe now"],
        ["To continue reading, please create a free account."],
        ["The rest of this article is available to subscribers only."],
        ["Cet article est réservé aux abonnés."],
    ],
)
def test_a_subscriber_wall_at_the_end_is_cut_and_flagged(wall: list[str]) -> None:
    found = cleaned(*STORY, *wall)
    assert found.text == "\n\n".join(STORY)
    assert found.flags == ("paywalled", "truncated")


def test_the_heading_of_a_section_behind_the_wall_goes_with_it() -> None:
    found = cleaned(*STORY, "## What comes next", "Subscribe to Acme to read the rest.")
    assert found.text == "\n\n".join(STORY)


@pytest.mark.parametrize(
    "paragraph",
    [
        "The publisher asks readers to subscribe to read the rest, and most leave.",
        "Users who become a paying subscriber stay for three years, the company says.",
        "The company said that the rest of the industry would follow, and that subscribers came first.",
        "He told us to sign up, then to read the contract, and then to run.",
        "Share prices fell.",
        "Advertisement sales rose by a fifth.",
        "Upgrade cycles in enterprise software are long, and this one is longer.",
        "Follow the money: Acme’s investors are also its customers.",
        "Thanks for the memory chips, the founders said.",
        "Read more about transformers in the paper, which has 100,000 citations and counting, and started it all.",
    ],
)
def test_a_story_about_subscriptions_is_left_alone(paragraph: str) -> None:
    found = cleaned(*STORY, paragraph)
    assert found.text == "\n\n".join([*STORY, paragraph])
    assert found.flags == ()


def test_a_call_to_subscribe_with_the_story_going_on_below_is_no_wall() -> None:
    found = cleaned(
        STORY[0],
        "Subscribe to Acme Weekly to read the rest of our coverage.",
        STORY[1],
        *["More of it, at length."] * 3,
    )
    assert found.flags == ()
    assert STORY[1] in found.text


@pytest.mark.parametrize(
    "call_out",
    [
        "Subscribe to our newsletter for more stories like this.",
        "Sign up for the Acme newsletter",
        "Share this post",
        "Follow us on Twitter for updates",
        "Enjoyed this issue? Share it with a friend!",
        "Was this email forwarded to you? Subscribe here.",
        "View online",
        "Advertisement",
        "Author",
        "Continue reading the main story",
    ],
)
def test_call_outs_of_newsletters_go_wherever_they_stand(call_out: str) -> None:
    found = cleaned(STORY[0], call_out, STORY[1])
    assert found.text == "\n\n".join(STORY)
    assert found.flags == ()


@pytest.mark.parametrize("end", ["Read more →", "Continue reading", "Read the full article"])
def test_a_teaser_is_flagged_as_truncated(end: str) -> None:
    found = cleaned(*STORY, end)
    assert (found.text, found.flags) == ("\n\n".join(STORY), ("truncated",))


def test_a_text_that_a_feed_cut_off_is_flagged_as_truncated() -> None:
    found = cleaned(STORY[0], "The round was led by […]")
    assert (found.text, found.flags) == (f"{STORY[0]}\n\nThe round was led by …", ("truncated",))


def test_invisible_characters_are_removed_and_counted() -> None:
    found = cleaned("Ac\u200bme \u202eraised\u202c $5\u00a0million.\ufeff")
    assert found.text == "Acme raised $5 million."
    assert found.notes == ("4 invisible characters removed",)


def test_joiners_that_hold_emoji_and_scripts_together_stay() -> None:
    family, persian = "👩\u200d👩\u200d👧", "می\u200cخواهم"
    assert cleaned(f"{family} and {persian}.").text == f"{family} and {persian}."


def test_text_is_composed_and_white_space_is_narrow() -> None:
    assert cleaned("Cafe\u0301   opens\t\tnow. \x07\n\n\n\nNext.").text == "Café opens now.\n\nNext."


def test_the_indentation_of_lists_and_code_stays() -> None:
    assert cleaned("- one\n  - two\n    three").text == "- one\n  - two\n    three"


def test_addresses_in_the_text_become_host_names() -> None:
    found = cleaned("See https://www.example.com/a/b?utm_source=x for details (https://acme.ai/news).")
    assert found.text == "See example.com for details acme.ai."


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://a.com/story?utm_source=news&id=3&fbclid=abc#top", "https://a.com/story?id=3"),
        ("  https://a.com/story  ", "https://a.com/story"),
        ("javascript:alert(1)", None),
        ("/relative", None),
        ("", None),
        (None, None),
    ],
)
def test_an_article_s_own_address_loses_what_tracks_its_reader(given_url: str | None, kept: str | None) -> None:
    assert canonical_url(given_url) == kept


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_cleaning_twice_changes_nothing_more(paragraphs: list[str]) -> None:
    once = clean(Extracted(text="\n\n".join(paragraphs), title="Title"))
    assert clean(once).text == once.text
