"""The server process: takes the port, opens the library, serves until it is told to stop."""

import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from types import FrameType

import uvicorn

from rag.assistant import Assistant
from rag.errors import ConfigurationError
from rag.log import configure_logging
from rag.settings import Settings
from rag.web.app import build_app

# An answer under way gets this long to finish when the server is stopped.
GRACEFUL_SECONDS = 10
BACKLOG = 512


def serve(
    settings: Settings,
    worker_command: Sequence[str] | None = None,
    announce: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """Serves until SIGINT or SIGTERM. `announce` is told, in one line, when and where it serves.

    Raises ConfigurationError for a port that is taken, LibraryError for a library that does not open.
    """
    configure_logging(settings.log_level, as_json=settings.log_json)
    with closing(_bind(settings.host, settings.port)) as listener:
        # Opened here and not in the application: an error is then the command's, with its message and exit status.
        assistant = Assistant.open(settings)
        app = build_app(settings, lambda: assistant, worker_command)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
        _Server(config, lambda: announce(_announcement(settings, listener))).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops in order; a second Ctrl+C, at once. uvicorn would raise the signal again at the end, as a failure."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigurationError(f"{host} is no address of this machine: {error}.", "Set DOSSIER_HOST.") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)  # who comes while the library opens waits instead of being turned away
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Port {port} on {host} cannot be used: {error.strerror}.",
            "Choose another with --port or DOSSIER_PORT, or end the program that uses it.",
        ) from error
    return listener


def _announcement(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"Dossier serves {settings.library} on http://{host}:{listener.getsockname()[1]}"
