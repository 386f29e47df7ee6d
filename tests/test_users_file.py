"""companies.toml: what a user adds to the table of names, and how its mistakes are told."""

from pathlib import Path

import pytest

from rag.errors import ConfigurationError
from rag.names import FILE, Names, mentions_in, names_for, shipped
from rag.question import understand

LUMEN = """
[[company]]
name = "Lumen Robotics"
aliases = ["Lumen"]
ambiguous = ["Lumen"]
near = ["Warehouse"]
not_near = ["lamp"]
people = ["Ada Roe"]
products = ["Lumo"]
models = ["Pilot"]
families = ["Beam"]
"""


def read(folder: Path, content: str) -> Names:
    (folder / FILE).write_text(content, encoding="utf-8")
    return names_for(folder)


def test_without_a_file_the_table_is_the_one_that_ships(tmp_path: Path) -> None:
    assert names_for(tmp_path) is shipped()


def test_a_company_with_all_that_is_its_own_is_found_in_articles_and_questions(tmp_path: Path) -> None:
    names = read(tmp_path, LUMEN)
    text = "Ada Roe runs Lumen Robotics, which sells Lumo and trained Pilot and Beam-2 mini."
    assert [(m.kind, m.thing) for m in mentions_in(text, names)] == [
        ("person", "Ada Roe"),
        ("company", "Lumen Robotics"),
        ("product", "Lumo"),
        ("model", "Pilot"),
        ("model", "Beam-2 mini"),
    ]
    asked = understand("What does Lumen sell?", known=names, companies=["lumen"])
    assert (asked.companies, asked.limits.companies) == (("Lumen Robotics",), ("Lumen Robotics",))
    assert understand("What does Lumen sell?").companies == ()


def test_a_users_ambiguous_name_is_decided_by_its_context(tmp_path: Path) -> None:
    names = read(tmp_path, LUMEN)
    assert [m.thing for m in mentions_in("The warehouse bought from Lumen.", names)] == ["Lumen Robotics"]
    assert mentions_in("A lamp of one Lumen is weak.", names) == ()
    assert mentions_in("They sell a lumen meter.", names) == ()


def test_names_are_added_to_a_known_company_and_taken_from_it(tmp_path: Path) -> None:
    names = read(tmp_path, '[[company]]\nname = "mistral"\naliases = ["Les Mistraux"]\nwithout = ["Le Chat"]\n')
    assert names.companies_in("Les Mistraux and Mistral") == ("Mistral AI",)
    assert [m.thing for m in mentions_in("Mistral AI has Le Chat.", names)] == ["Mistral AI"]


def test_a_switched_off_alias_means_nothing_any_more(tmp_path: Path) -> None:
    names = read(tmp_path, '[[company]]\nname = "Hugging Face"\nwithout = ["HF"]\n')
    assert (names.companies_in("HF"), names.companies_in("Hugging Face")) == ((), ("Hugging Face",))


def test_a_users_name_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    names = read(tmp_path, '[[company]]\nname = "Kimi Motors"\naliases = ["Kimi"]\n')
    assert names.companies_in("Kimi") == ("Kimi Motors",)


def test_another_file_can_be_named_and_must_be_there(tmp_path: Path) -> None:
    other = tmp_path / "mine.toml"
    other.write_text(LUMEN, encoding="utf-8")
    assert names_for(tmp_path / "library", other).company_of("lumen") == "Lumen Robotics"
    with pytest.raises(ConfigurationError, match=r"no file .*gone\.toml.*DOSSIER_COMPANIES"):
        names_for(tmp_path, tmp_path / "gone.toml")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[[company]\n", r"companies\.toml is not TOML: .*line 1"),
        ("company = 3", r"company: Input should be a valid list"),
        ("[[companies]]\nname = 'A'", r"companies: Extra inputs"),
        ("[[company]]\naliases = ['A']", r"company 1, name: Field required"),
        (
            "[[company]]\nname = 'A'\n[[company]]\nname = 'Bo'\naliases = 'C'",
            r"company 2 \(Bo\), aliases: .*valid list",
        ),
        ("[[company]]\nname = 'Acme'\nalias = ['A']", r"company 1 \(Acme\), alias: Extra .*may have name, aliases"),
        ("[[company]]\nname = ' '", r"company 1 .*name"),
        ("[[company]]\nname = 'Acme'\nnear = ['two words']", r"company 1 \(Acme\), near 0"),
        ("[[company]]\nname = 'Acme'\nambiguous = ['Ac']", r"Acme has no name 'Ac'.*Add it to `aliases`"),
        ("[[company]]\nname = 'Mistral AI'\nwithout = ['Mst']", r"'Mst'.*none of its names.*Mistral AI, Mistral"),
        ("[[company]]\nname='A1'\naliases=['X1']\n[[company]]\nname='B1'\naliases=['x1']", r"'x1' .*both A1 and B1"),
    ],
)
def test_a_mistake_is_told_with_its_entry_and_remedy(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(tmp_path, content)
    assert raised.value.hint
    with pytest.raises(ConfigurationError, match=told):
        read(tmp_path, content)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        names_for(tmp_path)


def test_tables_are_told_apart_by_their_digest(tmp_path: Path) -> None:
    first = read(tmp_path, LUMEN).digest
    assert first == read(tmp_path, f"# a remark\n{LUMEN}").digest
    assert len({first, shipped().digest, read(tmp_path, LUMEN.replace("lamp", "lux")).digest}) == 3
