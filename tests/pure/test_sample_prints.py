"""The prints of the sample edition: drawn alike each time, told apart, light enough, described."""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from broadsheet.ops.sample import prints
from broadsheet.ops.sample.edition import FOLDER
from broadsheet.ops.sample.prints.__main__ import main
from broadsheet.ops.sample.prints.engine import LIMIT_BYTES, Palette, Sheet, encoded
from broadsheet.ops.sample.prints.registry import PALETTES

PICTURES = FOLDER / "pictures"
TEXTS: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "pictures.toml").read_text(encoding="utf-8"))
SMALL = 200
GREY = Palette((255, 255, 255), (0, 0, 0), (128, 128, 128))


@cache
def small(name: str) -> Image.Image:
    return prints.draw(name, width=SMALL)


def kept(name: str) -> Image.Image:
    with Image.open(PICTURES / f"{name}.webp") as picture:
        return picture.convert("RGB")


def blurred(picture: Image.Image) -> NDArray[np.float64]:
    """A picture seen from so far that the screens blur."""
    return np.asarray(picture.resize((32, 20), Image.Resampling.BOX), dtype=np.float64)


def far_apart(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Mean difference of two blurred pictures, of 255."""
    return float(np.abs(one - two).mean())


def test_scenes_files_and_texts_are_the_same_prints() -> None:
    files = sorted(path.stem for path in PICTURES.glob("*"))

    assert files == prints.names() == sorted(TEXTS)


def test_every_section_has_prints() -> None:
    assert {name.split("-")[0] for name in prints.names()} == set(PALETTES)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_file_is_a_webp_of_the_right_size_and_weight(name: str) -> None:
    path = PICTURES / f"{name}.webp"

    assert path.stat().st_size <= LIMIT_BYTES
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("WEBP", (1600, 1000))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_scene_draws_the_same_print_twice_and_not_a_blank_one(name: str) -> None:
    first = small(name)

    assert first.size == (200, 125)
    assert first.tobytes() == prints.draw(name, width=SMALL).tobytes()
    tones = first.getcolors(maxcolors=10_000)
    assert tones is not None
    assert len(tones) >= 8
    assert max(count for count, _ in tones) < 0.85 * 200 * 125


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_kept_file_is_what_its_scene_draws(name: str) -> None:
    assert far_apart(blurred(kept(name)), blurred(small(name))) < 12


@pytest.mark.slow("compares all prints")
def test_no_two_prints_look_alike() -> None:
    seen = {name: blurred(small(name)) for name in prints.names()}
    alike = [pair for pair in combinations(seen, 2) if far_apart(seen[pair[0]], seen[pair[1]]) < 14]

    assert alike == []


def test_every_print_has_its_texts() -> None:
    for name, texts in TEXTS.items():
        assert sorted(texts) == ["alternative", "caption", "credit"], name
        assert 40 <= len(texts["alternative"]) <= 200, name
        assert texts["alternative"].endswith("."), name
        assert texts["caption"].endswith("."), name
        assert texts["credit"].startswith("Print: "), name
    assert len({texts["alternative"] for texts in TEXTS.values()}) == len(TEXTS)
    assert len({texts["caption"] for texts in TEXTS.values()}) == len(TEXTS)
    assert len({texts["credit"] for texts in TEXTS.values()}) >= 6


def test_command_writes_the_named_prints_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prints, "webp", lambda name: f"print of {name}".encode())

    assert main([str(tmp_path), "gaming-pixels"]) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["gaming-pixels.webp"]
    assert (tmp_path / "gaming-pixels.webp").read_bytes() == b"print of gaming-pixels"


def test_command_refuses_an_unknown_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out"), "world-nothing"]) == 2

    assert "world-nothing" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_two_inks_over_each_other_are_darker_than_either() -> None:
    sheet = Sheet(GREY, 160)
    sheet.one(sheet.rect(0, 0, 800, 1000))
    sheet.two(sheet.rect(400, 0, 1600, 1000), tint=True)
    row = [sheet.pull().getpixel((x, 50)) for x in (20, 60, 120)]

    assert row == [(0, 0, 0), (0, 0, 0), (192, 192, 192)]


def test_screens_print_as_much_as_they_are_asked_to() -> None:
    sheet = Sheet(GREY, 400)

    for mask in (sheet.dots(0.5), sheet.lines(0.5, sheet.y + 0 * sheet.x)):
        assert 0.47 < mask.mean() < 0.53
    assert not sheet.dots(0.0).any()
    assert sheet.dots(1.0).all()


def test_a_print_is_lossless_until_it_would_be_too_heavy() -> None:
    sheet = Sheet(GREY, 80)
    sheet.one(sheet.noise(3, 20.0) > 0.5)
    sheet.two(sheet.noise(5, 20.0) > 0.5)

    soft, hard, lossy = (encoded(sheet, limit) for limit in (2_300, 1_500, 1_100))

    assert [b"VP8L" in data[:32] for data in (soft, hard, lossy)] == [True, True, False]
    assert len(soft) > len(hard) > 1_100 >= len(lossy)
    with pytest.raises(ValueError, match="no way to print this"):
        encoded(sheet, 100)
