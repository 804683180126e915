"""The error that an operator reads: one plain sentence and a hint, never a traceback."""

from __future__ import annotations


class OperatorError(Exception):
    """Something the operator can mend. ``code`` is the exit status: 1 failed, 2 asked wrongly."""

    def __init__(self, sentence: str, hint: str = "", *, code: int = 1) -> None:
        self.sentence, self.hint, self.code = sentence, hint, code
        super().__init__(f"{sentence} {hint}".strip())
