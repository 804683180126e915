"""What reader events there are, the windows of heat, and how a flood is kept from counting. Pure.

The ranking itself is `trends.heat`; here stand the names and sizes that the database, the beacon and the pages share.
"""

from __future__ import annotations

from datetime import datetime, timedelta

#: What readers do with an article. The first is a read of some seconds, the second the end of its text reached.
READ, END, SHARE, BOOKMARK, COMMENT = "read", "end", "share", "bookmark", "comment"
KINDS = (READ, END, SHARE, BOOKMARK, COMMENT)
#: What a printed page may say of its reader. A comment is a fact of the server, so only the server tells of it.
BY_BEACON = (READ, END, SHARE, BOOKMARK)

#: Why an event did not count.
CRAWLER, PREFETCH, FLOOD, NETWORK = "crawler", "prefetch", "flood", "network"
REFUSALS = (CRAWLER, PREFETCH, FLOOD, NETWORK)

HOUR, DAY, WEEK = "hour", "day", "week"
#: The windows of heat and how far each looks back.
WINDOWS = {HOUR: timedelta(hours=1), DAY: timedelta(hours=24), WEEK: timedelta(days=7)}
#: The window that a page means which names none.
USUAL = DAY
WINDOW = WINDOWS[USUAL]

#: What a story needs to be among the trending, as `heat.rank` has it; here for pages, which do not load that.
MIN_VOICES = 2
MIN_READERS = 10
HOURS_OF_WEEK = 168

#: Events are counted in buckets of this size, and by the hour once they are older than `FINE`.
BUCKET = timedelta(minutes=5)
FINE = timedelta(days=2)

#: So many visitors of one network (IPv4 /24, IPv6 /48) count in full for one article, kind and hour.
NETWORK_FULL = 20


def bucket_of(at: datetime) -> datetime:
    """The start of the bucket that a moment falls into."""
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def hour_of(at: datetime) -> datetime:
    """The start of the hour that a moment falls into."""
    return at.replace(minute=0, second=0, microsecond=0)


def counts_of_network(number: int) -> bool:
    """Whether the `number`th visitor of one network counts: the first twenty, then the 40th, the 80th, the 160th …

    So an office is heard in full, and ten thousand addresses of one rented network weigh as much as 28 readers.
    """
    if number <= NETWORK_FULL:
        return True
    doubled, rest = divmod(number, NETWORK_FULL)
    return rest == 0 and doubled & (doubled - 1) == 0
