"""A picture in widths and formats: never larger than it is, light, and without loss where that is lighter."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.pictures import renormalise
from broadsheet.copydesk.renditions import Made, render, widths


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def a_print(width: int = 640) -> Image.Image:
    """Two inks on tinted paper, a screen of dots over lines, edges hard."""
    sheet = Image.new("RGB", (width, width * 5 // 8), "#f4f1ea")
    draw = ImageDraw.Draw(sheet)
    for y in range(0, sheet.height, 16):
        draw.rectangle((0, y, width, y + 5), fill="#0e5a84")
        for x in range(0, width, 16):
            draw.ellipse((x, y, x + 2 + 8 * y // sheet.height, y + 2 + 8 * y // sheet.height), fill="#d95f32")
    return sheet


def a_photograph(width: int = 640) -> Image.Image:
    """Soft shapes with a grain: thousands of colours."""
    chance = random.Random(7)
    small = Image.new("RGB", (12, 8))
    small.putdata([(chance.randrange(256), chance.randrange(256), chance.randrange(256)) for _ in range(96)])
    soft = small.resize((width, width * 2 // 3), Image.Resampling.BICUBIC)
    return Image.blend(soft, Image.effect_noise(soft.size, 90).convert("RGB"), 0.25)


def of(made: list[Made], kind: str) -> dict[int, Made]:
    return {one.width: one for one in made if one.format == kind}


@pytest.mark.parametrize(
    ("original", "offered"),
    [
        (100, [100]),
        (320, [320]),
        (370, [370]),
        (800, [320, 640, 800]),
        (1000, [320, 640, 1000]),
        (1600, [320, 640, 960, 1600]),
        (5000, [320, 640, 960, 1600]),
    ],
)
def test_the_widths_never_exceed_the_original_and_none_is_nearly_another(original: int, offered: list[int]) -> None:
    assert widths(original) == offered


def test_every_file_is_what_it_says_and_keeps_the_shape() -> None:
    made = render(encoded(a_photograph(), "JPEG", quality=90))
    assert {one.format for one in made} == {"avif", "webp", "jpeg"}
    assert set(of(made, "jpeg")) == {320, 640}
    for one in made:
        image = Image.open(BytesIO(one.body))
        assert (image.format, image.size) == (one.format.upper(), (one.width, one.height))
        assert one.height == round(one.width * 426 / 640)


def test_of_a_photograph_avif_is_the_lightest_and_jpeg_the_heaviest_at_each_width() -> None:
    made = render(encoded(a_photograph(), "PNG"))
    assert of(made, "avif").keys() == of(made, "jpeg").keys()
    for width, plain in of(made, "jpeg").items():
        assert len(of(made, "avif")[width].body) < len(plain.body)


def test_a_drawing_stays_without_loss_at_its_own_width_where_that_is_lighter() -> None:
    drawn = a_print()
    made = render(encoded(drawn, "PNG"))
    kept = of(made, "webp")[640]
    assert Image.open(BytesIO(kept.body)).convert("RGB").tobytes() == drawn.tobytes()
    assert 640 not in of(made, "avif")
    assert len(kept.body) < len(of(made, "jpeg")[640].body) / 4


def test_no_width_weighs_more_than_a_wider_one_but_the_narrowest_is_always_there() -> None:
    made = render(encoded(a_print(1000), "WEBP", lossless=True))
    for kind in ("avif", "webp"):
        for one in made:
            wider = [other for other in of(made, "webp").values() if other.width > one.width > 320]
            assert one.format != kind or all(len(other.body) > len(one.body) for other in wider)
    assert 320 in of(made, "webp")
    assert set(of(made, "jpeg")) == {320, 640, 1000}


def test_metadata_goes_and_the_picture_comes_out_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010E] = "secret place"
    made = render(encoded(a_photograph(300), "JPEG", exif=exif))
    for one in made:
        assert (one.width, one.height) == (200, 300)
        assert b"secret" not in one.body


def test_what_shows_through_shows_white_paper_in_jpeg_alone() -> None:
    made = render(encoded(Image.new("RGBA", (64, 64), (200, 0, 0, 0)), "PNG"))
    pixels = {one.format: Image.open(BytesIO(one.body)).convert("RGBA").getpixel((9, 9)) for one in made}
    assert pixels["jpeg"] == (255, 255, 255, 255)
    assert {pixel[3] for kind, pixel in pixels.items() if kind != "jpeg"} == {0}


def test_the_same_bytes_come_out_each_time() -> None:
    body = encoded(a_print(400), "PNG")
    assert [one.body for one in render(body)] == [one.body for one in render(body)]


@pytest.mark.parametrize("body", [b"", b"<svg/>", b"\xff\xd8\xff\xe0<html>"])
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    with pytest.raises(NotReadable):
        render(body)


# What is kept of an outside picture, before it is rendered.


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_a_drawing_is_kept_without_loss_whatever_it_came_in(kind: str) -> None:
    drawn = a_print(320)
    made = renormalise(encoded(drawn, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert made["format"] == "PNG"
    assert Image.open(BytesIO(made["bytes"])).convert("RGB").tobytes() == drawn.tobytes()
    assert len(made["bytes"]) < 8000


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_grey_photograph_is_no_drawing_for_all_its_few_tones(kind: str) -> None:
    grey = Image.effect_noise((320, 200), 60).convert("RGB")
    assert renormalise(encoded(grey, kind, quality=80))["format"] == "JPEG"
