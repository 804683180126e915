"""Floods and crawlers move no rank, and a day of beacons leaves nothing by which anybody could be found again."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from broadsheet.core import clock
from broadsheet.ops import counting
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import queries, services
from broadsheet.trends.counter import ReadCounter
from broadsheet.trends.models import Attention, Heat
from broadsheet.trends.pulse import Pulse
from tests.make import NOW, make_article, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0 build"
CRAWLER = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"


class Door:
    """The front door's beacon and the counting process behind it, one datagram at a time."""

    def __init__(self, folder: Path) -> None:
        self.counter = ReadCounter()
        self.inlet = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.inlet.bind(str(folder / "p.sock"))
        self.pulse = Pulse(str(folder / "p.sock"), "secret", now=clock.now)

    def read(self, article: int, address: str, agent: str, kind: str = "read") -> None:
        body = f"{kind} {article}".encode()
        environ: dict[str, Any] = {
            "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "HTTP_SEC_FETCH_SITE": "same-origin",
            "HTTP_USER_AGENT": agent, "REMOTE_ADDR": address,
        }  # fmt: skip
        assert self.pulse(environ) == 204
        counting._take(self.inlet, self.counter)

    def write(self) -> None:
        assert counting._write([], self.counter) == []

    def close(self) -> None:
        self.pulse.close()
        self.inlet.close()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path)
    yield door
    door.close()


def ranks() -> list[tuple[int, float]]:
    services.tally()
    return list(Heat.objects.filter(window="day").order_by("rank").values_list("story_id", "score"))


def told(size: int) -> Story:
    story = make_story([make_article(age=timedelta(hours=1 + n)) for n in range(size)])
    stories.recount(story)
    return story


def test_crawlers_and_refresh_floods_shift_no_rank(door: Door) -> None:
    first, second = told(3), told(2)
    with clock.frozen(NOW - timedelta(minutes=10)):
        for number in range(30):
            door.read(first.lead_id, f"198.51.{number}.7", BROWSER)
        door.read(second.lead_id, "203.0.113.9", BROWSER)
        door.write()
        honest = ranks()
        assert [story for story, _ in honest] == [first.pk, second.pk]
        for _ in range(300):
            door.read(second.lead_id, "203.0.113.9", BROWSER)
            door.read(second.lead_id, "203.0.113.10", CRAWLER)
        door.write()
    assert not Attention.objects.filter(article=second.lead_id, n__gt=1).exists()
    with clock.frozen(NOW - timedelta(minutes=10)):
        assert ranks() == honest
    assert queries.refused(hours=2) == {"crawler": 300, "prefetch": 0, "flood": 300, "network": 0}


def test_a_rented_network_weighs_as_a_few_readers(door: Door) -> None:
    story = told(2)
    for number in range(1000):
        door.read(story.lead_id, f"203.0.113.{number % 250}", f"{BROWSER} {number}")
    door.write()
    assert sum(Attention.objects.values_list("n", flat=True)) == 20 + 5
    assert queries.refused(hours=1)["network"] == 975


@pytest.mark.slow("a day of beacons, and every table")
def test_the_whole_database_holds_nobody_after_a_day_of_beacons(door: Door) -> None:
    story = told(2)
    addresses = [f"203.0.113.{number}" for number in range(1, 60)] + ["2001:db8:1:2::9"]
    sent: list[str] = []
    real = door.pulse._outlet._send

    def listening(words: str) -> None:
        sent.extend(words.split(" ")[2:])
        real(words)

    door.pulse._outlet._send = listening  # type: ignore[method-assign]
    for hour in range(24):
        with clock.frozen(NOW.replace(hour=0) + timedelta(hours=hour)):
            for number, address in enumerate(addresses):
                door.read(story.lead_id, address, f"{BROWSER} {number}", ("read", "end", "share")[number % 3])
            door.write()
            services.tally()
            services.tally_week()
            services.learn()
            services.purge()
    assert Attention.objects.exists()
    remembered = [key.hex() for key in (*door.counter._seen, *door.counter._networks)] + [door.counter._salt.hex()]
    secrets = {*addresses, "203.0.113.0/24", "2001:db8:1::/48", BROWSER, "Firefox/140", *sent, *remembered}
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values_list():
            text = " ".join(bytes(one).hex() if isinstance(one, bytes | memoryview) else str(one) for one in row)
            found += [(model.__name__, secret) for secret in secrets if secret in text]
    assert found == []
    assert len(secrets) > 100
    # And the day's salt is gone with the day.
    with clock.frozen(NOW + timedelta(days=1)):
        door.read(story.lead_id, addresses[0], BROWSER)
    assert not {key.hex() for key in door.counter._seen} & set(remembered)
