"""What a writer's repairs mean for the rows: placements move, stories go into others, parts get an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from broadsheet.articles.models import Article
from broadsheet.core import events
from broadsheet.stories.events import StoryChanged, StoryMerged
from broadsheet.stories.machine.writer import Placed
from broadsheet.stories.models import Placement, RunningStory, Story, StoryRedirect
from broadsheet.stories.services.counting import recount_stories
from broadsheet.stories.services.opening import open_stories
from broadsheet.stories.services.writers import portions


@dataclass
class Changes:
    """What a batch's repairs changed, in the writer's numbers; later changes are laid over earlier ones."""

    language: str
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)

    def note(self, placed: Placed) -> None:
        """Moves and redirects that came with an article."""
        for move in placed.moves:
            old = self.moved.get(move.nucleus, (move.old, 0))[0]
            self.moved[move.nucleus] = (old, move.new)
        for old, new in placed.redirects:
            self.gone[old] = new

    def number_of(self, nucleus: int, number: int) -> int:
        """The story of a nucleus by now, which went to `number` when it was placed."""
        if nucleus in self.moved:
            return self.moved[nucleus][1]
        return self.last(number)

    def last(self, number: int) -> int:
        """The story that one went into in the end."""
        while number in self.gone:
            number = self.gone[number]
        return number

    def touches(self, number: int) -> bool:
        """Whether anything moved into this story."""
        return any(new == number for _, new in self.moved.values())


def settle(
    changes: Changes, wanted: Mapping[int, Article], given: Mapping[int, int]
) -> tuple[dict[int, int], set[int]]:
    """Bring the rows to where the writer is. Returns the row of each story number, and those made for `wanted`.

    `wanted` are the numbers that need a row, with an article to lead a new one; `given` are rows that a number without
    one takes. The number of queries does not depend on how many stories there are.
    """
    numbers = {*wanted, *changes.gone, *changes.gone.values(), *(n for pair in changes.moved.values() for n in pair)}
    before = running(changes.language, numbers)
    rows = dict(before)
    merged: dict[int, int] = {}
    for old in changes.gone:
        new, row = changes.last(old), rows.pop(old, None)
        if row is not None and new not in rows:
            # What it went into never had a row: the row and its address go on.
            rows[new] = row
        elif row is not None and rows[new] != row:
            merged[row] = rows[new]
    if merged:
        merged = _of_other_languages(changes, rows, _told_to_the_end(changes, merged))
    for number, row in given.items():
        rows.setdefault(number, row)
    moving = _moving(changes, before)
    opened = _opened(wanted, moving, rows)
    _renumber(changes.language, before, rows)
    affected = {placement.story_id for placement, _ in moving}
    changed = []
    for placement, number in moving:
        if placement.story_id != rows[number]:
            placement.story_id = rows[number]
            changed.append(placement)
    affected = (
        {*affected, *(placement.story_id for placement in changed), *merged.values()} if changed or merged else set()
    )
    Placement.objects.bulk_update(changed, ["story"], batch_size=300)
    if merged:
        put_together(merged)
    affected -= merged.keys()
    if affected:
        recount_stories(affected, tell_all=True)
    return rows, opened


def _moving(changes: Changes, before: Mapping[int, int]) -> list[tuple[Placement, int]]:
    """The placements of nuclei that moved, each with the number of its new story."""
    if not changes.moved:
        return []
    olds = {before[old] for old, _ in changes.moved.values() if old in before}
    found = []
    for portion in portions(sorted(olds)):
        rows = Placement.objects.filter(story_id__in=portion, language=changes.language, nucleus__isnull=False)
        for placement in rows.order_by("article_id"):
            if placement.nucleus in changes.moved:
                old, new = changes.moved[placement.nucleus]
                if before.get(old) == placement.story_id:
                    found.append((placement, new))
    return found


def _opened(wanted: Mapping[int, Article], moving: list[tuple[Placement, int]], rows: dict[int, int]) -> set[int]:
    """Rows for numbers that have none. Returns those that were made for `wanted`; a part's own address is made too."""
    leads = {number: article for number, article in wanted.items() if number not in rows}
    parts: dict[int, int] = {}
    for placement, number in moving:
        if number not in rows and number not in leads:
            parts.setdefault(number, placement.article_id)
    if parts:
        articles = (
            Article.objects.select_related("source__rights", "shown_section").defer("body").in_bulk(parts.values())
        )
        leads |= {number: articles[pk] for number, pk in parts.items()}
    stories = open_stories(list(leads.values()))
    made = {number: story.pk for number, story in zip(leads, stories, strict=True)}
    rows |= made
    return {pk for number, pk in made.items() if number in wanted}


def _renumber(language: str, before: Mapping[int, int], rows: Mapping[int, int]) -> None:
    stale = [number for number, row in before.items() if rows.get(number) != row]
    fresh = [RunningStory(language=language, number=n, story_id=row) for n, row in rows.items() if before.get(n) != row]
    for portion in portions(stale):
        RunningStory.objects.filter(language=language, number__in=portion).delete()
    RunningStory.objects.bulk_create(fresh, batch_size=300)


def _told_to_the_end(changes: Changes, merged: dict[int, int]) -> dict[int, int]:
    """Those of the rows that no number of the writer runs on in. The others stay, and only what moved leaves them.

    A row gets a second number where links of another language led two of the writer's stories to it. Without this two
    such rows could go into each other, and both would be gone.
    """
    held = RunningStory.objects.filter(language=changes.language, story_id__in=merged)
    running_on = set(held.exclude(number__in=changes.gone).values_list("story_id", flat=True))
    return {old: new for old, new in merged.items() if old not in running_on}


def _of_other_languages(changes: Changes, rows: dict[int, int], merged: dict[int, int]) -> dict[int, int]:
    """A story that another language's writer adds to as well goes on: the other goes into it, or neither does."""
    held = RunningStory.objects.filter(story_id__in={*merged, *merged.values()}).exclude(language=changes.language)
    shared = set(held.values_list("story_id", flat=True))
    kept: dict[int, int] = {}
    for old, new in merged.items():
        if old not in shared:
            kept[old] = new
        elif new not in shared and new not in kept.values() and new not in kept:
            kept[new] = old
            for number, row in rows.items():
                if row == new:
                    rows[number] = old
    return {old: kept.get(new, new) for old, new in kept.items()}


def put_together(merged: Mapping[int, int]) -> None:
    """Stories go into others for good: members, old addresses and an editor's choices go with them.

    `merged`: row by row that is gone. Announces both sides and the merging; the new one is not counted yet.
    """
    stories = Story.objects.in_bulk({*merged, *merged.values()})
    left = list(Placement.objects.filter(story_id__in=merged))
    for placement in left:
        placement.story_id = merged[placement.story_id]
    Placement.objects.bulk_update(left, ["story"], batch_size=300)
    led = list(StoryRedirect.objects.filter(story_id__in=merged))
    for redirect in led:
        redirect.story_id = merged[redirect.story_id]
    StoryRedirect.objects.bulk_update(led, ["story"], batch_size=300)
    StoryRedirect.objects.bulk_create(
        [StoryRedirect(slug=stories[old].slug, story_id=new, was=old) for old, new in merged.items()]
    )
    RunningStory.objects.filter(story_id__in=merged).delete()
    heirs = []
    for old, new in merged.items():
        if stories[old].chosen_lead_id and not stories[new].chosen_lead_id:
            stories[new].chosen_lead_id = stories[old].chosen_lead_id
            heirs.append(stories[new])
    Story.objects.bulk_update(heirs, ["chosen_lead"], batch_size=300)
    told: list[StoryMerged | StoryChanged] = [StoryChanged(old) for old in merged]
    told += [StoryMerged(old, new, stories[old].slug) for old, new in merged.items()]
    events.announce_all(told)
    Story.objects.filter(pk__in=list(merged)).delete()


def running(language: str, numbers: Iterable[int]) -> dict[int, int]:
    """The rows of a writer's stories, by number."""
    found: dict[int, int] = {}
    for portion in portions(numbers):
        some = RunningStory.objects.filter(language=language, number__in=portion)
        found.update(some.values_list("number", "story_id"))
    return found
