"""Check 10, the wire's part: validators, 304, Retry-After, 410, moves; and the plain reason of every failure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from broadsheet.wire import queries, rules, services
from broadsheet.wire.models import Dispatch, Feed
from tests.make import NOW
from tests.trade.wire.newswire import Newswire, asked, item, later, rss
from tests.wire_server import (
    Behaviour,
    answer,
    broken_gzip,
    early_close,
    gone,
    hang_up,
    http09,
    redirect,
    reset,
    status,
    wait,
)

pytestmark = pytest.mark.django_db


def test_check_10_the_next_pull_sends_the_validators_and_304_is_unchanged(wire: Newswire) -> None:
    feed = wire.feed(answer(rss(item(1)), etag='"v1"', last_modified="Tue, 24 Nov 2026 08:00:00 GMT"), path="/f")
    wire.pull(feed)
    kept = feed.body_hash
    pull = wire.pull(feed)
    first, second = asked(wire.server, "/f")
    assert "if-none-match" not in first
    assert (second["if-none-match"], second["if-modified-since"]) == ('"v1"', "Tue, 24 Nov 2026 08:00:00 GMT")
    assert (pull.status, pull.unchanged, pull.entries, pull.new) == (304, True, 0, 0)
    assert (feed.etag, feed.body_hash, feed.last_good_at) == ('"v1"', kept, NOW)


def test_the_same_body_is_unchanged_without_validators(wire: Newswire) -> None:
    feed = wire.feed(answer(rss(item(1)), etag='"v1"'), path="/f")
    wire.pull(feed)
    wire.serve("/f", answer(rss(item(1)), headers={"ETag": '"v2"'}))
    pull = wire.pull(feed)
    assert (pull.status, pull.unchanged) == (200, True)
    assert feed.etag == '"v2"'


def test_validators_that_are_gone_are_forgotten(wire: Newswire) -> None:
    feed = wire.feed(answer(rss(item(1)), etag='"v1"'), path="/f")
    wire.pull(feed)
    wire.serve("/f", rss(item(1), item(2)))
    wire.pull(feed)
    assert (feed.etag, feed.last_modified) == ("", "")


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("code", [429, 503])
def test_check_10_retry_after_is_obeyed(wire: Newswire, form: str, code: int) -> None:
    value = "5400" if form == "seconds" else format_datetime(NOW + timedelta(seconds=5400))
    feed = wire.feed(wait(value, code))
    pull = wire.pull(feed)
    assert (pull.status, pull.reason) == (code, "asks_to_wait")
    assert feed.next_pull_at == NOW + timedelta(seconds=5400)


def test_check_10_retry_after_is_capped_at_a_day(wire: Newswire) -> None:
    feed = wire.feed(wait("999999999"))
    wire.pull(feed)
    assert feed.next_pull_at == NOW + timedelta(days=1)


def test_check_10_410_stops_and_an_editor_may_resume(wire: Newswire) -> None:
    feed = wire.feed(gone(), rss(item(1)))
    wire.pull(feed)
    assert (feed.state, feed.reason) == (Feed.State.GONE, "gone")
    with later(timedelta(days=400)):
        assert services.claim_due(5) == []
        services.resume(feed)
        wire.pull(feed)
        assert (feed.state, feed.reason, feed.failing_since) == (Feed.State.ACTIVE, "", None)


def test_check_10_a_permanent_move_is_adopted_after_three_agreeing_polls(wire: Newswire) -> None:
    feed = wire.feed(redirect("http://new.test/feed", 301), path="/old")
    wire.serve("/feed", *(rss(item(n)) for n in range(1, 9)), host="new.test")
    for poll in (1, 2):
        wire.pull(feed)
        assert (feed.url, feed.moved_to, feed.moved_seen) == ("http://gazette.test/old", "http://new.test/feed", poll)
    wire.pull(feed)
    assert (feed.url, feed.moved_to, feed.moved_seen) == ("http://new.test/feed", "", 0)
    wire.pull(feed)
    assert len(wire.server.asked("/old")) == 3
    with pytest.raises(services.feeds.NotUsable, match="already a feed"):
        services.add_feed(feed.source, "http://new.test/feed")


def test_check_10_a_temporary_redirect_is_never_adopted(wire: Newswire) -> None:
    feed = wire.feed(redirect("http://new.test/feed", 302), path="/old")
    wire.serve("/feed", rss(item(1)), host="new.test")
    for _ in range(4):
        wire.pull(feed)
    assert (feed.url, feed.moved_seen) == ("http://gazette.test/old", 0)


def test_check_10_moves_that_do_not_agree_are_counted_anew(wire: Newswire) -> None:
    there, elsewhere = redirect("http://new.test/feed", 301), redirect("http://other.test/feed", 308)
    feed = wire.feed(there, there, elsewhere, there, there, path="/old")
    wire.serve("/feed", rss(item(1)), host="new.test")
    wire.serve("/feed", rss(item(1)), host="other.test")
    for _ in range(5):
        wire.pull(feed)
    assert (feed.url, feed.moved_seen) == ("http://gazette.test/old", 2)


def test_a_move_to_an_address_that_another_feed_has_is_not_adopted(wire: Newswire) -> None:
    wire.feed(rss(item(1)), host="new.test", path="/feed")
    feed = wire.feed(redirect("http://new.test/feed", 301), path="/old")
    for _ in range(3):
        wire.pull(feed)
    assert (feed.url, feed.moved_to, feed.moved_seen) == ("http://gazette.test/old", "", 0)


FAILURES: list[tuple[str, Behaviour, str]] = [
    ("404", status(404), "not_found"),
    ("403", status(403), "forbidden"),
    ("401", status(401), "forbidden"),
    ("500", status(500), "server_error"),
    ("502 with a page", answer("<html>Bad gateway</html>", "text/html", status=502), "server_error"),
    ("no Location", redirect(""), "server_error"),
    ("a loop", redirect("http://gazette.test/f"), "too_many_redirects"),
    ("to loopback", redirect("http://127.0.0.1/admin"), "address_not_allowed"),
    ("to a file", redirect("file:///etc/passwd"), "address_not_allowed"),
    ("hung up", hang_up(), "refused"),
    ("reset", reset(), "refused"),
    ("half an answer", early_close(), "server_error"),
    ("HTTP/0.9", http09(), "server_error"),
    ("broken gzip", broken_gzip(), "wrong_encoding"),
    ("nothing", answer(b""), "empty"),
    ("a web page", answer("<html><body>Hello</body></html>", "text/html"), "not_a_feed"),
    ("broken XML", answer("<rss><channel><item><title>", "text/xml"), ""),
]


@pytest.mark.parametrize(("behaviour", "reason"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES])
def test_every_failure_is_stored_with_reason_since_and_next_try(
    wire: Newswire, behaviour: Behaviour, reason: str
) -> None:
    feed = wire.feed(behaviour, path="/f")
    pull = wire.pull(feed)
    if not reason:  # damaged but readable: whatever it is, it is no crash and no dispatch
        assert Dispatch.objects.count() <= 1
        return
    assert (feed.reason, pull.reason) == (reason, reason)
    assert queries.sentence(feed.reason).endswith(".")
    assert (feed.failures, feed.failing_since) == (1, NOW)
    assert NOW + timedelta(minutes=5) <= feed.next_pull_at <= NOW + timedelta(days=1)
    assert feed.lease_until is None
    assert (feed.last_pull_at, feed.last_good_at) == (NOW, None)
    assert list(queries.troubled_feeds()) == [feed]


def test_a_name_that_is_not_found(wire: Newswire) -> None:
    feed = wire.feed(rss())
    Feed.objects.filter(pk=feed.pk).update(url="http://name.invalid/feed")
    assert wire.pull(feed).reason == "name_not_found"


def test_back_off_grows_is_capped_and_never_ends(wire: Newswire) -> None:
    feed = wire.feed(status(500))
    waits: list[float] = []
    moment = NOW
    for _ in range(14):
        with later(moment - NOW):
            assert [errand.feed_id for errand in services.claim_due(5)] == [feed.pk]
            Feed.objects.filter(pk=feed.pk).update(lease_until=None)
            wire.forget_manners()
            wire.pull(feed)
            waits.append((feed.next_pull_at - moment).total_seconds())
        moment = feed.next_pull_at
    assert feed.failures == 14
    assert feed.failing_since == NOW
    assert waits[:6] == sorted(waits[:6])
    assert all(0 < one <= rules.LONGEST_FAILING for one in waits)
    assert min(waits[8:]) >= 0.8 * rules.LONGEST_FAILING


def test_a_good_pull_ends_the_trouble(wire: Newswire) -> None:
    feed = wire.feed(status(500), status(500), rss(item(1)))
    wire.pull(feed)
    wire.pull(feed)
    assert (feed.failures, feed.reason) == (2, "server_error")
    wire.pull(feed)
    assert (feed.failures, feed.reason, feed.detail, feed.failing_since) == (0, "", "", None)
    assert not queries.troubled_feeds().exists()


def test_a_failure_keeps_validators_and_dispatches(wire: Newswire) -> None:
    feed = wire.feed(answer(rss(item(1)), etag='"v1"'), status(500), path="/f")
    wire.pull(feed)
    wire.pull(feed)
    assert (feed.etag, Dispatch.objects.count()) == ('"v1"', 1)


def test_a_feed_that_kills_the_jail_has_a_reason(wire: Newswire, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.copydesk.jail import JailKilled
    from broadsheet.lib.reasons import Reason
    from broadsheet.wire import doors

    class Deadly:
        def run(self, job: str, **arguments: object) -> object:
            raise JailKilled(Reason.TOOK_TOO_LONG, "killed")

    feed = wire.feed(answer(rss(item(1)), etag='"v1"'))
    jail: Callable[[], object] = Deadly
    monkeypatch.setattr(doors, "jail", jail)
    wire.pull(feed)
    assert (feed.reason, feed.detail, feed.etag, feed.body_hash) == ("took_too_long", "killed", "", "")
