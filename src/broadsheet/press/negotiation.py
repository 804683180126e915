"""What a request asks for: which coding, and whether it holds the page already.

After RFC 9110, sections 8.8.3, 12.5.3 and 13.
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import UTC
from email.utils import parsedate_to_datetime

# Which forms a client takes, best first. A number, so that a page can keep a tuple of answers.
IDENTITY, GZIP, BROTLI, BROTLI_GZIP, GZIP_BROTLI = range(5)

_Q = re.compile(r"q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def coding(accept: str) -> int:
    """The choice for an Accept-Encoding header. At equal weight brotli wins: it is the shorter.

    A client that refuses even the plain form gets it all the same, as the standard allows.
    """
    weights: dict[str, float] = {}
    for part in accept[:1000].lower().split(","):
        name, _, parameter = part.strip().partition(";")
        weights[name.strip()] = _weight(parameter)
    rest = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", rest))
    brotli = weights.get("br", rest)
    # A client may ask for the plain form before all others; without its naming it, plain is the
    # last resort.
    plain = weights.get("identity", 0.0)
    gzip, brotli = (w if w >= plain else 0.0 for w in (gzip, brotli))
    if gzip and brotli:
        return BROTLI_GZIP if brotli >= gzip else GZIP_BROTLI
    if gzip:
        return GZIP
    return BROTLI if brotli else IDENTITY


def _weight(parameter: str) -> float:
    parameter = parameter.strip()
    if not parameter:
        return 1.0
    found = _Q.match(parameter)
    return float(found.group(1)) if found else 0.0


def holds(if_none_match: str, tags: Container[str]) -> str | None:
    """The tag in If-None-Match that is one of `tags` (weakly compared), `*` for any, else None."""
    if if_none_match.strip() == "*":
        return "*"
    for tag in _TAG.findall(if_none_match[:8000]):
        if tag in tags:
            return str(tag)
    return None


def not_newer(if_modified_since: str, last_modified: int | None) -> bool:
    """Whether a page last changed at `last_modified` (seconds) is unchanged since that date."""
    if last_modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
        if since.tzinfo is None:  # "-0000": UTC of unknown origin
            since = since.replace(tzinfo=UTC)
        return last_modified <= since.timestamp()
    except (ValueError, OverflowError, IndexError, TypeError):
        return False
