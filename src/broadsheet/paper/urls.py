"""Addresses of the paper that are answered live, not printed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from broadsheet.paper import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", views.search, name="search"),
]
