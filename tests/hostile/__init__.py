"""An origin that does everything a server may do wrong, on loopback, with a ledger of what it really told.

    with HostileOrigin() as origin:
        door = Door("test", **origin.for_door())
        door.fetch(origin.url("trickle-body"))

As a program it is `python -m tests.hostile`; it prints its port. Every trick of the catalogue stands at `/NAME`; what
`/feed` of a host shows is switched with `origin.switch("a.test", "bomb-gzip")` or by fetching
`/switch/a.test/bomb-gzip`; `/catalogue` lists the tricks and `/ledger` tells the truth, both as JSON.
"""

from tests.hostile.ledger import Ledger
from tests.hostile.origin import HostileOrigin
from tests.hostile.tricks import TRICKS, Trick

__all__ = ["TRICKS", "HostileOrigin", "Ledger", "Trick"]
