"""`broadsheet stories replay`: run the logs of the story writers again."""

from __future__ import annotations

import argparse


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its verb."""
    parser = commands.add_parser("stories", help="the writers that put articles into stories")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    replay = verbs.add_parser(
        "replay",
        help="run the log again and say whether it comes to the same",
        description="Run each language's log again, from its oldest snapshot, and hold every placement against what "
        "was written down. Changes nothing. Exit code 1: something differs. With --rebuild all texts that the log has "
        "are grouped anew, and the editors' orders hold.",
    )
    replay.add_argument("--language", help="only this one, as en or de (default: all)")
    replay.add_argument("--rebuild", action="store_true", help="group all texts anew; old addresses lead on")
    replay.set_defaults(run=run_replay, django=True)


def run_replay(arguments: argparse.Namespace) -> int:
    """One line a language, a line a difference."""
    from broadsheet.ops import wiring
    from broadsheet.stories.services import replaying

    wiring.connect()
    known = replaying.languages()
    chosen = [one for one in known if arguments.language in (None, one)]
    if not chosen:
        print("No article was placed yet." if not known else f"No writer of {arguments.language}: {', '.join(known)}.")
        return 0 if not known else 1
    wrong = 0
    for language in chosen:
        if arguments.rebuild:
            articles, stories = replaying.rebuild(language)
            print(f"{language:5}  {articles} articles grouped anew, {stories} stories run.")
            continue
        found = replaying.replay(language)
        wrong += found.differences
        word = "the same" if not found.differences else f"{found.differences} differences"
        print(f"{language:5}  {found.lines} lines from {found.begun} on: {word}.")
        for line in found.shown:
            print(f"       {line}")
    return 1 if wrong else 0
