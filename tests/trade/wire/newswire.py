"""A wire for tests: scripted origins on loopback, the real door, the real jail, and a clock that stands still."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

from broadsheet.core import clock, queue
from broadsheet.lib.http import Door
from broadsheet.sources.models import Source
from broadsheet.wire import doors, errands, services
from broadsheet.wire.models import Dispatch, Feed, Pull
from tests.make import NOW, make_source, number
from tests.wire_server import Behaviour, WireServer, answer

_WORDS = (
    "harbour board said on Tuesday that the ferry will sail again after nine weeks of repairs and a long talk with "
    "the town about noise light tickets bread winter roads schools and a bridge that nobody wanted to pay for"
).split()


def words(seed: int, count: int = 60) -> str:
    """Running text that is the same for the same seed and like no other."""
    chance = random.Random(seed)
    return f"Report {seed}: the " + " ".join(chance.choice(_WORDS) for _ in range(count)) + "."


def item(seed: int, *, host: str = "gazette.test", age: timedelta = timedelta(hours=1), **over: Any) -> str:
    """One RSS item; `guid=None` or `link=None` leaves it out, `text` is the description."""
    facts = {
        "guid": f"guid-{seed}",
        "link": f"http://{host}/news/{seed}",
        "title": f"The harbour report number {seed}",
        "text": words(seed),
        "categories": (),
        **over,
    }
    parts = [f"<title>{escape(facts['title'])}</title>"] if facts["title"] else []
    if facts["link"] is not None:
        parts.append(f"<link>{escape(facts['link'])}</link>")
    if facts["guid"] is not None:
        parts.append(f'<guid isPermaLink="false">{escape(facts["guid"])}</guid>')
    if facts["text"]:
        parts.append(f"<description>{escape('<p>' + facts['text'] + '</p>')}</description>")
    parts += [f"<category>{escape(one)}</category>" for one in facts["categories"]]
    parts.append(f"<pubDate>{format_datetime(NOW - age)}</pubDate>")
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "The Gazette", ttl: int | None = None) -> bytes:
    """An RSS document of these items."""
    head = f"<title>{title}</title><link>http://gazette.test/</link><description/>"
    head += f"<ttl>{ttl}</ttl>" if ttl else ""
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


class Newswire:
    """Everything a wire test needs in one hand."""

    def __init__(self, server: WireServer) -> None:
        self.server = server
        self.hosts: set[str] = set()
        self._door: Door | None = None

    def door(self) -> Door:
        """The real door, with no pause between requests and the tests' clock."""
        if self._door is None:
            names = self.server.names(*self.hosts)
            self._door = Door("Broadsheet/test (desk@paper.example)", names=names, spacing=0, clock=clock.now)
        return self._door

    def forget_manners(self) -> None:
        """A new door, which has not been asked to wait."""
        if self._door is not None:
            self._door.close()
            self._door = None

    def serve(self, path: str, *behaviours: Behaviour | bytes, host: str = "gazette.test") -> None:
        """Script a path of a host; bytes are an honest RSS answer."""
        self.server.script(host + path, *(one if callable(one) else answer(one) for one in behaviours))
        if host not in self.hosts:
            self.hosts.add(host)
            self.forget_manners()

    def feed(
        self, *behaviours: Behaviour | bytes, source: Source | None = None, host: str = "gazette.test", path: str = "",
        **values: Any,
    ) -> Feed:  # fmt: skip
        """A feed of a source with full rights, its address scripted."""
        path = path or f"/feed-{number()}"
        self.serve(path, *behaviours, host=host)
        source = source or make_source(homepage=f"http://{host}/")
        feed = services.add_feed(source, f"http://{host}{path}", kind=values.pop("kind", Feed.Kind.FEED))
        if values:
            Feed.objects.filter(pk=feed.pk).update(**values)
            feed.refresh_from_db()
        return feed

    def pull(self, feed: Feed) -> Pull:
        """Pull it here and now; the feed is read anew."""
        pull = services.pull_feed(feed.pk)
        assert pull is not None, "another worker has it"
        feed.refresh_from_db()
        return pull

    def take_in(self, *feeds: Feed) -> None:
        """Pull feeds and give every dispatch its fate and its place in the paper."""
        for feed in feeds:
            self.pull(feed)
        self.settle()

    def read_pages(self) -> int:
        """Read the pages that dispatches wait for."""
        errands_ = services.claim_pages(20)
        for errand in errands_:
            services.record_page(errands.read_page(errand, self.door(), doors.jail(), clock.now(), doors.AGENT_NAME))
        return len(errands_)

    def settle(self) -> None:
        """File and carry out until nothing is due any more."""
        with clock.frozen(clock.now() + timedelta(seconds=1)):
            for _ in range(20):
                if not services.file_arrived() + self.read_pages() + queue.run_due():
                    return
        raise AssertionError("the wire does not come to rest")

    def fates(self) -> list[tuple[str, str]]:
        """(fate, reason) of every dispatch in the order of arrival."""
        return list(Dispatch.objects.order_by("id").values_list("fate", "reason"))


@contextlib.contextmanager
def later(by: timedelta) -> Iterator[datetime]:
    """The clock `by` ahead of where it stands."""
    moment = clock.now() + by
    with clock.frozen(moment):
        yield moment


def asked(server: WireServer, path: str) -> Sequence[dict[str, str]]:
    """The headers of all requests for a path."""
    return [dict(request.headers) for request in server.asked(path)]
