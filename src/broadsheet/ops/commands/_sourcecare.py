"""`broadsheet sources diary|release|refuse|lift`: what the wire noticed about a source, and an answer to it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from broadsheet.ops.errors import OperatorError

if TYPE_CHECKING:
    from broadsheet.sources.models import Source


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs to those of `sources`."""
    diary = verbs.add_parser("diary", help="what happened to a source, and how its feeds stand")
    diary.add_argument("slug", help="slug of the source")
    diary.add_argument("--lines", type=int, default=30, help="how many of the latest lines (default 30)")
    diary.set_defaults(run=run_diary, django=True)
    for verb, words in (
        ("release", "take in what a flood of its feeds brought"),
        ("refuse", "spike what a flood of its feeds brought"),
        ("lift", "read a source in quarantine again"),
    ):
        one = verbs.add_parser(verb, help=words)
        one.add_argument("slug", help="slug of the source")
        one.set_defaults(run=run_answer, django=True)


def _source(slug: str) -> Source:
    from broadsheet.sources.models import Source

    source = Source.objects.filter(slug=slug).first()
    if source is None:
        raise OperatorError(f"There is no source {slug!r}.", "`broadsheet sources list` shows them.")
    return source


def run_diary(arguments: argparse.Namespace) -> int:
    """The source's lines, newest first, after a line a feed."""
    from broadsheet.wire import queries
    from broadsheet.wire.habits import Habit

    source = _source(arguments.slug)
    print(f"{source.name} ({source.get_state_display().lower()})")
    for feed in source.feeds.order_by("url"):  # type: ignore[attr-defined]
        habit = Habit.from_json(feed.habit)
        usual = f"about {habit.a_day:.0f} a day, asked every {feed.interval} s or so" if feed.pulled_once else "new"
        print(f"  {feed.url}\n    {usual}{_alarms(feed)}")
        if pushes := queries.pushes(feed):
            print(f"    pushes: {pushes}")
    for line in queries.diary(source, max(arguments.lines, 1)):
        print(f"{line.at:%Y-%m-%d %H:%M}  {line.get_event_display():20}  {line.words}")
    return 0


def _alarms(feed: Any) -> str:
    said = [
        f"; {word} since {moment:%Y-%m-%d %H:%M} UTC"
        for word, moment in (
            ("failing", feed.failing_since),
            ("held", feed.held_since),
            ("silent", feed.silent_since),
            ("texts shrunken", feed.shrunk_since),
        )
        if moment is not None
    ]
    return "".join(said)


def run_answer(arguments: argparse.Namespace) -> int:
    """Carry out what the operator decided, and say what came of it."""
    from broadsheet.wire import services

    source = _source(arguments.slug)
    if arguments.verb == "lift":
        if not services.lift(source):
            raise OperatorError(f"{source.name} is not in quarantine.", "Nothing was changed.")
        print(f"{source.name} is read again.")
        return 0
    held = list(source.feeds.exclude(held_since=None))  # type: ignore[attr-defined]
    if not held:
        raise OperatorError(f"No feed of {source.name} is held.", "Nothing was changed.")
    answer = services.release if arguments.verb == "release" else services.refuse
    count = sum(answer(feed) for feed in held)
    print(f"{count} entries {'taken in; the worker files them' if arguments.verb == 'release' else 'refused'}.")
    return 0
