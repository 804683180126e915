"""The one door for staff: allauth, with a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from broadsheet.core import clock

# Seconds after giving the password in which a first factor may be enrolled without giving it again.
JUST_NOW = 300


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody can make an account here yet: staff are invited, readers' accounts have no door."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Changing how one signs in takes the password once more; the first factor right after it does not."""
        request = self.request
        if app == "allauth.mfa" and request.user.is_authenticated and not is_mfa_enabled(request.user):
            given = [
                one["at"] for one in get_authentication_records(request, request.user) if one["method"] == "password"
            ]
            return not given or clock.now().timestamp() - max(given) > JUST_NOW
        return bool(super().is_reauthentication_required(app=app, **kwargs))
