"""Who gets where: the matrix of roles and routes, read off the URLconf, so that a new route cannot be forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.accounts.models import User
from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.editions.models import Edition, Pin
from broadsheet.sources.models import Owner, Source
from broadsheet.trends.models import Heat
from broadsheet.wire.models import Dispatch, Feed
from tests import make
from tests.page.desk.conftest import PASSWORD, person, signed_in
from tests.page.desk.editor import form_of
from tests.page.desk.routes import addresses

# Addresses of the desk that are open to all: the door itself, and words for scripts without any content.
PUBLIC = {
    "/desk/login/",
    "/desk/password_reset/",
    "/desk/password_reset/1/",
    "/desk/jsi18n/",
    "/desk/sprite/",
    "/desk/logout/",
    "/desk/failwhale/",
}
# What a contributor may open of our own nouns; all else of them is closed.
CONTRIBUTOR_OPEN = {"desk_articles:list", "desk_articles:list_results", "desk_articles:add"}
# What an editor may not: deleting what articles lean on, and what only posts.
EDITOR_CLOSED = {f"desk_{noun}:delete" for noun in ("sources", "feeds", "sections", "topics", "owners", "rights")}
# One-button addresses answer posts alone; the rest need a revision or a task that the sample does not have.
POST_ONLY = re.compile(
    r"desk_(articles:(restore|release|choose_related|lock|unlock|preview_on_add|preview_on_edit)|dispatches:again"
    r"|feeds:(test_feed|pull|pause|resume|release|refuse|accept_lengths)|section_queue:(choose|undo|learn|use)"
    r"|stories:(merge|take_out|lead|lock|undo))$"
)
NEEDS_MORE = re.compile(r"desk_articles:(revisions_|workflow|collect_|confirm_|delete)")


@pytest.fixture
def rows(newsroom: Source) -> None:
    """One row of every noun, each with the number 1 where the database lets us choose."""
    source = Source.objects.filter(pk=1).first() or make.make_source(pk=1)
    make.make_story([make.make_article(pk=1, source=make.make_source())], pk=1)
    Owner.objects.get_or_create(pk=1, defaults={"name": "One"})
    make.make_topic("One", pk=1)
    feed = Feed.objects.create(pk=1, source=source, url="https://one.example/f", url_key="1", next_pull_at=clock.now())
    Dispatch.objects.create(
        pk=1, feed=feed, entry_key="1", content_hash="1", fate="spiked", reason="too_old", arrived_at=clock.now()
    )
    story = make.make_story([make.make_article()])
    Heat.objects.create(pk=1, story=story, window="day", score=1.0, rank=1, receipt="2 sources", at=clock.now())
    edition = Edition.objects.create(name="front", assembled_at=clock.now())
    Pin.objects.create(pk=1, edition=edition, story=story, at=clock.now())


def ours() -> list[tuple[str, str]]:
    return [(address, name) for address, name in addresses() if name.startswith("desk_")]


def test_the_walk_finds_the_routes() -> None:
    found = addresses()
    assert len(found) > 200
    assert len(ours()) > 80


@pytest.mark.slow("two hundred routes")
def test_check_43_anonymous_gets_nowhere(client: Client, rows: None) -> None:
    for address, name in addresses():
        if address in PUBLIC:
            continue
        answer = client.get(address)
        assert answer.status_code in (302, 401, 403, 404, 405), f"{address} ({name}) answers {answer.status_code}"
        if answer.status_code == 302:
            door = "/desk/login/" if "*" in address else "/account/login/"
            assert answer.headers["Location"].startswith(door), address
        if name.startswith("desk_"):
            assert answer.status_code == 302, address


@pytest.mark.slow("two hundred routes")
def test_check_41_without_a_second_factor_every_route_leads_to_enrolling(rows: None) -> None:
    for facts in ({"is_staff": True, "is_superuser": True}, {"group": "Editors"}, {"group": "Contributors"}):
        client = signed_in(person(f"half{len(facts)}{facts.get('group', '')}@desk.example", factor=False, **facts))
        for address, _ in addresses():
            if address.startswith("/desk/jsi18n/"):
                continue
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 302, address
                assert answer.headers["Location"].startswith("/account/2fa/?next="), address


@pytest.mark.slow("ninety routes, twice")
def test_check_43_contributor_and_editor_by_route(rows: None, as_contributor: Client, as_editor: Client) -> None:
    for address, name in ours():
        answer = as_contributor.get(address)
        if name in CONTRIBUTOR_OPEN:
            assert answer.status_code == 200, f"contributor {address}"
        else:
            closed = answer.status_code in (403, 404, 405) or answer.headers.get("Location") == "/desk/"
            assert closed or name == "desk_articles:preview_on_add", f"contributor {address}: {answer.status_code}"
        answer = as_editor.get(address)
        if name in EDITOR_CLOSED:
            assert answer.headers.get("Location") == "/desk/" or answer.status_code == 403, f"editor {address}"
        elif POST_ONLY.match(name):
            assert answer.status_code in (200, 302, 405), f"editor {address}: {answer.status_code}"
        elif not NEEDS_MORE.match(name):
            assert answer.status_code == 200, f"editor {address}: {answer.status_code}"


@pytest.mark.slow("every button, posted")
def test_a_contributors_posts_change_nothing(rows: None, as_contributor: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as ran:
        for address, name in ours():
            if name not in CONTRIBUTOR_OPEN and name != "desk_articles:preview_on_add":
                as_contributor.post(address, {"why": "x", "name": "x"})
    assert not _written(ran), _written(ran)


def _written(ran: Any) -> list[str]:
    """Statements that write, save those that keep the session (messages) of the person.

    Named exemption: the first time a person opens a page, Wagtail's page editor notes whether comments on it should be
    mailed to them. It is their own preference, off by default, and grants nothing.
    """
    return [
        query["sql"][:200]
        for query in ran.captured_queries
        if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", query["sql"], re.IGNORECASE)
        and "django_session" not in query["sql"]
        and "wagtailcore_pagesubscription" not in query["sql"]
    ]


@pytest.mark.slow("two hundred routes")
def test_check_42_no_get_writes(rows: None, as_admin: Client) -> None:
    page = make.make_standing("imprint", "Imprint")
    pages = [(f"/desk/pages/{page.pk}/{verb}/", "desk_page") for verb in ("edit", "history", "usage", "unpublish")]
    new = (f"/desk/pages/add/pages/standingpage/{page.get_parent().pk}/", "desk_page")
    for address, name in [*addresses(), *pages, new]:
        with CaptureQueriesContext(connection) as ran:
            try:
                answer = as_admin.get(address)
            except Exception as error:
                # Some of Wagtail's own addresses want more than a number; ours may not fall over.
                if name.startswith("desk_"):
                    raise AssertionError(address) from error
                continue
        shadowed = address.startswith(("/desk/login/", "/desk/password_reset/"))
        assert answer.headers.get("Location", "").startswith("/account/login/") is shadowed, address
        assert not _written(ran), (address, _written(ran))


@pytest.mark.slow("ninety routes")
def test_check_42_every_post_needs_its_token(rows: None, admin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    for address, _ in addresses():
        assert client.post(address, {"why": "x"}).status_code in (403, 405), address
    for address in ("/account/login/", "/account/logout/", "/account/password/reset/", "/account/2fa/totp/activate/"):
        assert client.post(address).status_code == 403, address


def test_leaving_takes_a_post(as_admin: Client) -> None:
    assert as_admin.get("/desk/logout/").headers["Location"] == "/account/logout/"
    assert as_admin.get("/desk/").status_code == 200
    assert as_admin.post("/desk/logout/").headers["Location"] == "/account/login/"
    assert as_admin.get("/desk/").status_code == 302


def test_wagtails_own_door_is_shadowed(client: Client, admin: User) -> None:
    assert client.get("/desk/login/").headers["Location"].startswith("/account/login/")
    assert client.get("/desk/password_reset/").headers["Location"].startswith("/account/login/")
    assert client.get("/desk/password_reset/confirm/a/b/").headers["Location"].startswith("/account/login/")
    client.post("/desk/login/", {"username": admin.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_contributor_writes_own_drafts_and_publishes_nothing(
    as_contributor: Client, as_editor: Client, contributor: User, newsroom: Source
) -> None:
    data = form_of(None, headline="By a contributor")
    answer = as_contributor.post("/desk/articles/add/", {**data, "action-publish": "yes"})
    assert answer.status_code == 302
    mine = Article.objects.get(headline="By a contributor")
    assert not mine.live
    assert as_contributor.get(f"/desk/articles/edit/{mine.pk}/").status_code == 200
    changed = form_of(mine, headline="Better", **{"action-publish": "yes"})
    as_contributor.post(f"/desk/articles/edit/{mine.pk}/", changed)
    mine.refresh_from_db()
    assert mine.headline == "Better"
    assert not mine.live
    foreign = make.make_article(source=newsroom, live=False)
    assert as_contributor.get(f"/desk/articles/edit/{foreign.pk}/").status_code == 404
    assert as_contributor.get(f"/desk/articles/history/{foreign.pk}/").status_code == 404
    listed = as_contributor.get("/desk/articles/").content.decode()
    assert "Better" in listed
    assert foreign.headline not in listed
    as_contributor.post(f"/desk/articles/edit/{mine.pk}/", form_of(mine, **{"action-submit": "yes"}))
    assert "Better" in as_editor.get("/desk/").content.decode()


def test_a_contributors_published_text_is_no_longer_theirs_to_change(
    as_contributor: Client, as_editor: Client, newsroom: Source
) -> None:
    as_contributor.post("/desk/articles/add/", form_of(None, headline="Soon printed"))
    article = Article.objects.get(headline="Soon printed")
    as_editor.post(f"/desk/articles/edit/{article.pk}/", form_of(article, **{"action-publish": "yes"}))
    article.refresh_from_db()
    assert article.live
    assert as_contributor.get(f"/desk/articles/edit/{article.pk}/").status_code == 404
