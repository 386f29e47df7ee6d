"""The polite client: one request at a time to a host, robots.txt first, a pause between two requests, patience."""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from urllib.parse import urljoin, urlsplit

import httpx2

from ingest.fetch.addresses import REDIRECTS, RefusedError, Rules
from ingest.fetch.answers import Page, PassingError, StatusError, check_status, page_of, read_body, too_large
from ingest.fetch.connections import NETWORK_ERRORS, Budget, LateError, StoppedError, TooLargeError, Transport
from ingest.fetch.robots import LARGEST, Robots, RobotsFile
from rag.addresses import without_credentials
from rag.errors import SourceError
from rag.settings import Settings

RETRIES = 3
# Longer than this nobody waits: the item fails, and says when to come back.
LONGEST_WAIT = 60.0
LONGEST_CRAWL_DELAY = 30.0
# A host that failed so many addresses in a row is left alone for the rest of the run.
PATIENCE = 3
# Headers, handshakes and the framing of a body come over the line too.
_OVERHEAD = 1_000_000


class Client:
    """Fetches addresses for one run. Thread safe: several hosts may be asked at once, each of them one thing at a time.

    Certificates are checked against those the machine trusts, or against `trusted`.
    """

    def __init__(
        self,
        settings: Settings,
        rules: Rules,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._stopped = threading.Event()
        self._rules = rules
        self._delay = settings.fetch_delay
        self._timeout = settings.fetch_timeout
        self._sleep = sleep or self._stopped.wait
        self._clock = clock
        self._transport = Transport(rules, self._stopped, trusted)
        headers = {
            "User-Agent": settings.fetch_user_agent,
            "Accept": "text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip, deflate, br",
        }
        self._http = httpx2.Client(transport=self._transport, headers=headers, trust_env=False, timeout=None)
        # Nobody is to recognise us, from one address to the next.
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._robots = Robots(settings.fetch_user_agent.partition("/")[0], self._read_robots)
        self._asked: dict[str, float] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._failures: dict[str, int] = {}

    def stop(self) -> None:
        """Ends a wait or a download that is under way; whatever is asked for after it fails."""
        self._stopped.set()

    def close(self) -> None:
        """Closes all connections."""
        self._http.close()

    def get(self, address: str, *, max_bytes: int, conditions: Mapping[str, str] | None = None) -> Page:
        """The page at an address. Raises SourceError, naming it, when there is none to be had.

        `conditions` are the headers that ask for it only if it has changed.
        """
        return self._patiently(address, max_bytes, conditions or {}, robots=True)

    def _patiently(self, address: str, max_bytes: int, conditions: Mapping[str, str], *, robots: bool) -> Page:
        """Tries again what may work a little later."""
        host = urlsplit(address).netloc
        if self._failures.get(host, 0) >= PATIENCE:
            raise SourceError(f"{address} was not asked for: {host} has failed too often in this run.", "Try later.")
        for attempt in count():
            try:
                page = self._follow(address, max_bytes, conditions, robots=robots)
            except PassingError as error:
                wait = 2.0**attempt if error.wait is None else error.wait
                if attempt >= RETRIES or wait > LONGEST_WAIT:
                    self._failures[host] = self._failures.get(host, 0) + 1
                    asks = f", and asks us to wait for {wait:.0f} seconds" if error.wait else ""
                    raise SourceError(f"{address} cannot be fetched: {error}{asks}.", "Try again later.") from error
                self._sleep(wait)
            else:
                self._failures.pop(host, None)
                return page
        raise AssertionError("counting does not end")

    def _follow(self, address: str, max_bytes: int, conditions: Mapping[str, str], *, robots: bool) -> Page:
        """The page behind at most five redirects; each hop is checked as the first one is."""
        at = address
        waited_for = ""
        for _ in range(REDIRECTS + 1):
            self._rules.check(at)
            host = urlsplit(at).netloc
            if robots:
                self._robots.check(at)
            with self._turns.setdefault(host, threading.Lock()):  # several hosts may lead to one
                if robots and host != waited_for:
                    self._pause(at, host)
                    waited_for = host
                found = self._request(at, max_bytes, conditions, address)
            if isinstance(found, Page):
                return found
            if at.startswith("https:") and found.startswith("http:"):
                raise SourceError(
                    f"{address} leads from https to {without_credentials(found)}, where anybody may have changed it.",
                    "Give that address itself if you trust it.",
                )
            at = found
        raise SourceError(
            f"{address} leads on more than {REDIRECTS} times.", "Open it in a browser: where does it end?"
        )

    def _pause(self, address: str, host: str) -> None:
        """Waits until the host may be asked again."""
        delay = max(self._delay, min(self._robots.delay(address), LONGEST_CRAWL_DELAY))
        left = delay - (self._clock() - self._asked[host]) if host in self._asked else 0.0
        if left > 0:
            self._sleep(left)

    def _request(self, at: str, max_bytes: int, conditions: Mapping[str, str], asked: str) -> Page | str:
        """The page at one address, or the address it redirects to."""
        self._transport.budget = Budget(time.monotonic() + self._timeout, max_bytes + _OVERHEAD)
        try:
            with self._http.stream("GET", at, headers=dict(conditions)) as answer:
                if answer.is_redirect and "location" in answer.headers:
                    return urljoin(at, answer.headers["location"]).partition("#")[0]
                check_status(answer, asked, conditional=bool(conditions))
                body = None if answer.status_code == 304 else read_body(answer, asked, max_bytes)
                return page_of(at, answer.headers, body)
        except NETWORK_ERRORS as error:
            raise PassingError(str(error) or type(error).__name__) from error
        except LateError as error:
            raise SourceError(
                f"{asked} takes longer than {self._timeout:g} seconds.", "Try later, or raise DOSSIER_FETCH_TIMEOUT."
            ) from error
        except TooLargeError as error:
            raise too_large(asked, max_bytes) from error
        except StoppedError as error:
            raise SourceError(f"{asked} was not fetched: the run was stopped.", "Run it again.") from error
        except (httpx2.DecodingError, httpx2.InvalidURL, ValueError) as error:
            raise SourceError(
                f"{asked} cannot be fetched: {error}.", "Open it in a browser: is it all right?"
            ) from error
        finally:
            self._asked[urlsplit(at).netloc] = self._clock()

    def _read_robots(self, address: str) -> RobotsFile:
        try:
            page = self._patiently(address, LARGEST, {}, robots=False)
        except RefusedError:
            raise  # the site as a whole may not be fetched, and the reason says why
        except StatusError:
            return RobotsFile()
        except SourceError as error:
            return RobotsFile(failure=str(error))
        finally:
            self._asked.pop(urlsplit(address).netloc, None)  # the page itself may follow at once
        return RobotsFile((page.body or b"").decode("utf-8-sig", "replace"))
