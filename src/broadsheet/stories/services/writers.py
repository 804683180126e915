"""The writers of the stories: kept in memory, made from the log, and only one at a time for each language.

A writer in memory is a snapshot and the log after it. Whoever adds to a log first moves its state from the place and
mark that the writer stands at; where that moves nothing, another was there, and the writer catches up or is made anew.
Log, state and everything that comes of them are one transaction: a kill or a rollback leaves all of it or nothing, and
memory that went further than the database is known by its mark and thrown away.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Min

from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.stories import rules
from broadsheet.stories.machine import orders
from broadsheet.stories.machine.orders import Done, Told
from broadsheet.stories.machine.setting import VERSION
from broadsheet.stories.machine.writer import Placed, Writer
from broadsheet.stories.models import LogLine, RunningStory, WriterSnapshot, WriterState
from broadsheet.stories.services import packing

# Reading a snapshot costs about as much as running so many lines of the log, and so many more for each story it holds.
SNAPSHOT_LINES = 1_000
SNAPSHOT_STORIES = 0.25
_TRIES = 5
T = TypeVar("T")
_PORTION = 500


class Contended(Exception):
    """Other writers were there first, time and again. The caller's transaction is given up and tried later."""


@dataclass
class Turn:
    """A writer with the right to add `room` lines to its log, within this transaction."""

    language: str
    writer: Writer
    seq: int
    room: int
    mark: str
    keep: bool
    lines: list[LogLine] = field(default_factory=list)

    def place(
        self,
        article: Article,
        title: str,
        text: str,
        *,
        beside: int | None = None,
        settled: bool = False,
        linked: int | None = None,
    ) -> Placed:
        """Place an article and note it; `linked` is the article of the nucleus `beside`."""
        title, text = packing.cut(title, text)
        moment = article.published_at
        placed = self.writer.place(title, text, moment.timestamp(), beside=beside, settled=settled)
        how: dict[str, Any] = {} if beside is None else {"beside": beside, "with": linked}
        if settled:
            how["settled"] = True
        self._note(LogLine.Kind.ARTICLE, article.pk, moment, packing.pack(title, text), how, outcome_of(placed))
        return placed

    def carry_out(self, order: Mapping[str, Any], texts: Mapping[int, Told]) -> Done:
        """Carry out an order and note it."""
        done = orders.carry_out(self.writer, order, texts)
        outcome = {"story": done.story, "nuclei": sorted(done.nuclei.items())}
        self._note(LogLine.Kind.ORDER, None, clock.now(), packing.pack_told(texts), dict(order), outcome)
        return done

    def _note(
        self, kind: str, article: int | None, at: datetime, text: bytes, order: dict[str, Any], outcome: dict[str, Any]
    ) -> None:
        seq = self.seq + len(self.lines) + 1
        self.lines.append(
            LogLine(
                language=self.language, seq=seq, mark=self.mark, kind=kind, article_id=article, at=at, text=text,
                order=order, outcome=outcome,
            )
        )  # fmt: skip

    def end(self) -> None:
        """Write the lines down, forget what left the window, and take a snapshot where one is due."""
        assert len(self.lines) == self.room
        LogLine.objects.bulk_create(self.lines, batch_size=_PORTION)
        seq = self.seq + self.room
        if self.writer.retired:
            forget_retired(self.language, self.writer)
        if self.keep:
            _held[self.language] = _Held(self.writer, seq, self.mark)
            since = _since_snapshot.get(self.language, 0) + self.room
            _since_snapshot[self.language] = since
            if since >= SNAPSHOT_LINES + SNAPSHOT_STORIES * len(self.writer.stories):
                take_snapshot(self.language, self.writer, seq, self.mark)


@dataclass
class _Held:
    writer: Writer
    seq: int
    mark: str


# The worker's: one thread writes. The desk's process makes a writer for one order and lets it go.
_held: dict[str, _Held] = {}
_since_snapshot: dict[str, int] = {}


def begin(language: str, room: int, *, keep: bool = True) -> Turn:
    """The writer of a language, with the right to add `room` lines. Must be called inside a transaction.

    `keep`: it stays in memory afterwards. Raises `Contended`.
    """
    for _ in range(_TRIES):
        held = _stand(language, _held.pop(language, None) if keep else None)
        mark = secrets.token_hex(8)
        mine = WriterState.objects.filter(language=language, seq=held.seq, mark=held.mark)
        if mine.update(seq=held.seq + room, mark=mark):
            return Turn(language, held.writer, held.seq, room, mark, keep)
    raise Contended(language)


def holds(state: WriterState) -> bool:
    """Whether the writer in memory stands where its log does: one that a rollback left behind does not."""
    held = _held.get(state.language)
    return held is not None and (held.seq, held.mark) == (state.seq, state.mark)


def forget() -> None:
    """Let go of every writer in memory."""
    _held.clear()
    _since_snapshot.clear()


def _stand(language: str, held: _Held | None) -> _Held:
    """A writer that stands where its log ends."""
    state = WriterState.objects.filter(language=language).values_list("seq", "mark").first()
    if state is None:
        WriterState.objects.bulk_create([WriterState(language=language)], ignore_conflicts=True)
        state = (0, "")
    if held is not None and (held.seq, held.mark) == state:
        return held
    if held is not None and held.seq < state[0] and _lines(language).filter(seq=held.seq, mark=held.mark).exists():
        known, begun = held.writer, held.seq
    else:
        known, begun = _from_snapshot(language)
    lines = 0
    for line in lines_after(language, begun, state[0]):
        follow(known, line)
        lines += 1
    known.retired.clear()
    if held is None or known is not held.writer:
        _since_snapshot[language] = lines
    return _Held(known, *state)


def _from_snapshot(language: str) -> tuple[Writer, int]:
    snapshot = WriterSnapshot.objects.filter(language=language, version=VERSION).order_by("-seq").first()
    if snapshot is None:
        return Writer(language), 0
    return Writer.load(packing.unpack_dump(snapshot.blob)), snapshot.seq


def _lines(language: str) -> Any:
    return LogLine.objects.filter(language=language)


def lines_after(language: str, seq: int, until: int) -> Iterator[LogLine]:
    """The log between two places, in its order, with bounded memory."""
    while seq < until:
        portion = list(_lines(language).filter(seq__gt=seq, seq__lte=until).order_by("seq")[:_PORTION])
        if not portion:
            return
        yield from portion
        seq = portion[-1].seq


def follow(writer: Writer, line: LogLine) -> dict[str, Any]:
    """Tell a writer what one line of the log says; returns what came of it, as the line should have it."""
    if line.kind == LogLine.Kind.ORDER:
        done = orders.carry_out(writer, line.order, packing.unpack_told(line.text))
        return {"story": done.story, "nuclei": [list(one) for one in sorted(done.nuclei.items())]}
    title, text = packing.unpack(line.text)
    how = line.order
    at, beside = line.at.timestamp(), how.get("beside")
    return outcome_of(writer.place(title, text, at, beside=beside, settled=bool(how.get("settled"))))


def outcome_of(placed: Placed) -> dict[str, Any]:
    """What came of placing an article, for the log."""
    found: dict[str, Any] = {"story": placed.story, "nucleus": placed.nucleus, "score": placed.score}
    if placed.redirects:
        found["redirects"] = [list(one) for one in placed.redirects]
    if placed.moves:
        found["moves"] = [[one.nucleus, one.old, one.new] for one in placed.moves]
    return found


def take_snapshot(language: str, writer: Writer, seq: int, mark: str) -> None:
    """Keep the writer as it is; the snapshot before it stays, so that the log between both can be run again.

    Lines below both and older than the window are let go.
    """
    WriterSnapshot.objects.update_or_create(
        language=language,
        seq=seq,
        defaults={
            "mark": mark, "blob": packing.pack_dump(writer.dump()), "made_at": clock.now(), "version": VERSION,
        },
    )  # fmt: skip
    kept = list(
        WriterSnapshot.objects.filter(language=language).order_by("-seq").values_list("seq", flat=True)[:2]
    )  # fmt: skip
    WriterSnapshot.objects.filter(language=language, seq__lt=kept[-1]).delete()
    if len(kept) > 1:
        _lines(language).filter(seq__lte=kept[-1], at__lt=clock.now() - rules.WINDOW).delete()
    _since_snapshot[language] = 0


def log_begins(language: str) -> int:
    """The first place of the log that is still there; 0 for an empty one."""
    return int(_lines(language).aggregate(first=Min("seq"))["first"] or 0)


def forget_retired(language: str, writer: Writer) -> None:
    """Stories that the writer let go of stay as they are; their numbers are free."""
    for portion in portions(writer.retired):
        RunningStory.objects.filter(language=language, number__in=portion).delete()
    writer.retired.clear()


def portions(ids: Iterable[T], size: int = _PORTION) -> Iterator[Sequence[T]]:
    """In parts that every database takes as parameters."""
    listed = list(ids)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]
