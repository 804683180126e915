"""Writes on people: the one-time link that makes the first administrator."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from broadsheet.accounts.models import SetupLink, User
from broadsheet.core import clock

VALID = timedelta(days=7)
PATH = "/account/set-up/{token}/"


class LinkSpent(Exception):
    """The link was used, has run out or never existed."""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_setup_link(email: str | None = None) -> str:
    """Make a fresh one-time link (older unused ones die) and return its path on the site."""
    moment = clock.now()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        SetupLink.objects.filter(used_at=None, expires_at__gt=moment).update(expires_at=moment)
        SetupLink.objects.create(
            token_hash=_hash(token), email=email or "", created_at=moment, expires_at=moment + VALID
        )
    return PATH.format(token=token)


def open_link(token: str) -> SetupLink:
    """The unused link of this token, or LinkSpent."""
    link = SetupLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=clock.now()).first()
    if link is None:
        raise LinkSpent
    return link


def use_setup_link(token: str, *, email: str, password: str, full_name: str = "") -> User:
    """Make the administrator and spend the link, both or neither. Raises LinkSpent or ValidationError."""
    with transaction.atomic():
        link = open_link(token)
        spent = SetupLink.objects.filter(id=link.id, used_at=None).update(used_at=clock.now())
        if not spent:
            raise LinkSpent
        first, _, last = full_name.strip().partition(" ")
        user = User(email=User.objects.normalize_email(email), first_name=first, last_name=last)
        user.is_staff = user.is_superuser = True
        validate_password(password, user)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        SetupLink.objects.filter(id=link.id).update(used_by=user)
    return user


def has_administrator() -> bool:
    """Whether anybody can already administer this installation."""
    return User.objects.filter(is_superuser=True, is_active=True).exists()
