"""Naming: which topics a filed article is about, and which names it adds to what may become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from broadsheet.articles import gazetteer
from broadsheet.articles.events import TopicsNamed
from broadsheet.articles.models import Article, ArticleTopic, Topic, TopicAlias, TopicUse
from broadsheet.copydesk import topics
from broadsheet.copydesk.topics import Named, Where
from broadsheet.core import clock, events
from broadsheet.lib import text, urls

FOUND = {
    Where.HEADLINE: ArticleTopic.Found.HEADLINE,
    Where.LABEL: ArticleTopic.Found.LABEL,
    Where.STANDFIRST: ArticleTopic.Found.STANDFIRST,
    Where.TEXT: ArticleTopic.Found.TEXT,
}


@dataclass(frozen=True)
class Worded:
    """An article with the words it is named by. `labels` are the source's own."""

    article: Article
    headline: str
    standfirst: str
    text: str
    language: str
    labels: tuple[str, ...]
    voice: str


def name_all(worded: Sequence[Worded]) -> None:
    """Name the topics of new articles or of a new text, at most eight each; what stands there already stays.

    Labels of sources become candidates at once; names of the text are counted, and become topics by `promote_topics`.
    A copy speaks with no voice of its own. The number of queries does not grow with the number of articles.
    """
    known = gazetteer.known()
    read = [(one, _named(one)) for one in worded]
    found = [(one, names, known.find(one.headline, one.standfirst, one.text)) for one, names in read]
    _make(_folds(label for one in worded for label in one.labels))
    stock = stock_of(fold for _, names, again in found for one in (*names, *again) for fold in _forms(one))
    links: list[ArticleTopic] = []
    uses: list[TopicUse] = []
    for one, names, again in found:
        about: dict[int, Named] = {}
        for name in (*again, *names):
            topic = stock.get(name.fold)
            if topic is not None and (topic.pk not in about or name.where < about[topic.pk].where):
                about[topic.pk] = name
            if (topic is None or not topic.public) and one.article.copy_of_id is None and not _is_hidden(topic):
                uses.append(_use(one, name))
        links += _links(one.article, about, stock)
    ArticleTopic.objects.bulk_create(links, ignore_conflicts=True)
    TopicUse.objects.bulk_create(uses, ignore_conflicts=True)


def _named(one: Worded) -> list[Named]:
    return topics.with_labels(topics.named(one.headline, one.standfirst, one.text, one.language), one.labels)


def _forms(one: Named) -> tuple[str, str]:
    """A name as texts are compared, and as topics are."""
    return one.fold, text.normal(one.name)[:120]


def _is_hidden(topic: Topic | None) -> bool:
    return topic is not None and topic.hidden


def _use(one: Worded, name: Named) -> TopicUse:
    return TopicUse(
        fold=name.fold[:120], name=name.name[:120], voice=one.voice, article=one.article, day=clock.now().date(),
        inside=name.inside, kind=name.kind, means=name.means[:120], found=FOUND[name.where], times=min(name.times, 999),
    )  # fmt: skip


def _links(article: Article, about: Mapping[int, Named], stock: Mapping[str, Topic]) -> list[ArticleTopic]:
    by_id = {topic.pk: topic for topic in stock.values()}
    rarity = {name.fold: by_id[pk].uses for pk, name in about.items()}
    places = {id(name): pk for pk, name in about.items()}
    return [
        ArticleTopic(
            article=article, topic_id=places[id(name)], rank=rank, published_at=article.published_at,
            found=FOUND[name.where], times=min(name.times, 999),
        )
        for rank, name in enumerate(topics.ranked(list(about.values()), rarity))
    ]  # fmt: skip


def stock_of(folds: Iterable[str]) -> dict[str, Topic]:
    """The topics that stand behind these names, by their own name or an alias; merged ones by what they went into."""
    wanted = list(set(folds))
    if not wanted:
        return {}
    found: dict[str, Topic] = {}
    for alias in TopicAlias.objects.filter(fold__in=wanted).select_related("topic__merged_into"):
        found[alias.fold] = alias.topic.merged_into or alias.topic
    for topic in Topic.objects.filter(fold__in=wanted).select_related("merged_into"):
        found[topic.fold] = topic.merged_into or topic
    # A topic's own name may carry accents that comparable names of texts do not.
    return found | {topics.bare(topic.name): topic for topic in list(found.values()) if topic.merged_into_id is None}


def topics_named(names: Iterable[str]) -> list[Topic]:
    """The topics of these names in their order, made where they are new, for the desk: they are public at once."""
    wanted = _folds(names)
    _make(wanted)
    stock = stock_of(wanted)
    chosen = list({topic.pk: topic for fold in wanted if (topic := stock.get(fold))}.values())
    fresh = [topic.pk for topic in chosen if not topic.public]
    if fresh:
        Topic.objects.filter(pk__in=fresh).update(public=True, by_desk=True)
        link_uses({topics.bare(topic.name): topic for topic in chosen if topic.pk in fresh})
        gazetteer.changed()
    return chosen


def _folds(names: Iterable[str]) -> dict[str, str]:
    """Names as they are compared, with how they are shown; names without letters are left out."""
    wanted: dict[str, str] = {}
    for name in names:
        shown = text.tidy(name)[:120].strip()
        fold = text.normal(shown)[:120]
        if fold:
            wanted.setdefault(fold, shown)
    return wanted


def _make(wanted: Mapping[str, str]) -> None:
    """Make candidates of these names, by fold, where neither a topic nor an alias has them."""
    if not wanted:
        return
    known = set(Topic.objects.filter(fold__in=list(wanted)).values_list("fold", flat=True))
    known |= set(TopicAlias.objects.filter(fold__in=list(wanted)).values_list("fold", flat=True))
    new = [fold for fold in wanted if fold not in known]
    if new:
        make_topics({fold: (wanted[fold], Topic.Kind.THEME) for fold in new})


def make_topics(wanted: Mapping[str, tuple[str, str]], *, public: bool = False) -> None:
    """New topics of these names and kinds, by fold, each with a free address; one that is there stays as it is."""
    slugs = {fold: urls.slugify(name)[:100] for fold, (name, _) in wanted.items()}
    taken = set(Topic.objects.filter(slug__in=slugs.values()).values_list("slug", flat=True))
    rows = []
    for fold, slug in slugs.items():
        # Two names with one slug: the later one carries a few signs of its own.
        free = slug if slug not in taken else f"{slug}-{text.text_hash(fold)[:8]}"
        taken.add(free)
        name, kind = wanted[fold]
        rows.append(Topic(name=name, slug=free, fold=fold, kind=kind, public=public))
    Topic.objects.bulk_create(rows, ignore_conflicts=True)


def link_uses(chosen: Mapping[str, Topic]) -> None:
    """The articles that used these names are about them; what was counted is not needed any longer."""
    if not chosen:
        return
    rows = TopicUse.objects.filter(fold__in=list(chosen))
    ranks = {found: place for place, found in enumerate(ArticleTopic.Found.values)}
    links: list[ArticleTopic] = []
    for fold, article_id, published, found, times in rows.values_list(
        "fold", "article_id", "article__published_at", "found", "times"
    ):
        links.append(
            ArticleTopic(
                article_id=article_id, topic=chosen[fold], published_at=published, found=found, times=times,
                rank=2 * ranks.get(found, 3),
            )
        )  # fmt: skip
    ArticleTopic.objects.bulk_create(links, ignore_conflicts=True, batch_size=500)
    rows.delete()
    if not links:
        return
    named = {link.topic_id for link in links}
    events.announce(TopicsNamed(tuple(sorted(named)), tuple(sorted({link.article_id for link in links}))))
