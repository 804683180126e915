"""What copydesk says when a body cannot be read."""

from __future__ import annotations

from broadsheet.lib.reasons import Reason


class NotReadable(Exception):
    """A body that is not news we can read: a plain reason, and a detail for the operator."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.sentence} {detail}".strip())
        self.reason = reason
        self.detail = detail[:500]

    def __reduce__(self) -> tuple[type[NotReadable], tuple[Reason, str]]:
        return (NotReadable, (self.reason, self.detail))
