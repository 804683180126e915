"""Who may do what at the desk, beyond Django's four permissions a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from wagtail.models import Revision
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.articles.models import Article

User = Any
# How many articles a contributor's list looks back over.
DRAFTS = 2_000


def wrote(user: AbstractBaseUser, article: Article) -> bool:
    """Whether the user began this article at the desk: the first revision is theirs."""
    first = (
        Revision.objects.filter(content_type=ContentType.objects.get_for_model(Article), object_id=str(article.pk))
        .order_by("created_at", "pk")
        .values_list("user_id", flat=True)
        .first()
    )
    return bool(first == user.pk)


def own_drafts(user: AbstractBaseUser) -> QuerySet[Article]:
    """Articles of our own newsroom that this user began and that never were in the paper; two queries, whoever asks."""
    revisions = Revision.objects.filter(content_type=ContentType.objects.get_for_model(Article), user_id=user.pk)
    touched = [int(pk) for pk in revisions.values_list("object_id", flat=True).distinct()[:DRAFTS] if pk.isdigit()]
    first = (
        Revision.objects.filter(
            content_type=ContentType.objects.get_for_model(Article), object_id=Cast(OuterRef("pk"), CharField())
        )
        .order_by("created_at", "pk")
        .values("user_id")[:1]
    )
    drafts = Article.objects.filter(pk__in=touched, source__is_house=True, live=False, first_published_at=None)
    return drafts.annotate(begun_by=Subquery(first)).filter(begun_by=user.pk)


class ArticlePolicy(ModelPermissionPolicy):
    """Editors (`change`) work on every article; contributors (`add` alone) on their own unpublished ones.

    Nobody deletes what was once in the paper: it is withdrawn, and its address answers 410.
    """

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whether there may be any article the user can do this to."""
        if action in ("change", "delete", "view"):
            return bool(super().user_has_permission(user, "change") or super().user_has_permission(user, "add"))
        return bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        """Whether one of the actions is possible at all."""
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        """Whether the user can do this to this article."""
        everything = super().user_has_permission(user, "change")
        if action == "delete":
            if not _never_printed(instance):
                return False
            return everything or (self._contributes(user) and wrote(user, instance))
        if action in ("change", "view"):
            return everything or (self._contributes(user) and _never_printed(instance) and wrote(user, instance))
        return bool(super().user_has_permission(user, action))

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        """Whether the user can do one of these to this article."""
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Article]:
        """The articles the user can work on."""
        if super().user_has_permission(user, "change"):
            return Article.objects.all()
        return own_drafts(user) if self._contributes(user) else Article.objects.none()

    def _contributes(self, user: User) -> bool:
        return bool(super().user_has_permission(user, "add"))


def _never_printed(article: Article) -> bool:
    return (
        article.source_id is not None
        and article.source.is_house
        and not article.live
        and article.first_published_at is None
        and article.withdrawn_at is None
    )


class KeptPolicy(ModelPermissionPolicy):
    """For things that articles lean on: they can be added and changed, but not deleted by hand."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """As usual, save for deleting."""
        return action != "delete" and super().user_has_permission(user, action)


class WatchedPolicy(ModelPermissionPolicy):
    """For what the machine writes: people look, and press the buttons they have `change` for; nobody adds rows."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Looking, and the buttons."""
        if action == "view":
            return bool(super().user_has_permission(user, "view") or super().user_has_permission(user, "change"))
        return action == "change" and super().user_has_permission(user, "change")
