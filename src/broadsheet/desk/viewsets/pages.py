"""Standing pages in Wagtail's page editor, which here does not write when it is only opened."""

from __future__ import annotations

from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from broadsheet.pages.models import Home, StandingPage


class QuietEditView(EditView):
    """The page editor without the row that says who has it open; newer versions are still noticed on saving."""

    def get_editing_sessions(self) -> None:
        """Opening a page must not write."""
        return None


class StandingPageViewSet(PageViewSet):
    """The noun «standing page»."""

    model = StandingPage
    edit_view_class = QuietEditView
    name = "desk_standing_pages"


class HomeViewSet(PageViewSet):
    """The root of the standing pages."""

    model = Home
    edit_view_class = QuietEditView
    name = "desk_home_pages"
