"""Check 09, and 02 to 10 beside it: every trick of the hostile origin, through the real door and the real jail.

Each is met as the wire meets it, by the errand of a pull: whatever happens is one of the plain reasons or a feed that
was read, in bounded time and memory, and the next pull goes on as if nothing had been.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.copydesk.jail import Jail
from broadsheet.lib.http import Door, Limits
from broadsheet.lib.reasons import Reason
from broadsheet.wire.errands import PullErrand, PullOutcome, pull
from tests.hostile import TRICKS, HostileOrigin, hub
from tests.hostile.tricks import FINE

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# The time limit of a trick that is all about waiting, and of all others; in seconds.
SHORT, LONG = 0.08, 20.0


@pytest.fixture(scope="module")
def origin() -> Iterator[HostileOrigin]:
    with HostileOrigin(scale=0.0) as running:
        yield running


@pytest.fixture(scope="module")
def cell() -> Iterator[Jail]:
    jail = Jail(workers=1)
    jail.run("feed", body=b"<rss><channel/></rss>", url="http://a.test/", content_type=None, now=NOW)
    yield jail
    jail.close()


def errand(url: str) -> PullErrand:
    return PullErrand(feed_id=1, token="", url=url, kind="feed", etag="", last_modified="", body_hash="")


def met(origin: HostileOrigin, jail: Jail, name: str, total: float) -> PullOutcome:
    """What a pull makes of a trick. A door for each: some ask us to stay away."""
    with Door("test", **origin.for_door(), limits=Limits(total=total, dns=total)) as door:
        outcome = pull(errand(origin.address(name)), door, jail, NOW)
        with door.manners._free:
            assert not any(host.active for host in door.manners._hosts.values()), "a place was not given back"
    return outcome


def resident() -> int:
    """This process's largest memory so far, in KiB; of our own life only, which getrusage does not say after a fork."""
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])


@pytest.mark.parametrize("name", sorted(TRICKS))
def test_check_09_a_trick_ends_in_a_plain_reason_or_a_feed(origin: HostileOrigin, cell: Jail, name: str) -> None:
    trick = TRICKS[name]
    total = SHORT if "timed_out" in trick.reasons else LONG
    before, kills, began = resident(), cell.kills, time.monotonic()
    outcome = met(origin, cell, name, total)
    assert time.monotonic() - began < total + 10, "the jail's own limit, and no more"
    assert resident() - before < 64 * 1024
    told = outcome.reason.value if outcome.reason else FINE
    assert told in trick.reasons, outcome.detail
    assert outcome.reason is None or (outcome.reason in Reason and outcome.reason.sentence.endswith("."))
    assert cell.kills == kills or told == Reason.TOOK_TOO_LONG
    assert "nobody thought of" not in outcome.detail
    # The worker is alive: the same door's kin and the same jail read an honest feed at once.
    assert outcome.parsed is None or len(outcome.parsed.entries) <= 500
    assert "root:" not in json.dumps(outcome.parsed.as_json(), default=str) if outcome.parsed else True


def test_check_09_after_every_trick_an_honest_feed_is_read_whole(origin: HostileOrigin, cell: Jail) -> None:
    outcome = met(origin, cell, "feed", LONG)
    assert outcome.parsed is not None
    assert {entry.title for entry in outcome.parsed.entries} == {f"The harbour report number {n}" for n in range(10)}
    # Nothing but a public address was ever to be dialled, and nobody was given a cookie or a password.
    assert set(origin.ledger.outside) <= {"93.184.216.34"}
    assert origin.ledger.secrets == []


def test_check_09_there_are_sixty_tricks_and_they_reach_every_reason_of_a_fetch() -> None:
    assert len(TRICKS) >= 60
    reached = {reason for trick in TRICKS.values() for reason in trick.reasons if len(trick.reasons) == 1}
    of_a_fetch = {
        Reason.NAME_NOT_FOUND, Reason.ADDRESS_NOT_ALLOWED, Reason.REFUSED, Reason.TIMED_OUT, Reason.CERTIFICATE,
        Reason.TOO_MANY_REDIRECTS, Reason.NOT_FOUND, Reason.GONE, Reason.FORBIDDEN, Reason.ASKS_TO_WAIT,
        Reason.SERVER_ERROR, Reason.TOO_LARGE, Reason.WRONG_ENCODING, Reason.EMPTY, Reason.NOT_A_FEED,
    }  # fmt: skip
    assert of_a_fetch <= {Reason(one) for one in reached - {FINE}}
    assert len(Reason) <= 20


@pytest.mark.parametrize("form", ["seconds", "date", "date-850", "date-asctime", "503", "for-ever"])
def test_check_10_a_wait_is_understood_in_every_form(origin: HostileOrigin, cell: Jail, form: str) -> None:
    outcome = met(origin, cell, f"wait-{form}", LONG)
    assert outcome.retry_after == pytest.approx(86_400 if form == "for-ever" else 3600, abs=300)


def test_the_ledger_tells_what_was_told_and_asked(cell: Jail) -> None:
    with HostileOrigin(scale=0.0, secure=False) as origin:
        with Door("test", **origin.for_door("b.test")) as door:
            for host in ("a.test", "b.test"):
                origin.switch(host, "guids-random")
            for _ in range(3):
                pull(errand("http://a.test/feed"), door, cell, NOW)
            pull(errand("http://b.test/feed"), door, cell, NOW)
        ledger = origin.ledger
        assert (ledger.requests("a.test"), ledger.requests("b.test"), ledger.requests()) == (3, 1, 4)
        assert len(ledger.told("a.test")) == 30, "an id is new every time"
        assert len(ledger.links("a.test")) == 10, "an article is not"
        assert len(ledger.links()) == 20


def test_the_program_is_switched_and_asked_over_http(origin: HostileOrigin) -> None:
    def ask(path: str) -> object:
        with urllib.request.urlopen(origin.url + path) as answer:
            return json.loads(answer.read())

    assert ask("/switch/c.test/bomb-gzip") == {"host": "c.test", "shows": "bomb-gzip"}
    catalogue = ask("/catalogue")
    assert isinstance(catalogue, list)
    assert {one["name"] for one in catalogue} == set(TRICKS)
    ledger = ask("/ledger")
    assert isinstance(ledger, dict)
    assert set(ledger) == {"requests", "told", "outside", "secrets"}


def test_a_hubs_pushes_arrive_as_often_as_they_are_sent(origin: HostileOrigin) -> None:
    origin.script("/callback", lambda exchange: exchange.respond(202))
    seen = hub.push(f"{origin.url}/callback", b"<rss/>", secret="s", times=5)
    assert seen == {202: 5}
    signed = [request.headers["x-hub-signature"] for request in origin.asked("/callback")]
    assert signed == [hub.signature(b"<rss/>", "s")] * 5
    assert hub.signature(b"<rss/>", "s") not in hub.forgeries(b"<rss/>", "s").values()


@pytest.fixture(scope="module")
def program() -> Iterator[int]:
    """The port of the origin as a program of its own, at full size; its bombs are not in our memory."""
    command = [sys.executable, "-m", "tests.hostile", "1.0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as running:
        assert running.stdout is not None
        yield int(running.stdout.readline())
        running.terminate()


@pytest.mark.long("the large tricks at their full size")
@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name in TRICKS
        if name.startswith(("bomb", "chunk", "trailer", "items", "deep", "many", "headers", "long", "gzip-m"))
    ),
)
def test_check_09_a_large_trick_is_as_harmless_at_its_full_size(program: int, cell: Jail, name: str) -> None:
    before, began = resident(), time.monotonic()
    with Door("test", names={"a.test": ("127.0.0.1", program)}, spacing=0) as door:
        outcome = pull(errand(f"http://a.test/{name}"), door, cell, NOW)
    assert time.monotonic() - began < 30 + 10
    assert (outcome.reason.value if outcome.reason else FINE) in TRICKS[name].reasons, outcome.detail
    assert resident() - before < 64 * 1024
