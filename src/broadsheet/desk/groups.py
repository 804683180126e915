"""The two groups of staff below administrators, and the workflow that takes a contributor's text to an editor.

Given once per version of this list (a fact remembers which), so that what an administrator changes later stays.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    Workflow,
    WorkflowContentType,
    WorkflowTask,
)

from broadsheet.articles.models import Article
from broadsheet.core import facts

VERSION = 2
FACT = "desk.groups"
EDITORS = "Editors"
CONTRIBUTORS = "Contributors"
WORKFLOW = "Review by an editor"

# Permissions by app and model; "access_admin" belongs to Wagtail's own admin model.
GRANTS: dict[str, dict[str, tuple[str, ...]]] = {
    EDITORS: {
        "wagtailadmin.admin": ("access_admin",),
        "articles.article": ("add", "change", "view", "publish", "lock", "unlock"),
        "articles.section": ("add", "change", "view"),
        "articles.topic": ("add", "change", "view"),
        "sources.source": ("add", "change", "view"),
        "sources.owner": ("add", "change", "view"),
        "sources.rightsprofile": ("add", "change", "view"),
        "wire.feed": ("add", "change", "view"),
        "wire.dispatch": ("change", "view"),
        "stories.story": ("change", "view"),
        "trends.heat": ("view",),
        "editions.pin": ("add", "change", "delete", "view"),
    },
    CONTRIBUTORS: {
        "wagtailadmin.admin": ("access_admin",),
        "articles.article": ("add",),
    },
}
PICTURE_RIGHTS = {EDITORS: ("add", "change", "choose"), CONTRIBUTORS: ("add", "choose")}


def after_migrate(sender: Any, **kwargs: Any) -> None:
    """Receiver of `post_migrate`, which comes once an app: act on the last, when all tables are there."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender is last and kwargs.get("using", DEFAULT_DB_ALIAS) == DEFAULT_DB_ALIAS:
        ensure()


@transaction.atomic
def ensure() -> bool:
    """Make groups, permissions and the workflow. False when this version was set up before."""
    if facts.get(FACT, 0) >= VERSION:
        return False
    rooms = ("articles", "sources", "wire", "pictures", "stories", "trends", "editions")
    for label in ("wagtailadmin", "wagtailimages", *rooms):
        create_permissions(apps.get_app_config(label), verbosity=0, interactive=False)
    _publish_permissions()
    for name, grants in GRANTS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for model, actions in grants.items():
            group.permissions.add(*_permissions(model, actions))
        _picture_rights(group, PICTURE_RIGHTS[name])
    _review()
    _without_moderators()
    facts.put(FACT, VERSION)
    return True


def _publish_permissions() -> None:
    """Wagtail makes these when all apps have migrated; whichever comes first, they are there once."""
    content_type = ContentType.objects.get_for_model(Article)
    for action in ("publish", "lock", "unlock"):
        Permission.objects.get_or_create(
            content_type=content_type, codename=f"{action}_article", defaults={"name": f"Can {action} article"}
        )


def _permissions(model: str, actions: tuple[str, ...]) -> list[Permission]:
    app, name = model.split(".")
    codenames = list(actions) if name == "admin" else [f"{action}_{name}" for action in actions]
    return list(Permission.objects.filter(content_type__app_label=app, codename__in=codenames))


def _picture_rights(group: Group, actions: tuple[str, ...]) -> None:
    root = Collection.get_first_root_node()
    if root is None:
        return
    for action in actions:
        # Picture rights hang on Wagtail's own image model, whichever model holds the pictures.
        permission = Permission.objects.filter(
            content_type__app_label="wagtailimages", codename=f"{action}_image"
        ).first()
        if permission is not None:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _review() -> None:
    if WorkflowContentType.objects.filter(content_type=ContentType.objects.get_for_model(Article)).exists():
        return
    task = GroupApprovalTask.objects.filter(name=WORKFLOW).first() or GroupApprovalTask.objects.create(name=WORKFLOW)
    task.groups.add(Group.objects.get(name=EDITORS))
    workflow, _ = Workflow.objects.get_or_create(name=WORKFLOW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowContentType.objects.create(workflow=workflow, content_type=ContentType.objects.get_for_model(Article))


def _without_moderators() -> None:
    """Wagtail begins with a group and a workflow of its own; unused, they only puzzle."""
    group = Group.objects.filter(name="Moderators", user=None).first()
    if group is None:
        return
    Workflow.objects.filter(name="Moderators approval", workflow_states=None).delete()
    GroupApprovalTask.objects.filter(groups=group, task_states=None).delete()
    group.delete()
