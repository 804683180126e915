"""One request in, one answer out, as plain data: each through the very code that the wire runs.

What is outside bytes is read in the jail, with the wire's own limits on size. A request that brings
nothing raises :class:`Refused`, whose text begins with a plain code.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from broadsheet.copydesk import language
from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.copydesk.errors import NotReadable
from broadsheet.core import clock
from broadsheet.lib import http, urls
from broadsheet.lib.html import text_of
from broadsheet.lib.http.limits import Limits
from broadsheet.lib.reasons import Reason

if TYPE_CHECKING:
    from broadsheet.copydesk.extract import Page

Request = Mapping[str, Any]
Answer = dict[str, Any]

NO_ADDRESS = "http://localhost/"
"""What the links of a feed are relative to when the request does not say where it came from."""

# Markup of a feed goes to the jail in pieces of about this many characters, so that one job stays a short one.
_BATCH = 1_000_000
# More of an entry's markup than this tells nothing new about its language.
_HEARD = 20_000
_LIMITS = Limits()


class Refused(Exception):
    """A request that brings no answer. The text is "code: sentence", with a detail behind it where there is one."""

    def __init__(self, code: str, sentence: str, detail: str = "") -> None:
        super().__init__(f"{code}: {sentence} {detail}".strip())

    @classmethod
    def because(cls, reason: Reason, detail: str = "") -> Refused:
        """For one of the wire's own reasons."""
        return cls(reason.value, reason.sentence, detail)

    @classmethod
    def bad(cls, what: str) -> Refused:
        """For a request that is not of the form asked for."""
        return cls("bad_request", what)


class Jail(Protocol):
    """The parser jail, as far as it is needed here."""

    def run(self, job: str, **arguments: Any) -> Any: ...


def answer(kind: str, request: Any, jail: Jail) -> Answer:
    """The answer to a request of a kind of :data:`KINDS`, or its reason; never raises on account of the request."""
    known = request.get("id") if isinstance(request, dict) else None
    try:
        if not isinstance(request, dict):
            raise Refused.bad("The line is no JSON object.")
        return {"id": known, **KINDS[kind](request, jail)}
    except Refused as refused:
        return {"id": known, "reason": str(refused)}
    except NotReadable as problem:
        return {"id": known, "reason": str(Refused.because(problem.reason, problem.detail))}
    except Exception as error:  # noqa: BLE001 - a fault of ours must not end the lines behind it
        return {"id": known, "reason": f"fault: {type(error).__name__}: {error}"[:500]}


def feed(request: Request, jail: Jail) -> Answer:
    """A feed as it would arrive: texts are cleaned as the paper's are, links absolute."""
    url = _text(request, "url", NO_ADDRESS) or NO_ADDRESS
    parsed: ParsedFeed = jail.run(
        "feed", body=_body(request, "feed"), url=url, content_type=_content_type(request), now=clock.now()
    )
    cleaned = dict(_cleaned(parsed, url, jail))
    return {
        "title": parsed.title,
        "url": parsed.home_url,
        "description": parsed.description,
        "language": parsed.language or _heard(parsed, cleaned) or None,
        "entries": [
            _entry(
                entry,
                cleaned.get((number, False), ""),
                cleaned.get((number, True), "") if entry.content_html is not None else None,
            )
            for number, entry in enumerate(parsed.entries)
        ],
    }


def _cleaned(parsed: ParsedFeed, url: str, jail: Jail) -> Iterator[tuple[tuple[int, bool], str]]:
    """Summary (False) and content (True) of each entry by its number, cleaned, a batch at a time."""
    names: list[tuple[int, bool]] = []
    pieces: list[tuple[str, str]] = []
    size = 0
    for number, entry in enumerate(parsed.entries):
        for is_content, markup in ((False, entry.summary_html), (True, entry.content_html)):
            if not markup:
                continue
            if pieces and size + len(markup) > _BATCH:
                yield from zip(names, jail.run("clean_all", pieces=pieces), strict=True)
                names, pieces, size = [], [], 0
            names.append((number, is_content))
            pieces.append((markup, entry.base or entry.url or url))
            size += len(markup)
    if pieces:
        yield from zip(names, jail.run("clean_all", pieces=pieces), strict=True)


def _heard(parsed: ParsedFeed, cleaned: Mapping[tuple[int, bool], str]) -> str:
    """The language of a feed that does not say it, from its first entries."""
    words = ""
    for number, entry in enumerate(parsed.entries):
        markup = cleaned.get((number, True)) or cleaned.get((number, False)) or ""
        words += f"{entry.title}\n{text_of(markup[:_HEARD])}\n"
        if len(words) > language.MAX_CHARACTERS:
            break
    return language.detect(words)


def _entry(entry: Entry, summary: str, content: str | None) -> Answer:
    best = max(entry.pictures, key=lambda one: one.width or 0, default=None)
    return {
        "id": entry.id or entry.key,
        "title": entry.title,
        "url": entry.url,
        "published": _moment(entry.published),
        "updated": _moment(entry.updated),
        "authors": list(entry.authors),
        "summary_html": summary,
        "content_html": content,
        "categories": list(entry.categories),
        "image": best.url if best is not None else None,
        "enclosures": [{"url": one.url, "type": one.type, "length": one.length} for one in entry.enclosures],
    }


def page(request: Request, jail: Jail) -> Answer:
    """An article's page as the wire would read it; "wall" is there only where the text is a subscriber's teaser."""
    url = _text(request, "url")
    if urls.parse(url) is None:
        raise Refused.bad(f"{url[:200]!r} is not a web address.")
    found: Page = jail.run(
        "page", body=_body(request, "page"), url=url, content_type=_content_type(request), now=clock.now()
    )
    if found.wall == "error":
        raise Refused(
            "not_an_article", "The page is an error page, a consent form or a robot check.", f"({found.title[:120]})"
        )
    tongue = language.detect(f"{found.title}\n{found.text}", found.language)
    shown: Answer = {
        "title": found.title,
        "text": found.text,
        "html": found.html,
        "authors": list(found.authors),
        "published": _moment(found.published),
        "image": found.picture,
        "language": tongue or None,
    }
    return shown | {"wall": found.wall} if found.wall != "none" else shown


def markup(request: Request, jail: Jail) -> Answer:
    """Outside markup after the wire's cleaner; links are made absolute by "url" where the request has one."""
    html = _text(request, "html")
    if len(html) > _LIMITS.page:
        raise Refused.because(Reason.TOO_LARGE)
    return {"html": jail.run("clean", html=html, base=_text(request, "url", NO_ADDRESS) or NO_ADDRESS)}


def robots(request: Request, jail: Jail) -> Answer:
    """Whether a robots.txt lets an agent read an address."""
    from broadsheet.wire.errands import may_fetch

    rules = _text(request, "robots")
    if len(rules) > _LIMITS.robots:
        # As of a fetched file, whose rest is not read (RFC 9309, 2.5).
        rules = rules[: _LIMITS.robots]
    return {"allowed": may_fetch(rules, _text(request, "url"), _text(request, "agent"))}


def address(request: Request, jail: Jail) -> Answer:
    """Whether the door would go to an address, by its spelling and by what its name is said to resolve to."""
    resolved = request.get("resolves_to")
    if isinstance(resolved, str):
        resolved = [resolved]
    if resolved is not None and not (isinstance(resolved, list) and all(isinstance(one, str) for one in resolved)):
        raise Refused.bad('"resolves_to" is no list of addresses.')
    allowed, reason = http.judged(_text(request, "url"), resolved)
    return {"allowed": allowed, "reason": reason or None}


KINDS: dict[str, Callable[[Request, Jail], Answer]] = {
    "feed": feed,
    "page": page,
    "markup": markup,
    "robots": robots,
    "address": address,
}


def _text(request: Request, name: str, default: str | None = None) -> str:
    value = request.get(name, default)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise Refused.bad(f'"{name}" is missing or no text.')
    return value


def _body(request: Request, kind: str) -> bytes:
    """The bytes of a request, no more of them than the door would let in."""
    given = _text(request, "body")
    try:
        body = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise Refused.bad('"body" is not base64.') from None
    if len(body) > _LIMITS.size(kind):
        raise Refused.because(Reason.TOO_LARGE)
    return body


def _content_type(request: Request) -> str | None:
    headers = request.get("headers")
    if headers is None:
        return None
    if not isinstance(headers, dict):
        raise Refused.bad('"headers" is no object.')
    found = [value for name, value in headers.items() if name.lower() == "content-type"]
    return str(found[-1]) if found else None


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
