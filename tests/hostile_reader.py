"""The reader's process with a parser that does what documents tell it to: `python -m tests.hostile_reader …`.

Everything but the parser is what articles are read with.
"""

import ctypes
import json
import os
import re
import sys
import time
from datetime import date

from ingest.document import Document
from ingest.extract import Extracted
from ingest.reading.article import read_article
from ingest.reading.child import main
from ingest.reading.messages import frame


def read(document: Document, name: str, today: date) -> Extracted:
    """The article, or the harm, that the first word of a document names."""
    match (document.body or b"").split()[:1]:
        case [b"sleep"]:
            time.sleep(600)
        case [b"spin"]:  # in C, and without letting any other thread have the interpreter
            re.match(r"(?:a+)+$", "a" * 60 + "b")
        case [b"abort"]:
            os.abort()
        case [b"crash"]:
            ctypes.string_at(0)
        case [b"exit"]:
            os._exit(0)
        case [b"eat"]:
            b"".join(bytes(10_000_000) for _ in range(10_000))
        case [b"recurse"]:
            return read(document, name, today)
        case [b"overflow"]:  # the stack of the processor
            sys.setrecursionlimit(10**9)
            json.loads("[" * 1_000_000)
        case [b"lie"]:
            for descriptor in range(3, 30):
                try:
                    os.write(descriptor, frame(b"{}"))
                except OSError:
                    continue
        case [b"chatter"]:
            print("noise", flush=True)
            os.write(1, b"more noise")
            sys.stdin.read()
        case [b"environment"]:
            return Extracted(" ".join(sorted(os.environ)), name)
        case [b"process"]:
            return Extracted(str(os.getpid()), name)
        case [b"surrogate"]:
            return Extracted("half a pair: \ud83d.", name)
    return read_article(document, name, today)


if __name__ == "__main__":
    main(read)
