"""Forty real feeds, kept as they were, served on loopback and pulled all at once: every dispatch has a fate."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.core import clock, queue
from broadsheet.lib.http import Reason
from broadsheet.ops import worker
from broadsheet.wire import rules
from broadsheet.wire.models import Dispatch, Feed, Pull
from tests.flow import newsroom
from tests.flow.origins import Publication
from tests.wire_server import WireServer, answer

COUNT = 40
#: Real feeds are from many years; what is older than thirty days when it arrives is spiked as an archive.
FOLDER = "fastfeedparser-captured"


@pytest.mark.slow("forty real feeds with thousands of entries")
@pytest.mark.django_db(transaction=True)
def test_every_dispatch_of_forty_real_feeds_has_a_fate(shared_data: Path, tmp_path: Path, jail: None) -> None:
    files = sorted((shared_data / "feeds" / FOLDER).glob("*.feed"))[:COUNT]
    if len(files) < COUNT:
        pytest.skip(f"../shared/data has no {COUNT} feeds in {FOLDER}")
    with WireServer() as server, newsroom.opened(tmp_path) as readers:
        papers = [Publication(server, f"feed{number}.example") for number in range(COUNT)]
        for paper, file in zip(papers, files, strict=True):
            server.script(f"{paper.host}/feed", answer(file.read_bytes(), "text/xml"))
        with newsroom.led_to(papers):
            feeds = [newsroom.take_in(paper, rights="Excerpt and link") for paper in papers]
            # As if it were the week in which most of them were captured, so that they are news.
            with clock.frozen(_when_captured(files)):
                Feed.objects.update(next_pull_at=clock.now())
                worker.drain(300)
            with clock.frozen(_when_captured(files) + timedelta(seconds=2)):
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


def _when_captured(files: list[Path]):  # type: ignore[no-untyped-def]
    """The newest moment that most of the feeds have reached."""
    from broadsheet.copydesk.errors import NotReadable
    from broadsheet.copydesk.parse import parse_feed

    newest = []
    for file in files:
        try:
            parsed = parse_feed(file.read_bytes(), url="http://x.example/", content_type="text/xml", now=clock.now())
        except NotReadable:
            continue
        dates = [entry.published for entry in parsed.entries if entry.published]
        if dates:
            newest.append(max(dates))
    return sorted(newest)[len(newest) * 3 // 4]
