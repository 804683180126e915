"""What every command is handed: the settings, a voice, and the framework when it needs it.

The one place in this room that reads the table of settings directly; whatever runs inside the
framework takes them from ``django.conf.settings.BROADSHEET``.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from broadsheet.ops.errors import OperatorError

if TYPE_CHECKING:
    from broadsheet.config.options import Options


class Context:
    """Handed to each command. Nothing is loaded before it is asked for."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out

    @cached_property
    def options(self) -> Options:
        """The settings; raises OptionsError naming every mistake."""
        from broadsheet.config import options

        return options.load()

    def say(self, line: str = "") -> None:
        """One plain line to the operator, at once."""
        print(line, file=self._out or sys.stdout, flush=True)

    def django(self) -> None:
        """Load the framework. Takes about two seconds, so only commands that need it call it."""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.config.settings")
        # One thread per process: its numbers are small, and threads may not exist when we fork.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        import django

        django.setup()

    def database(self) -> None:
        """Load the framework and make sure that the database has all its tables."""
        self.django()
        from broadsheet.ops import readiness

        missing = readiness.pending_migrations()
        if missing:
            raise OperatorError(
                f"The database has {missing} steps of this version still before it.",
                "broadsheet migrate brings it up to date; broadsheet serve does so by itself.",
            )
