"""The search index itself: what is put in, taken out and asked of it, in the words of either database.

It holds every article, shown or not. `search` is the door to it; nothing else should be imported from here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from broadsheet.articles import search_terms as words
from broadsheet.articles.models import Article
from broadsheet.articles.search_terms import Query, Wanted
from broadsheet.articles.showing import raw_body
from broadsheet.copydesk import blocks

#: Characters of a body that are indexed; no article is longer, some data dumps are.
MAX_BODY = 100_000
#: Rows that are read or written together.
PORTION = 500
#: How many of the newest articles PostgreSQL reads one by one before it asks its index.
_RECENT = 4_000

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Dialect:
    """All that the two databases say differently."""

    put: str
    forget: str
    newest: str
    recent: str
    missing: str
    strays: str
    facts: str
    row: Callable[[int, Words, Words, Words], tuple[Any, ...]]
    asked: Callable[[Query], str]
    among: Callable[[list[int]], Any]


def _sqlite_row(ident: int, headline: Words, standfirst: Words, body: Words) -> tuple[Any, ...]:
    return ident, " ".join(headline), " ".join(standfirst), " ".join(body)


def _fts(query: Query) -> str:
    """The query for FTS5. Every term is quoted, so no word of a reader is ever read as syntax."""
    wanted = " AND ".join(map(_fts_wanted, query.wanted))
    if not query.unwanted:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(map(_fts_wanted, query.unwanted))})"


def _fts_wanted(wanted: Wanted) -> str:
    return f'"{" ".join(wanted.terms)}"{" *" if wanted.prefix else ""}'


def _postgresql_row(ident: int, *fields: Words) -> tuple[Any, ...]:
    """The terms as a tsvector literal: letter A for those of the headline, B, and D for the body."""
    places: dict[str, list[str]] = {}
    at = 0
    for terms, weight in zip(fields, "ABD", strict=True):
        for term in terms:
            # 16,383 is the last position PostgreSQL tells apart, 255 the most it keeps for one term.
            at = min(at + 1, 16_383)
            kept = places.setdefault(term, [])
            if len(kept) < 255:
                kept.append(f"{at}{weight}")
        at += 1  # no phrase runs from one field into the next
    return ident, " ".join(f"'{term}':{','.join(kept)}" for term, kept in places.items())


def _tsquery(query: Query) -> str:
    """The query for PostgreSQL, as a tsquery literal of quoted terms."""
    wanted = [_tsquery_wanted(one) for one in query.wanted]
    return " & ".join([*wanted, *(f"!{_tsquery_wanted(one)}" for one in query.unwanted)])


def _tsquery_wanted(wanted: Wanted) -> str:
    row = [f"'{term}'" for term in wanted.terms]
    row[-1] += ":*" if wanted.prefix else ""
    return f"({' <-> '.join(row)})"


_FACTS = """
SELECT a.id, a.source_id, a.published_at, a.headline, a.standfirst FROM articles_article a
WHERE {among} AND a.copy_of_id IS NULL
AND (%s = 'all' OR (a.live AND a.withdrawn_at IS NULL))
AND (%s = '' OR a.shown_section_id = (SELECT s.id FROM articles_section s WHERE s.key = %s))
ORDER BY a.id DESC
"""

_SQLITE = _Dialect(
    put="INSERT OR REPLACE INTO articles_index (rowid, headline, standfirst, body) VALUES (%s, %s, %s, %s)",
    forget="DELETE FROM articles_index WHERE rowid = %s",
    newest="SELECT rowid FROM articles_index WHERE articles_index MATCH %s ORDER BY rowid DESC LIMIT %s",
    recent="",
    # The index's own table of row sizes names its rows without the index being read.
    missing="SELECT id FROM articles_article WHERE id NOT IN (SELECT id FROM articles_index_docsize) LIMIT %s",
    strays="SELECT id FROM articles_index_docsize WHERE id NOT IN (SELECT id FROM articles_article) LIMIT %s",
    facts=_FACTS.format(among="a.id IN (SELECT value FROM json_each(%s))"),
    row=_sqlite_row,
    asked=_fts,
    among=json.dumps,
)

_POSTGRESQL = _Dialect(
    put="INSERT INTO articles_index (article_id, document) VALUES (%s, %s::tsvector) "
    "ON CONFLICT (article_id) DO UPDATE SET document = EXCLUDED.document",
    forget="DELETE FROM articles_index WHERE article_id = %s",
    # The inner select keeps the planner from walking all documents backwards until it has found enough.
    newest="SELECT article_id FROM (SELECT article_id FROM articles_index WHERE document @@ %s::tsquery "
    "OFFSET 0) found ORDER BY article_id DESC LIMIT %s",
    recent="SELECT article_id FROM articles_index WHERE document @@ %s::tsquery "
    "AND article_id > (SELECT max(article_id) FROM articles_index) - %s ORDER BY article_id DESC LIMIT %s",
    missing="SELECT a.id FROM articles_article a LEFT JOIN articles_index i ON i.article_id = a.id "
    "WHERE i.article_id IS NULL LIMIT %s",
    strays="SELECT i.article_id FROM articles_index i LEFT JOIN articles_article a ON a.id = i.article_id "
    "WHERE a.id IS NULL LIMIT %s",
    facts=_FACTS.format(among="a.id = ANY(%s)"),
    row=_postgresql_row,
    asked=_tsquery,
    among=list,
)


def _dialect() -> _Dialect:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def index(article_id: int, headline: str, standfirst: str, text: str) -> None:
    """Put an article's words in the index, in the place of what was there for it."""
    index_many([(article_id, headline, standfirst, text)])


def index_many(rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Index many articles: rows of id, headline, standfirst and the body as plain text."""
    dialect = _dialect()
    prepared = [
        dialect.row(ident, words.terms(headline), words.terms(standfirst), words.terms(text[:MAX_BODY]))
        for ident, headline, standfirst, text in rows
    ]
    if prepared:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(dialect.put, prepared)


def forget(article_id: int) -> None:
    """Take an article out of the index. Nothing happens where it was not in."""
    with connection.cursor() as cursor:
        cursor.execute(_dialect().forget, [article_id])


def missing(limit: int = 1000) -> list[int]:
    """Ids of articles that have no row in the index, in no order."""
    return _ids(_dialect().missing, [limit])


def strays(limit: int = 1000) -> list[int]:
    """Ids in the index that no article has any more."""
    return _ids(_dialect().strays, [limit])


def _ids(statement: str, values: Sequence[Any]) -> list[int]:
    return [row[0] for row in _fetch(statement, values)]


def _fetch(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Index every article anew, while searches go on. Returns how many.

    `progress(done, total)` is called after each portion. A rebuild that is cut off can simply be run again.
    """
    total, done, last = Article.objects.count(), 0, 0
    fields = Article.objects.only("pk", "headline", "standfirst", "body", "cleaner", "origin_url").order_by("pk")
    while rows := list(fields.filter(pk__gt=last)[:PORTION]):
        index_many((a.pk, a.headline, a.standfirst, blocks.text(raw_body(a))) for a in rows)
        done, last = done + len(rows), rows[-1].pk
        if progress is not None:
            progress(done, max(total, done))
    while gone := strays():
        for ident in gone:
            forget(ident)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO articles_index (articles_index) VALUES ('optimize')")
    return done


@dataclass(frozen=True, slots=True)
class Matches:
    """Ids of matches, newest first, and whether they are all there are."""

    ids: list[int]
    complete: bool


def newest(query: Query, limit: int, *, enough: int | None = None) -> Matches:
    """The newest matches, at most `limit`, and as few as `enough` where more would be dear.

    The words that the last word begins are asked for only where it alone finds few.
    """
    enough = limit if enough is None else enough
    found = _newest(query.whole_words(), limit, enough)
    if query.open_ended and found.complete:
        found = _newest(query, limit, enough)
    return found


def _newest(query: Query, limit: int, enough: int) -> Matches:
    dialect = _dialect()
    asked = dialect.asked(query)
    if not dialect.recent:
        ids = _ids(dialect.newest, [asked, limit])
        return Matches(ids, len(ids) < limit)
    # PostgreSQL's index knows no order: it would collect and sort every match of a common word. A common word is
    # found often enough among the newest articles; what is not is rare enough to be collected.
    ids = _ids(dialect.recent, [asked, _RECENT, limit])
    if len(ids) >= enough:
        return Matches(ids, False)
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner does not know that reading a document is dear, and would read all of them.
        cursor.execute("SET LOCAL enable_seqscan = off")
        ids = _ids(dialect.newest, [asked, limit])
        cursor.execute("SET LOCAL enable_seqscan = on")
    return Matches(ids, len(ids) < limit)


def facts(ids: list[int], *, section: str, live_only: bool) -> list[tuple[Any, ...]]:
    """Id, source id, time, headline and standfirst of those of `ids` that are no copies, newest first.

    Written out as SQL: the mapper takes five times as long over 500 rows.
    """
    dialect = _dialect()
    scope = "live" if live_only else "all"
    return _fetch(dialect.facts, [dialect.among(ids), scope, section, section])
