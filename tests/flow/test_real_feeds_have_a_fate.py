"""Forty real feeds, kept as they were, served on loopback and pulled all at once: every dispatch has a fate."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.core import clock, queue
from broadsheet.lib.http import Reason
from broadsheet.ops import worker
from broadsheet.wire import rules
from broadsheet.wire.models import Dispatch, Feed, Pull
from tests.flow import newsroom
from tests.flow.origins import Publication
from tests.wire_server import WireServer, answer

COUNT = 40
FOLDER = "fastfeedparser-captured"


def real_feeds(shared_data: Path, count: int) -> dict[Path, list[datetime]]:
    """The feeds with the fewest entries, so many, with the dates of their entries."""
    found: dict[Path, list[datetime]] = {}
    for file in sorted((shared_data / "feeds" / FOLDER).glob("*.feed")):
        try:
            parsed = parse_feed(file.read_bytes(), url="http://x.example/", content_type="text/xml", now=clock.now())
        except NotReadable:
            continue
        found[file] = [entry.published or clock.now() for entry in parsed.entries]
    if len(found) < COUNT:
        pytest.skip(f"../shared/data has no {COUNT} feeds in {FOLDER}")
    return dict(sorted(found.items(), key=lambda pair: len(pair[1]))[:count])


@pytest.mark.slow("forty real feeds with hundreds of entries")
@pytest.mark.django_db(transaction=True)
def test_every_dispatch_of_forty_real_feeds_has_a_fate(shared_data: Path, tmp_path: Path, jail: None) -> None:
    pull_all(real_feeds(shared_data, COUNT), tmp_path)


@pytest.mark.long("all of them, with more than a thousand entries")
@pytest.mark.django_db(transaction=True)
def test_every_dispatch_of_all_real_feeds_has_a_fate(shared_data: Path, tmp_path: Path, jail: None) -> None:
    pull_all(real_feeds(shared_data, 10_000), tmp_path)


def pull_all(files: dict[Path, list[datetime]], folder: Path) -> None:
    """Serve the files, pull them, and look at what became of every entry."""
    # As if it were the week in which most of them were captured: what is older than thirty days is an archive, and
    # is spiked.
    newest = sorted(max(dates) for dates in files.values() if dates)
    moment = newest[len(newest) * 3 // 4]
    with WireServer() as server, newsroom.opened(folder) as readers:
        papers = [Publication(server, f"feed{number}.example") for number in range(len(files))]
        for paper, file in zip(papers, files, strict=True):
            server.script(f"{paper.host}/feed", answer(file.read_bytes(), "text/xml"))
        with newsroom.led_to(papers):
            feeds = [newsroom.take_in(paper, rights="Excerpt and link") for paper in papers]
            with clock.frozen(moment):
                Feed.objects.update(next_pull_at=clock.now())
                worker.drain(300)
            with clock.frozen(moment + timedelta(seconds=2)):
                worker.drain(300)
                found = newsroom.faults()
                front = readers.get("/")
    assert found == []
    assert front.status == 200
    assert Pull.objects.count() == len(files)
    for pull in Pull.objects.exclude(reason=""):
        assert pull.reason in set(Reason), pull.reason
    fates = Counter(Dispatch.objects.values_list("fate", flat=True))
    assert fates["arrived"] == 0
    assert sum(fates.values()) > 200
    assert fates["filed"] > 50
    for reason in set(Dispatch.objects.filter(fate="spiked").values_list("reason", flat=True)):
        assert reason in set(rules.SpikeReason), reason
    assert queue.waiting()[1] == 0  # nothing was given up
    assert not Feed.objects.filter(id__in=[feed.id for feed in feeds]).exclude(lease_until=None).exists()
