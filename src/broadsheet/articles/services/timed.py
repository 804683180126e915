"""What time alone does to articles: scheduled publishing, embargoes that end, rights that run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from wagtail.models import Revision

from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article
from broadsheet.core import clock, events, facts
from broadsheet.sources.models import RightsProfile

MINDED = "rights_minded_until"


def publish_due() -> int:
    """Publish revisions whose time has come and take down articles whose end has; each once, restarts or not."""
    now = clock.now()
    done = 0
    due = Revision.objects.filter(
        approved_go_live_at__lte=now, base_content_type__app_label="articles", base_content_type__model="article"
    )
    for revision in due.order_by("approved_go_live_at"):
        with transaction.atomic():
            # The claim and the publication are one transaction: a kill between them leaves the revision due.
            if not Revision.objects.filter(pk=revision.pk, approved_go_live_at=revision.approved_go_live_at).exists():
                continue
            revision.publish(user=revision.user, log_action=True)
            done += 1
    for article in Article.objects.filter(live=True, expire_at__lte=now):
        with transaction.atomic():
            article.unpublish(set_expired=True, log_action=True)
            done += 1
    return done


def mind_rights() -> int:
    """Announce articles whose embargo ended or whose rights ran out since the last look."""
    now = clock.now()
    since_text = facts.get(MINDED)
    since = datetime.fromisoformat(since_text) if since_text else now - timedelta(minutes=5)
    if since >= now:
        facts.put(MINDED, now.isoformat())
        return 0
    touched: set[int] = set()
    for profile in RightsProfile.objects.exclude(embargo_minutes=0, expiry_days=None):
        spans = []
        if profile.embargo_minutes:
            spans.append(timedelta(minutes=profile.embargo_minutes))
        if profile.expiry_days is not None:
            spans.append(timedelta(days=profile.expiry_days))
        for span in spans:
            rows = Article.objects.filter(
                live=True, source__rights=profile, published_at__gt=since - span, published_at__lte=now - span
            )
            touched.update(rows.values_list("pk", flat=True))
    with transaction.atomic():
        for pk in touched:
            events.announce(ArticleChanged(pk))
        facts.put(MINDED, now.isoformat())
    return len(touched)
