"""What the desk does to topics: names, kinds, aliases, hiding, merging. Addresses never die."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from broadsheet.accounts.models import User
from broadsheet.articles import gazetteer
from broadsheet.articles.events import TopicChanged
from broadsheet.articles.models import ArticleTopic, Topic, TopicAlias
from broadsheet.articles.services.naming import link_uses
from broadsheet.copydesk import topics
from broadsheet.core import events
from broadsheet.core.transactions import together
from broadsheet.lib import text


class NameTaken(ValueError):
    """A name that stands for another topic already; its message says for which."""


@together()
def save_topic(topic: Topic, aliases: Sequence[str] | None = None, *, publish: bool = False) -> None:
    """Save what the desk set: name and kind are the desk's from now on. `aliases` replaces the topic's other names.

    Raises `NameTaken` where one of them is another topic's.
    """
    topic.by_desk = True
    topic.public = topic.public or publish
    topic.save()
    if aliases is not None:
        _set_aliases(topic, aliases)
    if topic.public:
        names = [topic.name, *TopicAlias.objects.filter(topic=topic).values_list("name", flat=True)]
        link_uses({topics.bare(name): topic for name in names})
    gazetteer.changed()
    events.announce(TopicChanged(topic.pk))


def _set_aliases(topic: Topic, names: Sequence[str]) -> None:
    wanted: dict[str, str] = {}
    for name in names:
        shown = text.tidy(name)[:120].strip()
        fold = text.normal(shown)[:120]
        if fold and fold != topic.fold:
            wanted.setdefault(fold, shown)
    for fold, shown in wanted.items():
        other = Topic.objects.filter(Q(fold=fold) | Q(aliases__fold=fold)).exclude(pk=topic.pk).first()
        # A name that was merged into this topic is its alias by right.
        if other is not None and other.merged_into_id != topic.pk:
            raise NameTaken(f"“{shown}” stands for the topic “{other.name}”. Merge the two, or choose another name.")
    TopicAlias.objects.filter(topic=topic).exclude(fold__in=wanted).delete()
    for fold, shown in wanted.items():
        TopicAlias.objects.update_or_create(fold=fold, defaults={"topic": topic, "name": shown})


@together()
def hide_topic(topic: Topic, *, hidden: bool) -> None:
    """Take a topic out of the paper, page and names, or show it again."""
    Topic.objects.filter(pk=topic.pk).update(hidden=hidden)
    topic.hidden = hidden
    gazetteer.changed()
    events.announce(TopicChanged(topic.pk))


@together()
def merge_topics(topic: Topic, into: Topic, *, user: User | None = None) -> int:
    """Everything of `topic` belongs to `into` from now on, and its address leads there for ever.

    Returns how many articles moved. The merged topic's name and aliases become aliases. Nothing happens where both
    are one already.
    """
    into = into.merged_into or into
    if into.pk == topic.pk or topic.merged_into_id == into.pk:
        return 0
    links = ArticleTopic.objects.filter(topic=topic)
    both = ArticleTopic.objects.filter(topic=into).values("article_id")
    # The desk's own choice of the one counts for the other.
    chosen = list(links.filter(by_desk=True, article_id__in=both).values_list("article_id", flat=True))
    ArticleTopic.objects.filter(topic=into, article_id__in=chosen).update(by_desk=True, found=ArticleTopic.Found.DESK)
    doubled = list(links.filter(article_id__in=both).values_list("pk", flat=True))
    ArticleTopic.objects.filter(pk__in=doubled).delete()
    moved = links.update(topic=into)
    TopicAlias.objects.filter(topic=topic).update(topic=into)
    TopicAlias.objects.get_or_create(fold=topic.fold, defaults={"topic": into, "name": topic.name})
    Topic.objects.filter(merged_into=topic).update(merged_into=into)
    if topic.public and not into.public:
        Topic.objects.filter(pk=into.pk).update(public=True)
    Topic.objects.filter(pk=topic.pk).update(merged_into=into, public=False, by_desk=topic.by_desk or user is not None)
    topic.refresh_from_db()
    gazetteer.changed()
    events.announce_all([TopicChanged(topic.pk), TopicChanged(into.pk)])
    return moved
