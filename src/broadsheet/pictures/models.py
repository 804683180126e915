"""Pictures with what a newspaper must know of them: who took it, under which licence, what it shows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as WagtailImage

from broadsheet.copydesk.renditions import RECIPE
from broadsheet.pictures import rules


class Picture(AbstractImage):
    """A picture kept on this server. `origin_url` names where a licensed remote picture came from."""

    alternative = models.CharField("alternative text", max_length=300, blank=True)
    caption = models.CharField(max_length=500, blank=True)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    origin_url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField("may be shown until", null=True, blank=True)
    unreadable = models.CharField(
        max_length=48, blank=True, editable=False, help_text="The mark of the file that could not be rendered."
    )

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

    @property
    def mark(self) -> str:
        """What renditions of the present file by the present recipe are marked with."""
        return f"{RECIPE}:{self.file_hash}"

    @property
    def focus(self) -> str:
        """Where the focal point is, of nine parts: n, ne, e …; empty for the middle and where none was set."""
        return rules.focus(self.focal_point_x, self.focal_point_y, self.width, self.height)


class Rendition(AbstractRendition):
    """One size and format of a picture.

    Those of the paper carry a mark (`Picture.mark`) and come and go together; an empty one is of Wagtail's own making,
    for the desk's screens.
    """

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")
    mark = models.CharField(max_length=48, blank=True, default="", editable=False)

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
