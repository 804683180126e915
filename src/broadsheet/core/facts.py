"""Small named values of the installation."""

from __future__ import annotations

from typing import Any

from broadsheet.core import clock
from broadsheet.core.models import Fact


def get(name: str, default: Any = None) -> Any:
    """The value kept under `name`, or `default`."""
    row = Fact.objects.filter(name=name).first()
    return default if row is None else row.value


def put(name: str, value: Any) -> None:
    """Keep a JSON value under `name`."""
    Fact.objects.update_or_create(name=name, defaults={"value": value, "set_at": clock.now()})


def drop(name: str) -> None:
    """Forget the value kept under `name`."""
    Fact.objects.filter(name=name).delete()
