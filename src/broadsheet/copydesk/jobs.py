"""What the jail can do, by name. Runs inside the child process; imports only what a job needs.

A job takes plain keyword arguments and returns plain data that JSON can carry, and at most one
piece of bytes beside it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

Outcome = tuple[Any, bytes]


def _feed(*, body: bytes, url: str, content_type: str | None = None, now: datetime) -> Outcome:
    from broadsheet.copydesk.parse import parse_feed

    return parse_feed(body, url=url, content_type=content_type, now=now).as_json(), b""


def _section(*, body: bytes, url: str, content_type: str | None = None) -> Outcome:
    from broadsheet.copydesk.parse import parse_section

    return parse_section(body, url=url, content_type=content_type).as_json(), b""


def _discover(*, body: bytes, url: str, content_type: str | None = None) -> Outcome:
    from broadsheet.copydesk import prelimits
    from broadsheet.copydesk.kinds import bodies, page

    prelimits.check(body, html=True)
    html, _ = bodies.decoded(body, content_type, html=True)
    return [[one.url, one.title, one.kind] for one in page.discover(html, url=url)], b""


def _page(*, body: bytes, url: str, content_type: str | None = None, now: datetime) -> Outcome:
    from broadsheet.copydesk.extract import extract_page

    return extract_page(body, url=url, content_type=content_type, now=now).as_json(), b""


def _rights(*, body: bytes, url: str, content_type: str | None = None) -> Outcome:
    from broadsheet.copydesk import rightshints

    found = rightshints.of_document(body, url=url, content_type=content_type)
    return [[one.kind, one.says, one.url, one.where] for one in found], b""


def _clean(*, html: str, base: str) -> Outcome:
    from broadsheet.copydesk.sanitise import clean

    return clean(html, base=base), b""


def _clean_all(*, pieces: list[tuple[str, str]]) -> Outcome:
    from broadsheet.copydesk.sanitise import clean

    return [clean(html, base=base) for html, base in pieces], b""


def _compose(*, pieces: list[tuple[str, str]]) -> Outcome:
    """Many pieces of outside markup at once, each with its base: cleaned, as blocks, as text."""
    from broadsheet.copydesk import blocks
    from broadsheet.copydesk.sanitise import clean

    done = []
    for html, base in pieces:
        cleaned = clean(html, base=base)
        made = blocks.to_blocks(cleaned)
        done.append({"html": cleaned, "blocks": made, "text": blocks.text(made)})
    return done, b""


def _picture(*, body: bytes, max_side: int = 2000) -> Outcome:
    from broadsheet.copydesk.pictures import renormalise

    made = renormalise(body, max_side=max_side)
    return {key: value for key, value in made.items() if key != "bytes"}, made["bytes"]


def _renditions(*, body: bytes) -> Outcome:
    """Sizes and lengths as data, the encoded pictures one behind the other as bytes."""
    from broadsheet.copydesk import renditions

    made = renditions.render(body)
    return [[one.format, one.width, one.height, len(one.body)] for one in made], b"".join(one.body for one in made)


JOBS: dict[str, Callable[..., Outcome]] = {
    "feed": _feed,
    "section": _section,
    "discover": _discover,
    "page": _page,
    "rights": _rights,
    "clean": _clean,
    "clean_all": _clean_all,
    "compose": _compose,
    "picture": _picture,
    "renditions": _renditions,
}


def revived(job: str, data: Any, blob: bytes) -> Any:
    """What a job's result is on the parent's side: the dataclasses of copydesk again."""
    if job in ("feed", "section"):
        from broadsheet.copydesk.entries import ParsedFeed

        return ParsedFeed.from_json(data)
    if job == "discover":
        from broadsheet.copydesk.entries import FoundFeed

        return [FoundFeed(*one) for one in data]
    if job == "rights":
        from broadsheet.copydesk.rightshints import Hint

        return [Hint(*one) for one in data]
    if job == "page":
        from broadsheet.copydesk.extract import Page

        return Page.from_json(data)
    if job == "picture":
        return data | {"bytes": blob}
    if job == "renditions":
        from broadsheet.copydesk.renditions import Made

        starts = itertools.accumulate((length for *_, length in data), initial=0)
        return [
            Made(kind, width, height, blob[start : start + length])
            for (kind, width, height, length), start in zip(data, starts, strict=False)
        ]
    return data
