"""Running a log again: whether it comes to the same, and all its texts grouped anew under the editors' orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from broadsheet.articles.models import Article
from broadsheet.core.transactions import together
from broadsheet.stories.machine.setting import VERSION
from broadsheet.stories.machine.writer import Writer
from broadsheet.stories.models import LogLine, Placement, RunningStory, StoryOrder, WriterSnapshot, WriterState
from broadsheet.stories.services import packing, settling, writers
from broadsheet.stories.services.counting import recount_stories

_SHOWN = 20


@dataclass
class Replayed:
    """What running a log again came to."""

    language: str
    begun: int = 0
    lines: int = 0
    differences: int = 0
    shown: list[str] = field(default_factory=list)

    def differs(self, line: str) -> None:
        """One more difference; the first ones are kept to be shown."""
        self.differences += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(line)


def languages() -> list[str]:
    """The languages that have a log."""
    return list(WriterState.objects.order_by("language").values_list("language", flat=True))


def replay(language: str) -> Replayed:
    """Run the log again from its oldest snapshot, or from its beginning, and hold each line against what it says.

    The newest snapshot is compared as a whole. Nothing is written.
    """
    state = WriterState.objects.get(language=language)
    snapshots = list(WriterSnapshot.objects.filter(language=language, version=VERSION).order_by("seq"))
    found = Replayed(language)
    writer = Writer(language)
    if snapshots:
        found.begun = snapshots[0].seq
        writer = Writer.load(packing.unpack_dump(snapshots[0].blob))
    later = {one.seq: one for one in snapshots[1:]}
    expected = found.begun
    for line in writers.lines_after(language, found.begun, state.seq):
        expected += 1
        if line.seq != expected:
            found.differs(f"line {expected} is missing")
            expected = line.seq
        told = writers.follow(writer, line)
        found.lines += 1
        if told != line.outcome:
            found.differs(f"line {line.seq}: was {line.outcome}, is {told}")
        kept = later.get(line.seq)
        if kept is not None and packing.unpack_dump(packing.pack_dump(writer.dump())) != packing.unpack_dump(kept.blob):
            found.differs(f"the snapshot at {line.seq} is another")
    if expected != state.seq:
        found.differs(f"the log ends at {expected}, its state says {state.seq}")
    return found


@together()
def rebuild(language: str) -> tuple[int, int]:
    """Group all texts that the log still has anew, with the editors' orders as constraints; addresses go on.

    Returns how many articles were read and how many stories they came to. Stories that end up in others redirect.
    """
    lines = LogLine.objects.filter(language=language, kind=LogLine.Kind.ARTICLE, article__isnull=False)
    turn = writers.begin(language, 0)
    given = list(StoryOrder.objects.filter(undone_at=None).order_by("pk"))
    constrained = {article for order in given for article in _named(order)}
    writer = Writer(language)
    # No number is given twice: those of rows that are not read anew never meet one of these.
    writer.next_id = turn.writer.next_id
    nuclei: dict[int, int] = {}
    for line in _latest(lines):
        title, text = packing.unpack(line.text)
        pk = line.article_id or 0
        beside = nuclei.get(line.order.get("with", 0))
        # What an order names has a nucleus of its own, so that bonds and bars can hold it.
        placed = writer.place(title, text, line.at.timestamp(), beside=beside, settled=pk in constrained)
        nuclei[pk] = placed.nucleus
    constrain(writer, nuclei, given)
    _gather(writer)
    writer.touched.update(writer.stories)
    writer.repair()
    writer.retired.clear()
    lock(writer, nuclei, given)
    _write(turn, writer, nuclei)
    return len(nuclei), len(writer.stories)


def _latest(lines: QuerySet[LogLine]) -> Iterable[LogLine]:
    seen: set[int] = set()
    for line in lines.order_by("seq").iterator(chunk_size=500):
        if line.article_id not in seen:
            seen.add(line.article_id or 0)
            yield line


def _named(order: StoryOrder) -> list[int]:
    facts = order.facts
    return [one for key in ("kept", "gone", "out", "rest", "to") for one in facts.get(key) or ()]


def constrain(writer: Writer, nuclei: dict[int, int], given: Iterable[StoryOrder]) -> None:
    """What editors put together or took apart, in the order of their orders; a later one overrules an earlier one."""

    def of(articles: Iterable[int]) -> list[int]:
        live = {nuclei[one] for one in articles if one in nuclei}
        return sorted(one for one in live if one in writer.nuclei)

    for order in given:
        facts = order.facts
        if order.verb == StoryOrder.Verb.MERGE:
            _bind(writer, of([*facts["kept"], *facts["gone"]]))
        elif order.verb in (StoryOrder.Verb.SPLIT, StoryOrder.Verb.MOVE):
            out, rest = of(facts["out"]), of(facts["rest"])
            _part(writer, out, rest)
            if order.verb == StoryOrder.Verb.SPLIT:
                _bind(writer, out)
                _bind(writer, rest)
            if facts.get("to"):
                _bind(writer, [*out, *of(facts["to"])])


def _bind(writer: Writer, nuclei: list[int]) -> None:
    if len(nuclei) < 2:
        return
    chosen = set(nuclei)
    bonds = {writer.nuclei[one].bond for one in chosen} - {None}
    chosen |= {key for key, one in writer.nuclei.items() if one.bond in bonds}
    for one in chosen:
        writer.nuclei[one].bond = min(chosen)
    writer.apart = {pair for pair in writer.apart if not (pair[0] in chosen and pair[1] in chosen)}


def _part(writer: Writer, out: list[int], rest: list[int]) -> None:
    for one in out:
        writer.nuclei[one].bond = None
    writer.apart.update((one, other) for one in out for other in rest if one != other)


def _gather(writer: Writer) -> None:
    """Nuclei of one bond stand in one story: a regrouping looks at neighbours only."""
    bonds: dict[int, list[int]] = {}
    for key in sorted(writer.nuclei):
        bond = writer.nuclei[key].bond
        if bond is not None:
            bonds.setdefault(bond, []).append(key)
    for some in bonds.values():
        kept = writer.nuclei[some[0]].story
        left = {writer.nuclei[one].story for one in some} - {kept}
        for one in some:
            writer.nuclei[one].story = kept
        for story in left:
            rest = [one for one in writer.stories[story].nuclei if writer.nuclei[one].story == story]
            if rest:
                writer.restate(story, rest)
            else:
                del writer.stories[story]
        if left:
            writer.restate(kept, sorted({*writer.stories[kept].nuclei, *some}))


def lock(writer: Writer, nuclei: dict[int, int], given: Iterable[StoryOrder]) -> None:
    """Lock again what an editor locked and did not unlock."""
    for order in given:
        if order.verb in (StoryOrder.Verb.LOCK, StoryOrder.Verb.UNLOCK):
            for pk in order.facts["articles"]:
                held = writer.nuclei.get(nuclei.get(pk, 0))
                if held is not None:
                    writer.lock(held.story, order.verb == StoryOrder.Verb.LOCK)


def _write(turn: writers.Turn, writer: Writer, nuclei: dict[int, int]) -> None:
    """Rows follow the new grouping: each story keeps the address that most of its articles have."""
    language = turn.language
    placed: dict[int, Placement] = {}
    for portion in writers.portions(nuclei):
        for rows_of in (Placement.objects.filter(article__in=portion), _copies(portion)):
            placed.update({row.article_id: row for row in rows_of})
    originals = {pk: placed[pk] for pk in nuclei if pk in placed}
    number = {pk: writer.nuclei[nuclei[pk]].story for pk in originals if nuclei[pk] in writer.nuclei}
    sizes: dict[tuple[int, int], int] = {}
    for pk, story in number.items():
        sizes[(originals[pk].story_id, story)] = sizes.get((originals[pk].story_id, story), 0) + 1
    rows: dict[int, int] = {}
    taken: set[int] = set()
    into: dict[int, int] = {}
    for (row, story), _ in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        into.setdefault(row, story)
        if story not in rows and row not in taken:
            rows[story] = row
            taken.add(row)
    RunningStory.objects.filter(language=language).delete()
    changes = settling.Changes(language)
    wanted: dict[int, Article] = {}
    articles = Article.objects.select_related("source__rights", "shown_section").defer("body")
    for pk, article in articles.in_bulk([pk for pk, story in number.items() if story not in rows]).items():
        wanted.setdefault(number[pk], article)
    made, _ = settling.settle(changes, wanted, rows)
    made = {**rows, **made}
    RunningStory.objects.filter(language=language).delete()
    RunningStory.objects.bulk_create(
        [RunningStory(language=language, number=one, story_id=made[one]) for one in sorted(set(number.values()))],
        batch_size=300,
    )
    _follow(placed, originals, nuclei, number, made)
    left = {row: made[story] for row, story in into.items() if row not in taken}
    emptied = {row: new for row, new in left.items() if not _others(row, originals)}
    settling.put_together(emptied)
    recount_stories({*made.values(), *(row for row in left if row not in emptied)}, tell_all=True)
    turn.writer = writer
    turn.end()
    WriterSnapshot.objects.filter(language=language).delete()
    writers.take_snapshot(language, writer, turn.seq, turn.mark)


def _copies(originals: Iterable[int]) -> QuerySet[Placement]:
    return Placement.objects.filter(article__copy_of__in=originals)


def _others(row: int, originals: dict[int, Placement]) -> bool:
    """Whether articles that were not grouped anew keep a story."""
    held = Placement.objects.filter(story_id=row, article__copy_of=None).values_list("article_id", flat=True)
    return any(pk not in originals for pk in held)


def _follow(
    placed: dict[int, Placement],
    originals: dict[int, Placement],
    nuclei: dict[int, int],
    number: dict[int, int],
    made: dict[int, int],
) -> None:
    copies: dict[int, int | None] = {}
    for portion in writers.portions(originals):
        copies.update(Article.objects.filter(copy_of__in=portion).values_list("pk", "copy_of_id"))
    changed = []
    for pk, row in placed.items():
        original = copies.get(pk, pk) or pk
        if original in number:
            row.story_id, row.nucleus = made[number[original]], nuclei[original]
            changed.append(row)
        else:
            row.nucleus = None
            changed.append(row)
    Placement.objects.bulk_update(changed, ["story", "nucleus"], batch_size=100)
