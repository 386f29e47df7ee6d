"""Nothing is admitted that its quotes do not support; every quote is exact."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import Sentence
from rag.answering.claims import Claim, Quote
from rag.checking.markup import cited_numbers, plain_sentence
from rag.checking.quantities import missing
from rag.citations import CitationChecker, Dropped, rendered
from rag.documents import Article, Passage
from tests.claim_pairs import RIGHT, TEXTS, WRONG, corpus

# Not caught: a name that stands before `they` in the quote is taken for what `they` means.
KNOWN_TO_PASS = {"Arthur Mensch has 22 employees."}
PASSAGES, ARTICLES = corpus()


def admit(text: str, *cites: int, quotes: tuple[Quote, ...] = ()) -> tuple[Sentence | Dropped, CitationChecker]:
    checker = CitationChecker(PASSAGES, ARTICLES)
    return checker.admit(Claim(text, cites, quotes)), checker


def assert_supported(sentence: Sentence, checker: CitationChecker) -> None:
    """The first two invariants of the design."""
    quotes = [c.quote for c in checker.citations if c.number in sentence.citations]
    assert quotes
    assert missing(sentence.text, quotes) == ()
    for c in checker.citations:
        assert ARTICLES[c.article_id].text[c.start : c.end] == c.quote


@pytest.mark.parametrize("claim", RIGHT)
def test_a_right_claim_passes(claim: str) -> None:
    result, checker = admit(claim)
    assert isinstance(result, Sentence), result
    assert_supported(result, checker)


@pytest.mark.parametrize("claim", [claim for claim in WRONG if claim not in KNOWN_TO_PASS])
def test_a_claim_made_wrong_is_dropped(claim: str) -> None:
    result, checker = admit(claim)
    assert isinstance(result, Dropped), checker.citations
    assert result.reason


@pytest.mark.parametrize("claim", [claim for claim in WRONG if claim not in KNOWN_TO_PASS])
def test_a_claim_made_wrong_is_dropped_from_small_passages_too(claim: str) -> None:
    passages, articles = corpus(paragraphs=3)
    assert isinstance(CitationChecker(passages, articles).admit(Claim(claim)), Dropped)


def test_a_wrong_citation_is_mended() -> None:
    result, checker = admit("Databricks acquired MosaicML in July 2023 [1].", 1)
    assert isinstance(result, Sentence)
    assert [c.article_id for c in checker.citations] == ["a3"]


def test_the_passage_that_was_cited_comes_first() -> None:
    twin = PASSAGES[2].model_copy(update={"chunk_id": "twin", "article_id": "twin"})
    articles = ARTICLES | {"twin": Article(id="twin", source="t", title=twin.title, text=twin.text)}
    checker = CitationChecker([*PASSAGES, twin], articles)
    checker.admit(Claim("Databricks acquired MosaicML in July 2023.", cites=(5,)))
    assert [c.article_id for c in checker.citations] == ["twin"]


@pytest.mark.parametrize("cites", [(0,), (-1,), (99,), (10**9,)])
def test_a_citation_of_nothing_is_mended(cites: tuple[int, ...]) -> None:
    result, _ = admit("Cohere employed about 250 people in March 2024.", *cites)
    assert isinstance(result, Sentence)


def test_the_same_quote_has_one_number_and_numbers_follow_first_use() -> None:
    checker = CitationChecker(PASSAGES, ARTICLES)
    first = checker.admit(Claim("Anthropic raised $450 million in May 2023 in a Series C led by Spark Capital."))
    second = checker.admit(Claim("Cohere employed about 250 people in March 2024."))
    third = checker.admit(Claim("Spark Capital led Anthropic's Series C."))
    assert [s.citations for s in (first, second, third) if isinstance(s, Sentence)] == [(1,), (2,), (1,)]
    assert [c.number for c in checker.citations] == [1, 2]


def test_a_dropped_claim_leaves_no_citation() -> None:
    result, checker = admit("Cohere raised $900 million.", 2)
    assert isinstance(result, Dropped)
    assert "$900 million" in result.reason
    assert checker.citations == ()


def test_a_sentence_of_two_parts_may_rest_on_two_quotes() -> None:
    result, checker = admit("Cohere employed about 250 people in March 2024 and MosaicML had 62 employees.")
    assert isinstance(result, Sentence)
    assert result.citations == (1, 2)
    assert_supported(result, checker)


def quote_of(article_id: str, text: str) -> Quote:
    start = ARTICLES[article_id].text.index(text)
    return Quote(article_id, start, start + len(text), text)


def test_exact_quotes_are_kept() -> None:
    quote = quote_of("a2", "It employed about 250 people in March 2024.")
    result, checker = admit(quote.text, quotes=(quote,))
    assert isinstance(result, Sentence)
    assert [(c.start, c.end, c.quote) for c in checker.citations] == [(quote.start, quote.end, quote.text)]


def test_a_quote_that_is_not_exact_is_not_used() -> None:
    true = quote_of("a2", "It employed about 250 people in March 2024.")
    for wrong in (
        Quote("a2", true.start + 1, true.end + 1, true.text),
        Quote("a2", true.start, true.end, true.text.replace("250", "950")),
        Quote("nowhere", true.start, true.end, true.text),
        Quote("a2", -5, 3, ""),
    ):
        result, _ = admit("It employed about 950 people in March 2024.", quotes=(wrong,))
        assert isinstance(result, Dropped)


@pytest.mark.parametrize(("company", "is_right"), [("Acme", True), ("Borel", False)])
def test_a_given_quote_is_about_what_the_heading_above_it_names(company: str, is_right: bool) -> None:
    said = "Its round brought it $5 million in May."
    text = f"# Money raised\n\n## Borel\n\nBorel sells maps.\n\n## Acme\n\n{said}"
    begin, start = text.index("Borel sells"), text.index(said)
    passage = Passage(
        chunk_id="c", article_id="a", title="Money raised", text=text[begin:], start=begin, end=len(text), score=1,
        heading="Money raised > Borel",
    )  # fmt: skip
    checker = CitationChecker([passage], {"a": Article(id="a", source="x", title="Money raised", text=text)})
    quote = Quote("a", start, len(text), said)
    admitted = checker.admit(Claim(f"{company} had a round that brought it $5 million in May.", (), (quote,)))
    assert isinstance(admitted, Sentence) == is_right


def test_a_part_of_a_quote_may_not_leave_out_what_denies_it() -> None:
    quote = quote_of("a2", "Cohere has not disclosed its revenue for 2023.")
    result, _ = admit("Cohere has disclosed its revenue for 2023.", quotes=(quote,))
    assert isinstance(result, Dropped)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("It raised $5 million. [1]", "It raised $5 million."),
        ("It raised $5 million [1, 2].", "It raised $5 million."),
        ("It raised $5 million【1†source】", "It raised $5 million."),
        ("Passage 3: it raised $5 million", "It raised $5 million."),
        ("According to passage 2, it raised $5 million.", "It raised $5 million."),
        ("- **Mistral** raised [$5 million](https://evil.example/?q=1).", "Mistral raised $5 million."),
        ("![pixel](https://evil.example/p.png) It raised $5 million.", "It raised $5 million."),
        ("See https://evil.example/a?b=c for more.", "See for more."),
        ("See www.evil.example and evil.example/path now.", "See and now."),
        ("<b>Mistral</b> raised <img src=x onerror=alert(1)> money.", "Mistral raised money."),
        ("&lt;script&gt;alert(1)&lt;/script&gt; It raised money.", "alert(1) It raised money."),
        ("A javascript:alert(1) link", "A link."),
        ("It grew (1) in staff and (2) in sales.", "It grew (1) in staff and (2) in sales."),
        ("Character.AI and x.ai are companies", "Character.AI and x.ai are companies."),
        ("It is less than <12 months old", "It is less than <12 months old."),
        ("He said “yes.”", "He said “yes.”"),
        ("Less <()a than <[ ]b.", "Less."),
        ("[1]", ""),
        ("https://evil.example", ""),
        ("...", ""),
        ("It\u200bs\u202e good", "Its good."),
    ],
)
def test_markup_is_taken_out_of_a_sentence(written: str, plain: str) -> None:
    assert plain_sentence(written) == plain


@given(
    st.lists(
        st.sampled_from(
            ["[", "]", "(", ")", "!", "<", ">", "http://e.vil/x", "https://e.vil", "www.e.vil", "a", " ", "img src=",
             "&lt;", "javascript:x", "[1]", "![", "](", "<a href=", "//", "mailto:", "\n", "*", "é"]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_no_address_or_tag_survives_whatever_it_is_made_of(parts: list[str]) -> None:
    plain = plain_sentence("".join(parts))
    assert not re.search(r"https?://|www\.|javascript:|mailto:\S|</?[a-z]|\]\(", plain, re.IGNORECASE), plain
    assert not re.search(r"\[\d+\]", plain)


def test_markers_are_read_in_their_forms() -> None:
    assert cited_numbers("It did [2], and more [1, 3]. 【4†x】 (Passage 5) (6)") == (2, 1, 3, 4, 5)


def test_a_rendered_sentence_ends_with_its_numbers() -> None:
    assert rendered(Sentence(text="It raised money.", citations=(1, 3))) == "It raised money. [1][3]"


def test_two_items_of_a_list_do_not_make_up_a_third() -> None:
    text = "- In 2023 Acme had a revenue of $1 million.\n- In 2024 Acme had a revenue of $3 million."
    article = Article(id="x", source="x", title="Acme", text=text)
    passage = Passage(chunk_id="x", article_id="x", title="Acme", text=text, start=0, end=len(text), score=1)
    checker = CitationChecker([passage], {"x": article})
    assert isinstance(checker.admit(Claim("In 2023 Acme had a revenue of $3 million.")), Dropped)
    assert isinstance(checker.admit(Claim("In 2024 Acme had a revenue of $3 million.")), Sentence)


def test_no_passages_support_nothing() -> None:
    assert isinstance(CitationChecker([], {}).admit(Claim("Mistral raised $5 million.", (1,))), Dropped)


words = st.sampled_from(
    "Mistral AI raised $415 million led by Andreessen Horowitz . in December 2023 22 employees not [1] 8x7B , $2bn and "
    "it the Series A seed round 13 June valued at https://e.vil/1 **".split()
)
lines = st.lists(st.sampled_from("\n".join(TEXTS.values()).split("\n")), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(lines, min_size=1, max_size=3), st.one_of(st.lists(words, max_size=14).map(" ".join), st.text()))
def test_whatever_is_claimed_quotes_are_exact_and_hold_every_quantity(texts: list[list[str]], claim: str) -> None:
    articles, passages = {}, []
    for number, some in enumerate(texts):
        text = "Above.\n" + "\n".join(some)
        name = f"x{number}"
        articles[name] = Article(id=name, source=name, title="How Mistral AI grew", text=text)
        passages.append(
            Passage(
                chunk_id=name, article_id=name, title="How Mistral AI grew", text=text[7:], start=7, end=len(text),
                score=1,
            )
        )  # fmt: skip
    checker = CitationChecker(passages, articles)
    claims = [claim, *(line for some in texts for line in some[:2])]
    sentences = [checker.admit(Claim(text, (1,))) for text in claims]
    for c in checker.citations:
        assert articles[c.article_id].text[c.start : c.end] == c.quote
    for sentence in sentences:
        if isinstance(sentence, Sentence):
            assert sentence.citations
            assert missing(sentence.text, [c.quote for c in checker.citations if c.number in sentence.citations]) == ()
            assert "e.vil" not in sentence.text


@pytest.mark.parametrize(
    ("claim", "text", "right"),
    [
        ("Anna Smith left Google for Acme.", "Anna Smith moved from Google to Acme in May.", True),
        ("Anna Smith left Acme for Google.", "Anna Smith moved to Acme in May, and not to Google.", False),
        ("Anna Smith came from Acme.", "Anna Smith left for Acme in May.", False),
        ("Anna Smith is chief executive of Acme.", "Anna Smith replaces Bob Jones as chief executive of Acme.", True),
        ("Bob Jones is chief executive of Acme.", "Anna Smith replaces Bob Jones as chief executive of Acme.", False),
        ("Anna Smith is CEO of Acme.", "Bob Jones was replaced as CEO of Acme by Anna Smith.", True),
        ("Acme is a start-up from Poland.", "Acme is a Polish start-up.", True),
        ("Acme has lowered its price to $5.", "Acme has raised its price to $5.", False),
        ("Acme disclosed its revenue for 2023.", "Acme has not disclosed revenue. Its revenue grew in 2023.", False),
        ("Bob Jones left Acme as chief executive.", "Chief executive Bob Jones left Acme.", True),
    ],
)
def test_what_a_single_text_says_and_what_it_does_not(claim: str, text: str, right: bool) -> None:
    passage = Passage(chunk_id="c", article_id="a", title="News", text=text, start=0, end=len(text), score=1.0)
    article = Article(id="a", source="a.md", title="News", text=text)
    admitted = CitationChecker([passage], {"a": article}).admit(Claim(claim))
    assert isinstance(admitted, Sentence) is right, admitted
