"""The first fill: a writer without a log takes in the recent articles as they stand in their stories."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.core.transactions import together
from broadsheet.stories import rules
from broadsheet.stories.machine.setting import VERSION
from broadsheet.stories.machine.writer import Writer
from broadsheet.stories.models import LogLine, Placement, RunningStory, WriterSnapshot, WriterState
from broadsheet.stories.services import reading, writers

# Of a busier paper the youngest: a fill is done in one go, before the next article is placed.
MOST = 10_000
# Articles are dated ahead now and then.
_AHEAD = timedelta(days=1)
_PORTION = 300


def ensure(language: str) -> None:
    """See to it that this language has a writer that this version of the program can load."""
    state = WriterState.objects.filter(language=language).first()
    if state is None or (not writers.holds(state) and _of_another_version(state)):
        fill(language)


def _of_another_version(state: WriterState) -> bool:
    if not state.seq or WriterSnapshot.objects.filter(language=state.language, version=VERSION).exists():
        return False
    older = WriterSnapshot.objects.filter(language=state.language).exists()
    return older or writers.log_begins(state.language) != 1


def fill(language: str) -> int:
    """Begin a writer with the placed articles of the last days. Stories stay as they are; returns how many articles."""
    start_over(language)
    now = clock.now()
    rows = Article.objects.filter(
        Q(judgement__language=language) | Q(judgement__language__startswith=f"{language}-"),
        published_at__gte=now - rules.WINDOW,
        published_at__lte=now + _AHEAD,
        copy_of=None,
        placement__isnull=False,
    )
    told = list(rows.order_by("-published_at", "-pk").values_list("pk", "placement__story_id")[:MOST])[::-1]
    if not told:
        return 0
    turn = writers.begin(language, len(told))
    nuclei: dict[int, tuple[int, int]] = {}
    numbers: dict[int, int] = {}
    for portion in writers.portions(told, _PORTION):
        _take_in(turn, dict(portion), nuclei, numbers)
    RunningStory.objects.bulk_create(
        [RunningStory(language=language, number=number, story_id=story) for story, number in numbers.items()],
        batch_size=_PORTION,
    )
    turn.end()
    return len(told)


def _take_in(
    turn: writers.Turn, stories: dict[int, int], nuclei: dict[int, tuple[int, int]], numbers: dict[int, int]
) -> None:
    """Tell the writer some articles; `nuclei` and `numbers` are what is known of each story's row so far."""
    words = reading.words_of(stories)
    articles = Article.objects.only("published_at").in_bulk(list(stories))
    changed = []
    for pk, story in stories.items():
        beside, linked = nuclei.get(story, (None, None))
        placed = turn.place(articles[pk], *words[pk], beside=beside, linked=linked, settled=True)
        nuclei.setdefault(story, (placed.nucleus, pk))
        numbers.setdefault(story, placed.story)
        changed.append(Placement(article_id=pk, language=turn.language, nucleus=placed.nucleus))
    Placement.objects.bulk_update(changed, ["language", "nucleus"])
    # Copies go with their originals.
    copies = list(Placement.objects.filter(article__copy_of__in=stories).select_related("article"))
    of = {one.article_id: one.nucleus for one in changed}
    for copy in copies:
        copy.language, copy.nucleus = turn.language, of[copy.article.copy_of_id or 0]
    Placement.objects.bulk_update(copies, ["language", "nucleus"], batch_size=_PORTION)


def start_over(language: str) -> None:
    """Have a language's log go on from a writer that knows nothing, whatever was before. Old numbers stay unused."""
    state, _ = WriterState.objects.get_or_create(language=language)
    writers.forget()
    RunningStory.objects.filter(language=language).delete()
    WriterSnapshot.objects.filter(language=language).delete()
    if state.seq:
        writer = Writer(language)
        # A line of the log uses up two numbers at most, a repair after it a few.
        writer.next_id = 1 + 8 * state.seq
        writers.take_snapshot(language, writer, state.seq, state.mark)


@together()
def begin_anew() -> None:
    """Let go of every log, with the texts in it: articles were taken out for good. Each writer is filled again."""
    writers.forget()
    for model in (RunningStory, WriterSnapshot, WriterState, LogLine):
        model.objects.all().delete()
    Placement.objects.filter(nucleus__isnull=False).update(language=None, nucleus=None)
