"""What related articles cost: `./run bench related [--sizes 10000,100000] [--turns 4] [--json]`.

Articles of headlines and texts of made-up words, in a database of SQLite. For each size: keeping what relatives are
found by, reading the codes into memory, a turn of fifty articles in the worker, and printing one article's page;
beside it what searching while a page is printed would cost, in one process that holds the codes already.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from typing import Any

PORTION = 1_000
#: Words of the made-up language; the commonest is two thousand times as common as the rarest.
VOCABULARY = 30_000
#: Events that the articles tell of; each has words of its own.
EVENTS = 4_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="numbers of articles, rising")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    os.environ |= {
        "BROADSHEET_DATA": folder, "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    try:
        import django

        import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

        django.setup()
        figures = measure([int(size) for size in arguments.sizes.split(",")], arguments.turns)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(figures))
        return
    sizes = list(figures)
    print(f"{'':44}" + "".join(f"{size:>14}" for size in sizes))
    for name in figures[sizes[0]]:
        print(f"{name:44}" + "".join(f"{figures[size][name]:>14,.1f}" for size in sizes))


def measure(sizes: list[int], turns: int) -> dict[str, dict[str, float]]:
    """All figures; the database grows from size to size. Processor seconds throughout."""
    from broadsheet.ops import readiness, wiring

    readiness.prepare(lambda _: None)
    readiness.collect_static()
    wiring.connect()
    found: dict[str, dict[str, float]] = {}
    have = 0
    for size in sizes:
        kept = fill(have, size)
        found[f"{size:,}"] = {"kept with an article, us": kept / (size - have) * 1e6, **cost(turns)}
        have = size
    return found


def cost(turns: int) -> dict[str, float]:
    """Figures at the size that there is."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from broadsheet.articles.models import Article, ArticleVector, RelatedList
    from broadsheet.core import clock
    from broadsheet.press import services as press
    from broadsheet.stories import relating

    relating.start_anew()
    began = time.process_time()
    relating._shelf.grow(clock.now().date())
    read = time.process_time() - began
    ids = list(ArticleVector.objects.order_by("-article_id").values_list("article_id", flat=True))
    looked, wrote, queries, articles = 0.0, 0.0, [], 0
    for turn in range(turns):
        chosen = ids[turn * relating.TURN * 3 :][: relating.TURN]
        ArticleVector.objects.filter(pk__in=chosen).update(waiting=True)
        began = time.process_time()
        with CaptureQueriesContext(connection) as asked:
            turned = relating.look()
        middle = time.process_time()
        articles += relating.keep(turned)
        looked, wrote = looked + middle - began, wrote + time.process_time() - middle
        queries.append(len(asked))
    alone = []
    for ident in ids[5 : 5 + 20 * turns : 5]:
        began = time.process_time()
        relating._find([ident])
        alone.append(time.process_time() - began)
    related = Article.objects.filter(pk__in=RelatedList.objects.values("article_id")).order_by("-pk")[: 10 * turns]
    pages, page_queries = [], set()
    for article in related:
        press.print_page(article.path)
        press.drop(article.path)
        began = time.process_time()
        with CaptureQueriesContext(connection) as asked:
            assert press.print_page(article.path, asked=True) is not None
        pages.append(time.process_time() - began)
        page_queries.add(len(asked))
    assert len(page_queries) == 1, page_queries
    stored = [len(json.dumps(row)) for row in RelatedList.objects.values_list("found", flat=True)[:500]]
    return {
        "codes read into memory, ms": read * 1000,
        "codes in memory, MB": relating._shelf.nbytes / 1e6,
        "a turn in the worker, an article, ms": (looked + wrote) / articles * 1000,
        "  of this in the transaction, ms": wrote / articles * 1000,
        "  queries of a turn": statistics.mean(queries),
        "  articles a turn": articles / turns,
        "stored for an article, bytes": statistics.mean(stored),
        "printing a page that reads them, ms": statistics.median(pages) * 1000,
        "  queries": float(page_queries.pop()),
        "searching while a page is printed, ms more": statistics.median(alone) * 1000,
        "largest memory of this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def fill(first: int, last: int) -> float:
    """Articles number `first` to `last` with vectors, none waiting; returns processor seconds for the vectors."""
    from django.db import transaction

    from broadsheet.articles.models import Article, ArticleVector, Judgement
    from broadsheet.articles.services import vectors
    from broadsheet.stories import services as stories

    sections, sources = _furniture()
    took = 0.0
    for start in range(first, last, PORTION):
        with transaction.atomic():
            told = [_told(number, sections, sources) for number in range(start, min(start + PORTION, last))]
            articles = Article.objects.bulk_create([one for one, _ in told])
            Judgement.objects.bulk_create(
                Judgement(article=one, section=one.shown_section, words=90, read_minutes=1, judged_at=one.filed_at)
                for one in articles
            )
            stories.place_articles(articles, {})
            began = time.process_time()
            for at in range(0, len(told), 50):  # as many as filing takes at once
                vectors.keep([vectors.Told(article, text) for article, text in told[at : at + 50]])
            took += time.process_time() - began
            ArticleVector.objects.filter(waiting=True).update(waiting=False)
    return took


def _furniture() -> tuple[list[Any], list[Any]]:
    from broadsheet.articles.models import Section
    from broadsheet.core import clock
    from broadsheet.sources.models import RightsProfile, Source

    rights = RightsProfile.objects.filter(name="Full text and link").get()
    if not Source.objects.filter(slug="gazette-0").exists():
        Source.objects.bulk_create(
            Source(
                name=f"Gazette {n}", slug=f"gazette-{n}", homepage=f"https://g{n}.example/", rights=rights,
                added_at=clock.now(),
            )
            for n in range(20)
        )  # fmt: skip
    return list(Section.objects.all()), list(Source.objects.filter(is_house=False).select_related("rights"))


def _told(number: int, sections: list[Any], sources: list[Any]) -> tuple[Any, str]:
    from datetime import timedelta

    from broadsheet.articles.models import Article
    from broadsheet.core import clock

    dice = random.Random(number)
    event = random.Random(f"event {number % EVENTS}")
    own = [_word(event.randrange(VOCABULARY)) for _ in range(12)]
    words = [
        dice.choice(own) if dice.random() < 0.4 else _word(int(VOCABULARY * dice.random() ** 3)) for _ in range(90)
    ]
    at = clock.now() - timedelta(seconds=24 * (number % 100_000))
    text = " ".join(words[10:])
    section = sections[number % EVENTS % len(sections)]
    article = Article(
        headline=" ".join(words[:10]), standfirst="", source=sources[number % len(sources)], entry_key=f"{number:064}",
        origin_url=f"https://g{number % 20}.example/{number}", filed_at=at, published_at=at,
        address=f"{section.slug}/report-{number}", shown_section=section, live=True,
        body=[{"type": "paragraph", "value": text}], text_hash=f"{number:064}",
    )  # fmt: skip
    return article, text


def _word(number: int) -> str:
    """A word of two to four syllables."""
    syllables = "ba de fi go lu ma ne pi ro su ta ve wi zo ka len mor tan vel dis".split()
    made = ""
    number += 400
    while number:
        number, rest = divmod(number, len(syllables))
        made += syllables[rest]
    return made


if __name__ == "__main__":
    main()
