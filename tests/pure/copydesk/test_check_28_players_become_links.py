"""Check 28, the cleaner's part: players of an exact list of hosts become plain links, all other frames go."""

from __future__ import annotations

import pytest

from broadsheet.copydesk.sanitise import clean
from tests.cleaning import BASE


@pytest.mark.parametrize(
    ("src", "page"),
    [
        ("//www.youtube.com/embed/dQw4w9WgXcQ?rel=0", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://player.vimeo.com/video/12345678", "https://vimeo.com/12345678"),
        ("https://www.dailymotion.com/embed/video/x7tgad0", "https://www.dailymotion.com/video/x7tgad0"),
        (
            "https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk",
            "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk",
        ),
    ],
)
def test_known_players_become_links(src: str, page: str) -> None:
    assert f'href="{page}"' in clean(f'<iframe src="{src}" title="A &lt;film&gt;"></iframe>', base=BASE)


@pytest.mark.parametrize(
    "src",
    [
        "https://youtube.com.evil.example/embed/dQw4w9WgXcQ",
        "https://evil.example/#https://www.youtube.com/embed/dQw4w9WgXcQ",
        "",
        "x" * 3000,
    ],
)
def test_other_frames_go(src: str) -> None:
    assert clean(f'<iframe src="{src}"></iframe>', base=BASE) == ""
