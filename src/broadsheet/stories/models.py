"""Stories, and which article stands in which, with the reason."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from broadsheet.articles.models import Article, Section
from broadsheet.stories import rules


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
    locked_at = models.DateTimeField(null=True, editable=False)
    chosen_lead = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False,
        help_text="The desk's choice; it leads as long as it is in the paper.",
    )  # fmt: skip

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
        LIKENESS = "likeness", "Tells of the same event"
        DESK = "desk", "Placed by an editor"

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="placement", primary_key=True)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="placements")
    why = models.CharField(max_length=8, choices=Why.choices)
    detail = models.JSONField(default=dict)
    score = models.FloatField(default=1.0)
    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=12, null=True, help_text="Of the writer that placed it, or its original.")
    nucleus = models.PositiveBigIntegerField(null=True, help_text="The group that it moves with, as the writer counts.")
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.article_id} in {self.story_id}: {self.why}"

    @property
    def receipt(self) -> str:
        """Why the article stands where it stands, in one line."""
        return rules.receipt(self.why, self.detail, self.score)


class StoryRedirect(models.Model):
    """An address that a story had before it went into another. It leads there for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="redirects")
    was = models.PositiveBigIntegerField(db_index=True, help_text="The number of the story that is gone.")

    def __str__(self) -> str:
        return f"{self.slug} is {self.story_id}"


class RunningStory(models.Model):
    """A story that a writer still adds to, and the number by which the writer knows it."""

    language = models.CharField(max_length=12)
    number = models.PositiveBigIntegerField()
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="running")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["language", "number"], name="running_story_once"),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.number} is {self.story_id}"


class WriterState(models.Model):
    """How far a language's log goes. Whoever wants to add to it must know `mark`, which every addition changes."""

    language = models.CharField(max_length=12, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    mark = models.CharField(max_length=16, default="")

    def __str__(self) -> str:
        return f"{self.language} at {self.seq}"


class WriterSnapshot(models.Model):
    """A writer as it was at one place of its log. Apart from `WriterState`, which every batch writes."""

    language = models.CharField(max_length=12)
    seq = models.PositiveBigIntegerField()
    mark = models.CharField(max_length=16)
    blob = models.BinaryField()
    made_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["language", "seq"], name="one_snapshot_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.language} at {self.seq}"


class LogLine(models.Model):
    """One thing that a writer was told, with all that it needs to be told again, and what came of it."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        ORDER = "order", "Order"

    language = models.CharField(max_length=12)
    seq = models.PositiveBigIntegerField()
    mark = models.CharField(max_length=16, help_text="Of the batch that wrote it.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    text = models.BinaryField()
    order = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["language", "seq"], name="one_line_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.seq}: {self.kind}"


class StoryOrder(models.Model):
    """An editor's order and its history: who, when, what, why, and all that undoing it needs."""

    class Verb(models.TextChoices):
        MERGE = "merge", "Merged"
        SPLIT = "split", "Split"
        MOVE = "move", "Moved an article"
        LOCK = "lock", "Locked"
        UNLOCK = "unlock", "Unlocked"
        LEAD = "lead", "Chose the lead"

    verb = models.CharField(max_length=8, choices=Verb.choices)
    story = models.PositiveBigIntegerField(db_index=True, help_text="The number of the story it was given for.")
    other = models.PositiveBigIntegerField(null=True, db_index=True, help_text="The other story, where there is one.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict, help_text="What it said, by articles, so that it outlives any regrouping.")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.story}"
