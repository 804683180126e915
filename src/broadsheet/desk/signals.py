"""Wagtail's signals, received in one place and turned into our own verbs.

Wagtail tells what went live, not what stood there before. So the state before is read when a whole existing article is
about to be saved, which only publishing and drafting at the desk do: the wire inserts, or names the fields it changes.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Revision
from wagtail.signals import page_published, page_slug_changed, page_unpublished, published, unpublished
from wagtail.users.models import UserProfile

from broadsheet.accounts.models import User
from broadsheet.articles import services
from broadsheet.articles.events import ArticleWithdrawn
from broadsheet.articles.models import Article, Version
from broadsheet.articles.rules import UpdatePlan
from broadsheet.articles.services import sectioning
from broadsheet.articles.services.ledger import TEXT_FIELDS, remember
from broadsheet.core import events
from broadsheet.desk.viewsets.sectioning import stories_of
from broadsheet.pages.events import BrandChanged, RedirectsChanged, StandingPageChanged
from broadsheet.pages.models import Brand, StandingPage
from broadsheet.pictures.events import PictureChanged, PictureRemoved
from broadsheet.pictures.models import Picture

State = dict[str, Any]


def connect() -> None:
    """Name all receivers."""
    receivers = (
        (pre_save, look_before, Article),
        (published, article_published, Article),
        (unpublished, article_unpublished, Article),
        (page_published, page_changed, StandingPage),
        (page_unpublished, page_changed, StandingPage),
        (page_slug_changed, page_changed, StandingPage),
        (post_save, brand_changed, Brand),
        (post_save, redirect_changed, Redirect),
        (post_delete, redirect_changed, Redirect),
        (post_save, picture_saved, Picture),
        (pre_delete, picture_going, Picture),
        (post_save, user_made, User),
    )
    for signal, receiver, sender in receivers:
        signal.connect(receiver, sender=sender, dispatch_uid=f"broadsheet.desk.{receiver.__name__}")


def look_before(sender: Any, instance: Article, update_fields: Any = None, raw: bool = False, **kwargs: Any) -> None:
    """Keep the state that a whole save is about to replace."""
    if raw or update_fields is not None or instance.pk is None:
        return
    stored = Article.objects.filter(pk=instance.pk).first()
    instance._desk_before = (stored.live, services.state_of(stored)) if stored is not None else None


def article_published(sender: Any, instance: Article, revision: Revision, **kwargs: Any) -> None:
    """A revision went live, now or at its time: ledger, kept fields, section, index, announcement."""
    if not instance.live:
        return  # scheduled: nothing is in the paper yet
    was_live, before = getattr(instance, "_desk_before", None) or (False, None)
    with transaction.atomic():
        services.after_desk_publish(instance, before=before if was_live else None, user=revision.user)
        group = stories_of([instance.pk]).get(instance.pk, "")
        sectioning.follow_editor(instance, user=revision.user, group=group)


def article_unpublished(sender: Any, instance: Article, **kwargs: Any) -> None:
    """Its time in the paper is over."""
    with transaction.atomic():
        events.announce(ArticleWithdrawn(instance.pk))


def page_changed(sender: Any, instance: StandingPage, **kwargs: Any) -> None:
    """A standing page was published, taken down or moved to another address."""
    with transaction.atomic():
        events.announce(StandingPageChanged(instance.pk))


def brand_changed(sender: Any, instance: Brand, **kwargs: Any) -> None:
    """Masthead and footer stand on every page."""
    with transaction.atomic():
        events.announce(BrandChanged(instance.site_id))


def redirect_changed(sender: Any, instance: Redirect, **kwargs: Any) -> None:
    """An editor led an address elsewhere, or no longer."""
    with transaction.atomic():
        events.announce(RedirectsChanged(instance.link or ""))


def picture_saved(sender: Any, instance: Picture, update_fields: Any = None, raw: bool = False, **kwargs: Any) -> None:
    """A picture came or was edited as a whole; Wagtail saves single fields where it only takes notes."""
    if raw or update_fields is not None:
        return
    with transaction.atomic():
        events.announce(PictureChanged(instance.pk))


def picture_going(sender: Any, instance: Picture, **kwargs: Any) -> None:
    """Its articles lose it: their pages are printed without."""
    with transaction.atomic():
        events.announce(PictureRemoved(instance.pk))


def user_made(sender: Any, instance: User, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """Wagtail's preferences of a person: made with the person, so that reading a page of theirs writes nothing."""
    if created and not raw:
        UserProfile.objects.get_or_create(user=instance)


@transaction.atomic
def keep_edits(article: Article, before: State, *, user: Any) -> None:
    """A held article of a source was edited before it was ever published: its edited fields are the desk's."""
    now = services.state_of(article)
    changed = [name for name in TEXT_FIELDS if before[name] != now[name]]
    if not changed or article.source.is_house:
        return
    article.kept_fields = sorted({*article.kept_fields, *changed})
    Article.objects.filter(pk=article.pk).update(kept_fields=article.kept_fields)
    plan = UpdatePlan(take={name: now[name] for name in changed}, overruled=())
    remember(article, Version.By.DESK, before, now, plan, editor=user)
