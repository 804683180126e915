"""The hostile origin itself: one plain server for all hosts, TLS servers and a resolver beside it."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile import codings, contents, transport  # noqa: F401 - they fill the catalogue
from tests.hostile.ledger import Ledger
from tests.hostile.names import HOSTS as NAME_HOSTS
from tests.hostile.names import Names
from tests.hostile.secure import HOSTS as TLS_HOSTS
from tests.hostile.secure import Secure
from tests.hostile.tricks import TRICKS, Setting, Trick
from tests.wire_server import Behaviour, Exchange, Recorded, WireServer, status


class HostileOrigin(WireServer):
    """Serves every trick of the catalogue at its name; hosts need only be mapped to it.

    `scale` makes the large tricks smaller, down to a size that still trips the limits. `secure` starts the TLS
    servers as well. Paths that a test scripts itself with `script` come first.
    """

    def __init__(self, *, scale: float = 1.0, secure: bool = True) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.resolver = Names(self.ledger)
        self.secure = Secure() if secure else None
        self._setting = Setting(self.ledger, scale)
        self._made: dict[tuple[str, str], tuple[list[Behaviour], list[int]]] = {}
        self._switched: dict[str, str] = {}

    def __enter__(self) -> HostileOrigin:
        super().__enter__()
        if self.secure:
            self.secure.open()
        return self

    def __exit__(self, *details: object) -> None:
        self.resolver.stopping.set()
        super().__exit__(*details)
        if self.secure:
            self.secure.close()

    def for_door(self, *hosts: str, **options: Any) -> dict[str, Any]:
        """What a door has to be made with to meet the tricks: mapped hosts, resolver, dialler, authorities."""
        names = self.names("a.test", *hosts)
        if self.secure:
            names |= self.secure.names
            options.setdefault("tls", self.secure.trusting)
        return {
            "names": names, "resolver": self.resolver.resolve, "dial": self.resolver.dial, "spacing": 0, **options,
        }  # fmt: skip

    def address(self, name: str, host: str = "a.test") -> str:
        """Where a trick is met."""
        where = TRICKS[name].where
        if where == "tls":
            return f"https://{TLS_HOSTS[name]}/"
        if where == "name":
            return f"http://{NAME_HOSTS[name]}/"
        return f"http://{host}/{name}"

    def switch(self, host: str, name: str) -> None:
        """From now on `/feed` of this host shows the trick."""
        with self._lock:
            self._switched[host] = TRICKS[name].name

    def _behaviour(self, request: Recorded) -> Behaviour:
        self.ledger.saw(request.host, request.path, dict(request.headers))
        scripted = super()._behaviour(request)
        with self._lock:
            known = request.host + request.path in self._scripts or request.path in self._scripts
        if known:
            return scripted
        first, *rest = request.path.partition("?")[0].strip("/").split("/")
        if first in ("catalogue", "ledger", "switch"):
            return self._told(first, rest)
        with self._lock:
            name = self._switched.get(request.host, "feed") if first == "feed" else first
        trick = TRICKS.get(name)
        return self._shown(trick, request.host) if trick else status(404)

    def _shown(self, trick: Trick, host: str) -> Behaviour:
        """The trick's next behaviour at a host; each host has its own count of polls."""
        with self._lock:
            if (trick.name, host) not in self._made:
                made = trick.make(self._setting)
                self._made[trick.name, host] = (made if isinstance(made, list) else [made], [0])
            behaviours, turn = self._made[trick.name, host]
            turn[0] += 1
            return behaviours[(turn[0] - 1) % len(behaviours)]

    def _told(self, what: str, rest: list[str]) -> Behaviour:
        if what == "switch":
            if len(rest) != 2 or rest[1] not in TRICKS:
                return status(404)
            self.switch(*rest)
            found: Any = {"host": rest[0], "shows": rest[1]}
        elif what == "ledger":
            found = self.ledger.as_json()
        else:
            found = [{"name": one.name, "what": one.what, "where": one.where, "reasons": sorted(one.reasons),
                      "address": self.address(one.name)} for one in TRICKS.values()]  # fmt: skip

        def behave(exchange: Exchange) -> None:
            exchange.respond(200, json.dumps(found).encode(), {"Content-Type": "application/json"})

        return behave
