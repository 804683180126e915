"""Fronts as they stand: an edition and its slots."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from broadsheet.articles.models import Article
from broadsheet.stories.models import Story


class Edition(models.Model):
    """A front. `number` grows each time its slots change."""

    name = models.SlugField(max_length=40, unique=True)
    number = models.PositiveIntegerField(default=0)
    assembled_at = models.DateTimeField()
    receipt = models.JSONField(default=dict, help_text="Counts the masthead prints: stories, sources, dispatches.")

    def __str__(self) -> str:
        return f"{self.name} no. {self.number}"


class Slot(models.Model):
    """One place on a front and the story that fills it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="slots")
    place = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField(default=0)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["edition", "place", "rank"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "place", "rank"], name="slot_once"),
            models.UniqueConstraint(fields=["edition", "story"], name="story_once_a_front"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.rank}"
