"""Pure decisions of the wire: the fate of a dispatch, and when to ask a feed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from broadsheet.copydesk import copies

# A text shorter than this is no proof of anything when it equals another ("Watch live").
COPY_MIN_WORDS = 40
# Under another entry, a text that lost a fifth of its words is the same article told shorter.
SHRUNK = 0.8
# Older entries of a feed that is new to us are an archive, not news.
OLDEST = timedelta(days=30)


class SpikeReason(StrEnum):
    """Why a dispatch was not taken. The values are stable; the sentences are for people."""

    NO_HEADLINE = "no_headline"
    NO_ADDRESS = "no_address"
    NOT_AN_ARTICLE = "not_an_article"
    TOO_OLD = "too_old"
    RIGHTS_EXPIRED = "rights_expired"
    WITHDRAWN_HERE = "withdrawn_here"
    SOURCE_PAUSED = "source_paused"
    UNREADABLE = "unreadable"
    CAME_IN_A_FLOOD = "came_in_a_flood"

    @property
    def sentence(self) -> str:
        """One sentence that an editor understands."""
        return _SENTENCES[self]


_SENTENCES = {
    SpikeReason.NO_HEADLINE: "It has no headline and no text to make one from.",
    SpikeReason.NO_ADDRESS: "It has neither an address of its own nor a text.",
    SpikeReason.NOT_AN_ARTICLE: "Its address is the source's home page, not an article.",
    SpikeReason.TOO_OLD: "It was published more than thirty days before it arrived.",
    SpikeReason.RIGHTS_EXPIRED: "The source's rights had run out before it arrived.",
    SpikeReason.WITHDRAWN_HERE: "The desk has withdrawn this article, so it stays out.",
    SpikeReason.SOURCE_PAUSED: "The source is paused or in quarantine.",
    SpikeReason.CAME_IN_A_FLOOD: "It came among far more entries than usual, and the desk refused them.",
    SpikeReason.UNREADABLE: "Its text could not be read within the limits for hostile or broken input.",
}


@dataclass(frozen=True)
class Arrival:
    """A dispatch as the decision sees it; hashes are empty where there is nothing to compare."""

    source_id: int
    headline: str
    url: str
    is_home: bool
    text_hash: str
    words: int
    state_hash: str
    published_at: datetime
    now: datetime
    source_active: bool
    expires_at: datetime | None = None
    unreadable: bool = False


@dataclass(frozen=True)
class KnownArticle:
    """An article the paper already has, found by entry, address or text."""

    id: int
    source_id: int
    withdrawn: bool
    state_hash: str = ""
    words: int = 0


@dataclass(frozen=True)
class Known:
    """What the paper knows of an arrival: the same entry, the same address, the same words."""

    by_entry: KnownArticle | None = None
    by_address: KnownArticle | None = None
    by_text: KnownArticle | None = None


@dataclass(frozen=True)
class New:
    """File it as an article."""


@dataclass(frozen=True)
class Update:
    """It is a newer state of a known article; `changes` is False when nothing readers see differs."""

    article_id: int
    changes: bool


@dataclass(frozen=True)
class Copy:
    """The paper has it already. `same_address`: nothing to file; else the same words from another hand."""

    article_id: int
    same_address: bool


@dataclass(frozen=True)
class Spike:
    """Not taken, for one plain reason."""

    reason: SpikeReason


Decision = New | Update | Copy | Spike


def decide(arrival: Arrival, known: Known) -> Decision:
    """The fate of a dispatch. First what it is to us already, then whether it is news at all."""
    if arrival.unreadable:
        return Spike(SpikeReason.UNREADABLE)
    same = known.by_entry or _own(known.by_address, arrival)
    if same is not None:
        if same.withdrawn:
            return Spike(SpikeReason.WITHDRAWN_HERE)
        if known.by_entry is None and arrival.words < same.words * SHRUNK:
            # Another feed of the source carries the article as an excerpt: that is no newer state of it.
            return Copy(same.id, same_address=True)
        return Update(same.id, changes=same.state_hash != arrival.state_hash)
    reason = _not_news(arrival)
    if reason is not None:
        return Spike(reason)
    if known.by_address is not None:
        if known.by_address.withdrawn:
            return Spike(SpikeReason.WITHDRAWN_HERE)
        return Copy(known.by_address.id, same_address=True)
    if known.by_text is not None and arrival.words >= COPY_MIN_WORDS:
        if known.by_text.withdrawn:
            return Spike(SpikeReason.WITHDRAWN_HERE)
        return Copy(known.by_text.id, same_address=known.by_text.source_id == arrival.source_id)
    return New()


class Beside(StrEnum):
    """What a new text is beside the one that it shares most passages with."""

    NEW = "new"
    KIN = "kin"
    COPY = "copy"
    ORIGINAL = "original"
    STAYS_OUT = "stays out"


@dataclass(frozen=True)
class Near:
    """The original that a new text is surely of one family with.

    `own` is the share of the new text that stands in it; `equal`: each has nearly all of the other; `withdrawn`: the
    desk took it out of the paper; `earlier`: the new text was published before it; `house`: the new text is ours;
    `unseen`: readers do not see the original.
    """

    own: float
    equal: bool = False
    withdrawn: bool = False
    earlier: bool = False
    house: bool = False
    unseen: bool = False


def beside(near: Near | None) -> Beside:
    """Whether a text that is neither known nor spiked is new, kin that is shown too, or a copy.

    What says much that its original does not is shown: a longer report must not vanish behind its own abridgement.
    """
    if near is None:
        return Beside.NEW
    if near.withdrawn:
        return Beside.STAYS_OUT if near.own > copies.NOTHING_NEW else Beside.NEW
    if near.house or near.unseen or near.own < copies.FOLD:
        return Beside.KIN
    return Beside.ORIGINAL if near.earlier and near.equal else Beside.COPY


def _own(article: KnownArticle | None, arrival: Arrival) -> KnownArticle | None:
    """Only the source itself may update its article; another's claim on the address is a copy."""
    return article if article is not None and article.source_id == arrival.source_id else None


def _not_news(arrival: Arrival) -> SpikeReason | None:
    if not arrival.source_active:
        return SpikeReason.SOURCE_PAUSED
    if not arrival.headline:
        return SpikeReason.NO_HEADLINE
    if not arrival.url and not arrival.words:
        return SpikeReason.NO_ADDRESS
    if arrival.is_home:
        return SpikeReason.NOT_AN_ARTICLE
    if arrival.published_at < arrival.now - OLDEST:
        return SpikeReason.TOO_OLD
    if arrival.expires_at is not None and arrival.expires_at <= arrival.now:
        return SpikeReason.RIGHTS_EXPIRED
    return None


SHORTEST = 5 * 60
LONGEST = 6 * 3600
LONGEST_FAILING = 24 * 3600


def retry_wait(interval: int, failures: int, *, retry_after: float | None, jitter: float) -> int:
    """Seconds until a failing feed is asked again: doubling, capped at a day, never given up.

    `jitter` is a number from 0 to 1; it spreads the feeds of one outage over a fifth of the wait.
    """
    wait = min(interval * 2 ** min(failures, 10), LONGEST_FAILING)
    wait = int(wait * (0.8 + 0.2 * jitter))
    if retry_after is not None:
        wait = max(wait if failures > 1 else SHORTEST, min(int(retry_after), LONGEST_FAILING))
    return wait


MOVE_AFTER = 3


def adopt_move(seen_target: str, seen: int, target: str | None) -> tuple[str, int, bool]:
    """Count agreeing permanent redirects: (target, times seen, whether to adopt it now)."""
    if target is None:
        return "", 0, False
    times = seen + 1 if target == seen_target else 1
    return target, times, times >= MOVE_AFTER
