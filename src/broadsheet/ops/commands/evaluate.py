"""`broadsheet evaluate SET --data DIR`: how well the wire reads, by open protocols."""

from __future__ import annotations

import argparse
import importlib
import json
import os
from pathlib import Path

from broadsheet.ops.errors import OperatorError

# The folder of each set below the one that is named.
SETS = {
    "feeds": ("feeds", "feeds of every kind: entries, titles, parser cases, speed"),
    "pages": ("pages", "article pages: the text of the body, speed"),
    "metadata": ("pages", "article pages: title, author, date, picture, language"),
    "markup": ("xss", "the cleaner: what it lets through, what it loses, speed"),
    "robots": ("robots", "robots.txt: decisions that are right"),
    "copies": (".", "copies of one text: recall, precision, speed"),
    "related": (".", "related articles: the same story first"),
    "stories": (".", "stories: which articles tell of one event, speed"),
    "topics": ("feeds", "topics: what a mixed stream of feeds and headlines makes of itself, speed"),
    "heat": (".", "heat: forecasts of attention beside the plain formulas"),
    "sections": (".", "sections: how often the judge is right, how often when it is sure, speed"),
}
# What may be fitted on another folder; --data and --trained-on name the folder with the files itself.
FITTED = {"copies", "heat", "related", "stories", "sections"}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its sets."""
    parser = commands.add_parser(
        "evaluate",
        help="score how the wire reads feeds, pages, markup and robots.txt",
        description="Score the wire's readers on a folder of material with known answers; prints one JSON object. "
        "--data names that folder: it holds feeds/, pages/, xss/ and robots/.",
    )
    sets = parser.add_subparsers(dest="set", required=True, metavar="SET")
    for name, (_, help) in SETS.items():
        one = sets.add_parser(name, help=help, description=f"Score {help}.")
        one.set_defaults(run=run)
        if name == "topics":
            one.add_argument("--show", type=int, default=0, metavar="N", help="print so many of the topics found")
        if name in FITTED:
            one.add_argument(
                "--trained-on", type=Path, metavar="DIR", help="the folder to fit on (default: as shipped)"
            )


def run(arguments: argparse.Namespace) -> int:
    """Score one set. Here --data is the folder of the material, not the portal's own."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    folder, _ = SETS[arguments.set]
    if "data" not in arguments:
        raise OperatorError("Which material is to be read?", "Name its folder: --data DIR.", code=2)
    data = Path(arguments.data)
    if not (data / folder).is_dir():
        raise OperatorError(
            f"{data} has no folder {folder}/, which {arguments.set} is scored on.", "Name another: --data DIR."
        )
    scoring = importlib.import_module(f"broadsheet.ops.evaluating.{arguments.set}")
    try:
        more = {"trained_on": arguments.trained_on} if arguments.set in FITTED else {}
        if arguments.set == "topics":
            more["show"] = arguments.show
        figures = scoring.score(data, **more)
    except FileNotFoundError as problem:
        raise OperatorError(f"{problem.filename} is missing; {arguments.set} cannot be scored.", "") from None
    print(json.dumps(figures, ensure_ascii=False, indent=2, default=str))
    return 0
