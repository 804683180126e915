"""Builders of rows for tests. Plain: each makes one thing, with every fact it needs, and names may be left out."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from broadsheet.articles.models import Article, ArticleTopic, Judgement, Section, Topic
from broadsheet.copydesk import blocks as copydesk_blocks
from broadsheet.copydesk import renditions
from broadsheet.copydesk.sanitise import CLEANER
from broadsheet.editions.models import Edition, Slot
from broadsheet.lib.slugs import slugify
from broadsheet.pages.models import Home, StandingPage
from broadsheet.pictures import services as pictures
from broadsheet.pictures.models import Picture
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.stories.models import Placement, Story
from broadsheet.trends.models import Heat

#: The moment at which tests happen, unless they say otherwise: a Tuesday morning.
NOW = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)

NINE = (
    ("world", "World News", "world-news"),
    ("politics", "Politics", "politics"),
    ("sports", "Sports", "sports"),
    ("celebrity", "Celebrity", "celebrity"),
    ("business", "Business", "business"),
    ("crypto", "Crypto", "crypto"),
    ("gaming", "Gaming News", "gaming-news"),
    ("tech", "Tech News", "tech-news"),
    ("travel", "Travel", "travel"),
)

_numbers = itertools.count(1)


def number() -> int:
    """A number not used before in this run."""
    return next(_numbers)


def make_sections() -> dict[str, Section]:
    """The nine sections, by key; those that exist stay as they are."""
    for order, (key, name, slug) in enumerate(NINE):
        Section.objects.get_or_create(key=key, defaults={"name": name, "slug": slug, "order": order})
    return {section.key: section for section in Section.objects.all()}


def make_section(key: str = "world") -> Section:
    """One of the nine sections."""
    name, slug = {one[0]: one[1:] for one in NINE}[key]
    order = [one[0] for one in NINE].index(key)
    return Section.objects.get_or_create(key=key, defaults={"name": name, "slug": slug, "order": order})[0]


def make_owner(name: str = "") -> Owner:
    """A publishing house."""
    return Owner.objects.create(name=name or f"House {number()}")


def make_rights(text: str = "full", **values: Any) -> RightsProfile:
    """A rights profile: `text` is headline, excerpt or full."""
    return RightsProfile.objects.create(name=f"Rights {number()}", text=text, **values)


def make_source(name: str = "", *, rights: RightsProfile | None = None, **values: Any) -> Source:
    """A source, with full rights unless said otherwise."""
    name = name or f"Gazette {number()}"
    facts: dict[str, Any] = {
        "homepage": f"https://{slugify(name)}.example/",
        "added_at": NOW - timedelta(days=30),
        **values,
    }
    return Source.objects.create(name=name, slug=slugify(name), rights=rights or make_rights(), **facts)


def paragraphs(*texts: str) -> list[dict[str, Any]]:
    """A body of plain paragraphs."""
    return [{"type": "paragraph", "value": text} for text in texts]


def make_topic(name: str, **values: Any) -> Topic:
    """A topic that readers see, unless said otherwise."""
    facts: dict[str, Any] = {"public": True, **values}
    return Topic.objects.create(name=name, slug=slugify(name), fold=name.casefold(), **facts)


def make_article(
    headline: str = "",
    *,
    source: Source | None = None,
    section: Section | str = "world",
    body: Sequence[dict[str, Any]] | str | None = None,
    topics: Iterable[Topic] = (),
    age: timedelta = timedelta(hours=1),
    address: str | None = "",
    **values: Any,
) -> Article:
    """A live article that appeared `age` before `NOW`. `body` may be blocks or one text; `address=None` for a copy."""
    mark = number()
    headline = headline or f"Harbour report number {mark}"
    where = make_section(section) if isinstance(section, str) else section
    blocks = paragraphs(body) if isinstance(body, str) else list(body or paragraphs("The pilot boat went first."))
    if address == "":
        address = f"{where.slug}/{slugify(headline)}"
        if Article.objects.filter(address=address).exists():
            address = f"{address}-{mark}"
    moment = values.pop("published_at", NOW - age)
    facts: dict[str, Any] = {
        "standfirst": f"What is known so far, part {mark}.",
        "language": "en",
        "entry_key": f"entry-{mark}",
        "origin_url": f"https://origin.example/{mark}",
        "filed_at": moment,
        "cleaner": CLEANER,
        "live": True,
        **values,
    }
    article: Article = Article.objects.create(
        headline=headline,
        source=source or make_source(),
        shown_section=where,
        address=address,
        published_at=moment,
        body=blocks,
        **facts,
    )
    words = copydesk_blocks.words(blocks)
    Judgement.objects.create(
        article=article,
        section=where,
        words=words,
        read_minutes=max(1, -(-words // 238)),
        reasons={"section": "the source's default"},
        judged_at=moment,
    )
    for rank, topic in enumerate(topics):
        ArticleTopic.objects.create(article=article, topic=topic, rank=rank, published_at=moment)
    return article


def make_picture(width: int = 1000, *, rendered: bool = True, **values: Any) -> Picture:
    """A plain picture half as high as wide, with its file; `rendered` with stand-ins for its renditions."""
    from django.core.files.base import ContentFile
    from PIL import Image

    body = io.BytesIO()
    Image.new("RGB", (width, width // 2), "#0e5a84").save(body, "PNG")
    facts = {"title": "DSC_0001.png", "width": width, "height": width // 2, "file_hash": f"{number():040x}", **values}
    picture: Picture = Picture.objects.create(file=ContentFile(body.getvalue(), "a.png"), **facts)
    if rendered:
        assert pictures.render(picture.pk, stand_ins(width))
    return picture


def stand_ins(width: int, avif: Sequence[int] | None = None) -> pictures.Draw:
    """Draws nothing: renditions of the usual widths with a few bytes each (AVIF in those of `avif` alone)."""
    usual = renditions.widths(width)
    wanted = {"avif": usual if avif is None else avif, "webp": usual, "jpeg": usual}
    made = [renditions.Made(kind, one, one // 2, f"{kind} {one}".encode()) for kind in wanted for one in wanted[kind]]
    return lambda body: made


def make_story(articles: Sequence[Article], *, why: str = "link", slug: str = "", **values: Any) -> Story:
    """A story of these articles; the first leads it. Copies among them are counted as such."""
    lead = articles[0]
    originals = [one for one in articles if one.copy_of_id is None]
    times = sorted(one.published_at for one in articles)
    facts: dict[str, Any] = {
        "section": lead.shown_section,
        "first_at": times[0],
        "last_at": times[-1],
        "articles_count": len(articles),
        "copies_count": len(articles) - len(originals),
        "voices_count": len({one.source.voice for one in originals}),
        "live": True,
        **values,
    }
    story = Story.objects.create(slug=slug or f"{slugify(lead.headline)}-{number()}", lead=lead, **facts)
    for place, article in enumerate(articles):
        reason = "first" if place == 0 else "copy" if article.copy_of_id else why
        Placement.objects.create(article=article, story=story, why=reason, placed_at=article.published_at)
    return story


def make_heat(story: Story, score: float = 1.0, receipt: str = "2 sources in 1 h", *, window: str = "day") -> Heat:
    """The heat of a story in a window; its rank follows from the scores of those that are there already."""
    rows = Heat.objects.filter(window=window)
    rows.filter(score__lt=score).update(rank=F("rank") + 1)
    rank = rows.filter(score__gte=score).count() + 1
    return Heat.objects.create(story=story, window=window, score=score, rank=rank, receipt=receipt, at=NOW)


def make_edition(places: dict[str, Sequence[Article]], *, at: datetime = NOW, **receipt: int) -> Edition:
    """A front with these articles in these places; an article without a story gets one of its own."""
    edition, _ = Edition.objects.update_or_create(
        name="front", defaults={"number": 1, "assembled_at": at, "receipt": receipt}
    )
    edition.slots.all().delete()
    for place, articles in places.items():
        for rank, article in enumerate(articles):
            held = Placement.objects.filter(article=article).select_related("story").first()
            story = held.story if held is not None else make_story([article])
            Slot.objects.create(edition=edition, place=place, rank=rank, story=story, article=article)
    return edition


def make_standing(
    slug: str = "about", title: str = "About", text: str = "<p>Who we are.</p>", **values: Any
) -> StandingPage:
    """A published standing page below the home of the standing pages."""
    from wagtail.models import Page

    home = Home.objects.first()
    if home is None:
        home = Page.get_first_root_node().add_child(instance=Home(title="Standing pages", slug=f"home-{number()}"))
    return home.add_child(instance=StandingPage(title=title, slug=slug, text=text, **values))
