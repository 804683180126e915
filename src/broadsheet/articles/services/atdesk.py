"""What editors do to articles: new texts, published revisions, sections and topics."""

from __future__ import annotations

from typing import Any

from broadsheet.accounts.models import User
from broadsheet.articles import rules, search
from broadsheet.articles.events import ArticleChanged, ArticleFiled, ArticlePublished
from broadsheet.articles.models import Article, ArticleTopic, Judgement, Section, Version
from broadsheet.articles.services import copying, vectors
from broadsheet.articles.services.filing import Judged, judge, mint, section_of
from broadsheet.articles.services.ledger import TEXT_FIELDS, remember, state_of
from broadsheet.articles.services.naming import topics_named
from broadsheet.articles.services.publishing import log_action
from broadsheet.articles.showing import raw_body
from broadsheet.copydesk import blocks, readingtime
from broadsheet.copydesk.sanitise import CLEANER
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.lib import text
from broadsheet.sources.queries import house


@together()
def new_by_desk(article: Article, *, user: User | None) -> Article:
    """Give a text that an editor began the facts every article has; the caller saves it afterwards."""
    moment = clock.now()
    section = article.section or section_of("")
    article.source = house()
    article.entry_key = text.text_hash(f"desk {user.pk if user else ''} {moment.isoformat()} {article.headline}")
    article.published_at = article.published_at or moment
    article.filed_at = moment
    article.shown_section = section
    article.address = mint(section, article.headline)
    article.cleaner = CLEANER
    article.live = False
    return article


@together()
def after_desk_save(article: Article, *, user: User | None) -> None:
    """Facts that follow from a desk edit of a new article: judgement, index, `ArticleFiled`."""
    if not Judgement.objects.filter(article=article).exists():
        judge(article, article.shown_section, _judged_by_desk(article), clock.now())
        events.announce(ArticleFiled(article.pk))
    search.index(article.pk, article.headline, article.standfirst, blocks.text(raw_body(article)))
    vectors.keep([vectors.Told(article, blocks.text(raw_body(article)))])


def _judged_by_desk(article: Article) -> Judged:
    words = blocks.words(raw_body(article))
    return Judged(
        section_key=article.shown_section.key,
        confidence=1.0,
        language=article.language,
        words=words,
        read_minutes=readingtime.minutes(words, article.language),
        reasons={"section": "written at the desk"},
    )


@together()
def after_desk_publish(article: Article, *, before: dict[str, Any] | None, user: User | None) -> None:
    """An editor's revision went live: what they changed is theirs from now on, and the paper follows."""
    now = state_of(article)
    if before is not None:
        changed = [name for name in TEXT_FIELDS if before[name] != now[name]]
        if changed and not article.source.is_house:
            article.kept_fields = sorted({*article.kept_fields, *changed})
        if changed:
            plan = rules.UpdatePlan(take={name: now[name] for name in changed}, overruled=())
            remember(article, Version.By.DESK, before, now, plan, editor=user)
            article.updated_at = clock.now()
    section = article.section or _judgement_section(article)
    left = article.shown_section.key
    article.shown_section = section
    Article.objects.filter(pk=article.pk).update(
        kept_fields=article.kept_fields, updated_at=article.updated_at, shown_section=section,
        withdrawn_at=None, withdrawn_why="",
    )  # fmt: skip
    _rejudge_words(article)
    plain = blocks.text(now["body"])
    search.index(article.pk, article.headline, article.standfirst, plain)
    vectors.keep([vectors.Told(article, plain)])
    if before is None or before["body"] != now["body"]:
        copying.renew(article, plain)
    if before is None:
        events.announce(ArticlePublished(article.pk))
    else:
        events.announce(ArticleChanged(article.pk, left_sections=(left,) if left != section.key else ()))


def _judgement_section(article: Article) -> Section:
    found = Judgement.objects.select_related("section").filter(article=article).first()
    return found.section if found else article.shown_section


def _rejudge_words(article: Article) -> None:
    judged = _judged_by_desk(article)
    Judgement.objects.filter(article=article).update(words=judged.words, read_minutes=judged.read_minutes)


@together()
def set_section(article: Article, section: Section | None, *, user: User | None = None) -> None:
    """The desk's choice of section (None: what the machine judged). The address stays."""
    left = article.shown_section.key
    article.section = section
    article.shown_section = section or _judgement_section(article)
    article.save(update_fields=["section", "shown_section"])
    log_action(article, "broadsheet.section", user, {"section": article.shown_section.key})
    events.announce(ArticleChanged(article.pk, left_sections=(left,)))


@together()
def set_topics(article: Article, names: list[str], *, user: User | None = None) -> None:
    """The desk's list of topics replaces what is there; machines may add, never remove."""
    wanted = topics_named(names)
    leaving = ArticleTopic.objects.filter(article=article).exclude(topic__in=wanted)
    left = tuple(leaving.values_list("topic_id", flat=True))
    leaving.delete()
    for rank, topic in enumerate(wanted):
        ArticleTopic.objects.update_or_create(
            article=article, topic=topic,
            defaults={
                "rank": rank, "by_desk": True, "found": ArticleTopic.Found.DESK, "published_at": article.published_at,
            },
        )  # fmt: skip
    if article.live:
        events.announce(ArticleChanged(article.pk, left_topics=left))
