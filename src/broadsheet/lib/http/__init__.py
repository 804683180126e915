"""The one door to the network: every byte that leaves or enters comes through here.

No other module may open a connection, and none may import an HTTP client; a contract and the
socket ban of the test run see to it. :class:`Door` fetches; :class:`FetchFailed` says in one of
at most twenty plain reasons why it could not.
"""

from __future__ import annotations

from broadsheet.lib.http.addresses import Allowed, is_public
from broadsheet.lib.http.door import Door, judged
from broadsheet.lib.http.limits import Limits
from broadsheet.lib.http.manners import Manners
from broadsheet.lib.http.results import Fetched, FetchFailed, retry_after
from broadsheet.lib.reasons import Reason

__all__ = [
    "Allowed",
    "Door",
    "FetchFailed",
    "Fetched",
    "Limits",
    "Manners",
    "Reason",
    "is_public",
    "judged",
    "retry_after",
]
