"""A small whole paper for page tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from broadsheet.articles.models import Article
from broadsheet.stories.models import Story
from tests import make


@dataclass
class Paper:
    """What `paper` holds."""

    lead: Article
    second_voice: Article
    copy: Article
    arabic: Article
    story: Story
    articles: list[Article]

    @property
    def known(self) -> dict[str, int]:
        """Article ids by address."""
        return {f"/{one.address}/": one.pk for one in Article.objects.exclude(address=None)}


def build_paper(size: int = 5) -> Paper:
    """A front, `size` articles a section, a story of three voices with a copy, one article in Arabic."""
    sections = make.make_sections()
    full = make.make_rights("full", licence_name="CC BY 4.0", licence_url="https://licence.example/by/4.0/")
    sources = [
        make.make_source("Northern Ledger", rights=full, about="A daily of record."),
        make.make_source("The Kestrian", rights=make.make_rights("excerpt", excerpt_words=12)),
        make.make_source("Coastwatch", rights=make.make_rights("headline")),
    ]
    wire = make.make_source("Meridian Wire", rights=full)
    shipping = make.make_topic("Shipping")
    lead = make.make_article(
        "Vessin Strait reopens to shipping after nine days",
        source=sources[0],
        topics=[shipping],
        byline="Mara Tidewell",
        age=timedelta(hours=2),
        updated_at=make.NOW - timedelta(minutes=45),
        standfirst="Forty-one freighters began moving at dawn.",
    )
    second_voice = make.make_article("What the two sides signed", source=sources[1], age=timedelta(minutes=50))
    copy = make.make_article("Strait reopens", source=sources[2], copy_of=lead, address=None, age=timedelta(minutes=40))
    third = make.make_article("First convoy clears the narrows", source=wire, age=timedelta(minutes=30))
    story = make.make_story([lead, second_voice, copy, third], slug="vessin-strait")
    make.make_heat(story, 2.5, "3 sources in 2 h")
    arabic = make.make_article(
        "عودة الملاحة إلى المضيق",
        source=wire,
        language="ar",
        age=timedelta(minutes=5),
        standfirst="عبرت القافلة فجر اليوم.",
        body=make.paragraphs('<bdi lang="ar" dir="rtl">عبرت القافلة الأولى فجر اليوم.</bdi>'),
    )
    rows = []
    for step in range(size):
        for place, key in enumerate(sections):
            age = timedelta(hours=3 + step, minutes=place)
            rows.append(
                make.make_article(
                    f"{sections[key].name} report {step}",
                    source=sources[(step + place) % 3],
                    section=key,
                    topics=[shipping] if place % 2 else [],
                    age=age,
                )
            )
    make.make_edition(
        {
            "lead": [lead],
            "second": rows[1:4],
            "brief": rows[4:8],
            "trending": [rows[0]],
            "latest": [arabic, *rows[9:12]],
            **{f"strip:{key}": [one for one in rows[12:] if one.shown_section.key == key][:5] for key in sections},
        },
        stories=42,
        sources=5,
    )
    return Paper(lead, second_voice, copy, arabic, story, rows)


@pytest.fixture
def paper(db: None) -> Paper:
    """The small paper, made for this test."""
    return build_paper(2)
