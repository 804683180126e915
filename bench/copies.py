"""Copies in the database: `./run bench copies [--texts 20000] [--words 172] [--json]`.

Made texts (words by Zipf's law, a tenth of them abridgements of earlier ones) are compared, accepted and stored in
batches of fifty; processor time an article where so many texts are held, the rows, and the bytes on SQLite.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import Any

from bench._portal import folder_of_its_own, show

VOCABULARY = 30_000
STEPS = (1_000, 5_000, 10_000, 20_000, 50_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--words", type=int, default=172)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with folder_of_its_own():
        figures = measure(arguments.texts, arguments.words)
    show(figures, as_json=arguments.json)


def measure(texts: int, words: int) -> dict[str, Any]:
    """Keep so many texts, and say what the last thousand before each step cost."""
    import django

    import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from broadsheet.articles.models import CopyKey, Sketch
    from broadsheet.articles.services import copying
    from broadsheet.core import clock
    from broadsheet.ops import settingup
    from broadsheet.sources.queries import house

    call_command("migrate", verbosity=0)
    settingup.furnish()
    chance = random.Random(3)
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    earlier: list[list[str]] = []
    source, figures, spent, found, done = house(), dict[str, Any](), 0.0, 0, 0
    while done < texts:
        made = []
        for _ in range(50):
            if earlier and chance.random() < 0.1:
                made.append(chance.choice(earlier)[: words // 2])
                continue
            made.append([f"w{one}" for one in chance.choices(range(VOCABULARY), weights, k=words)])
            earlier = [*earlier[-500:], made[-1]]
        batch = [copying.Fresh(" ".join(one), "A title", "A source", clock.now()) for one in made]
        pks = _articles(source, done)
        with transaction.atomic():
            began = time.process_time()
            collation = copying.Collation(batch)
            for place, pk in enumerate(pks):
                likeness = collation.compare(place)
                found += likeness is not None
                under = likeness.original if likeness and likeness.own >= 0.7 else None
                collation.accept(place, likeness.finding if likeness else None, under=under)
                collation.filed(place, pk)
            collation.store()
            spent += time.process_time() - began
        done += 50
        if done % 1_000 == 0:
            if done in STEPS:
                figures[f"at {done:,} texts, processor time an article (ms)"] = spent
            spent = 0.0
    figures |= {"found to be of a family": found, "sketches": Sketch.objects.count(), "keys": CopyKey.objects.count()}
    if connection.vendor == "sqlite":
        figures |= _bytes(connection, texts)
    return figures


def _articles(source: Any, done: int) -> list[int]:
    """Fifty bare articles for keys to point to."""
    from broadsheet.articles.models import Article, Section
    from broadsheet.core import clock

    section, moment = Section.objects.order_by("pk")[0], clock.now()
    rows = [
        Article(headline="A title", source=source, entry_key=f"{done}-{one}", address=f"a/{done}-{one}", body=[],
                shown_section=section, published_at=moment, filed_at=moment)
        for one in range(50)
    ]  # fmt: skip
    return [row.pk for row in Article.objects.bulk_create(rows)]


def _bytes(connection: Any, texts: int) -> dict[str, float]:
    """What each table takes: the file without it, packed, is so much smaller."""
    from broadsheet.articles.models import CopyKey, Sketch

    def packed() -> int:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute("PRAGMA page_size")
            return int(pages * cursor.fetchone()[0])

    whole = packed()
    CopyKey.objects.all()._raw_delete("default")
    without_keys = packed()
    Sketch.objects.all()._raw_delete("default")
    return {
        "bytes an article, keys with their index": (whole - without_keys) / texts,
        "bytes an article, sketch": (without_keys - packed()) / texts,
    }


if __name__ == "__main__":
    main()
