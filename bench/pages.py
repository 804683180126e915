"""What printing one page costs when the press has none: `./run bench pages [--sizes 100,10000] [--rounds 40] [--json]`.

Milliseconds to the first answer (identity and gzip; brotli is made later) and database queries, by kind of page, with
so many articles in the database. The queries must be equal at every size. The yardstick, in the same run and process:
a Django view that says "hello", asked through the test client.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import tempfile
import time
from datetime import timedelta
from typing import Any

PAGES_A_BATCH = 2_000
BODY_PARAGRAPHS = 6
TOPICS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,10000", help="numbers of articles, rising")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    os.environ |= {
        "BROADSHEET_DATA": folder, "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }  # fmt: skip
    try:
        import django

        import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

        django.setup()
        figures = measure([int(size) for size in arguments.sizes.split(",")], arguments.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures)) if arguments.json else show(figures)


def show(figures: dict[str, Any]) -> None:
    """A table: a line for each kind of page, columns for each size."""
    sizes = list(figures["sizes"])
    print(f"{'':10}" + "".join(f"{int(size):>12,} articles{'':9}" for size in sizes))
    print(f"{'page':10}" + f"{'median ms':>11}{'p95 ms':>9}{'queries':>9}  " * len(sizes))
    for kind in figures["sizes"][sizes[0]]:
        cells = [figures["sizes"][size][kind] for size in sizes]
        print(f"{kind:10}" + "".join(f"{c['median']:>11.1f}{c['p95']:>9.1f}{c['queries']:>9}  " for c in cells))
    print(f"\nA bare view that says hello, through the test client: {figures['hello']:.2f} ms")
    print("Queries are equal at every size." if figures["equal"] else "Queries DIFFER between sizes.")


def measure(sizes: list[int], rounds: int) -> dict[str, Any]:
    """Everything, in one process; the database grows from size to size."""
    from broadsheet.editions import services as editions
    from broadsheet.ops import readiness, wiring

    readiness.prepare(lambda _: None)
    readiness.collect_static()
    wiring.connect()
    found: dict[str, Any] = {}
    have = 0
    for size in sizes:
        fill(have, size)
        have = size
        editions.assemble()
        found[str(size)] = {kind: cost(path, rounds) for kind, path in paths().items()}
    queries = [{kind: one["queries"] for kind, one in of.items()} for of in found.values()]
    return {"sizes": found, "hello": hello(rounds * 5), "equal": all(one == queries[0] for one in queries)}


def paths() -> dict[str, str]:
    """An address of each kind: of something in the middle of what there is."""
    from broadsheet.articles.models import Article, Topic
    from broadsheet.sources.models import Source
    from broadsheet.stories.models import Story

    # The eleventh story of those that have two voices: the same whatever the size.
    story = Story.objects.filter(articles_count=2).order_by("id")[10]
    article = Article.objects.order_by("id")[37]
    return {
        "front": "/",
        "section": "/world-news/",
        "article": f"/{article.address}/",
        "topic": Topic.objects.order_by("id")[3].path,
        "source": Source.objects.filter(is_house=False).order_by("id")[3].path,
        "latest": "/latest/",
        "story": story.path,
    }


def cost(path: str, rounds: int) -> dict[str, float]:
    """Milliseconds and queries of printing this page as for a first reader: nothing stored, nothing known of it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from broadsheet.press import services as press

    def miss() -> float:
        press.drop(path)
        began = time.perf_counter()
        printed = press.print_page(path, asked=True)
        took = (time.perf_counter() - began) * 1000
        assert printed is not None, path
        assert printed.status == 200, path
        return took

    for _ in range(3):
        miss()
    times = sorted(miss() for _ in range(rounds))
    press.drop(path)
    with CaptureQueriesContext(connection) as asked:
        press.print_page(path, asked=True)
    return {"median": statistics.median(times), "p95": times[int(len(times) * 0.95) - 1], "queries": len(asked)}


def hello(rounds: int) -> float:
    """Median milliseconds of a view without template and database, with the middleware of the portal."""
    from django.conf import settings
    from django.http import HttpResponse
    from django.test import Client, override_settings
    from django.urls import path

    class Addresses:
        urlpatterns = [path("hello/", lambda request: HttpResponse("hello"))]  # noqa: RUF012

    settings.ALLOWED_HOSTS.append("testserver")
    times = []
    with override_settings(ROOT_URLCONF=Addresses):
        client = Client()
        for _ in range(rounds):
            began = time.perf_counter()
            assert client.get("/hello/").content == b"hello"
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


# Rows, made in bulk


def fill(first: int, last: int) -> None:
    """Articles number `first` to `last`, each in a story and under topics, spread over sections, sources and days."""
    from django.db import transaction

    for start in range(first, last, PAGES_A_BATCH):
        with transaction.atomic():
            _batch(start, min(start + PAGES_A_BATCH, last))


def _furniture() -> tuple[list[Any], list[Any], list[Any]]:
    """Sections, sources and topics, made at the first call."""
    from broadsheet.articles.models import Section, Topic
    from broadsheet.core import clock
    from broadsheet.sources.models import RightsProfile, Source

    rights = list(RightsProfile.objects.filter(name__in=["Full text and link", "Excerpt and link"]).order_by("id"))
    if not Topic.objects.exists():
        Topic.objects.bulk_create(Topic(name=f"Topic {n}", slug=f"topic-{n}", fold=f"topic {n}") for n in range(TOPICS))
        Source.objects.bulk_create(
            Source(
                name=f"Gazette {n}", slug=f"gazette-{n}", homepage=f"https://g{n}.example/", rights=rights[n % 2],
                added_at=clock.now(),
            )
            for n in range(20)
        )  # fmt: skip
    return list(Section.objects.all()), list(Source.objects.filter(is_house=False)), list(Topic.objects.all())


def _batch(start: int, end: int) -> None:
    from broadsheet.articles.models import Article, ArticleTopic, Judgement
    from broadsheet.core import clock
    from broadsheet.stories.models import Placement, Story

    sections, sources, topics = _furniture()
    now = clock.now()
    dice = random.Random(start)
    articles = []
    for number in range(start, end):
        section, source = sections[number % len(sections)], sources[number % len(sources)]
        # The newest hundred of every size lie in the last day, so that lists and front hold as much each time.
        at = now - timedelta(minutes=10 * (number % 100) if number >= end - 100 else 10 * (number % 20_000))
        text = [" ".join(dice.choice(WORDS) for _ in range(60)).capitalize() + "." for _ in range(BODY_PARAGRAPHS)]
        articles.append(
            Article(
                headline=f"{' '.join(text[0].split()[:7])} {number}", standfirst=text[1][:180], source=source,
                entry_key=f"{number:064}", origin_url=f"https://g{number % 20}.example/{number}", filed_at=at,
                published_at=at, address=f"{section.slug}/report-{number}", shown_section=section, live=True,
                body=[{"type": "paragraph", "value": one} for one in text], text_hash=f"{number:064}",
            )
        )  # fmt: skip
    Article.objects.bulk_create(articles)
    Judgement.objects.bulk_create(
        Judgement(article=one, section=one.shown_section, words=360, read_minutes=2, judged_at=now) for one in articles
    )
    ArticleTopic.objects.bulk_create(
        ArticleTopic(article=one, topic=topics[(place * 7 + rank) % TOPICS], rank=rank, published_at=one.published_at)
        for place, one in enumerate(articles)
        for rank in range(3)
    )
    _stories(articles, Story, Placement)


def _stories(articles: list[Any], story_model: Any, placement_model: Any) -> None:
    """Every sixth article belongs to the story of the one before it; all others stand alone."""
    groups: list[list[Any]] = []
    for place, one in enumerate(articles):
        if place % 6 == 5:
            groups[-1].append(one)
        else:
            groups.append([one])
    stories = [
        story_model(
            slug=f"story-{of[0].pk}", lead=of[0], section=of[0].shown_section, articles_count=len(of),
            voices_count=len(of), first_at=min(a.published_at for a in of), last_at=max(a.published_at for a in of),
            live=True,
        )
        for of in groups
    ]  # fmt: skip
    story_model.objects.bulk_create(stories)
    placement_model.objects.bulk_create(
        placement_model(article=one, story=story, why="first" if one is of[0] else "link", placed_at=one.published_at)
        for story, of in zip(stories, groups, strict=True)
        for one in of
    )


WORDS = (
    "harbour council vote river bridge market winter signal engine border ministry season striker theatre ledger token "
    "studio console antenna glacier ferry station harvest tariff budget senate referee melody reserve wallet patch"
).split()

if __name__ == "__main__":
    main()
