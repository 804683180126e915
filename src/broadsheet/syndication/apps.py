from __future__ import annotations

from django.apps import AppConfig


class SyndicationConfig(AppConfig):
    name = "broadsheet.syndication"
    label = "syndication"
    default_auto_field = "django.db.models.BigAutoField"
