"""`broadsheet heat explain STORY`: why a story has its rank among the trending, computed again from the log."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from broadsheet.ops.errors import OperatorError

if TYPE_CHECKING:
    from broadsheet.trends.ledger import Asked
    from broadsheet.trends.models import Heat

#: How far a score computed again may lie from the one that stands.
NEAR = 1e-9


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its verb."""
    heat = commands.add_parser("heat", help="explain what is trending")
    verbs = heat.add_subparsers(dest="verb", required=True, metavar="VERB")
    explain = verbs.add_parser(
        "explain", help="compute a story's rank again and show every number in it",
        description="Compute the rank of a story again from what the last tally was told, show every input and term, "
        "and compare with the rank that stands. Ends with 1 where they differ.",
    )  # fmt: skip
    explain.add_argument("story", help="the story's slug, as in /stories/SLUG/, or its number")
    explain.add_argument("--window", choices=["hour", "day", "week"], default="day", help="which list (default day)")
    explain.set_defaults(run=run_explain, django=True)


def run_explain(arguments: argparse.Namespace) -> int:
    """Print the answer line by line; 0 where the rank computed again is the one that stands."""
    from broadsheet.stories.models import Story
    from broadsheet.trends import ledger, queries

    asked, say = arguments.story, arguments.context.say
    found = Story.objects.filter(**({"pk": int(asked)} if asked.isdecimal() else {"slug": asked})).first()
    if found is None:
        raise OperatorError(f"There is no story {asked}.", "Its slug stands in the address of its page.")
    stands, log = queries.heat_of(found.pk, arguments.window), queries.log_of(arguments.window)
    if log is None:
        raise OperatorError(f"Nothing is trending in the {arguments.window}.", "The worker ranks every minute.")
    try:
        told = ledger.unpacked(log)
    except ValueError as problem:
        raise OperatorError(str(problem), "The worker writes a new one with the next change.") from problem
    return _explain(found, stands, told, say)


def _explain(story: Any, stands: Heat | None, told: Asked, say: Any) -> int:
    say(f"{story.slug} in the {told.window} up to {told.now:%Y-%m-%d %H:%M:%S} UTC")
    for line in _signals(told, story.pk):
        say(line)
    ranked = told.ranked()
    place, again = next(((place, one) for place, one in enumerate(ranked, 1) if one.story_id == story.pk), (0, None))
    if again is None or stands is None:
        both = again is None and stands is None
        say("It is not among the trending." if both else "What stands and what the log tells differ.")
        return 0 if both else 1
    say("Terms")
    for line in _lines(again.inputs):
        say(line)
    say(f"Score {again.score!r}, rank {place} of {len(ranked)}: {again.receipt}")
    difference = abs(again.score - stands.score)
    if difference > NEAR or place != stands.rank or again.receipt[:300] != stands.receipt:
        say(f"What stands differs: score {stands.score!r}, rank {stands.rank}: {stands.receipt}")
        return 1
    say(f"The same as stands (difference {difference:.1e}).")
    return 0


def _signals(told: Asked, story_id: int) -> Iterator[str]:
    """What the ranking was told of the story."""
    one = next((one for one in told.signals if one.story_id == story_id), None)
    if one is None:
        yield "Nothing of it was looked at: no report in this window, or neither voices nor readers."
        return
    yield f"Section {one.section}, first report {one.first_at:%m-%d %H:%M}, last {one.last_voice_at:%m-%d %H:%M}"
    yield f"Voices {len(one.voices)}: " + ", ".join(f"{voice} {at:%m-%d %H:%M}" for voice, at in one.voices)
    for kind in sorted({*one.buckets, *one.earlier}):
        counts = one.buckets.get(kind, ())
        late = " ".join(f"{at:%H:%M} {n:g}" for at, n in counts)
        yield f"{kind}: {one.earlier.get(kind, 0):g} earlier, then {late or 'none'}"
    usual = told.baselines.get(one.section)
    if usual is not None:
        rates = {kind: usual.usual(kind, told.now) for kind in sorted(usual.rates)}
        yield "Usual an hour: " + ", ".join(f"{kind} {rate:.3g}" for kind, rate in rates.items())


def _lines(facts: Mapping[str, Any], indent: str = "  ") -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{name}: {value}"
