"""Trouble of the machine: a full, read-only or failing disk, a database that is away.

Work that meets it is not at fault. It is not counted as a failed attempt and never given up: its transaction is rolled
back, its lease runs out, and it is done when the trouble is over.
"""

from __future__ import annotations

import errno

from django.db import DatabaseError, InterfaceError

FULL = "The disk is full."
READ_ONLY = "The disk can only be read."
FAILING = "The disk reports errors."
TOO_MANY = "Too many files are open."
AWAY = "The database is away."

_ERRNOS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EIO: FAILING,
    errno.ESTALE: FAILING,
    errno.EMFILE: TOO_MANY,
    errno.ENFILE: TOO_MANY,
}
# What SQLite says with its result codes 13, 10, 8, 14, 5 and 11 (sqlite.org/rescode.html).
_SQLITE = {
    "database or disk is full": FULL,
    "disk I/O error": FAILING,
    "attempt to write a readonly database": READ_ONLY,
    "unable to open database file": READ_ONLY,
    "database is locked": AWAY,
    "database disk image is malformed": FAILING,
}
# Codes and classes of codes of PostgreSQL (its manual, appendix A).
_POSTGRES = {"53100": FULL, "58": FAILING, "25006": READ_ONLY, "53": AWAY, "08": AWAY, "57P": AWAY}


def of(error: BaseException | None) -> str:
    """The trouble in one plain sentence; empty where an error is no trouble of the machine.

    An error that another one was raised from counts as that one.
    """
    while error is not None:
        sentence = _of_one(error)
        if sentence:
            return sentence
        error = error.__cause__
    return ""


def pass_on(error: BaseException) -> None:
    """Raise an error again where it is trouble of the machine, for whoever would put it down to the work."""
    if of(error):
        raise error


def _of_one(error: BaseException) -> str:
    if isinstance(error, OSError):
        return _ERRNOS.get(error.errno or 0, "")
    if isinstance(error, InterfaceError):
        return AWAY
    if not isinstance(error, DatabaseError):
        return ""
    state = getattr(error.__cause__, "sqlstate", None)
    if isinstance(state, str):
        return next((said for code, said in _POSTGRES.items() if state.startswith(code)), "")
    if type(error.__cause__).__module__.startswith("psycopg"):
        # No code: the connection itself was lost or could not be made.
        return AWAY if type(error.__cause__).__name__ == "OperationalError" else ""
    words = str(error)
    return next((said for start, said in _SQLITE.items() if words.startswith(start)), "")
