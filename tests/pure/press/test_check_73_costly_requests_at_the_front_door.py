from __future__ import annotations

import time

import pytest

from broadsheet.press.frontdoor import MAX_ADDRESS
from tests.pure.press.press_kit import House


def test_check_73_an_address_over_the_limit_is_refused_and_one_at_the_limit_not() -> None:
    house = House()
    house.ask()
    assert house.ask(query="x" * (MAX_ADDRESS - 3)).status == 200
    assert house.ask(query="x" * (MAX_ADDRESS - 2)).status == 414
    assert house.ask("/" + "a" * 500 + "/")["X-From"] == "app"
    assert house.ask("/" + "a" * 9000 + "/").status == 414


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_check_73_other_methods_on_a_printed_page_are_refused(method: str) -> None:
    house = House()
    for _ in range(2):
        answer = house.ask("/a/", method)
        assert (answer.status, answer["Allow"]) == (405, "GET, HEAD")
        house.ask()
    assert house.builds == ["/a/"]


def test_check_73_monstrous_headers_cost_no_time_and_no_memory() -> None:
    house = House()
    house.ask()
    begin = time.monotonic()
    for n in range(200):
        house.ask(accept_encoding=f"gzip;q=0.{n}" + ", x" * 8000)
        house.ask(accept_encoding=f"x{n}")
        house.ask(if_none_match='"x",' * 2500)
    assert time.monotonic() - begin < 20  # a hang, not a speed, is what is looked for
    for n in range(1000):
        house.ask(accept_encoding=f"y{n}")
    assert len(house.door._choices) <= 512
