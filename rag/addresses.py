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
_HOST = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?:/amp(?=/|$)|\.amp(?=\.html?$|$))", re.IGNORECASE)
_AMP_PARAMETERS = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp"), ("m", "1")}


def location_of(address: str) -> str:
    """The address as the ledger knows it: host in lower case, no default port, fragment or tracking parameter.

    Only what is known to be tracking goes: a page may hang on any other parameter.
    """
    parts = urlsplit(address.strip())
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
