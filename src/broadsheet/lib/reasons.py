"""Why a pull failed: the closed list of plain codes, each with one sentence for people.

A code is stored with the feed, shown at the desk and counted by the operator's tools, so the
values are stable: a sentence may be reworded, a code may not.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why one pull brought nothing. At most twenty, so that an editor can learn them all."""

    NAME_NOT_FOUND = "name_not_found"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    CERTIFICATE = "certificate"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    MOVED = "moved"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    ASKS_TO_WAIT = "asks_to_wait"
    SERVER_ERROR = "server_error"
    TOO_LARGE = "too_large"
    NOT_A_FEED = "not_a_feed"
    BROKEN_XML = "broken_xml"
    WRONG_ENCODING = "wrong_encoding"
    EMPTY = "empty"
    TOOK_TOO_LONG = "took_too_long"
    TOO_MANY_NEW = "too_many_new"
    PAUSED = "paused"

    @property
    def sentence(self) -> str:
        """One sentence that an editor understands without knowing HTTP."""
        return _SENTENCES[self]


_SENTENCES: dict[Reason, str] = {
    Reason.NAME_NOT_FOUND: "No server with this name was found.",
    Reason.ADDRESS_NOT_ALLOWED: "The address leads to a place we do not fetch from.",
    Reason.REFUSED: "The server refused the connection or the request.",
    Reason.TIMED_OUT: "The server did not answer in time.",
    Reason.CERTIFICATE: "The server could not prove who it is: its certificate is not valid.",
    Reason.TOO_MANY_REDIRECTS: "The address sends us on and on without arriving anywhere.",
    Reason.MOVED: "The address has moved for good and waits for someone to confirm the new one.",
    Reason.NOT_FOUND: "The server has nothing at this address.",
    Reason.GONE: "The publisher has withdrawn this address for good.",
    Reason.FORBIDDEN: "The server does not let us read this address.",
    Reason.ASKS_TO_WAIT: "The server asks us to come back later.",
    Reason.SERVER_ERROR: "The server answered with an error of its own.",
    Reason.TOO_LARGE: "The answer is larger than we accept.",
    Reason.NOT_A_FEED: "There is an answer, but it is not a feed.",
    Reason.BROKEN_XML: "The feed is damaged and could not be read.",
    Reason.WRONG_ENCODING: "The answer is not in the encoding that it claims.",
    Reason.EMPTY: "The answer is empty.",
    Reason.TOOK_TOO_LONG: "Reading the answer took more time or memory than we allow.",
    Reason.TOO_MANY_NEW: "Far more new entries than usual arrived, so they wait for an editor.",
    Reason.PAUSED: "An editor has paused this feed.",
}
