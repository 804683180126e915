"""Learning sections from the desk's choices: a refit at night, kept only where it is no worse than what it replaces.

A fifth of the choices, by their stories, is never learned from: old and new model are asked about it, and neither has
seen it. So the comparison is fair, at the price of that fifth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from broadsheet.articles import rules
from broadsheet.articles.models import Section, SectionModel, SectionPair
from broadsheet.articles.services.sectioning import in_use
from broadsheet.copydesk import language
from broadsheet.copydesk.sections import learning, seed, storing, vectors
from broadsheet.copydesk.sections.descriptions import SHIPPED, Description
from broadsheet.copydesk.sections.evidence import Evidence, Pair
from broadsheet.copydesk.sections.judge import Judge
from broadsheet.core import clock, queue
from broadsheet.lib import text as plain

#: The effect that learns. Some seconds of a processor, outside a transaction.
LEARN = "articles.learn_sections"
#: As so many of the titles that ship one choice of the desk counts.
CHOICE_COUNTS = 3.0
#: A comparison on fewer choices says nothing: the new model is taken.
ENOUGH_TO_COMPARE = 10
#: Models kept to go back to.
KEPT_MODELS = 10


def wish_nightly() -> bool:
    """Ask for a refit at night if there is anything new to learn; True when it was asked for."""
    moment = clock.now()
    last = SectionModel.objects.order_by("-pk").values_list("made_at", flat=True).first()
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    if not rules.may_learn(moment, local.hour, last) or not has_news():
        return False
    wish()
    return True


def wish() -> None:
    """Ask for a refit soon: a section was described anew, or somebody asked."""
    queue.defer(LEARN, key=LEARN)


def descriptions() -> list[Description]:
    """The sections as the publisher describes them; where nothing is written, as they ship."""
    shipped = {one.key: one for one in SHIPPED}
    found = []
    for section in Section.objects.all():
        usual = shipped.get(section.key)
        if section.about.strip():
            found.append(Description(section.key, section.name, section.about))
        elif usual is not None:
            found.append(usual)
    return found


def has_news() -> bool:
    """Whether an editor said anything, or a description changed, since the newest model was made."""
    newest = SectionModel.objects.order_by("-pk").defer("blob").first()
    described = descriptions()
    if newest is None:
        # A paper that leaves out some of the nine sections needs no model of its own.
        return SectionPair.objects.exists() or not set(described) <= set(SHIPPED)
    changed = newest.figures.get("described") != _stamp(described)
    return changed or SectionPair.objects.filter(at__gt=newest.made_at).exists()


def _stamp(described: Iterable[Description]) -> str:
    return plain.text_hash("\n".join(sorted(f"{one.key} {one.text}" for one in described)))


def learn_news() -> SectionModel | None:
    """Learn if there is anything new; asked again after a kill it does nothing twice."""
    return learn() if has_news() else None


def learn() -> SectionModel | None:
    """Learn a model from the titles that ship and the desk's choices; it is taken into use unless it is worse.

    Worse: fewer of the choices that are kept back come out right than with the model in use. None, and nothing is
    learned, where the paper has no two sections that are described.
    """
    moment = clock.now()
    described = descriptions()
    if len(described) < 2:
        return None
    kept_back, taught = _choices()
    pieces = vectors.installed()
    old = in_use()
    model = learning.fit([*seed.pairs(), *taught], described, pieces=pieces, languages=_languages(described))
    right_before, right_now = _right(old.judge, kept_back), _right(Judge(model, pieces), kept_back)
    stamp = _stamp(described)
    asked_for = stamp != _described_in(old.version)
    figures: dict[str, Any] = {
        "described": stamp, "before": old.version, "kept_back": len(kept_back), "right_before": right_before,
        "right_now": right_now, "languages": sorted(model.languages),
        # A publisher who describes a section anew wants that, whatever older choices say.
        "taken": asked_for or len(kept_back) < ENOUGH_TO_COMPARE or right_now >= right_before,
    }  # fmt: skip
    with transaction.atomic():
        made = SectionModel.objects.create(
            made_at=moment, pairs=len(taught), blob=storing.packed(model), figures=figures
        )
        if figures["taken"]:
            use(made.pk)
            made.in_use = True
        _forget_old()
    return made


@transaction.atomic
def use(version: int) -> bool:
    """Take a model into use; 0 goes back to the one that ships. False where it is gone.

    Articles judged before keep their judgement.
    """
    if version and not SectionModel.objects.filter(pk=version).exists():
        return False
    SectionModel.objects.filter(in_use=True).exclude(pk=version).update(in_use=False)
    SectionModel.objects.filter(pk=version).update(in_use=True)
    return True


def in_words(figures: dict[str, Any]) -> str:
    """How good a model was when it was made."""
    count = figures.get("kept_back", 0)
    if not count:
        return "No choice was kept back yet to try it on."
    verdict = "" if figures.get("taken") else " It is worse, so the one before stayed."
    now, before = figures["right_now"], figures["right_before"]
    return f"Of {count} choices kept back it finds {now}, the one before it {before}.{verdict}"


def _forget_old() -> None:
    keep = list(SectionModel.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT_MODELS])
    SectionModel.objects.filter(in_use=False).exclude(pk__in=keep).delete()


def _described_in(version: int) -> str:
    """The stamp of the descriptions that a model was made with."""
    row = SectionModel.objects.filter(pk=version).defer("blob").first() if version else None
    return str(row.figures.get("described", "")) if row is not None else _stamp(SHIPPED)


def _right(judge: Judge, pairs: Sequence[Pair]) -> int:
    verdicts = judge.judge_all([pair.evidence for pair in pairs])
    return sum(verdict.section == pair.section for verdict, pair in zip(verdicts, pairs, strict=True))


def _choices() -> tuple[list[Pair], list[Pair]]:
    """The latest choices of the desk, oldest first: the fifth that is kept back, and those to learn from."""
    kept_back: list[Pair] = []
    taught: list[Pair] = []
    for row in reversed(SectionPair.objects.order_by("-at", "-pk")[: learning.MOST_PAIRS]):
        (kept_back if is_kept_back(row.group or f"article {row.article_id}") else taught).append(_pair(row))
    return kept_back, taught


def is_kept_back(group: str) -> bool:
    """Whether what was said of this story is only for trying models on: one in five, always the same."""
    return hashlib.sha256(group.encode()).digest()[0] % 5 == 0


def _pair(row: SectionPair) -> Pair:
    known = row.evidence
    names = ("title", "text", "url", "source", "usual", "language")
    facts = {name: str(known.get(name, "")) for name in names}
    return Pair(Evidence(labels=tuple(known.get("labels", ())), **facts), row.section, row.group, CHOICE_COUNTS)


def _languages(described: Sequence[Description]) -> set[str]:
    """The languages that the descriptions are written in."""
    shipped = {one.about for one in SHIPPED}
    found = {seed.LANGUAGE if one.about in shipped else language.detect(one.about, None) for one in described}
    return found - {""} | {seed.LANGUAGE}
