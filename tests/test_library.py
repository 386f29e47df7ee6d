import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rag
from rag.errors import ArticleNotFoundError, ConfigurationError, LibraryError, QuestionError
from rag.library import differences, reindex
from rag.question import Turn
from rag.settings import Settings, load_settings
from tests.conftest import MakeLibrary

LED = "Who led Mistral AI's Series A?"


@pytest.fixture(scope="module")
def library(corpus_library: Path) -> Iterator[rag.Library]:
    """The sample corpus, open. Not to be changed."""
    with rag.open(corpus_library) as opened:
        yield opened


def quotes_are_exact(library: rag.Library, answer: rag.Answer) -> bool:
    return all(library.article(c.article_id).text[c.start : c.end] == c.quote for c in answer.citations)


def asked(library: rag.Library, text: str) -> rag.Answer | QuestionError:
    """The answer, complete and fit to be sent, or the one error a question may cause."""
    try:
        answer = library.ask(text)
    except QuestionError as error:
        return error
    assert json.loads(json.dumps(answer.to_dict(), ensure_ascii=False).encode()) == answer.to_dict()
    assert str(answer)
    assert answer._repr_html_()
    assert quotes_are_exact(library, answer)
    if answer.status == "answered":
        assert all(sentence.citations for sentence in answer.sentences)
    else:
        assert not answer.sentences
        assert not answer.citations
    return answer


# asking


def test_an_answer_has_exact_quotes_and_passages_best_first(library: rag.Library) -> None:
    answer = library.ask(LED)
    assert answer.status == "answered"
    assert "Andreessen Horowitz" in answer.text
    assert answer.citations
    assert quotes_are_exact(library, answer)
    best = [passage.score for passage in answer.passages[: load_settings().passages]]  # behind them: nearest in time
    assert best == sorted(best, reverse=True)
    assert all(library.article(p.article_id).text[p.start : p.end] == p.text for p in answer.passages)


def test_nothing_published_after_the_as_of_date_is_used(library: rag.Library) -> None:
    answer = library.ask("How much has Mistral AI raised?", as_of="2023-12")
    published = [passage.published for passage in answer.passages]
    assert published
    assert all(date is None or date <= "2023-12-31" for date in published)
    assert library.ask("How much has Mistral AI raised?", as_of="1999").status == "not_found"


def test_only_articles_about_the_companies_asked_for_are_used(library: rag.Library) -> None:
    for passage in library.search("How much was raised?", companies=["cohere"]):
        assert "Cohere" in library.article(passage.article_id).companies
    assert library.search("How much was raised?", companies=["No Such Company"]) == ()


def test_a_follow_up_is_understood_from_any_form_of_history(library: rag.Library) -> None:
    question = "How much did Mistral AI raise in its Series A?"
    earlier = library.ask(question)
    histories = [[earlier], [Turn(question, earlier.text)], [{"question": question, "answer": earlier.text}]]
    answers = [library.ask("And who led it?", history=history) for history in histories]
    assert len({answer.text for answer in answers}) == 1
    assert any("Mistral" in passage.text for passage in answers[0].passages)


def test_k_says_how_many_passages_there_are(library: rag.Library) -> None:
    assert len(library.search("funding", k=3)) == 3
    assert len(library.ask(LED, k=2).passages) == 2


def test_a_model_that_is_none_is_refused_by_its_name(library: rag.Library) -> None:
    with pytest.raises(ConfigurationError, match="no-such-provider"):
        library.ask(LED, model="no-such-provider:x")


def test_it_works_where_an_event_loop_runs_already(library: rag.Library) -> None:
    async def cell() -> rag.Answer:
        return library.ask(LED)

    assert asyncio.run(cell()).status == "answered"


# any question


@pytest.mark.parametrize(
    "text",
    [
        "", " \n\t", "?!…", "\u200b", "a" * 100_000, "Mistral " * 20_000, "\x00", "\ud800", "\u202e",
        "👋🏽🚀", '"', "*", "~",
    ],
)  # fmt: skip
def test_what_asks_nothing_or_too_much_is_a_question_error_or_not_found(library: rag.Library, text: str) -> None:
    found = asked(library, text)
    assert isinstance(found, QuestionError) or found.status == "not_found"


@pytest.mark.parametrize(
    "text",
    [
        "of the and to was what", f'"{LED}"', f"*{LED}*", f"{LED} AND NOT Mistral", "title:Mistral", "[a TO b]",
        "Series A^2~", "Who led \x00 Mistral's \x1b[31m Series A?", "Who led \ud83d Mistral's Series A \udfff?",
        "مَن قاد جولة Mistral AI؟",
        "\u202eWho led Mistral AI's Series A?", "🚀 Who led Mistral AI's Series A? 🚀",
        "誰が Mistral AI のシリーズAを主導した?",
        "WHO LED MISTRAL AI'S SERIES A?", "who\u2028led\u2029mistral\u0085series\u00a0a",
        "<script>alert(1)</script> Mistral",
        "'; DROP TABLE articles; --", "{{7*7}} ${7*7} %s %d {0}", "../../etc/passwd", "Mistral" + "\u0301" * 500,
    ],
)  # fmt: skip
def test_odd_characters_never_stop_a_question(library: rag.Library, text: str) -> None:
    found = asked(library, text)
    assert isinstance(found, rag.Answer | QuestionError)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["Mistral AI", "who", "led", "Series A", "$", "2023", '"', "NOT", "title:", "\ud800", "\0", "("]
            ),
            max_size=8,
        ).map(" ".join),
    )
)
def test_any_text_gets_an_answer_or_a_question_error(library: rag.Library, text: str) -> None:
    asked(library, text)


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "", "no such day", "\u202e"])
def test_odd_filters_and_ids_are_refused_or_find_nothing(library: rag.Library, odd: str) -> None:
    with pytest.raises(ArticleNotFoundError):
        library.article(odd)
    assert library.search(LED, companies=[odd]) == ()
    if odd:
        with pytest.raises(QuestionError):
            library.ask(LED, as_of=odd)


# keeping a library


def test_articles_are_listed_and_read(library: rag.Library) -> None:
    listed = library.articles()
    assert len(listed) >= 24
    assert all(article.text == "" for article in listed)
    article = library.article(listed[0].id)
    assert article.text
    assert {"id", "title", "author", "site", "url", "published", "source"} <= article.to_dict().keys()


def test_a_removed_article_is_never_answered_from(library_of: MakeLibrary) -> None:
    folder = library_of(
        {
            "a.md": "# Acme raises money\n\nAcme raised $12 million in its Series A, led by Fund One.",
            "b.md": "# Bolt raises money\n\nBolt raised $90 million in its Series A, led by Fund Two.",
        }
    )
    with rag.open(folder) as library:
        (acme,) = [article.id for article in library.articles() if "Acme" in article.title]
        assert "$12 million" in library.ask("How much did Acme raise?").text
        with pytest.raises(ArticleNotFoundError):
            library.remove([acme, "nope"])
        assert library.ask("How much did Acme raise?").status == "answered"
        assert library.remove([acme]) == 1
        assert library.ask("How much did Acme raise?").status == "not_found"
        assert acme not in {passage.article_id for passage in library.search("Acme raised money", k=100)}
    with rag.open(folder) as library:
        assert acme not in {passage.article_id for passage in library.search("Acme raised money", k=100)}
    assert differences(Settings(library=folder)) == []
    assert reindex(Settings(library=folder))[1] == 0


def test_sentences_that_an_older_version_did_not_embed_are_told_and_reindexing_embeds_them(
    library_of: MakeLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    folder = library_of(
        {"a.md": "# One\n\nAcme raised $12 million. It is in Oslo.", "b.md": "# Two\n\nBolt is in Rome."}
    )
    with rag.open(folder) as library:
        before = library.search("Where is Acme?", explain=True)
    assert caplog.messages == []
    with closing(sqlite3.connect(folder / "catalog.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE chunks SET sentences = NULL")
    with rag.open(folder) as library:
        assert {p.chunk_id for p in library.search("Where is Acme?")} == {p.chunk_id for p in before}
    assert ["which are found less well: 2." in line for line in caplog.messages] == [True]
    assert "`dossier reindex`" in caplog.text
    assert ["an older Dossier embedded them: 2" in line for line in differences(Settings(library=folder))] == [True]
    caplog.clear()

    assert reindex(Settings(library=folder)) == (2, 2)

    with rag.open(folder) as library:
        assert library.search("Where is Acme?", explain=True) == before
    assert caplog.messages == []
    assert differences(Settings(library=folder)) == []
    assert reindex(Settings(library=folder)) == (2, 0)


def test_an_empty_library_answers_that_it_has_nothing(library_of: MakeLibrary) -> None:
    folder = library_of({"a.md": "# One\n\nAcme raised $12 million."})
    with rag.open(folder) as library:
        library.remove([library.articles()[0].id])
        assert library.ask("How much did Acme raise?").status == "not_found"
        assert library.search("Acme") == ()
        assert library.articles() == ()
    assert differences(Settings(library=folder)) == []


def test_there_is_no_library_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="dossier ingest"):
        rag.open(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_a_library_of_another_model_is_refused_and_keeps_its_answers(library_of: MakeLibrary) -> None:
    folder = library_of({"a.md": "# One\n\nAcme raised $12 million."})
    connection = sqlite3.connect(folder / "catalog.sqlite", isolation_level=None)
    (sha256,) = connection.execute("SELECT sha256 FROM stamp").fetchone()
    connection.execute("UPDATE stamp SET sha256 = 'another'")
    with pytest.raises(LibraryError, match="dossier reindex"):
        rag.open(folder)
    connection.execute("UPDATE stamp SET sha256 = ?", (sha256,))
    connection.close()
    with rag.open(folder) as library:
        assert "$12 million" in library.ask("How much did Acme raise?").text


def test_closing_twice_does_no_harm(library_of: MakeLibrary) -> None:
    library = rag.open(library_of({"a.md": "# One\n\nAcme raised $12 million."}))
    library.close()
    library.close()
