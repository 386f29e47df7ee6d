"""What an address is called, and what it is when only its spelling differs.

Spellings: http or https, `www.`, a mobile host, AMP, a slash at the end, tracking parameters. Two addresses with one
key are likely the same page, not surely: they are taken for one only when what stands there agrees
(ingest/identity.py).
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|yclid|twclid|ttclid|msclkid|wbraid|gbraid|li_fat_id|igshid|mc_cid|mc_eid|_hsenc|_hsmi|"
    r"mkt_tok|vero_id)=.*",
    re.IGNORECASE,
)
# All before the last @ of what stands between `//` and the path; some read a backslash as a slash.
_CREDENTIALS = re.compile(r"^(\s*(?:[a-z][a-z0-9+.-]*:)?//)[^/?#]*@", re.IGNORECASE)
_HOST = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?:/amp(?=/|$)|\.amp(?=\.html?$|$))", re.IGNORECASE)
_AMP_PARAMETERS = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp"), ("m", "1")}


def without_credentials(address: str) -> str:
    """The address without a user's name and password before its host, which are neither stored nor shown."""
    return _CREDENTIALS.sub(r"\1", address)


def flaw_of(address: str) -> tuple[str, str] | None:
    """What is wrong with the address of a page, and what to do; None where its form is all right."""
    if not re.match(r"https?://", address, re.IGNORECASE):
        return "does not begin with http:// or https://", "Give the whole address, as a browser shows it."
    if not address.isprintable() or any(map(str.isspace, address)):
        return "has a space in it, or something that cannot be seen", "Copy it again from a browser."
    if without_credentials(address) != address:
        return "has a user's name or a password in it", (
            "Leave out what stands before the @. A page behind a password cannot be fetched: save it, give the file."
        )
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "has a host or a port that is none", "Check how it is written."
    if not host or "\\" in parts.netloc:
        return "names no host", "Give the whole address, as a browser shows it."
    return None


def location_of(address: str) -> str:
    """The address as the ledger knows it: host in lower case, no user, default port, fragment or tracking parameter.

    Only what is known to be tracking goes: a page may hang on any other parameter.
    """
    parts = urlsplit(without_credentials(address.strip()))
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.netloc.lower()
    if default and host.endswith(f":{default}"):
        host = host.rpartition(":")[0]
    query = "&".join(part for part in parts.query.split("&") if not _TRACKING.fullmatch(part))
    return parts._replace(netloc=host, path=parts.path or "/", query=query, fragment="").geturl()


def key_of(address: str) -> str:
    """The key that all spellings of an address share; an address that is none is its own key."""
    try:
        parts = urlsplit(location_of(address))
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return address
    host = _HOST.sub("", (parts.hostname or "").rstrip("."))
    path = _AMP_PATH.sub("", parts.path).rstrip("/")
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if (name.lower(), value.lower()) not in _AMP_PARAMETERS
    )
    return f"{host}{port}{path}{f'?{urlencode(query)}' if query else ''}"
