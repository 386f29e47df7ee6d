"""The command `dossier`, which at its end writes down the names of all modules it imported.

`python -m benchmarks.loaded_modules FILE ARGUMENT…`
"""

import json
import signal
import sys
from pathlib import Path


def main(target: Path, arguments: list[str]) -> None:
    """Runs the command with these arguments in this process; ended by SIGTERM, it still writes the file."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn sends itself the signal again after it has stopped
    from ingest.cli import app

    try:
        app(arguments)
    finally:
        target.write_text(json.dumps(sorted(sys.modules)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
