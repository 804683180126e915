"""Publications we take news from: who they are, who owns them, and what their rights allow."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from broadsheet.sources.rules import voice_of


class Owner(models.Model):
    """A company or person behind one or more sources. All sources of one owner are one voice."""

    name = models.CharField(max_length=200, unique=True)
    country = models.CharField(max_length=2, blank=True, help_text="Two-letter code.")
    homepage = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class RightsProfile(models.Model):
    """What may be shown of a source, on every page, feed and mail alike. Applied by `sources.rights`."""

    class Text(models.TextChoices):
        HEADLINE = "headline", "Headline only"
        EXCERPT = "excerpt", "Excerpt"
        FULL = "full", "Full text"

    class Pictures(models.TextChoices):
        NONE = "none", "No pictures"
        KEPT = "kept", "Keep and show pictures"

    class Canonical(models.TextChoices):
        ORIGIN = "origin", "The original address"
        HERE = "here", "Our own address"

    name = models.CharField(max_length=120, unique=True)
    text = models.CharField(max_length=10, choices=Text.choices, default=Text.EXCERPT)
    excerpt_words = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    pictures = models.CharField(max_length=10, choices=Pictures.choices, default=Pictures.NONE)
    canonical = models.CharField(max_length=10, choices=Canonical.choices, default=Canonical.ORIGIN)
    licence_name = models.CharField("licence", max_length=120, blank=True)
    licence_url = models.URLField("licence link", max_length=500, blank=True)
    embargo_minutes = models.PositiveIntegerField(
        default=0, help_text="Minutes after publication at the origin before we may show anything."
    )
    expiry_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days after which we must stop showing it. Empty: never."
    )
    fetch_pages = models.BooleanField(
        "fetch article pages",
        default=False,
        help_text="Read the full text from the page when the feed has an excerpt only (full-text rights only).",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = "rights profile"

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """A publication: one name, one voice (together with all sources of its owner)."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused by an editor"
        QUARANTINED = "quarantined", "In quarantine"

    class Publishing(models.TextChoices):
        AT_ONCE = "at-once", "Publish at once"
        REVIEW = "review", "Hold for the desk"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    homepage = models.URLField(max_length=500, blank=True)
    owner = models.ForeignKey(Owner, null=True, blank=True, on_delete=models.SET_NULL, related_name="sources")
    rights = models.ForeignKey(RightsProfile, on_delete=models.PROTECT, related_name="sources")
    about = models.TextField(blank=True)
    language = models.CharField(max_length=12, default="en")
    country = models.CharField(max_length=2, blank=True)
    default_section = models.CharField(
        max_length=40, blank=True, help_text="Key of the section its articles go to unless they say otherwise."
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    publishing = models.CharField(max_length=10, choices=Publishing.choices, default=Publishing.AT_ONCE)
    is_house = models.BooleanField("our own newsroom", default=False, editable=False)
    is_sample = models.BooleanField("invented sample", default=False, editable=False)
    added_at = models.DateTimeField(editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Address of the source's own page in the paper."""
        return f"/sources/{self.slug}/"

    @property
    def voice(self) -> str:
        """Who speaks: sources of one owner speak with one voice."""
        return voice_of(self.pk, self.owner_id)
