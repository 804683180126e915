"""What the machine decided about an article, and what it keeps to decide about others. Never in a revision."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Judgement(models.Model):
    """What the machine decided about an article, with its reasons. Replaced as a whole, never drafted."""

    article = models.OneToOneField("Article", on_delete=models.CASCADE, related_name="judgement", primary_key=True)
    section = models.ForeignKey("Section", on_delete=models.PROTECT, related_name="+")
    second = models.CharField(max_length=40, blank=True, help_text="Key of the section that came next.")
    confidence = models.FloatField(default=1.0)
    abstained = models.BooleanField(default=False, help_text="The machine was not sure and asks the desk.")
    language = models.CharField(max_length=12, default="en")
    words = models.PositiveIntegerField(default=0)
    read_minutes = models.PositiveSmallIntegerField(default=1)
    reasons = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0, help_text="The section model; 0 is the one that ships.")
    judged_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-article"], condition=models.Q(abstained=True), name="judgement_to_review"),
        ]

    def __str__(self) -> str:
        return f"judgement of {self.article_id}"


class ArticleVector(models.Model):
    """What is kept of a text so that its relatives can be found; see `copydesk.keepsakes`. Copies have none.

    Gone after thirty days, but for our own newsroom's articles, which have no last day.
    """

    article = models.OneToOneField("Article", on_delete=models.CASCADE, related_name="vector", primary_key=True)
    maker = models.PositiveSmallIntegerField(help_text="What the code was made of; codes of two makers do not compare.")
    code = models.BinaryField(max_length=32)
    vector = models.BinaryField(max_length=256)
    words = models.JSONField(help_text="The strongest words with their weights.")
    last_day = models.DateField(null=True, db_index=True)
    kept_at = models.DateTimeField()
    waiting = models.BooleanField(default=True, help_text="Its relatives are to be looked for.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["article"], condition=models.Q(waiting=True), name="vector_waiting"),
        ]

    def __str__(self) -> str:
        return f"vector of {self.article_id}"


class RelatedList(models.Model):
    """What else a reader of an article may want, found in the worker, so that its page only reads it.

    `found` has, best first, the parts of each find (`articles.related.Find`); `shown` the ids after the desk's choices.
    """

    article = models.OneToOneField("Article", on_delete=models.CASCADE, related_name="related", primary_key=True)
    found = models.JSONField(default=list)
    shown = models.JSONField(default=list)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"related to {self.article_id}"


class RelatedChoice(models.Model):
    """An editor's word on what stands beside an article; taking the row away undoes it."""

    class Verdict(models.TextChoices):
        PINNED = "pinned", "Pinned"
        LEFT_OUT = "left_out", "Left out"

    article = models.ForeignKey("Article", on_delete=models.CASCADE, related_name="related_choices")
    other = models.ForeignKey("Article", on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "other"], name="one_choice_a_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} beside {self.article_id}: {self.verdict}"


class Sketch(models.Model):
    """What is left of a text to compare others with, for some days, and the family of texts that it belongs to.

    `family` is the text that its family began with; empty: this one. Without a `day` the days are over: the hashes are
    gone, and the row stays only because it says that two articles of the paper are one text.
    """

    article = models.OneToOneField("Article", on_delete=models.CASCADE, related_name="sketch", primary_key=True)
    hashes = models.BinaryField()
    total = models.PositiveIntegerField()
    length = models.PositiveIntegerField()
    family = models.ForeignKey("Article", null=True, blank=True, on_delete=models.SET_NULL, related_name="kin")
    day = models.DateField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"sketch of {self.article_id}"


class CopyKey(models.Model):
    """A passage that an article is filed under, so that copies of it find it. Rows are written in the order of days.

    Sixteen an article: so there is no second index, and no constraint. A row that outlives its article leads to no
    sketch and goes with its day.
    """

    hash = models.BigIntegerField()
    article = models.ForeignKey(
        "Article", on_delete=models.DO_NOTHING, related_name="copy_keys", db_constraint=False, db_index=False
    )
    day = models.DateField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["hash", "day"], name="copy_key_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.hash} of {self.article_id}"


class SectionPair(models.Model):
    """An article whose section a person has said, with what was known of it: what the section judge learns from."""

    article = models.OneToOneField("Article", on_delete=models.SET_NULL, null=True, related_name="section_pair")
    evidence = models.JSONField(help_text="title, text, labels, url, source, usual, language as the judge saw them")
    section = models.CharField(max_length=40)
    judged = models.CharField(max_length=40, blank=True, help_text="The section that the machine had chosen.")
    group = models.CharField(max_length=40, blank=True, help_text="The story that it is in.")
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.article_id} is {self.section}"


class SectionModel(models.Model):
    """A model that the section judge learned. One is in use; without any the one that ships is."""

    made_at = models.DateTimeField()
    pairs = models.PositiveIntegerField(help_text="Corrections it learned from, beside the titles that ship.")
    blob = models.BinaryField()
    figures = models.JSONField(default=dict)
    in_use = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["in_use"], condition=models.Q(in_use=True), name="one_model_in_use"),
        ]

    def __str__(self) -> str:
        return f"section model {self.pk}"
