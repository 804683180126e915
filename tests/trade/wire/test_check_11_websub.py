"""Check 11: pushes. Nobody guesses where to push, nobody but the hub is believed, and a push is only a pull of ours."""

from __future__ import annotations

import base64
import dataclasses
import hmac
import io
import itertools
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.config import logs
from broadsheet.core import clock
from broadsheet.lib.http import Allowed, Door
from broadsheet.press.setup import current
from broadsheet.sources.models import Source
from broadsheet.wire import doors, errands, queries, services, views, websub
from broadsheet.wire.models import DiaryLine, Dispatch, Feed, HubSubscription, Pull
from broadsheet.wire.services import subscribing
from tests.hub import CHALLENGE, Hub, signature
from tests.make import NOW, make_source
from tests.trade.wire.newswire import Newswire, item, later, rss
from tests.wire_server import answer, redirect, silent, status, wait

SITE = "https://paper.example.org"
HUB = "http://hub.example/hub"
TOPIC = "http://gazette.test/feed-of-the-gazette"


def with_hub(*items: str, hub: str = HUB, topic: str = TOPIC) -> bytes:
    """An RSS document that names a hub."""
    links = f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{topic}"/>'
    head = b'<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>' + links.encode()
    return rss(*items).replace(b'<rss version="2.0"><channel>', head)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the portal have this address; to begin with, a public one."""

    def change(url: str) -> None:
        options = dataclasses.replace(django_settings.BROADSHEET, site_url=url)
        monkeypatch.setattr(django_settings, "BROADSHEET", options)

    change(SITE)
    return change


@pytest.fixture
def hub(wire: Newswire, site: Any) -> Hub:
    """A hub that calls the portal through the framework as it is put together, guards included."""
    client = Client(enforce_csrf_checks=True)

    def call(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        kind = headers.get("Content-Type", "")
        more = {name: value for name, value in headers.items() if name != "Content-Type"}
        return client.generic(method, path, body, kind, headers=more)

    wire.hosts.add("hub.example")
    wire.forget_manners()
    return Hub(wire.server, call, where="hub.example/hub")


def ask_hubs(wire: Newswire) -> int:
    """What the worker does: claim wishes, send them, write down the answers."""
    claimed = services.claim_hubs(10)
    for errand in claimed:
        services.record_hub(errands.ask_hub(errand, wire.door()))
    return len(claimed)


def wished(wire: Newswire, hub: Hub, **values: Any) -> Feed:
    """A feed whose first pull named the hub, and the hub asked."""
    feed = wire.feed(with_hub(item(1)), **values)
    wire.pull(feed)
    assert ask_hubs(wire) == 1
    return feed


def subscribed(wire: Newswire, hub: Hub, **values: Any) -> Feed:
    """The same, and the hub agreed."""
    feed = wished(wire, hub, **values)
    assert hub.ask().status_code == 200
    assert row(feed).state == "active"
    feed.refresh_from_db()
    return feed


def row(feed: Feed) -> HubSubscription:
    return HubSubscription.objects.get(feed=feed)


def everything() -> list[str]:
    """Every row that a push could touch."""
    models = (Feed, HubSubscription, Pull, Dispatch, DiaryLine, Source)
    return [repr(sorted(model.objects.values_list())) for model in models]


# The wish


def test_check_11_a_pull_that_names_a_hub_makes_us_ask_it(wire: Newswire, hub: Hub) -> None:
    feed = wished(wire, hub)
    wish, made = hub.wish, row(feed)
    assert wish == {
        "hub.callback": f"{SITE}/hub/{made.token}/",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "864000",
        "hub.secret": made.secret,
    }
    assert made.state == "pending"
    assert wire.server.asked("/hub")[0].headers["user-agent"].startswith("Broadsheet/")
    assert ask_hubs(wire) == 0, "it is our turn to be called"
    assert "has not called back yet" in queries.pushes(feed)


def test_check_11_callbacks_and_secrets_are_unguessable_and_for_one_subscription(wire: Newswire, hub: Hub) -> None:
    made = []
    for _ in range(3):
        wished(wire, hub)
        made.append((hub.path.split("/")[2], hub.secret))
    assert len({token for token, _ in made} | {secret for _, secret in made}) == 6
    for token, secret in made:
        assert len(base64.urlsafe_b64decode(token + "=")) * 8 >= 128
        assert len(bytes.fromhex(secret)) * 8 >= 128
        assert len(set(token)) > 15
    for one, other in itertools.combinations([token for token, _ in made], 2):
        same = sum(letter == again for letter, again in zip(one, other, strict=True))
        assert same <= 10, "no part is fixed"


def test_check_11_the_link_header_counts_and_goes_first(wire: Newswire, hub: Hub) -> None:
    topic = "http://gazette.test/as-the-header-says"
    header = f'<{HUB}>; rel="hub", <{topic}>; rel="self"'
    wire.pull(wire.feed(answer(with_hub(item(1), hub="http://other.example/"), headers={"Link": header})))
    wire.pull(wire.feed(answer(rss(item(2)), headers={"Link": f'<{HUB}>; rel="hub"'})))
    assert ask_hubs(wire) == 2
    assert hub.wishes[0]["hub.topic"] == topic
    assert hub.wishes[1]["hub.topic"] == Feed.objects.order_by("id")[1].url, "without a word of its own, its address"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://192.168.1.4", "http://paper", "http://a.local"])
def test_check_11_a_portal_that_nobody_can_call_asks_nobody_and_says_so(
    wire: Newswire, hub: Hub, site: Any, address: str
) -> None:
    site(address)
    feed = wire.feed(with_hub(item(1)))
    wire.pull(feed)
    wire.pull(feed)
    assert ask_hubs(wire) == 0 == len(hub.wishes)
    lines = DiaryLine.objects.filter(feed=feed, event="push").values_list("words", flat=True)
    assert len(lines) == 1
    assert lines[0].startswith("The hub hub.example would tell us of news at once, but this portal has no public add")
    token = row(feed).token
    assert hub.call("GET", f"/hub/{token}/?hub.mode=subscribe", b"", {}).status_code == 404
    site(SITE)
    with later(timedelta(hours=1)):
        wire.serve(feed.url.removeprefix("http://gazette.test"), with_hub(item(1), item(2)))
        wire.pull(feed)
        assert ask_hubs(wire) == 1, "once it can be called, it asks"


def test_check_11_callbacks_are_served_only_where_a_hub_can_call(wire: Newswire, hub: Hub, site: Any) -> None:
    """A copy of the portal on somebody's own machine has all secrets, and answers and asks nobody."""
    subscribed(wire, hub)
    site("http://127.0.0.1:8000")
    with later(timedelta(days=9)):
        before = everything()
        assert hub.push().status_code == 404
        assert ask_hubs(wire) == 0
        assert everything() == before


# The hub asks back


def test_check_11_the_challenge_is_sent_back_as_plain_text(wire: Newswire, hub: Hub) -> None:
    feed = wished(wire, hub)
    got = hub.ask(challenge="<script>alert(1)</script>", lease_seconds="3600")
    assert (got.status_code, got.content) == (200, b"<script>alert(1)</script>")
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert not got.cookies
    made = row(feed)
    assert (made.state, made.lease_seconds) == ("active", 3600)
    assert made.expires_at == NOW + timedelta(hours=1)
    assert "tells us of news at once" in queries.pushes(feed)


WRONG: list[dict[str, str | None]] = [
    {"topic": "http://gazette.test/another"},
    {"topic": TOPIC + "/"},
    {"topic": TOPIC.upper()},
    {"topic": None},
    {"topic": ""},
    {"mode": "unsubscribe"},
    {"mode": "Subscribe"},
    {"mode": "publish"},
    {"mode": None},
    {"challenge": None},
    {"challenge": ""},
    {"challenge": "a\r\nSet-Cookie: b=c"},
    {"challenge": "x" * 2049},
]


@pytest.mark.parametrize("over", WRONG, ids=repr)
def test_check_11_another_question_than_ours_is_refused(wire: Newswire, hub: Hub, over: dict[str, str | None]) -> None:
    feed = wished(wire, hub)
    before = everything()
    assert hub.ask(**over).status_code == 404
    assert everything() == before
    assert hub.ask().status_code == 200, "and the right one is still answered"
    assert row(feed).state == "active"


def test_check_11_what_is_asked_twice_over_is_refused(wire: Newswire, hub: Hub) -> None:
    wished(wire, hub)
    good = f"hub.mode=subscribe&hub.topic={TOPIC}&hub.challenge=abc"
    for more in ("&hub.topic=http://evil.example/", "&hub.mode=unsubscribe", "&hub.challenge=def"):
        assert hub.call("GET", f"{hub.path}?{good}{more}", b"", {}).status_code == 404


def test_check_11_a_question_is_answered_once(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    before = everything()
    assert hub.ask().status_code == 404, "nothing is pending any more"
    assert hub.ask(mode="unsubscribe").status_code == 404, "nobody else may end it"
    assert everything() == before
    assert row(feed).state == "active"


def test_check_11_an_unknown_callback_is_404_and_costs_one_look(wire: Newswire, hub: Hub) -> None:
    subscribed(wire, hub)
    before = everything()
    token = hub.path.split("/")[2]
    for other in ("a" * 43, token[:-1], token + "x", token.swapcase(), "short", "x" * 5000):
        with CaptureQueriesContext(connection) as asked:
            assert hub.call("GET", f"/hub/{other}/?hub.mode=subscribe&hub.topic={TOPIC}", b"", {}).status_code == 404
            assert hub.push(path=f"/hub/{other}/").status_code == 404
        assert len(asked) <= 2, [one["sql"] for one in asked.captured_queries]
    assert hub.call("PUT", hub.path, b"", {}).status_code == 405
    assert everything() == before


def test_check_11_the_body_for_an_unknown_callback_is_not_read(wire: Newswire, hub: Hub) -> None:
    body = _Counted()
    assert views.called(_request("/hub/" + "a" * 43 + "/", body), "a" * 43).status_code == 404
    assert body.taken == 0


def test_check_11_no_printed_page_takes_the_callbacks_address(db: None) -> None:
    """A token may look like the address of an article, and the press takes no posts."""
    printer = current().printer
    assert printer.matches("/world-news/abc123/")
    assert not printer.matches("/hub/abc123/")
    assert not printer.matches("/hub/")


# Pushes


def test_check_11_a_push_only_schedules_our_own_pull(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    asked = len(wire.server.requests)
    with later(timedelta(minutes=1)) as moment:
        got = hub.push(rss(item(66, title="Forged by whoever pushed")))
        assert got.status_code == 202
        assert not got.content
        assert not got.cookies
        feed.refresh_from_db()
        assert feed.next_pull_at == moment
        assert Dispatch.objects.count() == 1, "nothing was taken in"
        assert len(wire.server.requests) == asked, "and nothing sent"
        assert [errand.feed_id for errand in services.claim_due(5)] == [feed.pk]
    assert not Dispatch.objects.filter(headline__contains="Forged").exists()
    assert (row(feed).pushes, row(feed).last_push_at) == (1, moment)


@pytest.mark.slow("a thousand pushes")
def test_check_11_a_thousand_replays_add_no_row_and_one_pull(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    count = {model: model.objects.count() for model in (Feed, HubSubscription, Dispatch, DiaryLine)}
    body = with_hub(item(1), item(2))
    value = signature(body, hub.secret)
    pulls = 0
    with later(timedelta(minutes=1)) as moment:
        assert hub.push(body).status_code == 202
        pulls += work(wire)
        with CaptureQueriesContext(connection) as asked:
            for _ in range(1000):
                check = websub.Signature.read(value).check(hub.secret)  # type: ignore[union-attr]
                check.add(body)
                assert check.holds()
                subscribing.take_push(subscribing.called(hub.path.split("/")[2]))  # type: ignore[arg-type]
        writes = [one["sql"] for one in asked if not one["sql"].startswith(("SELECT", "BEGIN", "COMMIT", "SAVEPOINT"))]
        assert len([sql for sql in writes if sql.startswith("UPDATE")]) <= 2, "the first of them moves one more pull"
        assert hub.push(body).status_code == 202
        pulls += work(wire)
    assert pulls == 1
    assert {model: model.objects.count() for model in count} == count
    with clock.frozen(moment + timedelta(seconds=websub.PUSH_SPACING)):
        assert work(wire) == 1, "a push between two pulls has its own at the end of the ten seconds"
        assert work(wire) == 0
    assert row(feed).pushes == 2


def work(wire: Newswire) -> int:
    """Pull what is due; returns how much."""
    due = services.claim_due(10)
    services.record([errands.pull(errand, wire.door(), doors.jail(), clock.now()) for errand in due])
    return len(due)


FORGED = [
    "",
    "sha256=",
    "sha256=00",
    "sha256=" + "0" * 64,
    "sha1=" + "0" * 40,
    "md5=" + "0" * 32,
    "sha256",
    "=",
    "x" * 999,
]


@pytest.mark.parametrize("value", FORGED, ids=lambda value: value[:12] or "empty")
def test_check_11_a_bad_signature_writes_nothing(wire: Newswire, hub: Hub, value: str) -> None:
    subscribed(wire, hub)
    with later(timedelta(minutes=1)):
        before = everything()
        with CaptureQueriesContext(connection) as asked:
            assert hub.push(signed=value or None).status_code == 202, "who forges learns nothing from the answer"
        assert all(one["sql"].startswith("SELECT") for one in asked)
        assert everything() == before


def test_check_11_no_other_key_body_or_method_is_believed(wire: Newswire, hub: Hub) -> None:
    first, first_secret, first_path = subscribed(wire, hub), hub.secret, hub.path
    subscribed(wire, hub, path="/second")
    body = b"<rss/>"
    with later(timedelta(minutes=1)):
        before = everything()
        for value in (
            signature(body, "not the secret"),
            signature(body, first_secret.upper()),
            signature(body + b" ", first_secret),
            signature(body, hub.secret),  # that of the other subscription
            signature(body, first_secret, "sha1"),
            signature(body, first_secret, "md5"),
            signature(body, first_secret)[:-1],
            signature(body, first_secret) + "0",
        ):
            assert hub.push(body, signed=value, path=first_path).status_code == 202
        assert everything() == before
        for algorithm in ("sha256", "sha384", "sha512"):
            HubSubscription.objects.update(pull_at=None)
            Feed.objects.update(next_pull_at=NOW + timedelta(hours=9))
            hub.push(
                body, signed=signature(body, first_secret, algorithm).upper().replace("SHA", "sha"), path=first_path
            )
            first.refresh_from_db()
            assert first.next_pull_at == clock.now(), algorithm


def test_check_11_signatures_are_compared_in_constant_time(
    wire: Newswire, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(wire, hub)
    seen: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def watched(one: Any, other: Any) -> bool:
        seen.append((one, other))
        return real(one, other)

    monkeypatch.setattr(websub.hmac, "compare_digest", watched)
    hub.push(b"abc")
    hub.push(b"abc", signed="sha256=" + "ab" * 32)
    own = bytes.fromhex(signature(b"abc", hub.secret)[7:])
    assert seen == [(own, own), (own, b"\xab" * 32)], "whole digests, right and wrong alike"


class _Counted(io.BytesIO):
    """A body without end that counts what was taken of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert 0 < size <= 1 << 20
        self.taken += size
        assert self.taken < 64 << 20, "somebody reads on and on"
        return b"x" * size


def _request(path: str, body: io.BytesIO, **environ: str) -> WSGIRequest:
    facts: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "wsgi.input": body, **environ}
    return WSGIRequest(facts)


def test_check_11_a_push_that_is_too_long_is_cut_off(wire: Newswire, hub: Hub) -> None:
    subscribed(wire, hub)
    before = everything()
    token = hub.path.split("/")[2]
    sign = {"HTTP_X_HUB_SIGNATURE": "sha256=" + "0" * 64}
    announced, endless, unsigned = _Counted(), _Counted(), _Counted()
    length = str(websub.LARGEST_PUSH + 1)
    assert views.called(_request(hub.path, announced, CONTENT_LENGTH=length, **sign), token).status_code == 413
    assert announced.taken == 0
    assert views.called(_request(hub.path, endless, HTTP_TRANSFER_ENCODING="chunked", **sign), token).status_code == 413
    assert endless.taken <= websub.LARGEST_PUSH + (1 << 20)
    assert views.called(_request(hub.path, unsigned, HTTP_TRANSFER_ENCODING="chunked"), token).status_code == 202
    assert unsigned.taken == 0, "without a signature there is nothing to read it for"
    assert everything() == before


def test_check_11_a_push_in_chunks_is_read_to_its_end(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    body = b"a body whose length nobody announced"
    sign = {"HTTP_X_HUB_SIGNATURE": signature(body, hub.secret), "HTTP_TRANSFER_ENCODING": "chunked"}
    with later(timedelta(minutes=1)) as moment:
        assert views.called(_request(hub.path, io.BytesIO(body), **sign), row(feed).token).status_code == 202
    feed.refresh_from_db()
    assert feed.next_pull_at == moment


def test_check_11_a_push_during_a_pull_is_not_lost(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    with later(timedelta(minutes=10)):
        (errand,) = services.claim_due(5)
        outcome = errands.pull(errand, wire.door(), doors.jail(), clock.now())
    with later(timedelta(minutes=10, seconds=1)) as moment:
        hub.push()
        services.record([outcome])
        feed.refresh_from_db()
        assert feed.next_pull_at == moment, "the pull under way may have come too early"


def test_check_11_a_feed_that_is_behind_its_hub_is_looked_at_once_more(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    with later(timedelta(minutes=1)) as moment:
        hub.push()
        wire.pull(feed)
        assert feed.next_pull_at == moment + timedelta(seconds=websub.SECOND_LOOK)
    with later(timedelta(minutes=1, seconds=websub.SECOND_LOOK)) as moment:
        wire.pull(feed)
        assert feed.next_pull_at > moment + timedelta(seconds=websub.SECOND_LOOK), "and then as its habit says"


def test_check_11_a_host_that_asked_us_to_wait_is_not_pulled_for_a_push(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    wire.serve(feed.url.removeprefix("http://gazette.test"), wait("7200"))
    with later(timedelta(minutes=30)):
        wire.pull(feed)
        until = feed.next_pull_at
        assert until > clock.now() + timedelta(hours=1)
        hub.push()
        feed.refresh_from_db()
        assert feed.next_pull_at == until


# The lease


def test_check_11_a_lease_is_renewed_at_four_fifths(wire: Newswire, hub: Hub) -> None:
    feed = wished(wire, hub)
    hub.ask(lease_seconds="10000")
    first = row(feed)
    with later(timedelta(seconds=7999)):
        assert ask_hubs(wire) == 0
    with later(timedelta(seconds=8000)) as moment:
        assert ask_hubs(wire) == 1
        assert hub.wishes[1] == hub.wishes[0], "the same callback, topic and secret"
        Feed.objects.update(next_pull_at=moment + timedelta(hours=1))
        hub.push()
        feed.refresh_from_db()
        assert feed.next_pull_at == moment, "meanwhile pushes count on"
        assert hub.ask(lease_seconds="20000").status_code == 200
    renewed = row(feed)
    assert renewed.expires_at == moment + timedelta(seconds=20000)
    assert renewed.ask_at == moment + timedelta(seconds=16000)
    assert (renewed.state, renewed.token, renewed.secret) == ("active", first.token, first.secret)
    assert DiaryLine.objects.filter(event="push").count() == 1, "a renewal is no news"


def test_check_11_a_lease_that_ran_out_counts_no_more(wire: Newswire, hub: Hub) -> None:
    feed = wished(wire, hub)
    hub.ask(lease_seconds="10000")
    hub.answers = status(503)
    with later(timedelta(seconds=10000)):
        before = everything()
        assert hub.push().status_code == 202
        assert everything() == before
        assert services.mind_hubs() == 1
        assert services.mind_hubs() == 0
        assert row(feed).state == "pending"
        hub.answers = status(202)
        assert ask_hubs(wire) == 1, "and a new one is asked for"
        assert hub.ask().status_code == 200
        assert row(feed).state == "active"


@pytest.mark.parametrize(("granted", "taken"), [("5", 5), (None, 864_000), ("-1", 864_000), ("9" * 12, 90 * 86_400)])
def test_check_11_absurd_leases_do_no_harm(wire: Newswire, hub: Hub, granted: str | None, taken: int) -> None:
    feed = wished(wire, hub)
    assert hub.ask(lease_seconds=granted).status_code == 200
    made = row(feed)
    assert made.lease_seconds == taken
    assert made.ask_at is not None
    assert made.ask_at >= NOW + timedelta(seconds=websub.SHORTEST_RENEWAL)


# Ends


def test_check_11_a_paused_feed_ends_its_subscription(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    services.pause(feed)
    assert services.mind_hubs() == 1
    assert row(feed).state == "ended"
    with later(timedelta(minutes=1)):
        before = everything()
        assert hub.push().status_code == 202
        assert everything() == before, "before the hub has heard of it, too"
        assert ask_hubs(wire) == 1
        assert hub.wish["hub.mode"] == "unsubscribe"
        assert "hub.secret" not in hub.wish
        assert hub.ask(mode="subscribe").status_code == 404
        assert hub.ask().content.decode() == CHALLENGE
        assert hub.ask().status_code == 404 == hub.ask(mode="subscribe").status_code, "after the end nothing is agreed"
        assert ask_hubs(wire) == 0
    assert row(feed).state == "ended"
    services.resume(feed)
    with later(timedelta(hours=2)):
        wire.serve(feed.url.removeprefix("http://gazette.test"), with_hub(item(1), item(2)))
        wire.pull(feed)
        assert ask_hubs(wire) == 1
        assert row(feed).state == "pending"
        assert len({wish["hub.callback"] for wish in hub.wishes}) == 2, "under a new address"


def test_check_11_a_feed_that_names_no_hub_any_more_ends_it(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub)
    wire.serve(feed.url.removeprefix("http://gazette.test"), rss(item(1), item(2)))
    with later(timedelta(minutes=5)):
        wire.pull(feed)
        assert (row(feed).state, row(feed).reason) == ("ended", "not_named")
        assert ask_hubs(wire) == 1
        assert hub.wish["hub.mode"] == "unsubscribe"


def test_check_11_a_hub_may_say_no(wire: Newswire, hub: Hub) -> None:
    feed = wished(wire, hub)
    assert hub.ask(mode="denied", topic="http://gazette.test/another", reason="x").status_code == 404
    assert hub.ask(mode="denied", reason="we know\nyou").status_code == 200
    assert (row(feed).state, row(feed).reason, row(feed).detail) == ("refused", "denied", "we know you")
    assert hub.ask().status_code == 404
    assert hub.push().status_code == 202
    assert row(feed).pushes == 0
    assert "said no" in queries.pushes(feed)
    with later(timedelta(days=7)):
        assert ask_hubs(wire) == 1, "a week later it is asked again"


# Hubs that are no good


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [(status(404), "not_found"), (status(400), "refused"), (redirect("http://127.0.0.1/"), "moved")],
    ids=["404", "400", "redirect"],
)
def test_check_11_a_hub_that_refuses_is_left_alone(wire: Newswire, hub: Hub, behaviour: Any, reason: str) -> None:
    hub.answers = behaviour
    feed = wished(wire, hub)
    assert (row(feed).state, row(feed).reason) == ("refused", reason)
    assert len(wire.server.requests) == 2, "one pull, one wish, and no redirect was followed"
    with later(timedelta(days=6)):
        assert ask_hubs(wire) == 0
    assert hub.ask().status_code == 404


def test_check_11_a_hub_that_fails_is_asked_again_with_growing_pauses(wire: Newswire, hub: Hub) -> None:
    hub.answers = status(500)
    feed = wished(wire, hub)
    waits, moment = [], NOW
    while row(feed).state == "pending":
        due = row(feed).ask_at
        assert due is not None
        waits.append((due - moment).total_seconds())
        moment = due
        with clock.frozen(moment):
            assert ask_hubs(wire) == 1
    assert waits == [60, 300, 1500, 7500]
    assert len(hub.wishes) == 5
    assert row(feed).reason == "server_error"
    assert Feed.objects.get(pk=feed.pk).failures == 0, "the feed itself is well"


def test_check_11_a_hub_that_never_asks_back_is_given_up(wire: Newswire, hub: Hub) -> None:
    feed, moment = wished(wire, hub), NOW
    for _ in range(4):
        moment += timedelta(hours=1)
        with clock.frozen(moment):
            assert ask_hubs(wire) == 1
    assert (row(feed).state, row(feed).reason) == ("refused", "unanswered")


@pytest.mark.parametrize(
    "address", ["http://10.0.0.7/hub", "http://169.254.169.254/hub", "http://hub.example:8080/hub", "http://[::1]/hub"]
)
def test_check_11_a_feed_cannot_send_us_into_our_own_network(wire: Newswire, hub: Hub, address: str) -> None:
    """The wish leaves through the one door, so what may not be fetched may not be posted to."""
    feed = wire.feed(with_hub(item(1), hub=address))
    wire.pull(feed)
    assert ask_hubs(wire) == 1
    assert (row(feed).state, row(feed).reason) == ("refused", "address_not_allowed")
    assert len(wire.server.requests) == 1


def test_check_11_wishes_keep_to_the_manners_of_the_door(wire: Newswire, hub: Hub) -> None:
    for _ in range(3):
        wire.pull(wire.feed(with_hub(item(1))))
    names = wire.server.names("hub.example")
    slow = Door("Broadsheet/test", names=names, spacing=20.0, allow=[Allowed.of("hub.example", "127.0.0.0/8")])
    for errand in services.claim_hubs(10):
        services.record_hub(errands.ask_hub(errand, slow))
    slow.close()
    assert len(hub.wishes) == 1
    stood = HubSubscription.objects.filter(attempts=0, state="pending", reason="")
    assert stood.count() == 2, "those behind it wait, and it is no fault of the hub"
    assert all(one.ask_at and one.ask_at >= NOW + timedelta(seconds=5) for one in stood)


def test_check_11_a_feed_that_names_new_hubs_all_the_time_is_heeded_once_an_hour(wire: Newswire, hub: Hub) -> None:
    documents = [with_hub(item(n), hub=f"http://victim-{n}.example/") for n in range(1, 6)]
    feed = wire.feed(*documents)
    for minutes in range(4):
        with later(timedelta(minutes=minutes)):
            wire.pull(feed)
    assert row(feed).hub == "http://victim-1.example/"
    with later(timedelta(minutes=61)):
        wire.pull(feed)
    assert row(feed).hub == "http://victim-5.example/"


def test_check_11_a_claimed_wish_is_nobody_elses_and_comes_back_after_a_kill(wire: Newswire, hub: Hub) -> None:
    wire.pull(wire.feed(with_hub(item(1))))
    (errand,) = services.claim_hubs(5)
    assert services.claim_hubs(5) == []
    with later(timedelta(seconds=91)):
        (again,) = services.claim_hubs(5)
        services.record_hub(errands.HubOutcome(errand))
        assert HubSubscription.objects.get().attempts == 0, "the first came too late"
        services.record_hub(errands.HubOutcome(again))
        assert HubSubscription.objects.get().attempts == 1


def test_check_11_a_hub_may_ask_back_before_it_answers(wire: Newswire, hub: Hub) -> None:
    feed = wire.feed(with_hub(item(1)))
    wire.pull(feed)
    (errand,) = services.claim_hubs(5)
    outcome = errands.ask_hub(errand, wire.door())
    assert hub.ask().status_code == 200
    for late in (outcome, dataclasses.replace(outcome, reason=errands.Reason.TIMED_OUT)):
        services.record_hub(late)
        assert row(feed).state == "active"
        assert row(feed).ask_at == NOW + timedelta(seconds=864_000 * 0.8)


def test_check_11_a_hub_that_hangs_ends_with_its_deadline(
    wire: Newswire, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "HUB_SECONDS", 0.3)
    hub.answers = silent()
    feed = wished(wire, hub)
    assert (row(feed).reason, row(feed).attempts) == ("timed_out", 1)


# Secrets


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """Whatever the product logs, at every level, as it is written for people and for machines."""
    lines: list[str] = []
    shapes = [logs.formatter("plain"), logs.formatter("json")]

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.extend(shape.format(record) for shape in shapes)

    keeper, root = Keeper(level=0), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(0)
    yield lines
    root.setLevel(level)
    root.removeHandler(keeper)


def test_check_11_no_log_line_shows_a_callback_or_a_secret(
    wire: Newswire, hub: Hub, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def post(self, url: str, body: bytes, *_: object, **__: object) -> Any:
            raise RuntimeError(f"broke at {body!r}")

    feed = wire.feed(with_hub(item(1)))
    wire.pull(feed)
    (errand,) = services.claim_hubs(1)
    secret, token = row(feed).secret, row(feed).token
    services.record_hub(errands.ask_hub(errand, Broken()))  # type: ignore[arg-type]
    logging.getLogger("test").warning("%r %r", errand, row(feed))
    with later(timedelta(minutes=2)):
        ask_hubs(wire)
        hub.ask(topic="http://wrong.example/")
        hub.ask()
        hub.push(b"x" * (websub.LARGEST_PUSH + 1), signed="sha256=" + "0" * 64)
        hub.push(signed="sha256=" + "0" * 64)
        hub.push()
        hub.call("PUT", hub.path, b"", {})
        monkeypatch.setattr(subscribing, "take_push", lambda row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hub.push()
    text = "\n".join(log_lines)
    assert "/hub/…" in text, "the framework does log such requests"
    assert token not in text
    assert secret not in text
    assert "a hub failed" in text
    public = json.dumps([*DiaryLine.objects.values_list("words", flat=True), queries.pushes(feed), str(row(feed))])
    assert token not in public
    assert secret not in public


def test_check_11_a_paused_source_ends_the_subscriptions_of_its_feeds(wire: Newswire, hub: Hub) -> None:
    feed = subscribed(wire, hub, source=make_source(homepage="http://gazette.test/"))
    Source.objects.update(state=Source.State.PAUSED)
    assert services.mind_hubs() == 1
    assert row(feed).reason == "feed_paused"
