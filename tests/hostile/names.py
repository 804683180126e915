"""Tricks of names: a resolver that flips, mixes, stalls and lies. It is given to the door in place of the system's."""

from __future__ import annotations

import socket
import threading
from collections import Counter

from tests.hostile.feeds import plain
from tests.hostile.ledger import Ledger
from tests.hostile.tricks import add
from tests.wire_server import answer

PUBLIC = "93.184.216.34"
HOSTS: dict[str, str] = {}

# What a name answers the first time, the second time and so on; the last for ever.
ANSWERS: dict[str, tuple[list[str], ...]] = {}


def _name(name: str, reasons: str, what: str, *answers: list[str]) -> None:
    HOSTS[name] = f"{name}.hostile.test"
    ANSWERS[HOSTS[name]] = answers
    add(name, reasons, what, lambda _: answer(plain()), where="name")


_name("dns-flip", "refused address_not_allowed", "public first, loopback ever after", [PUBLIC], ["127.0.0.1"])
_name("dns-mixed", "address_not_allowed", "a public and a private address at once", [PUBLIC, "10.0.0.1"])
_name("dns-mixed-v6", "address_not_allowed", "a public and a mapped loopback", [PUBLIC, "::ffff:127.0.0.1"])
_name("dns-private", "address_not_allowed", "a private address", ["192.168.1.1"])
_name("dns-loopback", "address_not_allowed", "loopback", ["127.0.0.1", "::1"])
_name("dns-metadata", "address_not_allowed", "a cloud's metadata", ["169.254.169.254"])
_name("dns-nat64", "address_not_allowed", "loopback behind NAT64", ["64:ff9b::7f00:1"])
_name("dns-nothing", "name_not_found", "no address at all", [])
_name("dns-garbage", "address_not_allowed", "something that is no address", ["localhost"])
_name("dns-unknown", "name_not_found", "a name that does not exist")
_name("dns-hanging", "timed_out", "an answer that never comes")


class Names:
    """The resolver and the dialler of a client that is to meet the tricks of names; nothing leaves loopback."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked: Counter[str] = Counter()
        self.stopping = threading.Event()

    def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a name, this time."""
        self._asked[host] += 1
        if host == HOSTS["dns-hanging"]:
            self.stopping.wait(20)
            return []
        answers = ANSWERS.get(host)
        if not answers:
            raise socket.gaierror(-2, "Name or service not known")
        return answers[min(self._asked[host], len(answers)) - 1]

    def dial(self, address: str, port: int, timeout: float) -> socket.socket:
        """Connects to loopback only; whatever else was to be dialled is in the ledger and refused."""
        if address not in ("127.0.0.1", "::1"):
            self._ledger.dialled(address)
            raise ConnectionRefusedError(111, "Connection refused")
        return socket.create_connection((address, port), timeout)
