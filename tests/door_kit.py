"""What tests of the network door share: doors that dial nothing, and the plain reason of a fetch that fails."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import pytest

from broadsheet.lib.http import Allowed, Door, FetchFailed, Reason

EVERY_PORT = frozenset(range(1, 65_536))


class Dials:
    """Stands in for the system's connect and notes what would have been dialled."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    def __call__(self, address: str, port: int, timeout: float) -> socket.socket:
        self.dialled.append(address)
        raise ConnectionRefusedError(111, "Connection refused")


class Names:
    """A resolver that notes which hosts were looked up, and gives the same addresses for each of them."""

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self.addresses = list(addresses)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.addresses


def door_to(*addresses: str, dials: Dials, allow: tuple[Allowed, ...] = ()) -> Door:
    """A door for which every name has these addresses."""
    return Door("test", resolver=lambda host, port: addresses, dial=dials, spacing=0, allow=allow)


def failure(door: Door, url: str = "http://a.test/", **options: object) -> FetchFailed:
    """How a fetch fails; a fetch that does not fail the test."""
    with pytest.raises(FetchFailed) as caught:
        door.fetch(url, **options)  # type: ignore[arg-type]
    return caught.value


def why(door: Door, url: str = "http://name.test/") -> Reason:
    """Why a fetch fails."""
    return failure(door, url).reason


def tried(url: str, addresses: Iterable[str] = ()) -> tuple[Reason, list[str], list[str]]:
    """Why a fetch failed, which names it looked up, and which literals it dialled."""
    names, dials = Names(addresses), Dials()
    door = Door("test", resolver=names, dial=dials, ports=EVERY_PORT, spacing=0)
    return why(door, url), names.asked, dials.dialled
