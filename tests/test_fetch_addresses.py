import socket
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.addresses import RefusedError, Rules
from rag.addresses import location_of, without_credentials
from rag.errors import ConfigurationError


def answering(*addresses: str) -> Any:
    """A resolver that always gives these addresses."""

    def resolve(host: str, port: int, *_: Any) -> list[Any]:
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port, 0, 0))
            if ":" in one
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return resolve


def reach(url: str, rules: Rules) -> None:
    """Asks what the client and its connections ask, in their order."""
    rules.check(url)
    host = url.split("/")[2].rpartition("@")[2]
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    rules.resolve(name.strip("[]"), int(port or 80))


PRIVATE = (
    "127.0.0.1 127.8.9.10 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 "
    "198.18.0.1 192.0.2.1 168.63.129.16 100.100.100.200 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 "
    "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: "
    "2001:0:7f00:1::1 2001:0:5ef5:79fd:0:0:80ff:fffe"
).split()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused_written_out_and_as_the_answer_for_a_name(address: str) -> None:
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(RefusedError, match=r"may not be fetched.*DOSSIER_FETCH_ALLOW"):
        Rules().check(f"http://{literal}/")
    with pytest.raises(RefusedError, match=r"name\.example|may not be fetched"):
        Rules(resolver=answering(address)).resolve("name.example", 80)


@pytest.mark.parametrize(
    "host",
    "2130706433 0x7f000001 0x7f.1 0177.0.0.1 127.1 127.0.0.1. 0 ①②⑦.0.0.1 127。0。0。1 [::ffff:7f00:1] "
    "[fe80::1%25eth0] LOCALHOST localhost user@127.0.0.1 example.com@127.0.0.1 user:pass@example.com 256.1.1.1".split(),
)
def test_another_spelling_of_a_private_address_is_refused_too(host: str) -> None:
    """With the machine's own resolver, which understands hexadecimal and short forms."""
    with pytest.raises((RefusedError, OSError)):
        reach(f"http://{host}/", Rules())


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "http:///a", "//a/b"]
)
def test_only_the_web_is_fetched(url: str) -> None:
    with pytest.raises(RefusedError):
        Rules().check(url)


@pytest.mark.parametrize("others", [("10.0.0.1",), ("::1",), ("169.254.169.254", "1.1.1.1")])
def test_a_name_with_one_private_address_among_public_ones_is_refused_whole(others: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError, match="both permitted and denied"):
        Rules(resolver=answering("93.184.216.34", *others)).resolve("mixed.example", 80)


@given(st.ip_addresses())
def test_no_network_that_is_known_to_be_private_is_ever_reached(address: Any) -> None:
    """Whatever the standard library calls private, the rules do; they know of more."""
    rules = Rules(resolver=answering(str(address)))
    try:
        rules.resolve("name.example", 80)
    except RefusedError:
        return
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    assert not any((inner.is_loopback, inner.is_link_local, inner.is_multicast, inner.is_unspecified))
    if address.version == 4:
        assert address.is_global


def test_a_public_address_is_reached_on_the_ports_of_the_web_alone() -> None:
    rules = Rules(resolver=answering("93.184.216.34"))
    assert [str(one.ip) for one in rules.resolve("example.com", 443)] == ["93.184.216.34"]
    with pytest.raises(RefusedError):
        rules.check("http://example.com:22/")
    with pytest.raises(RefusedError):
        Rules((ip_network("10.0.0.0/8"),), resolver=answering("93.184.216.34")).resolve("example.com", 8080)


def test_a_network_that_is_allowed_is_reached_on_any_port_and_no_other_network_is() -> None:
    rules = Rules((ip_network("10.0.0.0/8"),))
    rules.check("http://10.1.2.3:8080/")
    assert rules.resolve("10.1.2.3", 8080)
    with pytest.raises(RefusedError):
        rules.check("http://127.0.0.1/")


def test_to_allow_a_prefix_that_carries_every_address_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigurationError, match="DOSSIER_FETCH_ALLOW"):
        Rules((ip_network("64:ff9b::/96"),))


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("HTTPS://Example.COM:443/A?utm_source=x&id=3&fbclid=1#part", "https://example.com/A?id=3"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com:8080/a?b=2&a=1&utm_campaign=", "http://example.com:8080/a?b=2&a=1"),
        ("https://example.com/a?cid=7&ref=8&source=9", "https://example.com/a?cid=7&ref=8&source=9"),
    ],
)
def test_a_location_is_an_address_without_what_only_tracks(address: str, location: str) -> None:
    assert location_of(address) == location
    assert location_of(location) == location


@pytest.mark.parametrize(
    ("url", "said", "remedy"),
    [
        ("http://jane:s3cret@example.com/x", "it has a user's name or a password in it", "before the @"),
        ("http://example.com:8080/", "it is on port 8080", "DOSSIER_FETCH_ALLOW"),
        ("http://example.com:99999/", "a host or a port that is none", "how it is written"),
        ("http://exa mple.com/", "it has a space in it", "Copy it again"),
        ("http:///x", "it names no host", "whole address"),
        ("http://2130706433/", "its host is written as no name", "how it is written"),
        ("http://a..b/", "its host is written as no name", "how it is written"),
        ("ftp://example.com/", "does not begin with http", "whole address"),
        ("http://127.0.0.1/", "127.0.0.0/8 is Loopback", "DOSSIER_FETCH_ALLOW"),
    ],
)
def test_a_refusal_says_in_plain_words_what_is_wrong_and_what_to_do(url: str, said: str, remedy: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Rules().check(url)
    assert said in refused.value.message
    assert remedy in refused.value.hint
    assert "s3cret" not in str(refused.value)
    assert "allow" not in refused.value.message


@pytest.mark.parametrize("path", ["/@jane/story", "/a?mail=jane@example.com", "/#@", "/a:b@c"])
def test_an_at_sign_behind_the_host_is_no_password(path: str) -> None:
    assert without_credentials(f"https://example.com{path}") == f"https://example.com{path}"
    assert without_credentials(f"https://a:b@c@example.com{path}") == f"https://example.com{path}"
    assert without_credentials(f"//a@example.com{path}") == f"//example.com{path}"
