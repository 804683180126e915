"""Stories, and which article stands in which, with the reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from broadsheet.articles.models import Article, Section


class Story(models.Model):
    """All articles about one event. The unit of every list: no page shows a story twice."""

    slug = models.SlugField(max_length=120, unique=True)
    lead = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="stories")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    articles_count = models.PositiveIntegerField(default=1)
    copies_count = models.PositiveIntegerField(default=0)
    voices_count = models.PositiveIntegerField(default=1)
    live = models.BooleanField(default=False, help_text="Whether any of its articles is in the paper.")

    class Meta:
        verbose_name_plural = "stories"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["live", "-last_at"], name="story_by_time"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def path(self) -> str:
        """Address of the story's full coverage."""
        return f"/stories/{self.slug}/"


class Placement(models.Model):
    """An article's membership in a story: one each, with reason and score."""

    class Why(models.TextChoices):
        FIRST = "first", "First to report"
        COPY = "copy", "Copy of an article in the story"
        LINK = "link", "Links to the same page"
        DESK = "desk", "Placed by an editor"

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="placement", primary_key=True)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="placements")
    why = models.CharField(max_length=8, choices=Why.choices)
    detail = models.JSONField(default=dict)
    score = models.FloatField(default=1.0)
    version = models.PositiveSmallIntegerField(default=1)
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.article_id} in {self.story_id}: {self.why}"
