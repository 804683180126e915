"""The one door of the staff: sign-in, second factor, recovery, set-up link; plain words, no outside request."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from broadsheet.accounts import services as accounts
from broadsheet.accounts.models import User
from broadsheet.core import clock
from broadsheet.sources.models import Source
from tests.page.desk.conftest import PASSWORD, person, signed_in


def code_of(user: User) -> str:
    """What their authenticator app shows now."""
    return code_for(TOTP(Authenticator.objects.get(user=user, type="totp")).instance.data["secret"])


def code_for(secret: str) -> str:
    """What an app with this secret shows now."""
    from allauth.mfa.utils import decrypt

    return format_hotp_value(hotp_value(decrypt(secret), next(yield_hotp_counters_from_time())))


def check_page(body: str) -> None:
    """What holds for every page of the door."""
    assert "door.css" in body
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', body), "another host"
    assert not re.search(r"\sstyle=|\son[a-z]+=", body)
    for script in re.findall(r"<script([^>]*)>", body):
        assert "src=" in script or 'type="application/json"' in script, "an inline script that the policy would stop"


@pytest.mark.parametrize("path", ["login/", "password/reset/", "password/reset/done/", "signup/", "set-up/wrong/"])
def test_pages_before_the_door_need_nobody_else(client: Client, db: None, path: str) -> None:
    answer = client.get("/account/" + path)
    assert answer.status_code in (200, 410)
    check_page(answer.content.decode())
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    "path",
    [
        "logout/",
        "password/change/",
        "2fa/",
        "2fa/totp/activate/",
        "2fa/recovery-codes/",
        "2fa/webauthn/",
        "reauthenticate/",
    ],
)
def test_pages_behind_the_door(as_admin: Client, admin: User, path: str) -> None:
    RecoveryCodes.activate(admin)
    answer = as_admin.get("/account/" + path, follow=True)
    assert answer.status_code == 200
    check_page(answer.content.decode())


def test_password_alone_opens_nothing_and_the_code_opens_the_desk(client: Client, editor: User) -> None:
    answer = client.post("/account/login/", {"login": editor.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302
    check_page(client.get("/account/2fa/authenticate/").content.decode())
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    code = code_of(editor)
    answer = client.post("/account/2fa/authenticate/", {"code": code})
    assert answer.status_code == 302
    assert client.get("/desk/").status_code == 200
    client.post("/account/logout/")
    client.post("/account/login/", {"login": editor.email, "password": PASSWORD})
    assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 200, "a code works once"


def test_sign_in_makes_a_new_session_and_sign_out_ends_it_on_the_server(client: Client, editor: User) -> None:
    client.get("/account/login/")
    before = client.session.session_key
    client.post("/account/login/", {"login": editor.email, "password": PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": code_of(editor)})
    cookie = client.cookies["sessionid"].value
    assert cookie != before
    client.post("/account/logout/")
    replayed = Client()
    replayed.cookies["sessionid"] = cookie
    assert replayed.get("/desk/").status_code == 302


def test_a_changed_password_ends_other_sessions(editor: User) -> None:
    client = signed_in(editor)
    assert client.get("/desk/").status_code == 200
    editor.set_password("another sentence entirely")
    editor.save()
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_asking_for_a_new_password_tells_nobody_who_has_an_account(client: Client, editor: User, known: bool) -> None:
    address = editor.email if known else "stranger@else.example"
    answer = client.post("/account/password/reset/", {"email": address}, follow=True)
    assert "If there is an account with that address" in answer.content.decode()
    assert all(editor.email in message.to or "stranger" in message.to[0] for message in mail.outbox)


def test_a_person_without_factor_enrols_and_gets_recovery_codes(newsroom: Source) -> None:
    user = person("new@desk.example", group="Editors", factor=False)
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/desk/articles/").headers["Location"] == "/account/2fa/?next=/desk/articles/"
    page = client.get("/account/2fa/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)
    assert found
    code = format_hotp_value(hotp_value(found[1], next(yield_hotp_counters_from_time())))
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    assert client.get("/desk/articles/").status_code == 200
    assert Authenticator.objects.filter(user=user, type="recovery_codes").exists()


def test_check_54_the_set_up_link_works_once(client: Client, newsroom: Source) -> None:
    path = accounts.new_setup_link("first@desk.example")
    body = client.get(path).content.decode()
    check_page(body)
    assert "first@desk.example" in body
    form = {"full_name": "First Person", "email": "first@desk.example", "password": "short", "again": "short"}
    assert client.post(path, form).status_code == 200
    form |= {"password": "a long good sentence", "again": "a long good sentence"}
    assert client.post(path, form).headers["Location"] == "/account/2fa/"
    assert User.objects.get(email="first@desk.example").is_superuser
    other = Client()
    assert other.get(path).status_code == 410
    assert other.post(path, form).status_code == 410
    fresh = accounts.new_setup_link()
    with clock.shifted(timedelta(days=30)):
        assert "createadmin" in other.get(fresh).content.decode()
