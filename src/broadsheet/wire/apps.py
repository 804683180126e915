from __future__ import annotations

from django.apps import AppConfig


class WireConfig(AppConfig):
    name = "broadsheet.wire"
    label = "wire"
    default_auto_field = "django.db.models.BigAutoField"
