"""Pages of the desk that are not Wagtail's: the one-time set-up of the first administrator."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from broadsheet.accounts import services as accounts


class SetUpForm(forms.Form):
    """Who the administrator is, and their password, twice."""

    full_name = forms.CharField(label="Your name", max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput({"autocomplete": "username"}))
    password = forms.CharField(
        label="Password", help_text="At least ten characters; a sentence is fine.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(label="Password again", widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def clean(self) -> dict[str, str]:
        """The two passwords must be one."""
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "The two passwords differ.")
        return data


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out. Wagtail's own page drops the cookie even when it is only read; this one asks first."""
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect("/account/login/")
    return HttpResponseRedirect("/account/logout/")


def nothing_here(request: HttpRequest) -> HttpResponse:
    """In the place of a page that fails on purpose."""
    raise Http404


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make the administrator, sign them in, and send them on to enrol a second factor."""
    try:
        link = accounts.open_link(token)
    except accounts.LinkSpent:
        return render(request, "desk/set_up_spent.html", status=410)
    form = SetUpForm(request.POST or None, initial={"email": link.email})
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.use_setup_link(
                token,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                full_name=form.cleaned_data["full_name"],
            )
        except accounts.LinkSpent:
            return render(request, "desk/set_up_spent.html", status=410)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                for field, problems in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, problems)
            else:
                form.add_error("password", error)
        else:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            record_authentication(request, user, method="password")
            return HttpResponseRedirect("/account/2fa/")
    return render(request, "desk/set_up.html", {"form": form})
