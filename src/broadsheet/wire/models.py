"""What the wire remembers: addresses it polls, each pull, and every dispatch with its fate."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from broadsheet.articles.models import Article
from broadsheet.sources.models import Source


class Feed(models.Model):
    """One address of a source that we poll, its validators, its habit and its lease."""

    class Kind(models.TextChoices):
        FEED = "feed", "RSS, Atom, RDF or JSON Feed"
        SITEMAP = "sitemap", "News sitemap"
        PAGE = "page", "Plain section page"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused by an editor"
        GONE = "gone", "Gone for good (410)"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="feeds")
    url = models.URLField(max_length=2000)
    url_key = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FEED)
    section = models.CharField(max_length=40, blank=True, help_text="Section key for all of this feed's articles.")
    title = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)

    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    moved_to = models.URLField(max_length=2000, blank=True, editable=False)
    moved_seen = models.PositiveSmallIntegerField(default=0, editable=False)

    interval = models.PositiveIntegerField("interval in seconds", default=300, editable=False)
    next_pull_at = models.DateTimeField(editable=False)
    last_pull_at = models.DateTimeField(null=True, editable=False)
    last_good_at = models.DateTimeField(null=True, editable=False)
    last_new_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    reason = models.CharField(max_length=30, blank=True, editable=False)
    detail = models.CharField(max_length=500, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    pulled_once = models.BooleanField(default=False, editable=False)

    habit = models.JSONField(default=dict, editable=False, help_text="How much it publishes at which hour.")
    lengths = models.JSONField(default=dict, editable=False, help_text="How long its texts usually are.")
    silent_after = models.DateTimeField(null=True, editable=False)
    silent_since = models.DateTimeField(null=True, editable=False)
    held_since = models.DateTimeField(null=True, editable=False)
    shrunk_since = models.DateTimeField(null=True, editable=False)

    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["source", "url"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_pull_at"], name="feed_due"),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class Pull(models.Model):
    """One fetch of a feed and what came of it."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="pulls")
    at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    unchanged = models.BooleanField(default=False)
    size = models.PositiveIntegerField("bytes", default=0)
    entries = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["feed", "-at"], name="pull_by_feed")]

    def __str__(self) -> str:
        return f"pull of feed {self.feed_id} at {self.at:%Y-%m-%d %H:%M:%S}"


class Dispatch(models.Model):
    """One thing as it arrived. It ends filed, merged, copied or spiked, with a reason where it is not obvious."""

    class Fate(models.TextChoices):
        ARRIVED = "arrived", "Arrived, not yet decided"
        FILED = "filed", "Filed as an article"
        MERGED = "merged", "Merged as an update"
        COPIED = "copied", "Recognised as a copy"
        SPIKED = "spiked", "Spiked"

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="dispatches")
    entry_key = models.CharField(max_length=64)
    url = models.URLField(max_length=2000, blank=True)
    headline = models.CharField(max_length=300, blank=True)
    content_hash = models.CharField(max_length=64)
    payload = models.JSONField(null=True, help_text="The entry as parsed; kept until its fate is known.")
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.ARRIVED)
    reason = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.SET_NULL, related_name="dispatches")
    arrived_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="When an arrived dispatch is to be looked at.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name_plural = "dispatches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["feed", "entry_key"], name="dispatch_once_a_feed"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="dispatch_due", condition=models.Q(fate="arrived")),
            models.Index(fields=["fate", "-arrived_at"], name="dispatch_by_fate"),
        ]

    def __str__(self) -> str:
        return self.headline or self.url


class DiaryLine(models.Model):
    """Something worth knowing that happened to a source: one line for its operator, kept for a year."""

    class Event(models.TextChoices):
        FIRST = "first", "First pull"
        FAILING = "failing", "Fails"
        BACK = "back", "Works again"
        MOVED = "moved", "Moved for good"
        GONE = "gone", "Gone"
        PAUSED = "paused", "Paused"
        RESUMED = "resumed", "Resumed"
        FLOOD = "flood", "Far more than usual"
        RELEASED = "released", "Flood taken in"
        REFUSED = "refused", "Flood refused"
        SILENT = "silent", "Silent"
        HEARD = "heard", "Heard again"
        SHRANK = "shrank", "Texts shrank"
        REGAINED = "regained", "Texts are back"
        KILLED = "killed", "Reader ended"
        QUARANTINED = "quarantined", "In quarantine"
        LIFTED = "lifted", "Quarantine lifted"
        PUSH = "push", "Push"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="diary")
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE, related_name="diary")
    at = models.DateTimeField()
    event = models.CharField(max_length=12, choices=Event.choices)
    words = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["source", "-at"], name="diary_by_source")]

    def __str__(self) -> str:
        return self.words


class RobotsRules(models.Model):
    """A host's robots.txt as we last read it."""

    host = models.CharField(max_length=300, primary_key=True)
    body = models.TextField(blank=True)
    allows_all = models.BooleanField(default=False)
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.host


class HubSubscription(models.Model):
    """What we agreed with a feed's hub (WebSub): where it may call us, until when, and how that stands."""

    class State(models.TextChoices):
        PENDING = "pending", "Asked, not yet confirmed"
        ACTIVE = "active", "The hub tells us at once"
        REFUSED = "refused", "Refused"
        ENDED = "ended", "Ended"

    class Mode(models.TextChoices):
        SUBSCRIBE = "subscribe", "Subscribe"
        UNSUBSCRIBE = "unsubscribe", "Unsubscribe"

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, related_name="subscription")
    hub = models.URLField(max_length=2000)
    topic = models.URLField(max_length=2000)
    token = models.CharField(
        max_length=64, unique=True, editable=False, help_text="What nobody guesses in our address."
    )
    secret = models.CharField(max_length=64, editable=False, help_text="What the hub signs its pushes with.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    pending_mode = models.CharField(max_length=12, choices=Mode.choices, blank=True)
    made_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True, help_text="When the hub is asked next: at once, again, or to renew.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_seconds = models.PositiveIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)
    last_push_at = models.DateTimeField(null=True)
    pull_at = models.DateTimeField(null=True, help_text="The pull that the last push asked for.")
    pushes = models.PositiveIntegerField(default=0, help_text="Pushes that moved a pull; echoes of them do not count.")
    reason = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    claimed_until = models.DateTimeField(null=True, editable=False)
    claim_token = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ask_at"], name="hub_ask", condition=models.Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"feed {self.feed_id} at {self.hub}"
