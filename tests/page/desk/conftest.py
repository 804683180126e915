"""People of the desk, signed in as they would be: with a second factor where they have one."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client

from broadsheet.accounts.models import User
from broadsheet.articles.models import Section
from broadsheet.desk import groups
from broadsheet.sources.models import Source
from tests import make

PASSWORD = "a sentence for the door"


def person(email: str, *, group: str = "", factor: bool = True, **facts: Any) -> User:
    """Somebody on staff."""
    user = User.objects.create_user(email, PASSWORD, first_name=email.split("@")[0].title(), **facts)
    if group:
        user.groups.add(Group.objects.get(name=group))
    if factor:
        TOTP.activate(user, generate_totp_secret())
    return user


def signed_in(user: User) -> Client:
    """A browser of theirs that went through the door; CSRF is enforced as outside."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def newsroom(db: None) -> Source:
    """Groups, sections and our own newsroom."""
    groups.ensure()
    make.make_sections()
    house = Source.objects.filter(is_house=True).first()
    return house or make.make_source("Newsroom", is_house=True)


@pytest.fixture
def sections(newsroom: Source) -> dict[str, Section]:
    """The nine sections by key."""
    return {one.key: one for one in Section.objects.all()}


@pytest.fixture
def admin(newsroom: Source) -> User:
    """An administrator."""
    return person("admin@desk.example", is_staff=True, is_superuser=True)


@pytest.fixture
def editor(newsroom: Source) -> User:
    """An editor."""
    return person("editor@desk.example", group=groups.EDITORS)


@pytest.fixture
def contributor(newsroom: Source) -> User:
    """A contributor."""
    return person("writer@desk.example", group=groups.CONTRIBUTORS)


@pytest.fixture
def as_admin(admin: User) -> Client:
    """The administrator's browser."""
    return signed_in(admin)


@pytest.fixture
def as_editor(editor: User) -> Client:
    """The editor's browser."""
    return signed_in(editor)


@pytest.fixture
def as_contributor(contributor: User) -> Client:
    """The contributor's browser."""
    return signed_in(contributor)
