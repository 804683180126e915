"""Reading the sample edition from its plain files.

A source is a table in ``edition/sources.toml``, a picture one in ``edition/pictures.toml``. An
article is one file in ``edition/articles/``: a TOML head between two ``+++`` lines, then the text
as an HTML fragment. The file name is the slug. The head says when the article appears, counted
from the first start of the installation: ``age = "3 h 20 min"`` lies before it, ``after =
"10 min"`` behind it. ``<slug>.update.html`` (or ``.update-2.html`` …) holds a later text of the
same article and repeats only what changes.

Papers live on each other, and so do these. ``copy_of = "other-slug"`` in place of a text takes the
other article's text word for word, as papers do that print one agency; ``abridges`` with
``paragraphs`` takes its first blocks; ``rewrite_of`` says that a text retells another in its own
words. The three make two articles relatives: only unrelated texts must share no sentence.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from lxml import etree
from lxml import html as lxml_html

from broadsheet.ops.sample.shapes import (
    Article,
    Edition,
    EditionError,
    FeedKind,
    Print,
    Quirk,
    Rights,
    Source,
    Text,
    duration,
)

FOLDER = Path(__file__).parent / "edition"

_FENCE = "+++"
_HEAD_KEYS = frozenset(
    (
        "source", "section", "headline", "standfirst", "byline", "topics", "age", "after", "picture",
        "copy_of", "abridges", "paragraphs", "rewrite_of",
    )
)  # fmt: skip


def load(folder: Path = FOLDER) -> Edition:
    """Read the edition kept in `folder`; raises `EditionError` on the first mistake."""
    sources = {source.key: source for source in _tables(folder / "sources.toml", _source)}
    prints = {one.key: one for one in _tables(folder / "pictures.toml", _print)}
    heads: dict[str, dict[str, Any]] = {}
    bodies: dict[str, str] = {}
    files = sorted((folder / "articles").glob("*.html"))
    for path in files:
        heads[path.name], bodies[path.name] = _split(path)
    articles = [_article(path, files, heads, bodies, sources) for path in files if ".update" not in path.name]
    for article in articles:
        if article.picture and article.picture not in prints:
            raise EditionError(f"{article.slug}: no picture of the name {article.picture}")
    return Edition(tuple(sources.values()), tuple(_with_borrowed(articles)), prints)


def _tables(path: Path, read: Any) -> list[Any]:
    """Every table of a file: of its list `source`, or each by its own name."""
    if not path.exists():
        return []
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = document.get("source") or [{"key": key, **table} for key, table in document.items()]
        return [read(table) for table in tables]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as mistake:
        raise EditionError(f"{path.name}: {mistake}") from mistake


def _print(table: dict[str, Any]) -> Print:
    return Print(table["key"], table["alternative"], table["caption"], table["credit"])


def _source(table: dict[str, Any]) -> Source:
    rights = table["rights"]
    return Source(
        key=table["key"],
        name=table["name"],
        owner=table["owner"],
        host=table["host"],
        about=table["about"],
        language=table["language"],
        section=table["section"],
        feed_kind=cast(FeedKind, table["feed"]["kind"]),
        feed_path=table["feed"]["path"],
        whole=table["feed"].get("whole", False),
        quirks=frozenset(cast(list[Quirk], table["feed"].get("quirks", []))),
        rights=Rights(**{"excerpt_words": 0, **rights}),
    )


def _split(path: Path) -> tuple[dict[str, Any], str]:
    parts = path.read_text(encoding="utf-8").split(_FENCE + "\n", 2)
    if len(parts) != 3 or parts[0]:
        raise EditionError(f"{path.name}: the head must stand between two lines of {_FENCE}")
    try:
        head = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as mistake:
        raise EditionError(f"{path.name}: {mistake}") from mistake
    unknown = sorted(head.keys() - _HEAD_KEYS)
    if unknown:
        raise EditionError(f"{path.name}: unknown in the head: {', '.join(unknown)}")
    return head, parts[2].strip()


def _article(
    path: Path,
    files: list[Path],
    heads: dict[str, dict[str, Any]],
    bodies: dict[str, str],
    sources: dict[str, Source],
) -> Article:
    head = heads[path.name]
    try:
        texts = [_text(head, bodies[path.name])]
        for later in files:
            if later.name.startswith(f"{path.stem}.update"):
                texts.append(_text({**head, **heads[later.name]}, bodies[later.name]))
        return Article(
            slug=path.stem,
            source=sources[head["source"]],
            section=head["section"],
            byline=tuple(head["byline"]),
            topics=tuple(head["topics"]),
            texts=tuple(sorted(texts, key=lambda text: text.offset)),
            picture=head.get("picture", ""),
            copy_of=head.get("copy_of", ""),
            abridges=head.get("abridges", ""),
            paragraphs=head.get("paragraphs", 0),
            rewrite_of=head.get("rewrite_of", ""),
        )
    except KeyError as missing:
        raise EditionError(f"{path.name}: {missing} is missing or not known") from missing
    except ValueError as mistake:
        raise EditionError(f"{path.name}: {mistake}") from mistake


def _text(head: dict[str, Any], html: str) -> Text:
    # An update inherits its article's `age` and adds its own `after`, which then counts.
    offset = duration(head["after"]) if "after" in head else -duration(head["age"])
    return Text(offset, head["headline"], head["standfirst"], html)


def _with_borrowed(articles: list[Article]) -> list[Article]:
    """Give copies and abridgements the text of their original, as it stood when they appeared."""
    by_slug = {article.slug: article for article in articles}
    finished = []
    for article in articles:
        if named := article.copy_of or article.abridges:
            original = by_slug.get(named)
            if original is None or original.copy_of or original.abridges:
                raise EditionError(f"{article.slug}: no article to copy: {named}")
            texts = tuple(replace(text, html=_borrowed(article, original, text.offset)) for text in article.texts)
            finished.append(replace(article, texts=texts))
        elif any(not text.html for text in article.texts):
            raise EditionError(f"{article.slug}: there is no text below the head")
        elif article.rewrite_of and article.rewrite_of not in by_slug:
            raise EditionError(f"{article.slug}: no article to rewrite: {article.rewrite_of}")
        else:
            finished.append(article)
    return finished


def _borrowed(article: Article, original: Article, moment: timedelta) -> str:
    html = max((one for one in original.texts if one.offset <= moment), default=original.texts[0], key=_offset).html
    return html if article.copy_of else first_blocks(html, article.paragraphs)


def _offset(text: Text) -> timedelta:
    return text.offset


def first_blocks(html: str, number: int) -> str:
    """The first `number` blocks of a fragment, unchanged."""
    blocks = lxml_html.fragments_fromstring(html)[:number]
    return "\n".join(etree.tostring(one, encoding="unicode", with_tail=False, method="html") for one in blocks)
