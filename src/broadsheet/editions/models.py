"""Fronts as they stand: an edition and its slots."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from broadsheet.articles.models import Article
from broadsheet.stories.models import Story


class Edition(models.Model):
    """A front: "front", or "section:" and a section's key. `number` grows each time its slots change."""

    name = models.CharField(max_length=60, unique=True)
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


class Pin(models.Model):
    """An editor's word that a story stands in a place of a front, until a moment or until it is taken off.

    `article` is the one of its articles that shall stand for it; empty, the story's lead does.
    """

    class Place(models.TextChoices):
        LEAD = "lead", "Lead"
        SECOND = "second", "Beside or below the lead"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="pins")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=8, choices=Place.choices, default=Place.LEAD)
    rank = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Of several pins in one place the lower number comes first."
    )
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until somebody takes it off.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["edition", "place", "rank", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "story"], name="story_pinned_once"),
        ]

    def __str__(self) -> str:
        return f"pin of {self.story_id} as {self.place} {self.rank}"
