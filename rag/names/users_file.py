"""companies.toml: the names a user adds to the table that ships, and those to switch off.

    [[company]]
    name = "Lumen Robotics"             # or a known company, by any of its names: then this is added to it
    aliases = ["Lumen", "Lumen Inc."]
    ambiguous = ["Lumen"]               # of all names here, those that mean something else too: context decides
    near = ["robot", "warehouse"]       # words that speak for the company where an ambiguous name stands
    not_near = ["lux", "lamp"]          # words that speak against it
    people = ["Ada Roe"]
    products = ["Lumo"]
    models = ["Pilot-1"]
    families = ["Beam"]                 # of models: Beam 2, Beam-3 mini
    without = ["LMN"]                   # names of it that shall not count

It lies in the library's folder, or where DOSSIER_COMPANIES says.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from rag.errors import ConfigurationError
from rag.names.entries import Also, Entry, Kind, plain
from rag.names.table import Names, shipped

FILE = "companies.toml"

_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\W_]")]
_Word = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, pattern=r"^\S+$")]


class _Company(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: _Name
    aliases: list[_Name] = []
    ambiguous: list[_Name] = []
    near: list[_Word] = []
    not_near: list[_Word] = []
    people: list[_Name] = []
    products: list[_Name] = []
    models: list[_Name] = []
    families: list[_Name] = []
    without: list[_Name] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    company: list[_Company] = []


def names_for(library: Path, file: Path | None = None) -> Names:
    """The table for a library: what ships, and its user's companies.toml, if there is one.

    Raises ConfigurationError, which names the entry, for a file that is not as it should be, and when `file` is given
    and cannot be read.
    """
    path = file or library / FILE
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if file is None:
            return shipped()
        raise ConfigurationError(f"There is no file {path}.", "Correct DOSSIER_COMPANIES, or take it away.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.", "It has to be a text file in UTF-8.") from error
    return with_users(shipped(), _read(path, content), path)


def with_users(names: Names, companies: list[_Company], path: Path) -> Names:
    """The table with a user's companies; a name of theirs that stood for another company no longer does."""
    entries = list(names.entries)
    taken: dict[str, str] = {}
    for company in companies:
        thing = names.company_of(company.name)
        _check(company, thing, names, taken, path)
        off = {plain(name) for name in company.without}
        added = list(_entries_of(company, thing))
        theirs = {plain(entry.name) for entry in added if entry.kind == "company"}
        entries = [
            entry
            for entry in entries
            if not (entry.kind == "company" and plain(entry.name) in theirs)
            and not (thing in entry.companies and plain(entry.name) in off)
        ]
        entries += added
    return Names(entries)


def _read(path: Path, content: str) -> list[_Company]:
    try:
        return _File.model_validate(tomllib.loads(content)).company
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}.", "README shows an example.") from error
    except ValidationError as error:
        told = "; ".join(_told(problem["loc"], problem["msg"], content) for problem in error.errors())
        raise ConfigurationError(
            f"{path} is wrong: {told}.",
            f"An entry may have {', '.join(_Company.model_fields)}; README shows an example.",
        ) from error


def _told(place: tuple[int | str, ...], message: str, content: str) -> str:
    """`company 2 (Acme), aliases: Input should be a valid list`"""
    if len(place) < 2 or not isinstance(place[1], int):
        return f"{'.'.join(map(str, place))}: {message}"
    entry = tomllib.loads(content)["company"][place[1]]
    name = entry.get("name") if isinstance(entry, dict) else None
    called = f" ({name})" if isinstance(name, str) else ""
    return f"company {place[1] + 1}{called}, {' '.join(map(str, place[2:]))}: {message}"


def _check(company: _Company, thing: str, names: Names, taken: dict[str, str], path: Path) -> None:
    """Raises ConfigurationError for names that stand for two companies, or that are nobody's."""
    own = [company.name, *company.aliases]
    for name in own:
        if taken.setdefault(plain(name), thing) != thing:
            raise ConfigurationError(
                f"{path}: {name!r} is a name of both {taken[plain(name)]} and {thing}.", "Leave it at one of them."
            )
    known = {plain(entry.name) for entry in names.entries if thing in entry.companies}
    given = {plain(name) for name in (*own, *company.people, *company.products, *company.models, *company.families)}
    for name in company.ambiguous:
        if plain(name) not in given | known:
            raise ConfigurationError(
                f"{path}: {company.name} has no name {name!r}, which `ambiguous` lists.", "Add it to `aliases`."
            )
    for name in company.without:
        if plain(name) not in known:
            raise ConfigurationError(
                f"{path}: {name!r}, which `without` takes from {company.name}, is none of its names.",
                f"Its names are {', '.join(names.names_of(thing)) or 'those of this entry alone'}.",
            )


def _entries_of(company: _Company, thing: str) -> Iterator[Entry]:
    """The entries that a company of the file makes."""
    ambiguous = {plain(name) for name in company.ambiguous}
    made = Entry("company", thing, (thing,), company.name, near=frozenset(company.near))
    kinds: tuple[tuple[Kind, list[str]], ...] = (
        ("company", [company.name, *company.aliases]),
        ("person", company.people),
        ("product", company.products),
        ("model", company.models),
        ("family", company.families),
    )
    for kind, given in kinds:
        for name in dict.fromkeys(given):
            also: Also = "word" if plain(name) in ambiguous else ""
            stands_for = thing if kind == "company" else name
            yield replace(made, kind=kind, thing=stands_for, name=name, also=also, not_near=frozenset(company.not_near))
