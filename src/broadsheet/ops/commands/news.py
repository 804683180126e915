"""`broadsheet pull`, `articles`, `spikes`: the wire from the command line."""

from __future__ import annotations

import argparse
import time

from broadsheet.ops.errors import OperatorError


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    pull = commands.add_parser(
        "pull", help="pull feeds now and file what comes",
        description="Pull the feeds of the named sources (all, without names), due or not, and file what they bring.",
    )  # fmt: skip
    pull.add_argument("source", nargs="*", help="a source's slug, as `sources list` shows it")
    pull.set_defaults(run=run_pull, django=True)

    articles = commands.add_parser("articles", help="list the latest articles")
    articles.add_argument("-n", type=int, default=20, help="how many (default 20)")
    articles.add_argument("--section", help="only this section's key")
    articles.set_defaults(run=run_articles, django=True)

    spikes = commands.add_parser("spikes", help="list dispatches that were not taken, and why")
    spikes.add_argument("-n", type=int, default=20, help="how many (default 20)")
    spikes.set_defaults(run=run_spikes, django=True)


def run_pull(arguments: argparse.Namespace) -> int:
    """Make the feeds due, work until all is done, and say what came of each."""
    from broadsheet.core import clock
    from broadsheet.ops import wiring, worker
    from broadsheet.ops.sample import living
    from broadsheet.wire import doors
    from broadsheet.wire.models import Feed, Pull
    from broadsheet.wire.queries import sentence

    wiring.connect()
    feeds = Feed.objects.filter(state=Feed.State.ACTIVE).select_related("source")
    if arguments.source:
        feeds = feeds.filter(source__slug__in=arguments.source)
        missing = set(arguments.source) - set(feeds.values_list("source__slug", flat=True))
        if missing:
            raise OperatorError(
                f"There is no active feed of {', '.join(sorted(missing))}.",
                "`broadsheet sources list` shows the names.",
            )
    ids = list(feeds.values_list("id", flat=True))
    if not ids:
        print("There are no active feeds. Add one with `broadsheet sources add URL`.")
        return 0
    began, moment = time.monotonic(), clock.now()
    Feed.objects.filter(id__in=ids).update(next_pull_at=moment)
    living.open_origin()
    try:
        worker.drain(600)
    finally:
        living.close_origin()
        doors.close()
    failed = 0
    for pull in Pull.objects.filter(feed__in=ids, at__gte=moment).select_related("feed__source").order_by("id"):
        what = f"{pull.new} new, {pull.changed} changed of {pull.entries}"
        if pull.unchanged:
            what = "unchanged"
        if pull.reason:
            failed += 1
            what = f"failed: {sentence(pull.reason)} {pull.detail}"
        print(f"{pull.feed.source.name}: {what} ({pull.seconds:.2f} s)")
    print(f"{len(ids)} feeds in {time.monotonic() - began:.1f} s.")
    return 1 if failed == len(ids) else 0


def run_articles(arguments: argparse.Namespace) -> int:
    """The latest articles, one a line."""
    from broadsheet.articles.models import Article

    rows = Article.objects.select_related("source", "shown_section").defer("body").order_by("-published_at")
    if arguments.section:
        rows = rows.filter(shown_section__key=arguments.section)
    for row in rows[: arguments.n]:
        state = "withdrawn" if row.withdrawn_at else "copy" if row.copy_of_id else "live" if row.live else "held"
        when, section, source = f"{row.published_at:%Y-%m-%d %H:%M}", row.shown_section.key, row.source.name[:24]
        print(f"{when}  {state:9}  {section:9}  {source:24}  {row.headline}")
    return 0


def run_spikes(arguments: argparse.Namespace) -> int:
    """Spiked dispatches with their reasons, newest first."""
    from broadsheet.wire.queries import sentence, spikes

    shown = 0
    for row in spikes(arguments.n):
        shown += 1
        print(f"{row.arrived_at:%Y-%m-%d %H:%M}  {row.feed.source.name[:24]:24}  {row.headline or row.url}")
        print(f"{'':18}{sentence(row.reason)} {row.detail}".rstrip())
    if not shown:
        print("Nothing was spiked.")
    return 0
