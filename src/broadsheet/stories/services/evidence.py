"""What else speaks for a story than an article's words: the outside pages that it and recent articles point to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from broadsheet.articles.models import Article, OutsideLink
from broadsheet.stories import rules
from broadsheet.stories.services.reading import tongue

# More rows than this of all rare pages that a batch points to are not looked at; the youngest are.
_ROWS = 2_000


@dataclass(frozen=True)
class Stand:
    """Where a linked article stands: its writer's language and nucleus, and its story's row."""

    language: str
    nucleus: int | None
    story_id: int | None


@dataclass
class Links:
    """The rare pages that the articles of a batch point to, and who else does. Grows as the batch is placed."""

    keys: dict[int, dict[str, str]] = field(default_factory=dict)
    linked: dict[str, list[rules.Linked]] = field(default_factory=dict)
    stands: dict[int, Stand] = field(default_factory=dict)

    def best(self, article: Article) -> tuple[rules.Place, Stand | None]:
        """The story that the article's links speak for, and where the one stands that it shares most with."""
        keys = self.keys.get(article.pk, {})
        found = tuple(one for key in keys for one in self.linked.get(key, ()) if one.article_id != article.pk)
        place = rules.place(rules.Evidence(at=article.published_at, linked=found))
        return place, self.stands.get(int(place.detail["article"])) if place.why == "link" else None

    def add(self, article: Article, token: int, stand: Stand) -> None:
        """An article of the batch was placed; later ones may share its links. `token` stands for its story."""
        self.stands[article.pk] = stand
        for key, url in self.keys.get(article.pk, {}).items():
            self.linked.setdefault(key, []).append(rules.Linked(token, article.pk, url, article.published_at))


def links_of(articles: Sequence[Article]) -> Links:
    """The links of these articles, and the recent articles that share one: three queries."""
    links = Links()
    for pk, key, url in OutsideLink.objects.filter(article_id__in=[one.pk for one in articles]).values_list(
        "article_id", "key", "url"
    ):
        links.keys.setdefault(pk, {})[key] = url
    if not links.keys:
        return links
    times = [one.published_at for one in articles if one.pk in links.keys]
    rows = OutsideLink.objects.filter(
        key__in={key for keys in links.keys.values() for key in keys},
        article__published_at__gte=min(times) - rules.WINDOW,
        article__published_at__lte=max(times) + rules.WINDOW,
        article__placement__isnull=False,
    )
    told = rows.values("key").annotate(stories=Count("article__placement__story", distinct=True))
    rare = [one["key"] for one in told if one["stories"] <= rules.TOO_COMMON]
    if not rare:
        return links
    found = rows.filter(key__in=rare).order_by("-article_id").values_list(
        "key", "article__placement__story_id", "article_id", "url", "article__published_at",
        "article__placement__language", "article__placement__nucleus",
    )[:_ROWS]  # fmt: skip
    for key, story, pk, url, at, language, nucleus in found:
        links.linked.setdefault(key, []).append(rules.Linked(story, pk, url, at))
        links.stands[pk] = Stand(tongue(language), nucleus, story)
    return links
