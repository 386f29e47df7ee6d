"""Answers count a story once, and say where else it stands."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import rag
from rag.embedding import Embedder
from tests.conftest import ingest_into

MakeLibrary = Callable[[Mapping[str, str]], Path]

ROUND = (
    "Acme, a start-up in Paris that trains small language models, raised 385 million euros on Monday in a round led by "
    "Example Ventures. The company was founded by three researchers in April and now has twenty-two employees. It will "
    "spend the money on computers and on a second office, said its chief executive, Ada Example, in an interview."
)
OFFICE = (
    "The second office is to open in Lisbon in the spring, with room for forty engineers; a former biscuit factory on "
    "the river was chosen for it. Visitors are asked to mind the ovens, which are listed and stay where they are."
)
FOREIGN = (
    "Elsewhere, Bolt hired a chief scientist from a university in Zurich, who had been courted by several "
    "laboratories. The appointment ends a search of almost a year, in which the shares lost a tenth of their value."
)


def article(title: str, published: str | None, *paragraphs: str, companies: str = "Acme") -> str:
    date = f"published: {published}\n" if published else ""
    text = "\n\n".join(paragraphs)
    address = title.lower().replace(" ", "-")
    return f"---\ntitle: {title}\n{date}url: https://{address}.example/\ncompanies: [{companies}]\n---\n{text}\n"


ARTICLES = {
    "a.md": article("Wire copy", "2023-12-12", "By our wire service.", ROUND, OFFICE),
    "b.md": article("The origin", "2023-12-11", ROUND, OFFICE),
    "c.md": article("Weekly letter", "2023-12-15", FOREIGN, ROUND, companies="Bolt"),
    "d.md": article(
        "Bolt only", "2023-12-13", FOREIGN.replace("Zurich", "Basel") + " And so it goes.", companies="Bolt"
    ),
}
QUESTION = "How much did Acme raise?"


@pytest.fixture
def library(library_of: MakeLibrary) -> Path:
    return library_of(ARTICLES)


def test_an_answer_cites_the_origin_once_and_says_where_else_it_stands(library: Path) -> None:
    with rag.open(library) as opened:
        answer = opened.ask(QUESTION)
    (citation,) = answer.citations
    assert (citation.title, "385 million" in citation.quote) == ("The origin", True)
    assert [place.title for place in citation.also_in] == ["Wire copy", "Weekly letter"]
    assert citation.also_in[0].url == "https://wire-copy.example"
    assert "also in: Wire copy, 12 December 2023; Weekly letter, 15 December 2023" in str(answer)
    assert 'also in: <a href="https://wire-copy.example"' in answer._repr_html_()


def test_no_passage_repeats_another(library: Path) -> None:
    with rag.open(library) as opened:
        found = opened.search("Acme raised money, and its office in Lisbon", k=10)
    assert sum("385 million" in passage.text for passage in found) == 1
    assert [p.title for p in found if "385 million" in p.text] == ["The origin"]
    assert found[0].title == "The origin"


def test_a_copy_later_than_the_date_asked_for_is_not_named(library: Path) -> None:
    with rag.open(library) as opened:
        (citation,) = opened.ask(QUESTION, as_of="2023-12-12").citations
        assert [place.title for place in citation.also_in] == ["Wire copy"]
        (citation,) = opened.ask(QUESTION, as_of="2023-12-11").citations
        assert citation.also_in == ()


def test_where_the_origin_may_not_be_used_a_copy_stands_for_it(library: Path) -> None:
    with rag.open(library) as opened:
        (citation,) = opened.ask(QUESTION, companies=["Bolt"]).citations
    assert (citation.title, citation.also_in) == ("Weekly letter", ())


def test_an_earlier_copy_that_arrives_later_takes_over(library: Path, embedder: Embedder) -> None:
    earlier = library.parent / "earlier.md"
    earlier.write_text(article("First of all", "2023-12-10", "Exclusive.", ROUND, OFFICE))
    ingest_into(library, embedder, earlier)
    with rag.open(library) as opened:
        (citation,) = opened.ask(QUESTION).citations
    assert citation.title == "First of all"
    assert [place.title for place in citation.also_in] == ["The origin", "Wire copy", "Weekly letter"]


def test_what_a_copy_adds_or_says_otherwise_is_found_beside_its_origin(library_of: MakeLibrary) -> None:
    added = (
        "A correction: the round closed on Tuesday, and Zeta Capital, of Geneva, came in for a tenth of it all at last."
    )
    copies = {**ARTICLES, "a.md": article("Wire copy", "2023-12-12", ROUND.replace("385", "415"), OFFICE, added)}
    with rag.open(library_of(copies)) as opened:
        assert "Wire copy" in {p.title for p in opened.search("Did Zeta Capital of Geneva come in?", k=2)}
        figures = {p.title: "415" in p.text for p in opened.search(QUESTION) if "raised" in p.text}
    assert figures == {"The origin": False, "Wire copy": True}


def test_a_story_that_many_carry_names_five_of_them(library_of: MakeLibrary) -> None:
    papers = ("Courier", "Gazette", "Herald", "Journal", "Mercury", "Monitor", "Observer", "Tribune", "Voice")
    many = {
        f"{i}.md": article(f"Copy {i}", f"2023-12-{10 + i}", f"For the {paper}.", ROUND, OFFICE)
        for i, paper in enumerate(papers)
    }
    with rag.open(library_of(many)) as opened:
        (citation,) = opened.ask(QUESTION).citations
        passages = opened.search(QUESTION, k=10)
    assert (citation.title, [p.title for p in citation.also_in]) == ("Copy 0", [f"Copy {i}" for i in range(1, 6)])
    assert len({p.article_id for p in passages if "385" in p.text}) == 1
