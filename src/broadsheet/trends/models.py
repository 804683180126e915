"""Reader events counted without identities, what is usual, and the heat of stories with its receipt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from broadsheet.articles.models import Article, Section
from broadsheet.stories.models import Story
from broadsheet.trends import rules


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


class Attention(models.Model):
    """How many readers did one thing with an article in one bucket: five minutes, after two days the whole hour."""

    class Kind(models.TextChoices):
        READ = rules.READ, "Read"
        END = rules.END, "Read to the end"
        SHARE = rules.SHARE, "Shared"
        BOOKMARK = rules.BOOKMARK, "Bookmarked"
        COMMENT = rules.COMMENT, "Commented"

    # The constraint's index begins with the article: a second one would only cost.
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attention", db_index=False)
    at = models.DateTimeField(help_text="The bucket's start.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "at", "kind"], name="one_count_a_bucket"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="attention_by_time")]

    def __str__(self) -> str:
        return f"{self.n} {self.kind} of {self.article_id} at {self.at:%Y-%m-%d %H:%M}"


class Refusal(models.Model):
    """How many events of one hour did not count, and why."""

    class Why(models.TextChoices):
        CRAWLER = rules.CRAWLER, "A program, not a reader"
        PREFETCH = rules.PREFETCH, "Fetched ahead, looked at by nobody"
        FLOOD = rules.FLOOD, "The same reader again within the hour"
        NETWORK = rules.NETWORK, "Too many of one network"

    hour = models.DateTimeField()
    why = models.CharField(max_length=8, choices=Why.choices)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["hour", "why"], name="one_refusal_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.why} at {self.hour:%Y-%m-%d %H}h"


class Batch(models.Model):
    """Batches of events already counted, so that a repeated delivery counts nothing twice."""

    token = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.token


class Baseline(models.Model):
    """What is usual for a section at an hour of the week: events of a kind, or new voices, an hour a story."""

    #: Stands in `kind` for independent voices, beside the kinds of reader events.
    VOICES = "voices"

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+", db_index=False)
    hour_of_week = models.PositiveSmallIntegerField(help_text="0 is Monday, 0 to 1 h UTC.")
    kind = models.CharField(max_length=8)
    value = models.FloatField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["section", "hour_of_week", "kind"], name="one_baseline_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.value:.3f} {self.kind} in {self.section_id} at hour {self.hour_of_week}"


class Heat(models.Model):
    """How fast a story rises within a window, its rank there, and the one line that says why."""

    class Window(models.TextChoices):
        HOUR = rules.HOUR, "Hour"
        DAY = rules.DAY, "Day"
        WEEK = rules.WEEK, "Week"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="heats", db_index=False)
    window = models.CharField(max_length=5, choices=Window.choices)
    score = models.FloatField()
    rank = models.PositiveIntegerField(help_text="1 is the hottest of the window.")
    receipt = models.CharField(max_length=300)
    inputs = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["story", "window"], name="one_heat_a_window"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["window", "rank"], name="heat_by_rank")]

    def __str__(self) -> str:
        return f"{self.window} {self.rank}: {self.receipt}"


class TallyLog(models.Model):
    """All that the heat of a window was last computed from, so that every rank can be computed again."""

    window = models.CharField(max_length=5, primary_key=True, choices=Heat.Window.choices)
    at = models.DateTimeField()
    inputs = models.BinaryField(help_text="Compressed JSON of the ranking's arguments.")

    def __str__(self) -> str:
        return f"{self.window} at {self.at:%Y-%m-%d %H:%M:%S}"
