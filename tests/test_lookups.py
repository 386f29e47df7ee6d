"""Looking names up with a deadline, whatever the resolver does."""

import socket
import threading

import pytest

from ingest.fetch.lookups import Lookups


def test_the_answer_comes_from_the_resolver_and_so_do_its_errors() -> None:
    assert Lookups(lambda host, port: (host, port)).find("a.example", 80, lambda: 60.0) == ("a.example", 80)

    def fail(host: str, port: int) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(socket.gaierror):
        Lookups(fail).find("a.example", 80, lambda: 60.0)


def test_a_resolver_that_hangs_is_left_behind_and_so_many_of_them_at_the_most() -> None:
    released = threading.Event()
    asked: list[str] = []

    def hang(host: str, port: int) -> str:
        asked.append(host)
        released.wait(60)
        return host

    lookups = Lookups(hang, seconds=0.1, slots=2)
    for host in ("a.example", "b.example", "c.example"):
        with pytest.raises(TimeoutError):
            lookups.find(host, 80, lambda: 60.0)
    assert asked == ["a.example", "b.example"]  # the third found no slot
    released.set()
    patient = Lookups(hang, seconds=60)
    assert patient.find("d.example", 80, lambda: 60.0) == "d.example"


def test_a_request_whose_time_is_up_or_that_is_stopped_waits_for_no_name() -> None:
    released = threading.Event()
    lookups = Lookups(lambda host, port: released.wait(60), seconds=60)

    class StoppedError(Exception):
        pass

    calls = iter([60.0, 0.01, 0.01])

    def time_left() -> float:
        try:
            return next(calls)
        except StopIteration:
            raise StoppedError from None

    with pytest.raises(StoppedError):
        lookups.find("a.example", 80, time_left)
    released.set()
