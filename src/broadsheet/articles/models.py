"""Articles and what hangs on them. What the machine decides lives in `Judgement`, never in a revision."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from broadsheet.articles.blocks import BodyBlock
from broadsheet.sources.models import Source


class Section(models.Model):
    """One of the paper's sections. `key` is what code and style know, name and slug are data."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    shown = models.BooleanField("shown in the section bar", default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Address of the section page."""
        return f"/{self.slug}/"


class Topic(models.Model):
    """A person, place, organisation or theme that articles are about."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    fold = models.CharField(max_length=120, unique=True, help_text="The name in its comparable form.", editable=False)
    description = models.TextField(blank=True)
    hidden = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Address of the topic page."""
        return f"/topics/{self.slug}/"


class Article(  # type: ignore[misc]
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """One text, by a source or by our own newsroom.

    Desk fields (headline to picture) may live in drafts. Everything in `MACHINE_FIELDS` belongs to the article as a
    whole and is never taken from a draft.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        COPY = "copy", "Copy of another article"

    # What the desk writes and a draft may hold.
    headline = models.CharField(max_length=300)
    standfirst = models.TextField(blank=True, max_length=2000)
    byline = models.CharField(max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True)
    language = models.CharField(max_length=12, default="en")
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The desk's choice. Empty: what the machine judged.",
    )  # fmt: skip
    picture = models.ForeignKey("pictures.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    # What belongs to the article as a whole.
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="articles")
    entry_key = models.CharField(max_length=64, editable=False)
    origin_url = models.URLField("original address", max_length=2000, blank=True)
    url_key = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    text_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    address = models.CharField(max_length=220, unique=True, null=True, editable=False)
    shown_section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="articles", editable=False)
    published_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    filed_at = models.DateTimeField(editable=False)
    copy_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies", editable=False
    )
    kept_fields = models.JSONField(default=list, editable=False)
    origin_picture = models.JSONField(default=dict, blank=True, editable=False)
    cleaner = models.PositiveSmallIntegerField(default=0, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_why = models.CharField(max_length=300, blank=True, editable=False)
    topics = models.ManyToManyField(Topic, through="ArticleTopic", related_name="articles")

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="article")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="article",
        for_concrete_model=False,
    )

    DESK_FIELDS: ClassVar[tuple[str, ...]] = (
        "headline",
        "standfirst",
        "byline",
        "body",
        "language",
        "section",
        "picture",
    )
    MACHINE_FIELDS: ClassVar[tuple[str, ...]] = (
        "source", "entry_key", "origin_url", "url_key", "text_hash", "address", "shown_section", "published_at",
        "updated_at", "filed_at", "copy_of", "kept_fields", "origin_picture", "cleaner", "withdrawn_at",
        "withdrawn_why",
    )  # fmt: skip
    # Thousands arrive an hour: Wagtail's usage index would cost more than the article itself.
    wagtail_reference_index_ignore = True

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "entry_key"], name="one_article_per_entry"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["live", "copy_of", "shown_section", "-published_at"], name="article_by_section"),
            models.Index(fields=["live", "copy_of", "-published_at"], name="article_by_time"),
            models.Index(fields=["source", "live", "-published_at"], name="article_by_source"),
            models.Index(fields=["cleaner", "id"], name="article_by_cleaner"),
        ]
        ordering: ClassVar[list[str]] = ["-published_at"]

    def __str__(self) -> str:
        return self.headline

    @property
    def path(self) -> str:
        """Its address in the paper; a copy's is its original's."""
        if self.address is None:
            return self.copy_of.path if self.copy_of else ""
        return f"/{self.address}/"

    def get_absolute_url(self) -> str:
        """Where the desk's «view live» leads."""
        return self.path

    @property
    def revisions(self) -> Any:
        """Wagtail's revisions; there are none until a person edits."""
        return self._revisions

    def with_content_json(self, content: dict[str, Any]) -> Article:
        """A draft laid over the article: what is the article's as a whole stays as it is now."""
        draft: Article = super().with_content_json(content)
        for name in self.MACHINE_FIELDS:
            setattr(draft, name, getattr(self, name))
        return draft

    preview_modes: ClassVar[list[tuple[str, str]]] = [("", "Article page")]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse | TemplateResponse:
        """The page as it would be printed from this draft."""
        from broadsheet.articles import previews

        return previews.render(self, request)


class ArticleTopic(models.Model):
    """An article is about a topic; `by_desk` rows are never removed by a machine."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="article_links")
    rank = models.PositiveSmallIntegerField(default=0)
    by_desk = models.BooleanField(default=False)
    published_at = models.DateTimeField(help_text="The article's, so that a topic's list needs one index.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "topic"], name="topic_once_an_article"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["topic", "-published_at"], name="topic_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} in {self.article_id}"


class Judgement(models.Model):
    """What the machine decided about an article, with its reasons. Replaced as a whole, never drafted."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="judgement", primary_key=True)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    confidence = models.FloatField(default=1.0)
    language = models.CharField(max_length=12, default="en")
    words = models.PositiveIntegerField(default=0)
    read_minutes = models.PositiveSmallIntegerField(default=1)
    reasons = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(default=1)
    judged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"judgement of {self.article_id}"


class Sketch(models.Model):
    """What is left of a text to compare others with, for some days, and the family of texts that it belongs to.

    `family` is the text that its family began with; empty: this one. Without a `day` the days are over: the hashes are
    gone, and the row stays only because it says that two articles of the paper are one text.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="sketch", primary_key=True)
    hashes = models.BinaryField()
    total = models.PositiveIntegerField()
    length = models.PositiveIntegerField()
    family = models.ForeignKey(Article, null=True, blank=True, on_delete=models.SET_NULL, related_name="kin")
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
        Article, on_delete=models.DO_NOTHING, related_name="copy_keys", db_constraint=False, db_index=False
    )
    day = models.DateField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["hash", "day"], name="copy_key_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.hash} of {self.article_id}"


class Version(models.Model):
    """A state of an article's text that was replaced, or a source's text that the desk's own overruled."""

    class By(models.TextChoices):
        SOURCE = "source", "The source"
        DESK = "desk", "The desk"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    by = models.CharField(max_length=8, choices=By.choices)
    fields = models.JSONField(help_text="headline, standfirst, body as they were in this version")
    changed = models.JSONField(default=list, help_text="names of the fields that this version changed")
    shown = models.BooleanField(default=True, help_text="False: the desk's own words stayed in the paper.")
    at = models.DateTimeField()
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["article", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.article_id}"


class OutsideLink(models.Model):
    """A link in an article's text to a page elsewhere; two articles that share one may tell of one event."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="outside_links")
    key = models.CharField(max_length=64, db_index=True)
    url = models.URLField(max_length=2000)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "key"], name="link_once_an_article"),
        ]

    def __str__(self) -> str:
        return self.url
