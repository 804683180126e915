"""Check 54: a new portal has nobody in it, its first link makes one administrator once, the desk is never indexed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from broadsheet.accounts import services as accounts
from broadsheet.accounts.models import SetupLink, User
from broadsheet.core import clock
from broadsheet.ops import readiness

ROOT = Path(__file__).resolve().parents[2]
FORM = {
    "full_name": "First Person",
    "email": "first@desk.example",
    "password": "a long good sentence",
    "again": "a long good sentence",
}


def link() -> str:
    """The path of the link that a first start prints."""
    from django.conf import settings

    made = readiness.first_link()
    assert made.startswith(settings.BROADSHEET.site_url)
    return made.removeprefix(settings.BROADSHEET.site_url)


def test_check_54_a_new_portal_has_no_account_and_no_password(client: Client, db: None) -> None:
    assert not User.objects.exists()
    for name in ("admin", "admin@example.com", "root", "broadsheet"):
        for password in ("admin", "password", "broadsheet", "changeme", ""):
            client.post("/account/login/", {"login": name, "password": password})
            assert "_auth_user_id" not in client.session
    assert client.get("/desk/").status_code == 302
    assert client.get("/account/signup/").status_code == 200
    client.post("/account/signup/", {"email": "me@x.example", "password1": "a long good sentence", "is_staff": "1"})
    assert not User.objects.exists()


def test_check_54_looking_at_the_link_does_not_spend_it_and_using_it_does(client: Client, db: None) -> None:
    path = link()
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code in (200, 405)
    assert not User.objects.exists()
    assert client.post(path, FORM).status_code == 302
    assert User.objects.filter(is_superuser=True).count() == 1
    other = Client()
    assert other.get(path).status_code == other.post(path, FORM | {"email": "second@desk.example"}).status_code == 410
    assert User.objects.count() == 1
    assert readiness.first_link() == ""  # with an administrator no start prints another


def test_check_54_the_first_administrator_is_not_let_in_without_a_second_factor(client: Client, db: None) -> None:
    client.post(link(), FORM)
    assert client.get("/desk/").headers["Location"].startswith("/account/2fa/")


def test_check_54_a_newer_link_ends_the_older_and_time_ends_both(client: Client, db: None) -> None:
    older, newer = link(), link()
    assert client.get(older).status_code == client.post(older, FORM).status_code == 410
    with clock.shifted(accounts.VALID - timedelta(minutes=1)):
        assert client.get(newer).status_code == 200
    with clock.shifted(accounts.VALID + timedelta(minutes=1)):
        assert client.get(newer).status_code == client.post(newer, FORM).status_code == 410
    assert not User.objects.exists()


def test_check_54_the_link_itself_is_nowhere_in_the_database(db: None) -> None:
    token = link().strip("/").rpartition("/")[2]
    assert len(token) >= 40
    [row] = SetupLink.objects.values()
    assert all(token not in str(value) for value in row.values())


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "..%2F..", "a'--", "é" * 20])
def test_check_54_a_guess_is_told_nothing(client: Client, db: None, token: str) -> None:
    link()
    assert client.get(f"/account/set-up/{token}/").status_code in (404, 410)


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/articles/", "/desk/login/", "/desk/nothing/", "/account/login/", "/account/set-up/x/"]
)
def test_check_54_the_desk_is_never_indexed_nor_kept_by_a_cache(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    kept = answer.headers["Cache-Control"]
    assert "no-store" in kept
    assert "public" not in kept


def run_check(folder: Path, **environ: str) -> Any:
    """`broadsheet check --deploy` with these settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BROADSHEET_", "DJANGO_"))}
    clean |= {"PYTHONPATH": str(ROOT / "src"), "BROADSHEET_DATA": str(folder), **environ}
    command = [sys.executable, "-m", "broadsheet.ops.cli", "check", "--deploy"]
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=False)


@pytest.mark.slow("loads the whole program")
def test_check_54_a_public_portal_deploys_without_a_warning(tmp_path: Path) -> None:
    done = run_check(tmp_path, BROADSHEET_SITE_URL="https://news.example.org")
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "WARNING" not in told.upper()
    assert "no issues" in told
