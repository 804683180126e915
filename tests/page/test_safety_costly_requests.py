"""Check 73: what costs much is refused cheaply, at the front door or by the framework, before work is done."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test.utils import CaptureQueriesContext

from tests.flow import newsroom
from tests.flow.newsroom import Readers
from tests.page.conftest import Paper

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def readers(paper: Paper, tmp_path: Path) -> Iterator[Readers]:
    with newsroom.opened(tmp_path) as found:
        found.get("/about/")  # whatever is loaded once
        yield found


@pytest.mark.parametrize(
    "path",
    [
        "/world-news/page/1000000000/",
        "/latest/page/1000000000/",
        "/topics/shipping/page/999999999999999999999999/",
        "/sources/northern-ledger/page/1000000000/",
        "/archive/9999/99/99/",
        "/stories/" + "x" * 480 + "/",
        "/" + "a/" * 200,
    ],
)
def test_check_73_a_page_far_beyond_the_last_is_not_found_and_counts_nothing(readers: Readers, path: str) -> None:
    from django.db import connection

    readers.get("/nothing-here/")
    with CaptureQueriesContext(connection) as asked:
        assert readers.get(path).status == 404
    assert len(asked) <= 25
    assert not [one for one in asked if "OFFSET 1" in one["sql"] or "COUNT(" in one["sql"].upper()]


@pytest.mark.parametrize("page", ["1000000000", "-1", "0", "9" * 400, "x", "1e9", "٣"])
def test_check_73_search_never_goes_beyond_its_last_page(readers: Readers, page: str) -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        answer = readers.get("/search/?" + urlencode({"q": "harbour", "page": page}))
    assert answer.status == 200
    assert not [one for one in asked if "OFFSET 10000" in one["sql"]]


@pytest.mark.parametrize("query", ["*", "**** ****", "%", "_" * 300, "a* OR b* OR c*", "x " * 5000, "e"])
def test_check_73_a_wildcard_search_is_bounded(readers: Readers, query: str) -> None:
    began = time.monotonic()
    sent = urlencode({"q": query})
    assert readers.get("/search/?" + sent).status == (414 if len(sent) > 8000 else 200)
    assert time.monotonic() - began < 1.0


def test_check_73_an_address_of_more_than_eight_kibibytes_is_refused(readers: Readers) -> None:
    for path in ("/?x=" + "a" * 9000, "/search/?q=" + "a" * 9000, "/" + "a" * 9000, "/desk/?" + "a" * 9000):
        assert readers.get(path).status == 414


def test_check_73_headers_of_any_size_do_not_disturb_a_printed_page(readers: Readers) -> None:
    huge = "x" * 100_000
    assert readers.get("/", cookie=huge, accept_language=huge, user_agent=huge).status == 200
    assert readers.get("/", if_none_match=huge, if_modified_since=huge, accept_encoding=huge).status == 200
    assert readers.get("/search/?q=a", cookie=huge, user_agent=huge).status in (200, 400)
    assert readers.get("/", host="a" * 100_000).status in (200, 400)


@pytest.mark.parametrize("path", ["/", "/world-news/", "/nothing/", "/search/", "/health/live"])
def test_check_73_a_body_where_none_belongs_is_refused_unread(readers: Readers, path: str) -> None:
    answer = readers.ask("POST", path, b"x" * 3_000_000, content_type=FORM)
    assert answer.status in (403, 404, 405), answer.status


@pytest.mark.parametrize(
    "body",
    [
        b"login=" + b"x" * 3_000_000,
        b"&".join(b"field%d=1" % number for number in range(10_001)),
        b"&" * 10_500,
    ],
    ids=["three megabytes", "ten thousand fields", "ten thousand empty fields"],
)
def test_check_73_a_form_too_large_is_refused(readers: Readers, body: bytes) -> None:
    answer = readers.ask("POST", "/account/login/", body, content_type=FORM)
    assert 400 <= answer.status < 500


def test_check_73_a_multipart_body_in_base64_is_refused_or_small(readers: Readers) -> None:
    """Django decodes base64 parts in pieces; a part that is whitespace only once cost minutes."""
    part = base64.b64encode(b"x" * 300) + b" " * 2_000_000
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + part
        + b"\r\n--b--\r\n"
    )
    began = time.monotonic()
    answer = readers.ask("POST", "/account/login/", body, content_type="multipart/form-data; boundary=b")
    assert 400 <= answer.status < 500
    assert time.monotonic() - began < 1.0


def test_check_73_a_beacon_is_a_number_and_nothing_more(readers: Readers) -> None:
    own = {"sec_fetch_site": "same-origin", "user_agent": "Mozilla/5.0"}
    assert readers.ask("POST", "/pulse", b"1" * 33, **own).status == 413
    assert readers.ask("POST", "/pulse", b"1; DROP", **own).status == 400
    assert readers.ask("POST", "/pulse", b"7", sec_fetch_site="cross-site").status == 403
    assert readers.ask("POST", "/pulse", b"7", **own).status == 204
