"""Lists at the desk: they cost the same with a thousand rows and with a million."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column

COUNTED = 2_000
PER_PAGE = 50


class BoundedPaginator(WagtailPaginator):
    """Counts no further than a desk ever pages: counting a million rows would cost more than showing fifty."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most `COUNTED`."""
        rows = self.object_list
        if isinstance(rows, list):
            return len(rows)
        return int(rows.order_by()[:COUNTED].count())

    @property
    def items_count_label(self) -> str:
        """The count in words, honest about where counting stopped."""
        more = "more than " if self.count >= COUNTED else ""
        return f"{more}{super().items_count_label}"


class TextColumn(Column):
    """A column whose text is made by a function; escaped like everything else."""

    def __init__(self, name: str, label: str, text: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(name, label=label, accessor=text, **kwargs)


class StateColumn(Column):
    """A state as a word in a tag, with a sentence beneath it where there is one."""

    cell_template_name = "desk/cells/state.html"

    def __init__(self, name: str, label: str, state: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(name, label=label, accessor=state, **kwargs)


class MomentColumn(Column):
    """A point in time, as date and time in the desk's own zone."""

    cell_template_name = "desk/cells/moment.html"


class BoundedListMixin:
    """For index views: bounded counting, fifty a page, and rows fetched once so that facts can be laid on them."""

    paginator_class = BoundedPaginator
    request: HttpRequest
    # Columns with an index behind them; ordering by any other would sort the whole table.
    sortable: frozenset[str] = frozenset()

    @cached_property
    def columns(self) -> list[Any]:
        """The columns, of which only the sortable ones offer to sort."""
        columns: list[Any] = super().columns  # type: ignore[misc]
        for column in columns:
            if column.name not in self.sortable:
                column.sort_key = None
        return columns

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """One page of rows, with whatever `lay_on` adds to them."""
        paginator, page, rows, more = super().paginate_queryset(queryset, page_size)  # type: ignore[misc]
        fetched = list(rows)
        self.lay_on(fetched)
        page.object_list = fetched
        return paginator, page, fetched, more

    def lay_on(self, rows: list[Any]) -> None:
        """Add facts to the rows of one page, in as many queries as there are kinds of facts."""
