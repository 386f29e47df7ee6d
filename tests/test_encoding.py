"""Encodings as files come in them, and what is no text."""

import json
import random
from datetime import date

import ftfy.bad_codecs  # noqa: F401  registers sloppy-windows-1252
import pytest

from ingest.clean import clean
from ingest.extract import Extracted, extract
from rag.errors import SourceError

ENGLISH = "Acme, a start-up in Paris, raised $5 million. “We are hiring,” its founder said — the café’s owner agreed."
RUSSIAN = "Стартап привлёк сто миллионов долларов, сообщил Иван Петров. Компания основана в 2019 году в Москве."
GREEK = "Η εταιρεία συγκέντρωσε πέντε εκατομμύρια δολάρια, είπε ο Γιάννης. Θα προσλάβει μηχανικούς στην Αθήνα."
WIDE = ("utf-16-le", "utf-16-be", "utf-16", "utf-32")
JAPANESE = (
    "日本のスタートアップは百億円を調達した。会社は東京にあり、ロボットを作っている。社長は来年も採用を続けると語った。"
)
CHINESE = "这家初创公司周一宣布融资五百万美元。公司总部位于上海，生产酒店洗衣机器人。创始人表示将继续招聘工程师。"


def read(body: bytes, name: str = "a.txt") -> Extracted:
    return clean(extract(body, name, date(2026, 11, 23)))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, encoding) for text in (ENGLISH, RUSSIAN, GREEK) for encoding in WIDE),
        *((RUSSIAN, encoding) for encoding in ("koi8_r", "cp1251")),
        *((JAPANESE, encoding) for encoding in ("shift_jis", "euc_jp", "iso2022_jp")),
        *((CHINESE, encoding) for encoding in ("gb18030", "utf-16")),
        *((ENGLISH, encoding) for encoding in ("cp1252", "mac_roman")),
    ],
)  # fmt: skip
def test_text_is_read_in_the_encoding_it_is_in_though_nothing_says_so(text: str, encoding: str) -> None:
    assert read(f"# Title\n\n{text}".encode(encoding)).text == text


@pytest.mark.parametrize("declared", ["utf-16", "hex", "rot13", "idna", "unicode_escape", "no-such", "utf-7"])
def test_a_declaration_that_cannot_be_is_not_believed(declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"><title>T</title></head><body><p>{ENGLISH}</p></body></html>'
    assert read(page.encode("cp1252"), "a.html").text == ENGLISH


def test_a_character_in_two_halves_is_whole_again() -> None:
    found = read(f"# Title\n\n{ENGLISH} ".encode() + b"\xed\xa0\xbd\xed\xb8\x80")
    assert found.text == f"{ENGLISH} 😀"


def test_half_a_character_in_json_is_no_trouble() -> None:
    text = read(json.dumps({"title": "T \ud83d", "text": f"{ENGLISH} \ud800 end"}).encode(), "a.json").text
    assert text.startswith(ENGLISH)
    text.encode()


def test_a_stray_nul_in_a_text_goes_with_a_note_and_many_are_no_text() -> None:
    found = read(f"# Title\n\n{ENGLISH[:30]}\0{ENGLISH[30:]}".encode())
    assert (found.text, found.notes) == (ENGLISH, ("1 NUL characters removed",))
    with pytest.raises(SourceError, match="binary"):
        read(ENGLISH.encode() + b"\0" * 50)


@pytest.mark.parametrize("again", [1, 2])
def test_damage_that_was_done_twice_is_repaired(again: int) -> None:
    text = ENGLISH
    for _ in range(again):
        text = text.encode().decode("sloppy-windows-1252")  # as programs read it; Python's own has five gaps
    assert read(f"# Title\n\n{text}".encode()).text == ENGLISH


def test_noise_is_no_text() -> None:
    with pytest.raises(SourceError):
        read(random.Random(7).randbytes(5000))
