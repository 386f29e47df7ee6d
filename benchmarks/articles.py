"""Articles to measure with: the sample corpus, and recombinations of its paragraphs, the same in every run.

Recombined articles have the corpus's vocabulary and the lengths of its articles, and make no sense.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import frontmatter

REPOSITORY = Path(__file__).resolve().parent.parent
CORPUS = REPOSITORY / "docs_corpus"
QUESTIONS = Path(__file__).parent / "sample_questions.txt"
SEED = 20261123

_MOVES = re.compile(r"(?!\d+\.)\w.*[^.!?:]|\w")
_HEADING_ALONE = re.compile(r"^#{1,6} [^\n]*$")


def corpus() -> dict[str, str]:
    """The articles of the sample corpus by file name, as they are on disk."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md")) if path.name != "README.md"
    }


def questions(count: int) -> list[str]:
    """The first `count` sample questions; each kind of question is among any twenty of them."""
    return QUESTIONS.read_text(encoding="utf-8").splitlines()[:count]


def recombined(
    articles: Mapping[str, str], random: Random, *, permute_names: bool = False
) -> Iterator[tuple[str, str]]:
    """Articles without end, by file name: a title of one, paragraphs of many, in a random order.

    With `permute_names`, each of them also has the companies it names changed for one another.
    """
    posts = [frontmatter.loads(text) for text in articles.values()]
    pool = [block for post in posts for block in blocks(post.content)]
    lengths = [len(blocks(post.content)) for post in posts]
    names = sorted({str(name) for post in posts for name in _listed(post, "companies")})
    number = 0
    while True:
        number += 1
        base = random.choice(posts)
        body = "\n\n".join(random.sample(pool, random.choice(lengths)))
        title = f"{base['title']}, no. {number}"
        if permute_names:
            title, body = exchanged([title, body], names, random.sample(names, len(names)))
        yield f"recombined-{number:05}.md", _written(title, str(base["published"]), body)


def blocks(text: str) -> list[str]:
    """The paragraphs of a text, a heading together with what stands below it."""
    found: list[str] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        if found and _HEADING_ALONE.match(found[-1]):
            found[-1] += f"\n\n{part}"
        else:
            found.append(part)
    return found


def shuffled(text: str, random: Random) -> str:
    """A text with its words in another order: as long, of the same words and lines, and no copy of anything.

    Words that end a sentence, and what marks headings, items and cells, stay where they are.
    """
    words = re.split(r"(\s+)", text)
    moved = [at for at, word in enumerate(words) if _MOVES.fullmatch(word)]
    for at, other in zip(moved, random.sample(moved, len(moved)), strict=True):
        words[at], words[other] = words[other], words[at]
    return "".join(words)


def unquoted(article: str, random: Random) -> str:
    """An article that shares no stretch with the others: thousands made of one corpus would all quote one another."""
    head, body = article.split("\n---\n", 1)
    return f"{head}\n---\n{shuffled(body, random)}"


def exchanged(texts: Sequence[str], names: Sequence[str], others: Sequence[str]) -> list[str]:
    """The texts with each of `names` replaced by the one of `others` in its place."""
    other = dict(zip(names, others, strict=True))
    longest_first = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")
    return [pattern.sub(lambda match: other[match.group()], text) for text in texts]


def _listed(post: frontmatter.Post, key: str) -> list[Any]:
    found = post.get(key, [])
    return found if isinstance(found, list) else [found]


def _written(title: str, published: str, body: str) -> str:
    quoted = title.replace('"', "'")
    return f'---\ntitle: "{quoted}"\npublished: {published}\n---\n\n{body}\n'


def write(articles: Mapping[str, str], folder: Path) -> Path:
    """Writes articles as files, and gives back their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in articles.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
