from __future__ import annotations

from django.apps import AppConfig


class EditionsConfig(AppConfig):
    name = "broadsheet.editions"
    label = "editions"
    default_auto_field = "django.db.models.BigAutoField"
