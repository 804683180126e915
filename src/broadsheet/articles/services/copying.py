"""Copies in the database: what new texts are copies of, what is kept of them, and what follows when one changes.

The decisions are `copydesk.copies`'; here they meet the table of passages, a batch of texts with four statements,
however many texts and copies are in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from broadsheet.articles.events import ArticleChanged, ArticleFolded
from broadsheet.articles.models import Article, Judgement, Sketch
from broadsheet.articles.services import copykeys
from broadsheet.articles.services.filing import Filing, file_article, mint
from broadsheet.copydesk import copies
from broadsheet.copydesk.copies import Finding, Id, Text
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.lib import sketch as sketching
from broadsheet.sources.models import Source


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new text: its words without markup, and what a receipt names of it. `unseen`: it waits for the desk."""

    plain: str
    title: str
    source: str
    moment: datetime
    unseen: bool = False


@dataclass(slots=True)
class _Held:
    """A text that others are compared with. `original`: what a copy of it is a copy of, itself unless it is one.
    `unseen`: it is not in the paper, and does not enter it by itself."""

    text: Text
    original: Id
    withdrawn: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """A text is of the family of another. `original` is the article that a copy of it would stand under, a number or
    a name given by the `Collation`; `own` the share of the text that stands in it; `equal`: each has nearly all of the
    other; `withdrawn` and `unseen` say where the original stands, `moment` when it was published."""

    finding: Finding
    original: Id
    own: float
    equal: bool
    withdrawn: bool
    unseen: bool
    moment: datetime | None


class Collation:
    """The texts of a batch, beside each other and beside those of the last days.

    Each is compared, accepted, and filed as an article, in the order of the batch; `store` writes what is kept.
    """

    def __init__(self, batch: Sequence[Fresh]) -> None:
        self._day = clock.now().date()
        made = sketching.sketches(one.plain for one in batch)
        self._unseen = [one.unseen for one in batch]
        self._texts = [
            Text(f"#{place}", made[place], one.title, one.source, one.moment) for place, one in enumerate(batch)
        ]
        self._asked = [copies.asked(one) for one in made]
        since = self._day - copies.WINDOW
        self._keys: dict[int, list[Id]] = {}
        for one, articles in copykeys.found((one for asked in self._asked for one in asked), since).items():
            self._keys[one] = [*articles]
        self._held: dict[Id, _Held] = {}
        near = {name for asked in self._asked for name in self._candidates(asked)}
        self._held |= _held(near)
        behind = {one.original for one in self._held.values()} - set(self._held)
        self._held |= _held(behind)
        self._articles: dict[Id, int] = {}
        self._kept: list[tuple[Text, list[int]]] = []

    def text(self, place: int) -> Text:
        """The batch's text at this place."""
        return self._texts[place]

    def article(self, name: Id) -> int | None:
        """The article behind a number or a name; None for a text of the batch that is not filed yet."""
        return name if isinstance(name, int) else self._articles.get(name)

    def compare(self, place: int) -> Likeness | None:
        """Whose family the text is of, among those kept and those of the batch that were accepted before it."""
        new = self._texts[place]
        names = self._candidates(self._asked[place])
        finding = copies.judge(new, [self._held[name].text for name in names if name in self._held])
        if finding is None:
            return None
        nearest = self._held[finding.copy_of]
        first = self._held.get(nearest.original, nearest)
        seen = sketching.overlap(new.sketch, first.text.sketch)
        return Likeness(
            finding=finding,
            original=nearest.original,
            own=seen.a_in_b,
            equal=copies.tells_all_of(seen),
            withdrawn=nearest.withdrawn,
            unseen=first.unseen,
            moment=first.text.moment,
        )

    def turned(self, place: int, article_id: int) -> Finding | None:
        """What a kept article is to the batch's text: the finding of `compare` the other way round."""
        held = self._held.get(article_id)
        return copies.judge(held.text, [self._texts[place]]) if held else None

    def _candidates(self, asked: Iterable[int]) -> list[Id]:
        return copies.candidates(self._keys[one] for one in asked if one in self._keys)

    def accept(self, place: int, finding: Finding | None, *, under: Id | None = None) -> None:
        """The text is to be filed: later ones of the batch meet it. `under` is the original that hides it, if one does.

        Too short a text leaves nothing to compare with.
        """
        if not self._asked[place]:
            return
        text = self._texts[place]
        if finding is not None:
            text = replace(text, family=finding.family)
        self._held[text.id] = _Held(text, text.id if under is None else under, unseen=self._unseen[place])
        brings_nothing = under is not None and finding is not None and finding.own > copies.NOTHING_NEW
        crowded = {one for one in self._asked[place] if len(self._keys.get(one, ())) >= copies.CROWD}
        keys = [] if brings_nothing else copies.filed(text.sketch, crowded)
        for one in keys:
            self._keys.setdefault(one, []).append(text.id)
        self._kept.append((text, keys))

    def filed(self, place: int, article_id: int) -> None:
        """The text was filed as this article."""
        self._articles[self._texts[place].id] = article_id

    def takes_the_place_of(self, place: int, later: int) -> None:
        """The text is the original from now on of what was one: copies of that article stand under it."""
        for one in self._held.values():
            if self.article(one.original) == later:
                one.original = self._texts[place].id

    def store(self) -> None:
        """Write sketches and passages of all that were accepted; each was filed by now."""
        rows, keys = [], []
        for text, hashes in self._kept:
            pk = self._articles[text.id]
            family = None if text.family == "" else self.article(text.family)
            rows.append(
                Sketch(
                    article_id=pk,
                    hashes=text.sketch.stored(),
                    total=text.sketch.total,
                    length=text.sketch.length,
                    family_id=None if family == pk else family,
                    day=self._day,
                )
            )
            keys += [(one, pk) for one in hashes]
        self._kept.clear()
        if rows:
            Sketch.objects.bulk_create(rows)
        copykeys.put(keys, self._day)


def fresh(filing: Filing) -> Fresh:
    """A filing's text."""
    source = filing.source
    waits = source.publishing != Source.Publishing.AT_ONCE
    return Fresh(filing.plain, filing.headline, source.name, filing.published_at, unseen=waits)


def receipt(finding: Finding, of: int | None) -> dict[str, Any]:
    """What the judgement keeps of a finding: the share, the sentence, the article it is most like."""
    return {"share": round(finding.share, 3), "receipt": finding.reason, "of": of}


def _held(names: Iterable[Id]) -> dict[Id, _Held]:
    """The sketches of these articles, as far as they are kept."""
    numbers = [name for name in names if isinstance(name, int)]
    found: dict[Id, _Held] = {}
    for first in range(0, len(numbers), 500):
        rows = Sketch.objects.filter(pk__in=numbers[first : first + 500], day__isnull=False).values_list(
            "pk", "hashes", "total", "length", "family_id", "article__headline", "article__source__name",
            "article__published_at", "article__withdrawn_at", "article__copy_of_id", "article__copy_of__withdrawn_at",
            "article__live", "article__source__publishing", "article__source__is_house",
        )  # fmt: skip
        for pk, hashes, total, length, family, title, source, moment, gone, copy_of, left, *stands in rows:
            live, publishing, house = stands
            kept = sketching.Sketch.of_stored(bytes(hashes), total, length)
            text = Text(pk, kept, title, source, moment, "" if family is None else family)
            unseen = not live and (house or publishing != Source.Publishing.AT_ONCE)
            found[pk] = _Held(text, copy_of or pk, bool(left if copy_of else gone), bool(unseen))
    return found


@together()
def file_original(filing: Filing, later: Article, finding: Finding | None = None) -> Article:
    """File the earlier of two equal texts after the later one: it becomes the original, `later` one of its copies.

    The later one's address goes on working and leads to the original's. `finding` is what the later one is to it.
    """
    article = file_article(filing, joins=later.pk)
    _stand_under(later, article.pk, finding)
    return article


def _stand_under(later: Article, original: int, finding: Finding | None) -> None:
    Article.objects.filter(copy_of=later).update(copy_of=original)
    Article.objects.filter(pk=later.pk).update(copy_of=original)
    later.copy_of_id = original
    if finding is not None:
        _note(later.pk, finding, original)
    events.announce(ArticleChanged(later.pk))


def _note(article_id: int, finding: Finding, of: int) -> None:
    judged = Judgement.objects.filter(pk=article_id).first()
    if judged is not None:
        judged.reasons = {**judged.reasons, "copy": receipt(finding, of)}
        judged.save(update_fields=["reasons"])


@together()
def renew(article: Article, plain: str) -> dict[str, Any]:
    """An article's text was replaced: so is its sketch. Returns the reasons that its judgement is to keep.

    A text that others' family goes back to keeps its family; another joins that of the text it is like now, or none.
    A copy whose new text says much that its original does not comes into the paper as an article of its own.
    """
    for was in _held([article.pk]).values():
        copykeys.forget(article.pk, copies.asked(was.text.sketch))
    Sketch.objects.filter(pk=article.pk).delete()
    collation = Collation([Fresh(plain, article.headline, article.source.name, article.published_at)])
    likeness = collation.compare(0)
    finding = likeness.finding if likeness and not copykeys.is_root(article) else None
    collation.accept(0, finding)
    collation.filed(0, article.pk)
    collation.store()
    is_told = likeness is not None and likeness.own >= copies.FOLD
    if article.copy_of_id and not is_told and collation.text(0).sketch.length >= copies.MIN_WORDS:
        _unfold(article)
    if finding is None or likeness is None:
        return {}
    of = collation.article(finding.copy_of)
    return {"copy" if article.copy_of_id else "kin": receipt(finding, of)}


def _unfold(article: Article) -> None:
    article.address = article.address or mint(article.shown_section, article.headline)
    article.copy_of = None
    article.save(update_fields=["address", "copy_of"])
    if article.live:
        events.announce(ArticleChanged(article.pk))


def can_race() -> bool:
    """Whether two workers may look for copies at once. SQLite lets one writer in from its first look to its commit."""
    return bool(connection.features.has_select_for_update)


@together()
def look_again(article_ids: Sequence[int]) -> int:
    """Compare texts that were filed as no copies with what other workers filed meanwhile; returns how many are copies.

    Of two the earlier published is the original. What an editor touched or wrote is not hidden; it joins the family.
    """
    mine = _held(article_ids)
    if not mine:
        return 0
    asked = {pk: copies.asked(one.text.sketch) for pk, one in mine.items()}
    there = copykeys.found((one for some in asked.values() for one in some), clock.now().date() - copies.WINDOW)
    near: dict[Id, list[Id]] = {}
    for pk, some in asked.items():
        near[pk] = copies.candidates([name for name in there[one] if name != pk] for one in some if one in there)
    known = mine | _held({name for names in near.values() for name in names} - set(mine))
    found = 0
    for pk, names in near.items():
        text = mine[pk].text
        finding = copies.judge(text, [known[name].text for name in names if name in known])
        if finding is not None and finding.family != (text.family or pk):
            found += _reconcile(pk, finding.copy_of)
    return found


def _reconcile(one: Id, other: Id) -> bool:
    """Make two alike articles, both in the paper as originals, one family, and the later one a copy if it may be."""
    rows = Article.objects.filter(pk__in=(one, other), copy_of=None, withdrawn_at=None).select_related("source")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    pair = sorted(rows.order_by("pk"), key=lambda row: (row.published_at, row.pk))
    if len(pair) < 2:
        return False
    first, later = pair
    held = _held([first.pk, later.pk])
    finding = copies.judge(held[later.pk].text, [held[first.pk].text])
    if finding is None or finding.family == (held[later.pk].text.family or later.pk):
        return False
    root = finding.family
    Sketch.objects.filter(family=later.pk).update(family=root)
    Sketch.objects.filter(pk=later.pk).update(family=root)
    if finding.own < copies.FOLD or later.source.is_house or later.kept_fields:
        events.announce(ArticleChanged(later.pk))
        return False
    _stand_under(later, first.pk, finding)
    events.announce(ArticleFolded(later.pk))
    return True
