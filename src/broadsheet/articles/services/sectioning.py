"""Which section an article belongs to: the judge in use, and what editors say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction

from broadsheet.accounts.models import User
from broadsheet.articles import showing
from broadsheet.articles.models import Article, Judgement, Section, SectionModel, SectionPair
from broadsheet.articles.services.atdesk import set_section
from broadsheet.copydesk import blocks
from broadsheet.copydesk.sections import seed, storing, vectors
from broadsheet.copydesk.sections.evidence import Evidence, Push, Verdict
from broadsheet.copydesk.sections.features import TEXT_CHARACTERS
from broadsheet.copydesk.sections.judge import Judge
from broadsheet.copydesk.sections.settings import Settings
from broadsheet.core import clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class InUse:
    """The judge of a model row; `version` is 0 for the one that ships."""

    version: int
    judge: Judge


_held: InUse | None = None


def in_use() -> InUse:
    """The judge in use, read anew when another model was taken into use. One small query."""
    global _held
    version = SectionModel.objects.filter(in_use=True).values_list("pk", flat=True).first() or 0
    if _held is None or _held.version != version:
        _held = _read(version)
    return _held


def _read(version: int) -> InUse:
    row = SectionModel.objects.filter(pk=version).first() if version else None
    if row is not None:
        try:
            return InUse(row.pk, Judge(storing.unpacked(bytes(row.blob)), vectors.installed()))
        except ValueError as problem:
            # Another version of the program wrote it: the shipped one judges until something new is learned.
            log.warning("a section model cannot be read", version=version, error=str(problem))
    return InUse(version, seed.judge())


@dataclass(frozen=True)
class ToJudge:
    """An article's evidence, and the section that the desk has set for its feed, if any."""

    evidence: Evidence
    fixed: str = ""


@dataclass(frozen=True)
class Sectioned:
    """The decision: the section it stands in, the next best, and the reasons as the desk reads them."""

    section: str
    second: str
    confidence: float
    abstained: bool
    reasons: dict[str, Any]
    version: int


def judge_sections(articles: Sequence[ToJudge]) -> list[Sectioned]:
    """A decision for each article, in order. Two queries, however many there are."""
    used = in_use()
    known = list(Section.objects.values_list("key", flat=True))
    among = [key for key in used.judge.model.keys if key in known]
    if len(among) < 2:
        return [_usual(one, known, used.version) for one in articles]
    verdicts = used.judge.judge_all([one.evidence for one in articles], among)
    return [_decided(one, verdict, known, used.version) for one, verdict in zip(articles, verdicts, strict=True)]


def _decided(one: ToJudge, verdict: Verdict, known: Sequence[str], version: int) -> Sectioned:
    if one.fixed in known:
        return Sectioned(one.fixed, verdict.section, 1.0, False, {"section": "Set for this feed at the desk."}, version)
    section, abstained = verdict.section, verdict.abstained
    if abstained and one.evidence.usual in known:
        section = one.evidence.usual
    reasons: dict[str, Any] = {
        "section": sentence(verdict.reasons, verdict.section),
        "pushes": [[push.kind, push.what, push.amount] for push in verdict.reasons],
        "best": verdict.section,
    }
    if one.evidence.labels:
        reasons["labels"] = list(one.evidence.labels)[:20]
    second = verdict.second if section == verdict.section else verdict.section
    return Sectioned(section, second, verdict.confidence, abstained, reasons, version)


def _usual(one: ToJudge, known: Sequence[str], version: int) -> Sectioned:
    """Where the paper has fewer than two sections that the model knows, the source's usual one or the first."""
    for key in (one.fixed, one.evidence.usual):
        if key in known:
            return Sectioned(key, "", 1.0, False, {"section": "The usual section of this source."}, version)
    return Sectioned(known[0] if known else "", "", 0.0, True, {"section": "Nothing tells."}, version)


_SAID = {
    "source": "what this source usually prints",
    "usual": "the usual section of this source",
    "label": "the source's label “{}”",
    "address": "“{}” in its address",
    "word": "the word “{}”",
    "likeness": "articles it is like",
    "description": "what the section is for",
}


def sentence(pushes: Sequence[Push], section: str) -> str:
    """The strongest reasons for a section in one line."""
    told = [_SAID.get(push.kind, push.kind).format(push.what) for push in pushes if push.amount > 0][:3]
    if not told:
        return "Nothing says much: it needs an editor's eye."
    return f"For it speak: {', '.join(told)}."


def told(reasons: Any) -> list[str]:
    """What stands in a judgement's reasons, as the desk reads it: each reason with its weight, the strongest first.

    A number is what it adds to the log-odds between the best and the second section; a negative one spoke against it.
    """
    if not isinstance(reasons, dict):
        return []
    pushes = reasons.get("pushes")
    if not pushes:
        return [str(reasons["section"])] if reasons.get("section") else []
    return [
        f"{_SAID.get(kind, kind).format(what)} ({'+' if amount >= 0 else '−'}{abs(amount):.2f})"
        for kind, what, amount in pushes
    ]


# What editors say


@transaction.atomic
def choose_section(article: Article, section: Section, *, user: User | None, group: str = "") -> None:
    """An editor says where an article belongs: it moves there, it leaves the queue, and the judge learns from it.

    `group` names its story: twenty articles of one story are not twenty lessons.
    """
    set_section(article, section, user=user)
    note_choice(article, section, user=user, group=group)


def note_choice(article: Article, section: Section, *, user: User | None, group: str = "") -> None:
    """Keep an editor's choice to learn from. A second choice for the same article replaces the first."""
    judged = Judgement.objects.filter(article=article).first()
    Judgement.objects.filter(article=article, abstained=True).update(abstained=False)
    if article.source.is_house or judged is None:
        return
    if SectionPair.objects.filter(article=article, section=section.key).exists():
        return
    SectionPair.objects.update_or_create(
        article=article,
        defaults={
            "evidence": _evidence_of(article, judged),
            "section": section.key,
            "judged": str(judged.reasons.get("best") or judged.section.key),
            "group": group,
            "by": user,
            "at": clock.now(),
        },
    )


@transaction.atomic
def take_choice_back(article: Article, *, user: User | None) -> None:
    """Undo `choose_section`: the machine's section stands again; if that was a guess, it is back in the queue."""
    set_section(article, None, user=user)
    forget_choice(article)


def forget_choice(article: Article) -> None:
    """What an editor said of this article is learned from no longer."""
    SectionPair.objects.filter(article=article).delete()
    unsure = Judgement.objects.filter(article=article, confidence__lt=Settings().margin)
    unsure.update(abstained=True)


def follow_editor(article: Article, *, user: User | None, group: str = "") -> None:
    """An article was saved in the editor: its section may have been chosen there, or given back to the machine."""
    if article.section is not None:
        note_choice(article, article.section, user=user, group=group)
    elif SectionPair.objects.filter(article=article).exists():
        forget_choice(article)


def choose_for_all(
    articles: Sequence[Article], section: Section | None, *, user: User | None, groups: Mapping[int, str]
) -> None:
    """One choice for many; None gives them back to the machine. `groups` are their stories by the article's number."""
    for article in articles:
        if section is None:
            take_choice_back(article, user=user)
        else:
            choose_section(article, section, user=user, group=groups.get(article.pk, ""))


def evidence_of(article: Article, judged: Judgement) -> Evidence:
    """What the section of a stored article is judged from."""
    known = _evidence_of(article, judged)
    return Evidence(**{**known, "labels": tuple(known["labels"])})


def _evidence_of(article: Article, judged: Judgement) -> dict[str, Any]:
    text = f"{article.standfirst} {blocks.text(showing.raw_body(article))}"
    return {
        "title": article.headline,
        "text": text[:TEXT_CHARACTERS],
        "labels": judged.reasons.get("labels", []),
        "url": article.origin_url,
        "source": str(article.source_id),
        "usual": article.source.default_section,
        "language": judged.language.split("-")[0],
    }
