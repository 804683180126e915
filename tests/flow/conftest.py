"""Flow tests share the wire's jail; it ends with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def jail() -> Iterator[None]:
    """The parser jail of this process, closed at the end of the run."""
    from broadsheet.wire import doors

    yield
    doors.close()
