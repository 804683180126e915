"""A scripted origin on loopback and a door that leads to it as `a.test`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.lib.http import Door
from tests.wire_server import WireServer


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def door(server: WireServer) -> Iterator[Door]:
    with Door("test", names=server.names("a.test"), spacing=0) as opened:
        yield opened
