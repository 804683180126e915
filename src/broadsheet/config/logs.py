"""How log lines look: plain for people, JSON for machines; line breaks and escapes never get through raw."""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog

# A hub's way in to us is as secret as a password.
_CALLBACK = re.compile(r"(/hub/)[^/\s?\"']+")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def _discreet(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave out what nobody but its owner may read: the token in a hub's callback."""
    for key, value in event.items():
        # The framework logs the request itself, which shows its address when it is written.
        said = value if isinstance(value, str) else repr(value) if key == "request" else ""
        if "/hub/" in said:
            event[key] = _CALLBACK.sub(r"\1…", said)
    return event


def _printable(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape control characters, so that no outside text can forge a line or paint a terminal."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = _UNSAFE.sub(lambda m: repr(m.group())[1:-1], value)
    return event


def formatter(shape: str) -> logging.Formatter:
    """A formatter for the standard library's handlers; `shape` is "plain" or "json"."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _printable,
        _discreet,
    ]
    last = (
        structlog.processors.JSONRenderer()
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared[:2], shared[3],
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )  # fmt: skip
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared[:4],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shared[4], _printable, _discreet, last],
    )
