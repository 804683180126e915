"""`broadsheet sections show|learn|explain|seed`: the section judge from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from broadsheet.ops.errors import OperatorError


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its verbs."""
    parser = commands.add_parser("sections", help="how articles get their sections")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    show = verbs.add_parser("show", help="the models that were learned, and what waits for the desk")
    show.set_defaults(run=run_show, django=True)

    learn = verbs.add_parser("learn", help="learn from the desk's choices now")
    learn.set_defaults(run=run_learn, django=True)

    explain = verbs.add_parser("explain", help="why an article is in its section")
    explain.add_argument("article", type=int, help="its number, as its address at the desk shows it")
    explain.set_defaults(run=run_explain, django=True)

    seed = verbs.add_parser(
        "seed", help="make the shipped model anew",
        description="Learn from DIR/desks-reddit2013-dev.jsonl.gz; write the model and, beside it, its titles. Here "
        "--data is the folder of that file, not the portal's own.",
    )  # fmt: skip
    seed.add_argument("--out", type=Path, metavar="FILE", required=True, help="where the model goes")
    seed.set_defaults(run=run_seed)


def run_show(arguments: argparse.Namespace) -> int:
    """The models, which one is in use, and counts."""
    from broadsheet.articles import queries
    from broadsheet.articles.models import SectionPair
    from broadsheet.articles.services import section_learning, sectioning

    used = sectioning.in_use()
    name = f"model {used.version}" if used.version else "the model that ships"
    print(f"In use: {name}, learned from {used.judge.model.pairs} pairs, those that ship included.")
    print(f"{SectionPair.objects.count()} choices of the desk are kept; {queries.reviews_waiting()} articles wait.")
    for row in queries.section_models():
        mark = "*" if row.in_use else " "
        told = section_learning.in_words(row.figures)
        print(f"{mark} {row.pk:>4}  {row.made_at:%Y-%m-%d %H:%M}  {row.pairs:>6} choices  {told}")
    return 0


def run_learn(arguments: argparse.Namespace) -> int:
    """Learn now, whether or not anything is new."""
    from broadsheet.articles.services import section_learning

    row = section_learning.learn()
    if row is None:
        raise OperatorError("There are no two sections that are described.", "Describe them at the desk.")
    print(f"Model {row.pk} learned from {row.pairs} choices. {section_learning.in_words(row.figures)}")
    return 0


def run_explain(arguments: argparse.Namespace) -> int:
    """What stands in the article's judgement, and what the model in use would say now."""
    from broadsheet.articles.models import Judgement
    from broadsheet.articles.services import sectioning

    rows = Judgement.objects.select_related("section", "article__source", "article__shown_section")
    row = rows.filter(article_id=arguments.article).first()
    if row is None:
        raise OperatorError(f"There is no article {arguments.article}.", "`broadsheet articles` lists the latest.")
    article = row.article
    print(f"{article.headline}\nstands in {article.shown_section.key}", end="")
    print(" (chosen by an editor)" if article.section_id else "")
    print(f"judged {row.section.key}, second {row.second or 'none'}, confidence {row.confidence:.2f}, by", end=" ")
    print(f"model {row.version}{'; it asks the desk' if row.abstained else ''}")
    _print_reasons(sectioning.told(row.reasons))
    (now,) = sectioning.judge_sections([sectioning.ToJudge(sectioning.evidence_of(article, row))])
    print(f"now {now.section}, second {now.second or 'none'}, confidence {now.confidence:.2f}, by model {now.version}")
    _print_reasons(sectioning.told(now.reasons))
    return 0


def _print_reasons(reasons: list[str]) -> None:
    for reason in reasons:
        print(f"  {reason}")


def run_seed(arguments: argparse.Namespace) -> int:
    """Write the two files of the seed."""
    from broadsheet.copydesk.sections import seed, vectors
    from broadsheet.ops.evaluating import sections

    if "data" not in arguments:
        raise OperatorError("Which titles are to be learned?", "Name their folder: --data DIR.", code=2)
    source = Path(arguments.data) / sections.FILES["reddit2013"]
    if not source.is_file():
        raise OperatorError(f"{source} is missing.", "Name another folder: --data DIR.")
    if vectors.installed() is None:
        raise OperatorError("The table of word pieces is not installed.", "The seed is learned with it: wordllama.")
    model, titles = seed.make(sections.titles_of(source), arguments.out)
    print(f"{arguments.out}: {model} bytes; {seed.TITLES} beside it: {titles} bytes.")
    return 0
