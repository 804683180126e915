"""`broadsheet sources list|add|import|export|test`: the list of publications from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from broadsheet.ops.errors import OperatorError


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

    test = verbs.add_parser("test", help="look at an address and say what the wire would make of it")
    test.add_argument("url")
    test.set_defaults(run=run_test, django=True)


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
    from broadsheet.lib import urls
    from broadsheet.sources.models import Source
    from broadsheet.wire import doors
    from broadsheet.wire.models import Feed
    from broadsheet.wire.services.feeds import NotUsable, add_feed, add_source
    from broadsheet.wire.testing import look_at

    kind, title = Feed.Kind.FEED, ""
    if not arguments.unseen:
        found = look_at(arguments.url)
        doors.close()
        if not found.usable:
            assert found.reason is not None
            raise OperatorError(
                f"{arguments.url} cannot be added: {found.reason.sentence} {found.detail}".strip(),
                "`--unseen` adds it all the same.",
            )
        title = found.title
        kind = {"page": Feed.Kind.PAGE, "newssitemap": Feed.Kind.SITEMAP, "sitemap": Feed.Kind.SITEMAP}.get(
            found.kind, Feed.Kind.FEED
        )
        if kind == Feed.Kind.PAGE and found.feeds:
            raise OperatorError(
                f"{arguments.url} is a page that names feeds of its own.",
                "Add one of them: " + ", ".join(url for url, _ in found.feeds[:5]),
            )
    try:
        if arguments.source:
            source = Source.objects.filter(slug=arguments.source).first()
            if source is None:
                raise OperatorError(
                    f"There is no source {arguments.source!r}.", "`broadsheet sources list` shows them."
                )
        else:
            parsed = urls.parse(arguments.url)
            host = parsed.host if parsed else arguments.url
            source = add_source(
                arguments.name or title or host,
                homepage=f"{parsed.scheme}://{parsed.netloc}/" if parsed else "",
                owner=arguments.owner,
                default_section=arguments.section,
            )
        feed = add_feed(source, arguments.url, kind=kind, section=arguments.section, title=title)
    except NotUsable as problem:
        raise OperatorError(str(problem), "Nothing was added.") from None
    print(f"Added {feed.url} to {source.name} ({source.slug}); the worker pulls it at once.")
    return 0


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
    """What the wire would make of an address; nothing is written."""
    from broadsheet.ops.sample import living
    from broadsheet.wire import doors
    from broadsheet.wire.testing import look_at

    living.open_origin()
    try:
        found = look_at(arguments.url)
    finally:
        living.close_origin()
        doors.close()
    if found.reason is not None:
        raise OperatorError(f"{found.url}: {found.reason.sentence} {found.detail}".strip(), "Nothing was changed.")
    print(
        f"{found.url}\n  kind      {found.kind}\n  title     {found.title}\n  language  {found.language or 'not said'}"
    )
    print(f"  entries   {found.total}")
    for entry in found.entries:
        when = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "no date"
        words = f"{entry.full_words} words" if entry.full_words else f"{entry.summary_words} words of summary"
        print(f"    {when}  {entry.headline[:80]}  ({words})")
    for url, title in found.feeds:
        print(f"  feed      {url}  {title}")
    for problem in found.problems:
        print(f"  odd       {problem}")
    return 0
