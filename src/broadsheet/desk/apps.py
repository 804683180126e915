"""What editors see: Wagtail's admin, shaped to the newsroom's words."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    name = "broadsheet.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name who may do what, before Wagtail asks; set up groups after the last app has migrated."""
        from wagtail.permissions import register_permission_policy

        from broadsheet.articles.models import Article, Section, Topic
        from broadsheet.desk import groups, permissions, signals
        from broadsheet.sources.models import Owner, RightsProfile, Source
        from broadsheet.stories.models import Story
        from broadsheet.trends.models import Heat
        from broadsheet.wire.models import Dispatch, Feed

        register_permission_policy(Article, permissions.ArticlePolicy(Article), exact_class=True)
        for model in (Section, Topic, Owner, RightsProfile, Source, Feed):
            register_permission_policy(model, permissions.KeptPolicy(model), exact_class=True)
        register_permission_policy(Dispatch, permissions.WatchedPolicy(Dispatch), exact_class=True)
        register_permission_policy(Story, permissions.WatchedPolicy(Story), exact_class=True)
        register_permission_policy(Heat, permissions.WatchedPolicy(Heat), exact_class=True)
        post_migrate.connect(groups.after_migrate, dispatch_uid="broadsheet.desk.groups")
        signals.connect()
