"""Whether the portal lives and is ready, for supervisors and balancers; told to peers of this machine only."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing of anything else, so that a database outage restarts nobody."""
    return HttpResponse("live\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and fits the code; else 503 with the reason. For loopback and trusted proxies only.

    A full or read-only disk is told as `trouble` beside a 200: printed pages are answered all the same.
    """
    if not _is_near(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    from broadsheet.ops import room
    from broadsheet.ops.readiness import pending_migrations

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = pending_migrations()
    except DatabaseError as error:
        return JsonResponse({"ready": False, "why": f"the database does not answer: {error}"}, status=503)
    if pending:
        return JsonResponse({"ready": False, "why": f"the database lacks {pending} migrations"}, status=503)
    trouble = room.problems()
    return JsonResponse({"ready": True, **({"trouble": trouble} if trouble else {})})


def _is_near(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    near = [ipaddress.ip_network(one) for one in settings.BROADSHEET.trusted_proxies]
    return address.is_loopback or any(address in network for network in near)
