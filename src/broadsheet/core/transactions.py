"""One kind of atomic block for services."""

from __future__ import annotations

from typing import Any

from django.db import transaction


def together() -> Any:
    """All or nothing, as part of the transaction around it if there is one, else as one of its own.

    Unlike a plain nested `atomic` it sets no savepoint: a service that fails fails its caller, and the caller's own
    savepoint (one a dispatch, one an effect) is the unit that is given up. Works as decorator and context manager.
    """
    return transaction.atomic(savepoint=False)
