"""The texts that the standing pages of a new installation start with.

One file a page: a TOML head (title, summary) between two ``+++`` lines, then HTML of headings,
paragraphs and lists only, which the desk's rich-text editor takes over without loss. The
texts name the paper by tokens (``{brand}``, ``{publisher}``, ``{country}``,
``{contact_email}``), filled in by `StandingText.filled`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent

ORDER = ("about", "how-it-works", "contact", "disclaimer", "privacy", "terms")
"""The slugs, in the order in which a footer lists them."""

# What stands in for a setting that the operator has left empty, so that no sentence breaks off.
_UNSET = {
    "brand": "this newspaper",
    "publisher": "the operator of this site",
    "country": "the country where its operator is based",
    "contact_email": "the operator of this site",
}
_TOKEN = re.compile(r"\{(brand|publisher|country|contact_email)\}")


@dataclass(frozen=True)
class StandingText:
    """One standing page; `title` and `summary` are plain text, `html` is a fragment."""

    slug: str
    title: str
    summary: str
    html: str

    def filled(
        self, *, brand: str = "", publisher: str = "", country: str = "", contact_email: str = ""
    ) -> StandingText:
        """The text with its tokens filled in; an empty value is replaced by neutral words."""
        given = {
            "brand": brand,
            "publisher": publisher,
            "country": country,
            "contact_email": contact_email,
        }
        values = {name: value.strip() or _UNSET[name] for name, value in given.items()}
        marked_up = {name: escape(value, quote=False) for name, value in values.items()}
        return StandingText(
            slug=self.slug,
            title=_fill(self.title, values),
            summary=_fill(self.summary, values),
            html=_fill(self.html, marked_up),
        )


def load() -> list[StandingText]:
    """All standing texts with their tokens, in the order of `ORDER`."""
    return [_read(slug) for slug in ORDER]


def _read(slug: str) -> StandingText:
    _, head, html = (FOLDER / f"{slug}.html").read_text(encoding="utf-8").split("+++\n", 2)
    facts = tomllib.loads(head)
    return StandingText(slug, facts["title"], facts["summary"], html.strip())


def _fill(text: str, values: dict[str, str]) -> str:
    return _sentence_start(_TOKEN.sub(lambda token: values[token[1]], text))


def _sentence_start(text: str) -> str:
    """A neutral word that has come to open a paragraph or sentence gets its capital."""
    opening = re.compile(r"(^|<p>|<li>|[.?!] )(t)(his newspaper|he operator of this site)")
    return opening.sub(lambda match: match[1] + match[2].upper() + match[3], text)
