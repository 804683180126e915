"""Pictures with what a newspaper must know of them: who took it, under which licence, what it shows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as WagtailImage


class Picture(AbstractImage):
    """A picture kept on this server. `origin_url` names where a licensed remote picture came from."""

    alternative = models.CharField("alternative text", max_length=300, blank=True)
    caption = models.CharField(max_length=500, blank=True)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    origin_url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField("may be shown until", null=True, blank=True)

    admin_form_fields: ClassVar[tuple[str, ...]] = (
        *WagtailImage.admin_form_fields,
        "alternative",
        "caption",
        "credit",
        "licence",
        "origin_url",
        "expires_at",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = "picture"
        verbose_name_plural = "pictures"

    @property
    def default_alt_text(self) -> str:
        """What a screen reader says; never the file's title."""
        return self.alternative


class Rendition(AbstractRendition):
    """One size and format of a picture."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
