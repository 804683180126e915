"""Guards of the desk: a second factor for everyone on staff, and a policy for what its pages may load."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from broadsheet.core import policies

DESK = "/desk/"
ENROL = "/account/2fa/"
# What a signed-in person without a second factor may still reach: enrolling, signing out, confirming who they are.
OPEN_WITHOUT_FACTOR = ("/account/2fa/", "/account/logout/", "/account/reauthenticate/", "/static/", "/desk/jsi18n/")

Next = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    """Staff without a second factor can do nothing but enrol one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and (user.is_staff or user.has_perm("wagtailadmin.access_admin"))
            and not request.path.startswith(OPEN_WITHOUT_FACTOR)
            and not is_mfa_enabled(user)
        ):
            return HttpResponseRedirect(f"{ENROL}?next={quote(request.get_full_path())}")
        return self.get_response(request)


class DeskPolicyMiddleware:
    """Every answer of the framework carries a content policy; the desk is never indexed or cached."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        at_desk = request.path.startswith((DESK, "/account/"))
        policy = policies.DESK if request.path.startswith(DESK) else policies.PAGE
        if settings.BROADSHEET.secure:
            policy += "; upgrade-insecure-requests"
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", policies.PERMISSIONS)
        if at_desk:
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
