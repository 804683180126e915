"""All addresses that the framework answers itself; printed pages are answered before it is asked."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as desk_urls

from broadsheet.desk import views as desk_views
from broadsheet.pictures import views as picture_views

# Wagtail's own sign-in and password addresses are shadowed: the one door is allauth's.
_door = RedirectView.as_view(url="/account/login/", query_string=True)

urlpatterns = [
    path("media/<path:name>", picture_views.kept),
    path("account/set-up/<str:token>/", desk_views.set_up),
    path("account/", include("allauth.urls")),
    path("desk/login/", _door),
    path("desk/password_reset/", _door),
    path("desk/password_reset/<path:rest>", _door),
    path("desk/", include(desk_urls)),
    path("", include("broadsheet.paper.urls")),
]
