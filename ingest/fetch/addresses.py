"""Which addresses may be fetched.

ssrfguard holds the rules: the special networks of IANA's registries, the spellings of an address (decimal, octal,
mapped into IPv6), one look-up whose answers are the ones connected to (see ingest/fetch/connections.py). Two are added
here: a metadata service that lives at a public address, and ports, which are free in the networks that are allowed.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from ssrfguard import (
    DEFAULT_DENIED,
    Address,
    AddressTable,
    Block,
    BlockedAddressError,
    Policy,
    Reach,
    Resolver,
    SSRFGuardError,
    resolve,
)

from rag.addresses import flaw_of, without_credentials
from rag.errors import ConfigurationError, SourceError

REDIRECTS = 5
_PORTS = frozenset({80, 443})
_ALLOW = "If you trust that network, name it in DOSSIER_FETCH_ALLOW."
_AZURE = Block(ip_network("168.63.129.16/32"), "Cloud services of the host (Azure)", "no RFC", Reach.DENIED)
_DENIED = AddressTable((*DEFAULT_DENIED.blocks, _AZURE))


class RefusedError(SourceError):
    """This address may not be fetched, by our own rules."""


class Rules:
    """What may be connected to. `allowed` networks may be reached although they are private, on any port."""

    def __init__(
        self, allowed: tuple[IPv4Network | IPv6Network, ...] = (), *, resolver: Resolver | None = None
    ) -> None:
        self._allowed = allowed
        self._resolver = resolver
        try:
            self._policy = Policy(
                denied_networks=_DENIED,
                allowed_networks=allowed,
                allowed_ports=frozenset(range(1, 65536)) if allowed else _PORTS,
            )
        except ValueError as error:
            raise ConfigurationError(
                f"DOSSIER_FETCH_ALLOW is wrong: {error}.", "Name the networks themselves, such as 10.0.0.0/8."
            ) from error

    def check(self, address: str) -> None:
        """Raises RefusedError for an address whose form alone says no. Asks nobody."""
        shown = without_credentials(address)
        if flaw := flaw_of(address):
            raise RefusedError(f"{shown} may not be fetched: it {flaw[0]}.", flaw[1])
        port = urlsplit(address).port
        if port and port not in _PORTS and not self._allowed:
            reason = f"it is on port {port}, and only 80 and 443 are fetched from"
            raise RefusedError(f"{shown} may not be fetched: {reason}.", _ALLOW)
        try:
            self._policy.check_url(address)
        except SSRFGuardError as error:
            if isinstance(error.__cause__, BlockedAddressError):
                raise _refused(shown, error) from error
            raise RefusedError(
                f"{shown} may not be fetched: its host is written as no name and no address is.",
                "Check how it is written.",
            ) from error

    def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses of a host, looked up once, every one of them checked; connect to these and to nothing else.

        Raises RefusedError when one of them may not be reached, OSError when there is none.
        """
        url = f"{'https' if port == 443 else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/"
        try:
            target = self._policy.check_url(url)
            found = resolve(target, policy=self._policy, resolver=self._resolver)
        except SSRFGuardError as error:
            raise _refused(host, error) from error
        free = all(any(one.ip in network for network in self._allowed) for one in found)
        if port not in _PORTS and not free:
            raise RefusedError(
                f"{host} may not be fetched from port {port}.", "Only 80 and 443 are, outside of DOSSIER_FETCH_ALLOW."
            )
        return found


def is_address(text: str) -> bool:
    """Whether this names something on the web."""
    return text.lower().startswith(("http://", "https://"))


def _refused(name: str, error: SSRFGuardError) -> RefusedError:
    reason = str(getattr(error, "reason", error)).partition(". A name that resolves both ways")[0]
    return RefusedError(f"{name} may not be fetched: {reason}.", _ALLOW)
