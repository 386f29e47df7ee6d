"""Tags follow the table of names, without embedding anything."""

from pathlib import Path

import pytest

from rag.errors import ConfigurationError
from rag.indexes.facets import Facets, Limits
from rag.names import FILE, names_for
from rag.retagging import retag
from rag.settings import Settings
from tests.test_pipeline import Library, counts, library

__all__ = ["library"]

STORY = "# News\n\nLumen raised $5 million from HF, said Ada Roe. OpenAI and Sam Altman have ChatGPT and GPT-4.\n"
LUMEN = '[[company]]\nname = "Lumen"\npeople = ["Ada Roe"]\n[[company]]\nname = "Hugging Face"\nwithout = ["HF"]\n'


def write(library: Library, content: str) -> None:
    (library.catalog.folder / FILE).write_text(content, encoding="utf-8")


def ids_about(facets: Facets, company: str) -> list[str]:
    allowed = facets.allowed(Limits(companies=(company,)))
    assert allowed is not None
    return allowed.ids()


def test_an_article_has_the_tags_of_what_it_names(library: Library) -> None:
    library.write("a.md", STORY.replace("HF", "Hugging Face"))
    library.ingest()
    article = library.only()
    assert (article.companies, article.people) == (("Hugging Face", "OpenAI"), ("Sam Altman",))
    assert (article.models, article.products) == (("GPT-4",), ("ChatGPT",))


def test_the_next_ingest_tags_anew_when_companies_toml_has_changed_and_embeds_nothing(library: Library) -> None:
    library.write("a.md", STORY)
    library.ingest()
    facets = Facets(library.catalog)
    assert ids_about(facets, "lumen") == []
    embedded, change = library.embedder.texts_embedded, library.catalog.last_change()
    write(library, LUMEN)
    assert counts(library.ingest()) == (0, 0, 1, 0)
    assert (library.only().companies, library.only().people) == (("Lumen", "OpenAI"), ("Ada Roe", "Sam Altman"))
    assert ids_about(facets, "lumen") == [library.only().id]
    assert (library.embedder.texts_embedded, library.catalog.last_change()) == (embedded, change)
    assert library.catalog.check() == []


def test_what_is_taken_out_of_the_file_is_taken_from_the_tags(library: Library) -> None:
    library.write("a.md", STORY)
    write(library, LUMEN)
    library.ingest()
    (library.catalog.folder / FILE).unlink()
    library.ingest()
    assert "Lumen" not in library.only().companies
    assert ids_about(Facets(library.catalog), "lumen") == []


def test_companies_that_the_article_states_stay_and_go_by_their_new_name(library: Library) -> None:
    library.write("a.md", f"---\ncompanies: [Acme]\n---\n{STORY}")
    library.ingest()
    write(library, '[[company]]\nname = "Acme Corporation"\naliases = ["Acme"]\n')
    library.ingest()
    assert library.only().companies == ("Acme Corporation",)
    (library.catalog.folder / FILE).unlink()
    library.ingest()
    assert library.only().companies == ("Acme",)


def test_retagging_counts_what_changed_and_looks_at_nothing_when_the_table_is_the_same(library: Library) -> None:
    library.write("a.md", STORY)
    library.write("b.md", "Nobody is named here.")
    library.ingest()
    write(library, LUMEN)
    names = names_for(library.catalog.folder)
    assert retag(library.catalog, names) == 1
    assert library.catalog.tagged_by() == names.digest
    assert retag(library.catalog, names) == 0


def test_a_text_that_changed_meanwhile_keeps_its_own_tags(library: Library) -> None:
    path = library.write("a.md", STORY)
    library.ingest()
    before = library.only()
    path.write_text("Cohere raised $5 million.")
    library.ingest()
    library.catalog.retag([before])
    assert library.only().companies == ("Cohere",)


def test_a_wrong_file_stops_an_ingest_before_anything_is_done(library: Library) -> None:
    library.write("a.md", STORY)
    write(library, "[[company]]\nnmae = 'Acme'\n")
    with pytest.raises(ConfigurationError, match="nmae"):
        library.ingest()
    assert library.catalog.counts() == (0, 0)


def test_a_path_given_in_the_settings_goes_before_the_librarys_own(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "mine.toml"
    other.write_text(LUMEN, encoding="utf-8")
    library.write("a.md", STORY)
    library.ingest(settings=Settings(companies=other))
    assert library.only().companies == ("Lumen", "OpenAI")
