"""`broadsheet sources list|add|import|export|test|starter`: the list of publications from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.ops.commands import _sourcecare
from broadsheet.ops.errors import OperatorError

if TYPE_CHECKING:
    from broadsheet.wire.models import Feed


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its verbs."""
    parser = commands.add_parser("sources", help="list, add, import, export and test sources")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    listing = verbs.add_parser("list", help="every feed with its health")
    listing.set_defaults(run=run_list, django=True)

    add = verbs.add_parser("add", help="add a feed, and its source if it is new")
    add.add_argument("url", help="address of a feed, a news sitemap or a section page")
    add.add_argument("--name", help="name of the publication (default: what the feed says)")
    add.add_argument("--source", help="slug of a source we have already")
    add.add_argument("--section", default="", help="key of the section its articles go to")
    add.add_argument("--owner", default="", help="who owns it; all sources of one owner are one voice")
    add.add_argument("--unseen", action="store_true", help="add it without looking at it first")
    add.set_defaults(run=run_add, django=True)

    importing = verbs.add_parser("import", help="import an OPML file")
    importing.add_argument("file", type=Path, help="the file; - for standard input")
    importing.add_argument("--dry-run", action="store_true", help="only say what would happen")
    importing.set_defaults(run=run_import, django=True)

    export = verbs.add_parser("export", help="write all feeds as OPML to standard output")
    export.set_defaults(run=run_export, django=True)

    _sourcecare.register(verbs)

    test = verbs.add_parser("test", help="look at an address and its site: feeds, a preview, what it says of rights")
    test.add_argument("url", help="a site, a section page, a feed, a sitemap, an OPML list")
    test.add_argument("--json", action="store_true", help="print one JSON object")
    test.add_argument("--add", action="store_true", help="add what was found, with excerpt rights")
    test.add_argument("--section", default="", help="with --add: key of the section its articles go to")
    test.set_defaults(run=run_test, django=True)

    starter = verbs.add_parser("starter", help="list real news sources to begin with, or add them")
    starter.add_argument("--section", default="", help="only those of this section's key")
    starter.add_argument("--language", default="", help="only those in this language, such as de")
    starter.add_argument("--add", action="store_true", help="add them, with excerpt rights and their owners")
    starter.set_defaults(run=run_starter, django=True)


def run_list(arguments: argparse.Namespace) -> int:
    """One line a feed: state, when it is asked next, and the plain reason where it fails."""
    from broadsheet.wire.models import Feed
    from broadsheet.wire.queries import sentence

    rows = Feed.objects.select_related("source").order_by("source__name", "url")
    for feed in rows:
        state = "ok" if feed.state == Feed.State.ACTIVE and not feed.reason else feed.state
        if feed.state == Feed.State.ACTIVE and feed.reason:
            since = f"{feed.failing_since:%Y-%m-%d %H:%M}" if feed.failing_since else "its first pull"
            state = f"failing since {since}: {sentence(feed.reason)}"
        print(f"{feed.source.slug:24}  {feed.url}\n{'':26}{state}; next {feed.next_pull_at:%Y-%m-%d %H:%M:%S} UTC")
    if not rows:
        print("There are no feeds. Add one with `broadsheet sources add URL`.")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Look at the address first, so that what is added is known to work."""
    from broadsheet.wire import doors
    from broadsheet.wire.testing import look_at

    kind, title, language = "", "", ""
    if not arguments.unseen:
        found = look_at(arguments.url)
        doors.close()
        if found.kind == "opml":
            raise OperatorError(f"{arguments.url} is a list of feeds.", "`broadsheet sources import FILE` takes it in.")
        if not found.usable:
            assert found.reason is not None
            raise OperatorError(
                f"{arguments.url} cannot be added: {found.reason.sentence} {found.detail}".strip(),
                "`--unseen` adds it all the same.",
            )
        title, kind, language = found.title, found.kind, found.language
        if kind == "page" and found.feeds:
            raise OperatorError(
                f"{arguments.url} is a page that names feeds of its own.",
                "Add one of them: " + ", ".join(url for url, _ in found.feeds[:5]),
            )
    feed = _add(
        arguments.url,
        kind=kind,
        title=title,
        language=language,
        name=arguments.name or "",
        source=arguments.source or "",
        section=arguments.section,
        owner=arguments.owner,
    )
    print(f"Added {feed.url} to {feed.source.name} ({feed.source.slug}); the worker pulls it at once.")
    return 0


def _add(
    url: str,
    *,
    kind: str,
    title: str,
    language: str = "",
    name: str = "",
    source: str = "",
    section: str = "",
    owner: str = "",
) -> Feed:
    """Add a feed of a kind as `look_at` names it, and its source, with excerpt rights, where that is new."""
    from broadsheet.lib import urls
    from broadsheet.sources.models import Source
    from broadsheet.wire.models import Feed
    from broadsheet.wire.services.feeds import NotUsable, add_feed, add_source

    kinds = {"page": Feed.Kind.PAGE, "newssitemap": Feed.Kind.SITEMAP, "sitemap": Feed.Kind.SITEMAP}
    try:
        if source:
            known = Source.objects.filter(slug=source).first()
            if known is None:
                raise OperatorError(f"There is no source {source!r}.", "`broadsheet sources list` shows them.")
        else:
            from django.db import transaction

            parsed = urls.parse(url)
            with transaction.atomic():
                known = add_source(
                    name or title or (parsed.host if parsed else url),
                    homepage=f"{parsed.scheme}://{parsed.netloc}/" if parsed else "",
                    owner=owner,
                    language=language.partition("-")[0] or "en",
                    default_section=section,
                )
                return add_feed(known, url, kind=kinds.get(kind, Feed.Kind.FEED), section=section, title=title)
        return add_feed(known, url, kind=kinds.get(kind, Feed.Kind.FEED), section=section, title=title)
    except NotUsable as problem:
        raise OperatorError(str(problem), "Nothing was added.") from None


def run_import(arguments: argparse.Namespace) -> int:
    """Say line by line what an OPML file brings, and take in what is new."""
    from broadsheet.wire import opml

    try:
        body = sys.stdin.buffer.read() if str(arguments.file) == "-" else arguments.file.read_bytes()
    except OSError as problem:
        raise OperatorError(f"{arguments.file} cannot be read: {problem.strerror}.", "Check the path.") from None
    try:
        lines = opml.preview(body)
    except opml.NotOPML as problem:
        raise OperatorError(f"{arguments.file}: {problem}", "Nothing was imported.") from None
    for line in lines:
        print(f"{line.number:5}  {line.state:8}  {line.title[:40]:40}  {line.url}  {line.why}".rstrip())
    new = sum(line.state == "new" for line in lines)
    if arguments.dry_run:
        print(f"{new} of {len(lines)} would be added.")
        return 0
    print(f"{opml.take_in(lines)} of {len(lines)} added.")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """All feeds but the sample's, as OPML."""
    from django.conf import settings

    from broadsheet.wire import opml
    from broadsheet.wire.models import Feed

    feeds = Feed.objects.select_related("source").filter(source__is_sample=False).order_by("source__name", "url")
    sys.stdout.write(opml.export(feeds, title=f"Feeds of {settings.BROADSHEET.brand}"))
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """What the wire would make of an address and its site; without --add nothing is written."""
    from broadsheet.ops.sample import living
    from broadsheet.ops.trying import surveyed
    from broadsheet.wire import doors
    from broadsheet.wire.surveying import survey

    living.open_origin()
    try:
        seen = survey(arguments.url)
    finally:
        living.close_origin()
        doors.close()
    found, best = seen.found, seen.best
    if found.reason is not None and best is None:
        raise OperatorError(f"{found.url}: {found.reason.sentence} {found.detail}".strip(), "Nothing was changed.")
    if arguments.json:
        print(json.dumps(surveyed.as_data(seen), ensure_ascii=False, indent=2))
    else:
        for line in surveyed.lines(seen):
            print(line)
    if arguments.add:
        if best is None:
            raise OperatorError(f"{found.url} has nothing that can be added as a feed.", "Nothing was added.")
        feed = _add(
            best.url,
            kind=best.kind,
            title=best.title,
            language=found.language,
            section=_known_section(arguments.section),
        )
        print(
            f"Added {feed.url} to {feed.source.name} ({feed.source.slug}), with excerpt rights.",
            file=sys.stderr if arguments.json else sys.stdout,
        )
    return 0


def _known_section(key: str) -> str:
    """The key of a section that exists, or none at all."""
    from broadsheet.articles.models import Section

    if key and not Section.objects.filter(key=key).exists():
        keys = ", ".join(Section.objects.order_by("order").values_list("key", flat=True))
        raise OperatorError(f"There is no section {key!r}.", f"There are: {keys}.")
    return key


def run_starter(arguments: argparse.Namespace) -> int:
    """The starter list, or a part of it; with --add it is taken in, what we have already left out."""
    from broadsheet.sources import starter

    rows = [
        row
        for row in starter.load()
        if arguments.section in ("", row.section) and arguments.language.lower() in ("", row.language)
    ]
    if not rows:
        raise OperatorError("The starter list has no such sources.", "`broadsheet sources starter` shows all.")
    if not arguments.add:
        for row in rows:
            print(f"{row.section:10} {row.language:3} {row.country:3} {row.name}  ({row.owner})\n{'':19}{row.feed}")
        print(f"{len(rows)} sources. `broadsheet sources test URL` tells whether one still answers.")
        return 0
    from broadsheet.wire.services.starting import add_starter

    added = add_starter(rows)
    print(f"{added} of {len(rows)} added, with excerpt rights; the worker pulls them at once.")
    return 0
