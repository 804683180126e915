"""Where hubs call us (WebSub): a question before a subscription stands, then its pushes.

The address holds a token that only the hub was told. An address that is nobody's costs one look-up, whatever is sent
to it; nothing here opens a session, sets a cookie or says more than it must.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from broadsheet.wire import websub
from broadsheet.wire.models import HubSubscription
from broadsheet.wire.services import subscribing

_PIECE = 65_536


@csrf_exempt
def called(request: HttpRequest, token: str) -> HttpResponse:
    """A hub's question (GET) or push (POST)."""
    if request.method not in ("GET", "POST"):
        return _said(405, "A hub asks with GET and pushes with POST.", Allow="GET, POST")
    row = subscribing.called(token)
    if row is None:
        return _said(404, "There is no such subscription.")
    if request.method == "POST":
        return _push(request, row)
    words = subscribing.answer_challenge(token, dict(request.GET.lists()))
    return _said(404, "We did not ask for that.") if words is None else _said(200, words)


def _push(request: HttpRequest, row: HubSubscription) -> HttpResponse:
    """Take a push whose signature holds; one without is answered alike and moves nothing (section 7.1)."""
    signature = websub.Signature.read(request.headers.get("X-Hub-Signature", ""))
    if signature is not None:
        check = signature.check(row.secret)
        if not _read(request, check):
            return _said(413, "A push may have 5 MiB.")
        if check.holds():
            subscribing.take_push(row)
    return _said(202, "")


def _read(request: HttpRequest, check: websub.Check) -> bool:
    """Read the body into the check; False if it is too long, and then no more of it is read than was allowed."""
    announced = request.headers.get("Content-Length", "")
    # The framework takes a body without a length for empty; one in chunks ends where the server says so.
    source = request if announced else request.environ["wsgi.input"]  # type: ignore[attr-defined]
    if announced.isdigit() and int(announced[:18]) > websub.LARGEST_PUSH:
        return False
    size = 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > websub.LARGEST_PUSH:
            return False
        check.add(piece)
    return True


def _said(status: int, words: str, **headers: str) -> HttpResponse:
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8", headers=headers)
    response.headers["Cache-Control"] = "no-store"
    return response
