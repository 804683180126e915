"""An answer set for a person: labels on the left, texts folded, markup as it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from broadsheet.lib import html

_WIDTH = 100
_LABEL = 13


def lines(kind: str, answer: dict[str, Any]) -> Iterator[str]:
    """The lines that a person reads of an answer of this kind."""
    yield from _SHOWN[kind](answer)


def _feed(answer: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "url", "description", "language"):
        yield from _labelled(name, answer[name])
    yield from _labelled("entries", str(len(answer["entries"])))
    for entry in answer["entries"]:
        yield ""
        yield from _labelled("·", entry["title"] or "(no title)")
        for name in ("id", "url", "published", "updated", "image"):
            yield from _labelled(name, entry[name])
        yield from _labelled("authors", ", ".join(entry["authors"]))
        yield from _labelled("categories", ", ".join(entry["categories"]))
        for one in entry["enclosures"]:
            yield from _labelled("enclosure", f"{one['url']} {one['type']}".strip())
        yield from _labelled("summary", _plain(entry["summary_html"], 400))
        yield from _labelled("content", _plain(entry["content_html"] or "", 800))


def _page(answer: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "published", "image", "language"):
        yield from _labelled(name, answer[name])
    yield from _labelled("authors", ", ".join(answer["authors"]))
    if answer.get("wall"):
        yield from _labelled("wall", f"{answer['wall']}: what follows is a teaser, not the article")
    yield ""
    for paragraph in answer["text"].splitlines():
        yield from textwrap.wrap(paragraph, _WIDTH) or [""]
        yield ""


def _markup(answer: dict[str, Any]) -> Iterator[str]:
    yield answer["html"]


def _robots(answer: dict[str, Any]) -> Iterator[str]:
    yield "allowed" if answer["allowed"] else "not allowed"


def _address(answer: dict[str, Any]) -> Iterator[str]:
    yield "allowed" if answer.get("allowed") else f"not allowed: {answer['reason']}"


_SHOWN = {"feed": _feed, "page": _page, "markup": _markup, "robots": _robots, "address": _address}


def _plain(markup: str, limit: int) -> str:
    words = " ".join(html.text_of(markup).split())
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"


def _labelled(label: str, value: str | None) -> Iterator[str]:
    """The value behind its label; nothing at all where there is none. Outside text cannot steer the terminal."""
    shown = "".join(one if one.isprintable() else " " for one in value or "").strip()
    if shown:
        folded = textwrap.wrap(shown, _WIDTH, break_long_words=False, break_on_hyphens=False)
        yield f"{label:{_LABEL}}{folded[0]}"
        yield from (f"{'':{_LABEL}}{line}" for line in folded[1:])
