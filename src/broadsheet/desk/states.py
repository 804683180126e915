"""How things stand, in one word and, where it needs one, a sentence. Pure reading of loaded rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broadsheet.articles.models import Article
from broadsheet.lib.reasons import Reason
from broadsheet.sources.models import Source
from broadsheet.wire.lengths import Lengths
from broadsheet.wire.models import Dispatch, Feed, Pull
from broadsheet.wire.queries import COPY_SENTENCES
from broadsheet.wire.rules import SpikeReason


@dataclass(frozen=True)
class State:
    """A word for the list, a sentence for whoever asks why."""

    word: str
    sentence: str = ""
    good: bool = False
    bad: bool = False


def of_article(article: Article, now: datetime) -> State:
    """Where the article stands between the wire and the paper."""
    if article.copy_of_id is not None:
        return State("copy", "Folded under the original.")
    if article.withdrawn_at is not None:
        return State("withdrawn", article.withdrawn_why, bad=True)
    if article.live:
        return State("live", "A newer draft waits." if article.has_unpublished_changes else "", good=True)
    if article.go_live_at is not None and article.go_live_at > now:
        return State("scheduled", f"for {article.go_live_at:%d %b %Y, %H:%M} UTC")
    if article.expired:
        return State("expired", "Its time in the paper is over.")
    if article.source.is_house:
        return State("draft")
    return State("held", "Waits for the desk.", bad=True)


def reason_sentence(code: str) -> str:
    """The sentence of a pull's or a spike's reason; the code itself for one from a later version."""
    for kind in (Reason, SpikeReason):
        try:
            return kind(code).sentence
        except ValueError:
            continue
    return code


def of_feed(feed: Feed) -> State:
    """Health of a feed."""
    if feed.state == Feed.State.PAUSED:
        return State("paused", reason_sentence(Reason.PAUSED))
    if feed.state == Feed.State.GONE:
        return State("gone", reason_sentence(feed.reason or Reason.GONE), bad=True)
    if feed.reason:
        since = f" Since {feed.failing_since:%d %b, %H:%M} UTC." if feed.failing_since else ""
        return State("failing", f"{reason_sentence(feed.reason)}{since}", bad=True)
    if feed.last_good_at is None:
        return State("new", "Not pulled yet.")
    return _alarm(feed) or State("ok", good=True)


def _alarm(feed: Feed) -> State | None:
    """What a feed that answers is watched for, the gravest first."""
    if feed.held_since is not None:
        words = f"Far more new entries than usual since {feed.held_since:%d %b, %H:%M} UTC: take in or refuse."
        return State("held", words, bad=True)
    if feed.shrunk_since is not None:
        lengths = Lengths.from_json(feed.lengths)
        words = f"Its texts have {lengths.now:.0f} words where {lengths.usual:.0f} were usual."
        return State("texts shrank", words, bad=True)
    if feed.silent_since is not None and feed.last_new_at is not None:
        return State("silent", f"Nothing new since {feed.last_new_at:%d %b %Y, %H:%M} UTC.", bad=True)
    return None


def of_source(source: Source, feeds: list[Feed]) -> State:
    """Health of a source: its own state, else that of its feeds together."""
    if source.state != Source.State.ACTIVE:
        return State(source.get_state_display().lower(), bad=source.state == Source.State.QUARANTINED)
    if source.is_house:
        return State("our own", good=True)
    if not feeds:
        return State("no feed", "Nothing is pulled: add a feed.", bad=True)
    troubled = [state for state in map(of_feed, feeds) if state.bad]
    if troubled:
        return State(f"{len(troubled)} of {len(feeds)} in trouble", troubled[0].sentence, bad=True)
    return State("ok", good=True)


def of_dispatch(dispatch: Dispatch) -> State:
    """The fate of a dispatch, with the reason of a spike."""
    if dispatch.fate == Dispatch.Fate.SPIKED:
        return State("spiked", reason_sentence(dispatch.reason), bad=True)
    sentence = ""
    if dispatch.fate == Dispatch.Fate.ARRIVED:
        sentence = COPY_SENTENCES.get(dispatch.reason, "Waits to be decided.")
    return State(dispatch.fate, sentence, good=dispatch.fate in (Dispatch.Fate.FILED, Dispatch.Fate.MERGED))


def of_pull(pull: Pull) -> State:
    """What came of a pull."""
    if pull.reason:
        return State("failed", " ".join(filter(None, (reason_sentence(pull.reason), pull.detail))), bad=True)
    if pull.unchanged:
        return State("unchanged")
    return State("read", good=True)
