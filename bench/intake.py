"""What filing costs an article: `./run bench intake [--entries 1000] [--words 300] [--json]`.

Entries of many sources, parsed and stored as dispatches beforehand, are filed in batches of fifty; the processor time
of `file_arrived` alone is counted. No network, no placing, no printing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

from bench._portal import folder_of_its_own, show

ENTRIES_A_SOURCE = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with folder_of_its_own():
        figures = measure(arguments.entries, arguments.words)
    show(figures, as_json=arguments.json)


def measure(entries: int, words: int) -> dict[str, Any]:
    """Store that many entries, file them, and say what an article cost in milliseconds."""
    import django

    import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

    django.setup()
    from django.core.management import call_command

    from broadsheet.articles.models import Article
    from broadsheet.ops import settingup, wiring
    from broadsheet.wire import services as wire

    call_command("migrate", verbosity=0)
    settingup.furnish()
    wiring.connect()
    store(-(-entries // ENTRIES_A_SOURCE), words)
    copies = timed_copies()
    # The first batch fills caches and imports what is imported late.
    wire.file_arrived(50)
    batches = []
    copies.clear()
    while True:
        began = time.process_time()
        filed = wire.file_arrived(50)
        if not filed:
            break
        batches.append((time.process_time() - began) * 1000 / filed)
    return {
        "articles": Article.objects.count(),
        "processor time of file_arrived an article, mean (ms)": statistics.mean(batches),
        "the same, median of the batches (ms)": statistics.median(batches),
        "the same, best batch (ms)": min(batches),
        "of the mean, looking for copies and keeping keys (ms)": sum(copies) * 1000 / (50 * len(batches)),
    }


def timed_copies() -> list[float]:
    """Processor seconds of every call of the collation from here on."""
    from broadsheet.articles.services import Collation

    spent: list[float] = []

    def timed(step: Any) -> Any:
        def run(*args: Any, **values: Any) -> Any:
            began = time.process_time()
            try:
                return step(*args, **values)
            finally:
                spent.append(time.process_time() - began)

        return run

    for name in ("__init__", "compare", "accept", "store"):
        setattr(Collation, name, timed(getattr(Collation, name)))
    return spent


def store(sources: int, words: int) -> None:
    """Dispatches as a pull leaves them."""
    from bench.origins import item
    from broadsheet.copydesk import parse
    from broadsheet.core import clock
    from broadsheet.sources.models import RightsProfile
    from broadsheet.wire import services as wire
    from broadsheet.wire.models import Dispatch

    rights = RightsProfile.objects.get(name="Full text and link")
    for number in range(sources):
        host = f"s{number}.bench.example"
        feed = wire.add_feed(wire.add_source(host, homepage=f"http://{host}/", rights=rights), f"http://{host}/feed")
        body = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Source {number}</title><link>http://{host}/</link><language>en</language>"
            f"{''.join(item(number, one, words) for one in range(ENTRIES_A_SOURCE))}</channel></rss>"
        ).encode()
        moment = clock.now()
        parsed = parse.parse_feed(body, url=feed.url, content_type="application/rss+xml", now=moment)
        Dispatch.objects.bulk_create(
            [
                Dispatch(
                    feed=feed, entry_key=entry.key, url=entry.url or "", headline=entry.title[:300],
                    content_hash=entry.key, payload=entry.as_json(), arrived_at=moment, due_at=moment,
                )
                for entry in parsed.entries
            ]
        )  # fmt: skip


if __name__ == "__main__":
    main()
