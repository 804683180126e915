"""Pure decisions about articles: addresses, updates against the desk's own words, what a change is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

SLUG_LENGTH = 90

# First path segments that belong to the paper itself; no section may take them.
RESERVED = frozenset(
    (
        "about account ads.txt api archive authors bookmarks contact desk disclaimer feed.atom feed.json feed.rss "
        "health how-it-works hub latest manifest.webmanifest media metrics news-sitemap.xml notifications numbers "
        "opensearch.xml privacy pulse robots.txt search sitemap.xml sitemaps sources static stories terms topics "
        "trending"
    ).split()
)
# Second path segments under a section that are not articles.
RESERVED_UNDER_SECTION = frozenset({"page", "feed.rss", "feed.atom", "feed.json"})

# The IPTC Media Topic nearest to each section: international relations for World, human interest for Celebrity.
IPTC = {
    "world": "20000638", "politics": "11000000", "sports": "15000000", "celebrity": "08000000", "business": "04000000",
    "crypto": "04000000", "gaming": "10000000", "tech": "13000000", "travel": "10000000",
}  # fmt: skip


def mint_address(section_slug: str, slug: str, taken: Callable[[str], bool]) -> str:
    """`section/slug`, or with `-2`, `-3`… where that address is taken or reserved. Never empty, at most 220 long."""
    slug = slug[:SLUG_LENGTH].strip("-") or "article"
    if slug in RESERVED_UNDER_SECTION:
        slug = f"{slug}-2"
    address, number = f"{section_slug}/{slug}", 1
    while taken(address):
        number += 1
        address = f"{section_slug}/{slug}-{number}"
    return address


@dataclass(frozen=True)
class UpdatePlan:
    """What an update from the source does: fields the paper takes over, and fields where the desk's words stay."""

    take: Mapping[str, Any]
    overruled: tuple[str, ...]

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to remember at all."""
        return bool(self.take or self.overruled)


def plan_update(now: Mapping[str, Any], offered: Mapping[str, Any], kept: frozenset[str]) -> UpdatePlan:
    """Weigh the source's new state against the present one; fields a person edited are theirs."""
    differing = [name for name in offered if offered[name] != now[name]]
    return UpdatePlan(
        take={name: offered[name] for name in differing if name not in kept},
        overruled=tuple(name for name in differing if name in kept),
    )


def rebased(draft: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """A draft after the article under it changed: fields the drafter had not touched follow the article.

    Without this, publishing an old draft of the standfirst would take back the source's newer headline.
    """
    result = dict(draft)
    for name, value in after.items():
        if name in draft and draft[name] == before.get(name):
            result[name] = value
    return result


# At night few articles come. A worker that is off at night learns by day, but later.
NIGHT_HOURS = frozenset({2, 3, 4})
SOON_ENOUGH, TOO_LATE = timedelta(hours=20), timedelta(hours=48)


def may_learn(now: datetime, local_hour: int, last: datetime | None) -> bool:
    """Whether it is time to learn sections anew: a night after `last`, or two days. A `last` in the future is wrong."""
    if last is None or last > now:
        return local_hour in NIGHT_HOURS
    waited = now - last
    return waited > TOO_LATE or (waited > SOON_ENOUGH and local_hour in NIGHT_HOURS)


@dataclass(frozen=True)
class Spoken:
    """An article as far as voices are concerned. `outlet` is who its source speaks for (`Source.voice`), `family` the
    article that its text goes back to, itself where it goes back to none."""

    article_id: int
    outlet: str
    family: int
    at: datetime


def voices(spoken: Iterable[Spoken]) -> dict[int, str]:
    """Whose voice each article is. The one rule of the whole paper.

    All sources of one owner are one voice; all articles of one family are one voice, that of the first of them to
    appear. So thirty prints of one agency's text are one voice, whoever owns the thirty.
    """
    known = list(spoken)
    first: dict[int, Spoken] = {}
    for one in known:
        held = first.get(one.family)
        if held is None or (one.at, one.article_id) < (held.at, held.article_id):
            first[one.family] = one
    return {one.article_id: first[one.family].outlet for one in known}
