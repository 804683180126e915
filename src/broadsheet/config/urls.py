"""All addresses that the framework answers itself; printed pages are answered before it is asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as desk_urls

from broadsheet.desk import views as desk_views
from broadsheet.ops import health
from broadsheet.pictures import views as picture_views
from broadsheet.wire import views as wire_views

# Wagtail's own sign-in and password addresses are shadowed: the one door is allauth's.
_door = RedirectView.as_view(url="/account/login/", query_string=True)


def _icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address whatever a page says; the file's own name carries its hash."""
    return HttpResponseRedirect(static("paper/favicon.png"))


handler400 = "broadsheet.paper.views.bad_request"
handler403 = "broadsheet.paper.views.forbidden"
handler404 = "broadsheet.paper.views.not_found"
handler500 = "broadsheet.paper.views.failed"

urlpatterns = [
    path("favicon.ico", _icon),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("hub/<str:token>/", wire_views.called),
    path("media/<path:name>", picture_views.kept),
    path("account/set-up/<str:token>/", desk_views.set_up),
    path("account/", include("allauth.urls")),
    path("desk/login/", _door),
    path("desk/logout/", desk_views.leave),
    path("desk/failwhale/", desk_views.nothing_here),
    path("desk/password_reset/", _door),
    path("desk/password_reset/<path:rest>", _door),
    path("desk/", include(desk_urls)),
    path("", include("broadsheet.paper.urls")),
]
