"""Which section an article belongs to: the judge in use, what editors say, and what is learned from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from broadsheet.accounts.models import User
from broadsheet.articles import showing
from broadsheet.articles.models import Article, Judgement, Section, SectionModel, SectionPair
from broadsheet.articles.services.atdesk import set_section
from broadsheet.copydesk import blocks
from broadsheet.copydesk.sections import learning, seed, storing, vectors
from broadsheet.copydesk.sections.descriptions import SHIPPED, Description
from broadsheet.copydesk.sections.evidence import Evidence, Pair, Push, Verdict
from broadsheet.copydesk.sections.features import TEXT_CHARACTERS
from broadsheet.copydesk.sections.judge import Judge
from broadsheet.core import clock
from broadsheet.lib import text as plain

#: So many corrections in a language make its words worth hearing.
ENOUGH_OF_LANGUAGE = 200
#: Of the corrections every so-manieth is kept back to compare a new model with the one in use.
HELD_BACK = 5
#: A comparison on fewer says nothing: the new model is taken.
ENOUGH_TO_COMPARE = 20
#: Models kept to go back to.
KEPT_MODELS = 10


@dataclass(frozen=True)
class _InUse:
    """The judge of a model row; `version` is 0 for the one that ships. `languages`: whose words it knows."""

    version: int
    judge: Judge
    languages: frozenset[str]


_held: _InUse | None = None


def in_use() -> _InUse:
    """The judge in use, read anew when another model was taken into use. One small query."""
    global _held
    version = SectionModel.objects.filter(in_use=True).values_list("pk", flat=True).first() or 0
    if _held is None or _held.version != version:
        _held = _read(version)
    return _held


def _read(version: int) -> _InUse:
    row = SectionModel.objects.filter(pk=version).first() if version else None
    if row is None:
        return _InUse(0, seed.judge(), frozenset({seed.LANGUAGE}))
    judge = Judge(storing.unpacked(bytes(row.blob)), vectors.installed())
    return _InUse(row.pk, judge, frozenset({seed.LANGUAGE, *row.figures.get("languages", ())}))


@dataclass(frozen=True)
class ToJudge:
    """An article's evidence, the language of its text, and the section that the desk has set for its feed, if any."""

    evidence: Evidence
    language: str
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
    heard = [_audible(one, used.languages) for one in articles]
    verdicts = used.judge.judge_all(heard, among)
    return [_decided(one, verdict, known, used.version) for one, verdict in zip(articles, verdicts, strict=True)]


def _audible(one: ToJudge, languages: frozenset[str]) -> Evidence:
    """The evidence without words that the model does not know the language of."""
    if one.language.split("-")[0] in languages:
        return one.evidence
    known = one.evidence
    return Evidence("", "", known.labels, known.url, known.source, known.usual)


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
    Judgement.objects.filter(article=article).update(abstained=False)
    if article.source.is_house or judged is None:
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
    """Undo `choose_section`: the machine's section stands again, and the article is back in the queue."""
    set_section(article, None, user=user)
    SectionPair.objects.filter(article=article).delete()
    Judgement.objects.filter(article=article).update(abstained=True)


@transaction.atomic
def confirm_section(article: Article, *, user: User | None, group: str = "") -> None:
    """An editor agrees with where the article stands."""
    choose_section(article, article.shown_section, user=user, group=group)


def _evidence_of(article: Article, judged: Judgement) -> dict[str, Any]:
    text = blocks.text(showing.raw_body(article))
    return {
        "title": article.headline,
        "text": text[:TEXT_CHARACTERS],
        "labels": judged.reasons.get("labels", []),
        "url": article.origin_url,
        "source": str(article.source_id),
        "usual": article.source.default_section,
        "language": judged.language,
    }


# What is learned


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
    if newest is None:
        return SectionPair.objects.exists() or Section.objects.exclude(about="").exists()
    described = _stamp(descriptions())
    return SectionPair.objects.filter(at__gt=newest.made_at).exists() or newest.figures.get("described") != described


def _stamp(described: Iterable[Description]) -> str:
    return plain.text_hash("\n".join(f"{one.key} {one.text}" for one in described))


def learn() -> SectionModel:
    """Learn a model from the titles that ship and all corrections; it is taken into use unless it is worse.

    Worse: fewer of the corrections that were held back (one in five) come out right than with the model in use. Takes
    half a minute of a processor, so it is run beside the worker and not in it.
    """
    moment = clock.now()
    rows = list(SectionPair.objects.order_by("at", "pk"))
    pairs = [_pair(row) for row in rows]
    described = descriptions()
    pieces = vectors.installed()
    old = in_use()
    held_back = [pair for number, pair in enumerate(pairs) if _is_held_back(number)]
    kept = [pair for number, pair in enumerate(pairs) if not _is_held_back(number)]
    figures: dict[str, Any] = {"compared_on": len(held_back), "described": _stamp(described), "before": old.version}
    better = True
    if len(held_back) >= ENOUGH_TO_COMPARE:
        trial = Judge(learning.fit([*seed.pairs(), *kept], described, pieces=pieces), pieces)
        figures["right_before"], figures["right_now"] = _right(old.judge, held_back), _right(trial, held_back)
        better = figures["right_now"] >= figures["right_before"]
    model = learning.fit([*seed.pairs(), *pairs], described, pieces=pieces)
    spoken: dict[str, int] = {}
    for row in rows:
        language = str(row.evidence.get("language", "")).split("-")[0]
        spoken[language] = spoken.get(language, 0) + 1
    figures["languages"] = sorted(language for language, count in spoken.items() if count >= ENOUGH_OF_LANGUAGE)
    figures["taken"] = better
    with transaction.atomic():
        made = SectionModel.objects.create(made_at=moment, pairs=len(rows), blob=storing.packed(model), figures=figures)
        if better:
            use(made.pk)
        _forget_old()
    return made


def use(version: int) -> None:
    """Take a model into use; 0 goes back to the one that ships. Articles judged before keep their judgement."""
    with transaction.atomic():
        SectionModel.objects.filter(in_use=True).exclude(pk=version).update(in_use=False)
        SectionModel.objects.filter(pk=version).update(in_use=True)


def _forget_old() -> None:
    keep = list(SectionModel.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT_MODELS])
    SectionModel.objects.filter(in_use=False).exclude(pk__in=keep).delete()


def _is_held_back(number: int) -> bool:
    return number % HELD_BACK == HELD_BACK - 1


def _right(judge: Judge, pairs: Sequence[Pair]) -> int:
    verdicts = judge.judge_all([pair.evidence for pair in pairs])
    return sum(verdict.section == pair.section for verdict, pair in zip(verdicts, pairs, strict=True))


def _pair(row: SectionPair) -> Pair:
    known = row.evidence
    names = ("title", "text", "url", "source", "usual")
    facts = {name: str(known.get(name, "")) for name in names}
    return Pair(Evidence(labels=tuple(known.get("labels", ())), **facts), row.section, row.group)
