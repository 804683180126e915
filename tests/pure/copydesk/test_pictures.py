"""Pictures are decoded by an allow-list, checked, stripped, and encoded anew (check 22)."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.pictures import renormalise
from broadsheet.lib.reasons import Reason


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.effect_noise((width, height), 80).convert("RGB")


def test_check_22_metadata_is_gone_and_the_side_is_bounded() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: the picture is to come out upright
    exif[0x010E] = "secret place"
    made = renormalise(encoded(noise(300, 200), "JPEG", exif=exif, comment=b"secret"), max_side=100)
    assert (made["format"], made["width"], made["height"]) == ("JPEG", 67, 100)
    assert b"secret" not in made["bytes"]
    assert not Image.open(BytesIO(made["bytes"])).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_check_22_listed_kinds_are_read(kind: str) -> None:
    made = renormalise(encoded(noise(), kind))
    assert (made["width"], made["height"]) == (64, 48)
    assert made["format"] in ("JPEG", "PNG")


def test_check_22_transparency_stays_where_there_is_any() -> None:
    see_through = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    assert renormalise(encoded(see_through, "PNG"))["format"] == "PNG"
    opaque = Image.merge("RGB", [noise(80, 80).getchannel(0).rotate(turn) for turn in (0, 90, 180)]).convert("RGBA")
    assert renormalise(encoded(opaque, "PNG"))["format"] == "JPEG"
    palette = Image.new("P", (4, 4))
    assert renormalise(encoded(palette, "GIF", transparency=0))["format"] == "PNG"


def test_check_22_many_frames_give_the_first() -> None:
    frames = [Image.new("RGB", (5, 5), colour) for colour in ("red", "blue", "green")]
    made = renormalise(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    first = Image.open(BytesIO(made["bytes"])).convert("RGB").getpixel((0, 0))
    assert first == (255, 0, 0)


def bomb(side: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.NOT_A_FEED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Reason.NOT_A_FEED),
        (b"\xff\xd8\xff\xe0<html>", Reason.NOT_A_FEED),
        (encoded(noise(), "BMP"), Reason.NOT_A_FEED),
        (encoded(noise(), "TIFF"), Reason.NOT_A_FEED),
        (encoded(noise(), "PNG")[:200], Reason.NOT_A_FEED),
        (bomb(50_000), Reason.TOO_LARGE),
        (bomb(7_000), Reason.TOO_LARGE),
        (b"\0" * (10 * 1024 * 1024 + 1), Reason.TOO_LARGE),
    ],
    ids=["empty", "svg", "polyglot", "bmp", "tiff", "truncated", "bomb", "49 megapixels", "size"],
)
def test_check_22_everything_else_is_refused(body: bytes, reason: Reason) -> None:
    with pytest.raises(NotReadable) as caught:
        renormalise(body)
    assert caught.value.reason == reason


def test_check_22_a_jpeg_of_two_frames_is_refused() -> None:
    two = encoded(noise(), "MPO", save_all=True, append_images=[noise()])
    with pytest.raises(NotReadable):
        renormalise(two)


@pytest.mark.slow("real pictures of a megapixel")
def test_real_pictures(shared_data: Path) -> None:
    for path in sorted((shared_data / "images").glob("*.[jp][pn]g")):
        made = renormalise(path.read_bytes(), max_side=400)
        assert max(made["width"], made["height"]) == 400
