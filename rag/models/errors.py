"""What goes wrong at a language model, as one ModelError that names the setting to change.

Thirty providers raise as many classes; nearly all carry an HTTP status, or are named as httpx names its own (some
clients use httpx, some its fork httpx2).
"""

import math
import re
from email.utils import parsedate_to_datetime

from rag.errors import DossierError, ModelError

_KEY = "Check the provider's key: DOSSIER_MODEL_API_KEY, or the provider's own variable such as MISTRAL_API_KEY."
_TIMEOUT = "DOSSIER_MODEL_TIMEOUT gives it more time; a smaller model (DOSSIER_MODEL) answers faster."
_ADDRESS = "Check DOSSIER_MODEL_BASE_URL and that the model's server runs."
_LATER = "Try again in a while, or name another model with DOSSIER_MODEL."
_LONGEST_NOTE = 200


def as_model_error(error: BaseException, spec: str) -> DossierError:
    """The error for what a provider's client raised while the model `spec` was asked."""
    if isinstance(error, DossierError):
        return error
    status = status_of(error)
    if status is not None:
        return _by_status(status, spec, _note(error))
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, TimeoutError) or kinds & {"TimeoutException", "APITimeoutError"}:
        return ModelError(f"The model {spec} did not answer in time.", _TIMEOUT, retryable=True)
    if isinstance(error, ConnectionError) or kinds & {"TransportError", "APIConnectionError"}:
        return ModelError(f"The connection to the model {spec} failed: {_first_line(error)}.", _ADDRESS, retryable=True)
    if isinstance(error, ValueError | KeyError | TypeError | AttributeError):
        return ModelError(f"The model {spec} answered with something that is no chat completion.", _ADDRESS)
    return ModelError(f"The model {spec} failed: {type(error).__name__}: {_first_line(error)}.", _LATER)


def status_of(error: BaseException) -> int | None:
    """The HTTP status an error carries, whichever way its client says so."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status > 0:
            return status
    return None


def retry_after(error: BaseException, now: float) -> float | None:
    """The seconds a server asked to wait, from its Retry-After header, a number or a date. `now` is a Unix time."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("retry-after") or headers.get("Retry-After") or "").strip()
    try:
        seconds = (
            float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else parsedate_to_datetime(value).timestamp() - now
        )
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _by_status(status: int, spec: str, note: str) -> ModelError:
    said = f" ({note})" if note else ""
    if status in (401, 403):  # without the note: some servers repeat the key in it
        return ModelError(f"The provider of {spec} refused the key (status {status}).", _KEY)
    if status == 404:
        hint = "DOSSIER_MODEL may name a model that does not exist, or DOSSIER_MODEL_BASE_URL another service."
        return ModelError(f"The provider does not know {spec} (status 404){said}.", hint)
    if status == 429:
        return ModelError(
            f"The provider of {spec} allows no more requests now (status 429){said}.", _LATER, retryable=True
        )
    if status in (408, 409, 425) or status >= 500:
        return ModelError(f"The provider of {spec} failed (status {status}){said}.", _LATER, retryable=True)
    long = re.search(r"context|too long|tokens", note, re.IGNORECASE)
    hint = (
        "DOSSIER_MODEL_CONTEXT says how many tokens the model takes."
        if long
        else "Check DOSSIER_MODEL and its settings."
    )
    return ModelError(f"The provider of {spec} refused the request (status {status}){said}.", hint)


def _note(error: BaseException) -> str:
    """What the server itself said, short, in one line."""
    response = getattr(error, "response", None)
    try:
        body = response.json() if response is not None else getattr(error, "error", None)
    except (ValueError, RuntimeError):  # no JSON, or a body that was streamed and is gone
        return ""
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = inner.get("message") or inner.get("detail") if isinstance(inner, dict) else inner
    return " ".join(str(body or "").split())[:_LONGEST_NOTE].rstrip(" .")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().split("\n")[0] or type(error).__name__)[:_LONGEST_NOTE].rstrip(" .")
