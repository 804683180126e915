"""What every test stands on: a copied database, a press in memory, no network but loopback, a ceiling on time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import template

settings.register_profile("gate", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("gate")

SHARED = Path(__file__).resolve().parents[2] / "shared"

# Seconds of processor time a test of each layer may take (call phase); more needs @pytest.mark.slow("reason").
CEILINGS = {"pure": 0.5, "contracts": 10.0, "trade": 1.5, "page": 1.5, "flow": 10.0, "browser": 30.0}
SLOW_CEILING = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the long checks")
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL (BROADSHEET_DATABASE_URL names it)")
    parser.addoption("--regold", action="store_true", help="rewrite golden pages")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    for item in items:
        mark = item.get_closest_marker("long")
        if mark is not None:
            item.add_marker(pytest.mark.skip(reason=f"long, run with --long: {mark.args[0] if mark.args else ''}"))


@pytest.fixture(autouse=True, scope="session")
def _nothing_takes_long() -> None:
    """Tests rank and fill every time, however busy the machine is; `ops.sparing` has a test of its own."""
    from broadsheet.ops import sparing

    sparing.QUICK = float("inf")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Outside material that the repository does not carry."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here")
    return folder


def pytest_runtest_setup(item: pytest.Item) -> None:
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    # The processor time of this process, not the clock on the wall: a busy machine must not fail a test.
    began = time.process_time()
    outcome = yield
    took = time.process_time() - began
    layer = item.path.relative_to(Path(__file__).parent).parts[0]
    ceiling = CEILINGS.get(layer, 10.0)
    if item.get_closest_marker("slow"):
        ceiling = SLOW_CEILING
    if item.get_closest_marker("long"):
        return
    if took > ceiling and outcome.excinfo is None and not item.config.getoption("--long"):
        outcome.force_exception(
            pytest.fail.Exception(
                f"took {took:.2f} s; tests in {layer}/ may take {ceiling} s: make it faster or say why"
            )
        )


# The copy in use and what lets tests near it, from the first test that asks for a database.
_copies: list[tuple[Any, Any]] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A copy of the template in place of migrating."""
    from django.test import TransactionTestCase

    # A test that commits spoils its copy, which is thrown away afterwards: emptying tables would be for nothing.
    TransactionTestCase._fixture_teardown = lambda self: None  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        copies = template.of_vendor()
        copies.prepare()
        _copies[:] = [(copies, django_db_blocker)]
    yield
    with django_db_blocker.unblock():
        copies.end()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A test that committed leaves nothing to the next: the copy is made anew, after its fixtures have ended."""
    names = getattr(item, "fixturenames", ())
    if _copies and ("transactional_db" in names or "live_server" in names or _is_transactional(item)):
        copies, blocker = _copies[0]
        with blocker.unblock():
            copies.renew()


def _is_transactional(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction"))


def _uses_database(request: pytest.FixtureRequest) -> bool:
    names = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    return bool(names or request.node.get_closest_marker("django_db"))


@pytest.fixture(autouse=True)
def _press(request: pytest.FixtureRequest) -> Iterator[None]:
    """The product's own wiring, and a press in memory, empty, for every test that has a database."""
    if not _uses_database(request):
        yield
        return
    from broadsheet.ops import wiring
    from broadsheet.press import setup

    wiring.connect()
    setup.configure(setup.in_memory(layout="test"))
    yield
    setup.configure(None)
