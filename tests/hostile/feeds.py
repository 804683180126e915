"""Feeds for the tricks, whose every entry is written into the ledger when it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from tests.hostile.ledger import Told
from tests.hostile.tricks import Setting
from tests.wire_server import Behaviour, Exchange

WORDS = (
    "the harbour council said on Tuesday that the old bridge would stay closed until the winter market ends while "
    "engineers look at its piers and the ferry takes the school children across"
)
DATE = "Tue, 24 Nov 2026 08:00:00 GMT"


def entry(host: str, number: int, *, guid: str = "", title: str = "", link: str = "") -> Told:
    """One entry, the same for the same number."""
    return Told(
        host=host,
        guid=guid or f"tag:{host},2026:{number}",
        link=link or f"http://{host}/news/{number}",
        title=title or f"The harbour report number {number}",
    )


def item(told: Told, date: str = DATE, extra: str = "") -> str:
    """The entry as RSS; an empty guid is left out."""
    guid = f'<guid isPermaLink="false">{escape(told.guid)}</guid>' if told.guid else ""
    return (
        f"<item><title>{escape(told.title)}</title><link>{escape(told.link)}</link>{guid}"
        f"<pubDate>{date}</pubDate><description>{WORDS}</description>{extra}</item>"
    )


def rss(items: Sequence[str], head: str = "", host: str = "a.test") -> bytes:
    """A whole document."""
    channel = f"<title>Hostile Gazette</title><link>http://{host}/</link><description>News</description>{head}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>'.encode()


def plain(host: str = "a.test", count: int = 3) -> bytes:
    """An ordinary feed without a place in the ledger, as the inside of other tricks."""
    return rss([item(entry(host, number)) for number in range(count)], host=host)


def telling(
    setting: Setting,
    choose: Callable[[str, int], Sequence[Told]],
    date: str = DATE,
    content_type: str = "application/rss+xml",
) -> Behaviour:
    """A feed of the entries chosen for (host, number of the poll), told to the ledger as it is sent."""
    polls: dict[str, int] = {}

    def behave(exchange: Exchange) -> None:
        host = exchange.request.host or "a.test"
        poll = polls[host] = polls.get(host, -1) + 1
        chosen = list(choose(host, poll))
        setting.ledger.tell(chosen)
        exchange.respond(200, rss([item(one, date) for one in chosen], host=host), {"Content-Type": content_type})

    return behave
