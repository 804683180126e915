"""What the press remembers: its clock, when each key last changed, which page shows which key."""

from __future__ import annotations

from django.db import models


class Clock(models.Model):
    """The press clock: one row whose number grows by one with every change of facts.

    Whoever moves it holds the row's lock until his transaction ends. So the order of its numbers is
    the order in which changes become visible, and a page printed "as of n" has seen every change up
    to n.
    """

    seq = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "press clock"

    def __str__(self) -> str:
        return f"press clock at {self.seq}"


class Key(models.Model):
    """A press key and the clock's number when the fact behind it last changed."""

    name = models.CharField(max_length=100, unique=True)
    seq = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "press key"

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """One printed page: as of when, whether stale since, how much it is asked for."""

    path = models.CharField(max_length=500, unique=True)
    kind = models.CharField(max_length=40, default="")
    status = models.PositiveSmallIntegerField(default=200)
    etag = models.CharField(max_length=64, default="")
    imprint = models.CharField(max_length=80, default="")
    as_of = models.BigIntegerField(default=0)
    stale = models.BooleanField(default=False)
    brotli = models.BooleanField(default=False)
    printed_at = models.DateTimeField()
    hot = models.FloatField(default=0.0)
    asked_at = models.DateTimeField(null=True)
    keys = models.ManyToManyField(Key, through="PageKey", related_name="pages")

    class Meta:
        indexes = (
            # Both queues of the worker: pages to reprint, pages whose brotli form is still missing.
            models.Index(fields=["-hot"], condition=models.Q(stale=True), name="press_page_stale"),
            models.Index(fields=["-hot"], condition=models.Q(brotli=False), name="press_page_plain"),
        )
        verbose_name = "printed page"

    def __str__(self) -> str:
        return self.path


class PageKey(models.Model):
    """This page shows that fact."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="page_keys")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="page_keys")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["page", "key"], name="press_page_key_once"),)
        verbose_name = "key of a page"

    def __str__(self) -> str:
        return f"{self.page_id} shows {self.key_id}"
