"""Our own search over headline, standfirst and body, on SQLite FTS5 or PostgreSQL tsvector.

The index holds every article, shown or not; what a reader gets to see of a hit goes through `showing.shown` like
everything else. Words are made by `search_terms`, so a query never reaches a database as it was typed.

A search costs about the same at any size: it takes the newest matches (ids grow with time), at most `SCAN` of them,
keeps the newest `CANDIDATES` that are in the paper, and ranks those by where the words stand and how old they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from broadsheet.articles import search_index
from broadsheet.articles import search_terms as words
from broadsheet.articles.models import Article, Section
from broadsheet.articles.search_index import forget, index, index_many, missing, rebuild, strays
from broadsheet.articles.search_terms import Query
from broadsheet.articles.showing import Shown, shown
from broadsheet.copydesk import blocks
from broadsheet.core import clock
from broadsheet.sources import rights
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.sources.queries import profile_of

__all__ = [
    "Hit",
    "Results",
    "forget",
    "ids_for",
    "index",
    "index_many",
    "missing",
    "rebuild",
    "search",
    "strays",
]

#: Newest matches that are looked at, and how many of those in the paper are ranked.
SCAN = 3_000
CANDIDATES = 500

# Weights of the fields, and what it is worth to be new: a hit's value doubles twice when it is of this moment.
HEADLINE, STANDFIRST, BODY = 8.0, 3.0, 1.0
HALF_LIFE_DAYS = 3.0
FRESHNESS = 3.0
# The k of BM25: how soon a repeated word stops to count.
_SATURATION = 1.2


def ids_for(q: str, limit: int = SCAN) -> list[int]:
    """Ids of the newest articles that match, shown to readers or not: for the desk's list.

    An empty list for a query without any word in it; ask `search_terms.parse` to tell that apart.
    """
    query = words.parse(q)
    return search_index.newest(query, limit).ids if query else []


@dataclass(frozen=True)
class Hit:
    """One found article as it may be shown. The two markups are escaped, with what was found in `<mark>`."""

    article: Article
    shown: Shown
    headline_html: str
    snippet_html: str


@dataclass(frozen=True)
class Results:
    """One page of what was found. `total` counts what can be paged through; there may be more where it is not exact.

    `understood` is False where the query holds nothing one could look for.
    """

    q: str
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    total_is_exact: bool = True
    understood: bool = True
    page: int = 1
    pages: int = 0

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return 1 < self.page <= self.pages

    @property
    def has_next(self) -> bool:
        """Whether a page follows this one."""
        return self.page < self.pages


@dataclass(frozen=True, slots=True)
class _Candidate:
    ident: int
    published_at: datetime
    headline: str
    standfirst: str


def search(
    q: str,
    *,
    section: str | Section | None = None,
    live_only: bool = True,
    page: int = 1,
    per_page: int = 20,
    now: datetime | None = None,
) -> Results:
    """Find articles that hold all words of `q`, best first. Never raises for anything a reader can type.

    `section` is a section or its key. Copies are left out, and with `live_only` whatever is not in the paper or may
    not be shown at this moment. Pages begin at 1; a page beyond the last has no hits.
    """
    now = now or clock.now()
    query = words.parse(q)
    if not query:
        return Results(q, understood=False)
    matches = search_index.newest(query, SCAN, enough=SCAN if section else CANDIDATES)
    candidates, looked_at_all = _candidates(matches.ids, section, live_only=live_only, now=now)
    best = _ranked(candidates, query, now)
    start = (max(page, 1) - 1) * per_page
    return Results(
        q=q,
        hits=_hits(best[start : start + per_page], query, now),
        total=len(best),
        total_is_exact=looked_at_all and matches.complete,
        page=max(page, 1),
        pages=-(-len(best) // per_page),
    )


def _candidates(
    ids: list[int], section: str | Section | None, *, live_only: bool, now: datetime
) -> tuple[list[_Candidate], bool]:
    """The newest matches that may be in the results, and whether all matches were looked at."""
    key = section.key if isinstance(section, Section) else section or ""
    timed = _timed_profiles() if live_only else {}
    found: list[_Candidate] = []
    for chunk in _chunks(ids):
        for ident, source, at, headline, standfirst in search_index.facts(chunk, section=key, live_only=live_only):
            moment = _moment(at)
            profile = timed.get(source)
            if profile and not _visible(profile, moment, now):
                continue
            if len(found) == CANDIDATES:
                return found, False
            found.append(_Candidate(ident, moment, headline, standfirst))
    return found, True


def _moment(stored: datetime) -> datetime:
    """A time as the database driver hands it out; SQLite's is in UTC without saying so."""
    return stored if stored.tzinfo else stored.replace(tzinfo=UTC)


def _visible(profile: rights.Profile, published_at: datetime, now: datetime) -> bool:
    return rights.allowed(profile, published_at=published_at, now=now, origin="").visible


def _timed_profiles() -> dict[int, rights.Profile]:
    """Profiles of the few sources whose articles are not shown at all times, by source id."""
    timed = {
        row.pk: profile_of(row)
        for row in RightsProfile.objects.all()
        if row.embargo_minutes or row.expiry_days is not None
    }
    rows = Source.objects.filter(rights__in=timed).order_by().values_list("pk", "rights_id") if timed else ()
    return {source: timed[profile] for source, profile in rows}


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for at in range(0, len(ids), search_index.PORTION):
        yield ids[at : at + search_index.PORTION]


def _ranked(candidates: list[_Candidate], query: Query, now: datetime) -> list[int]:
    """Best first: fields weighted as in BM25F, times recency.

    There is no weight for rare words: every candidate holds every word, and counting how rare they are would take
    longer the more articles there are.
    """
    counters = words.counters(query)
    scored = []
    for one in candidates:
        score = BODY * len(counters) / (1 + _SATURATION)
        for text, weight in ((one.headline, HEADLINE), (one.standfirst, STANDFIRST)):
            folded = words.fold(text)
            for count in counters:
                if times := count(folded):
                    score += weight * times / (times + _SATURATION)
        days = max((now - one.published_at).total_seconds(), 0.0) / 86_400
        scored.append((score * (1 + FRESHNESS * 0.5 ** (days / HALF_LIFE_DAYS)), one.ident))
    scored.sort(reverse=True)
    return [ident for _, ident in scored]


def _hits(ids: list[int], query: Query, now: datetime) -> list[Hit]:
    rows = Article.objects.select_related("source__rights", "shown_section").order_by().in_bulk(ids)
    hits = []
    for ident in ids:
        if ident in rows:
            seen = shown(rows[ident], now=now)
            hits.append(Hit(rows[ident], seen, words.marked(seen.headline, query), _snippet(seen, query)))
    return hits


def _snippet(seen: Shown, query: Query) -> str:
    """From what may be shown, the passage with the first hit; else the standfirst."""
    passages = [seen.standfirst, seen.excerpt]
    if seen.body is not None:
        passages.append(blocks.text(seen.body).replace("\n", " "))
    texts = [text for text in passages if text]
    for text in texts:
        made = words.snippet(text, query)
        if "<mark>" in made:
            return made
    return words.snippet(texts[0], query) if texts else ""
