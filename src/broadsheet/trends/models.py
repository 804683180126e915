"""Reads counted without identities, and the heat of stories with its receipt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from broadsheet.articles.models import Article
from broadsheet.stories.models import Story


class ReadTally(models.Model):
    """How often an article was read in one hour (UTC)."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="read_tallies")
    hour = models.DateTimeField()
    reads = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "hour"], name="one_tally_an_hour"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["hour"], name="tally_by_hour")]

    def __str__(self) -> str:
        return f"{self.reads} reads of {self.article_id} at {self.hour:%Y-%m-%d %H}h"


class Batch(models.Model):
    """Read batches already counted, so that a repeated delivery counts nothing twice."""

    token = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.token


class Heat(models.Model):
    """How fast a story rises, and the one line that says why."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="heat", primary_key=True)
    score = models.FloatField(db_index=True)
    receipt = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.score:.3f}: {self.receipt}"
