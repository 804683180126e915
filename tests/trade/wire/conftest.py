from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.core import clock
from broadsheet.core.models import Effect
from broadsheet.wire import doors
from tests.make import NOW
from tests.trade.wire.newswire import Newswire
from tests.wire_server import WireServer


@pytest.fixture(scope="session")
def _jail() -> Iterator[None]:
    """The real jail, one child for the whole run, warm before a test is timed."""
    doors.jail().run("feed", body=b"<rss><channel/></rss>", url="http://a.test/", content_type=None, now=NOW)
    yield
    doors.close()


@pytest.fixture
def wire(_jail: None, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newswire]:
    """A newswire at a Tuesday morning that does not pass by itself; nothing waits in the outbox."""
    Effect.objects.all().delete()
    with WireServer() as server, clock.frozen(NOW):
        wire = Newswire(server)
        monkeypatch.setattr(doors, "door", wire.door)
        yield wire
        wire.forget_manners()
