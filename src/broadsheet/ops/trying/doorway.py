"""The wire's door for a command that needs neither database nor data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from broadsheet.lib.http import Door


@contextmanager
def open_door() -> Iterator[Door]:
    """The door as the wire has it, with the operator's exceptions, ports and contact; closed at the end."""
    from django.conf import settings

    from broadsheet.config import options
    from broadsheet.wire import doors

    if not settings.configured:
        # The settings' table alone: the whole framework would make a data folder.
        settings.configure(BROADSHEET=options.load(keep_secret=False))
    try:
        yield doors.door()
    finally:
        doors.close()
