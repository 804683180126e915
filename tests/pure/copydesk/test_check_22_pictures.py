"""Pictures are decoded by an allow-list, checked, stripped, and encoded anew (check 22)."""

from __future__ import annotations

import struct
import time
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from broadsheet.copydesk import pictures
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.jail import Jail, JailKilled
from broadsheet.copydesk.pictures import renormalise
from broadsheet.lib.reasons import Reason


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.effect_noise((width, height), 80).convert("RGB")


def test_metadata_is_gone_and_the_side_is_bounded() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: the picture is to come out upright
    exif[0x010E] = "secret place"
    made = renormalise(encoded(noise(300, 200), "JPEG", exif=exif, comment=b"secret"), max_side=100)
    assert (made["format"], made["width"], made["height"]) == ("JPEG", 67, 100)
    assert b"secret" not in made["bytes"]
    assert not Image.open(BytesIO(made["bytes"])).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_listed_kinds_are_read(kind: str) -> None:
    made = renormalise(encoded(noise(), kind))
    assert (made["width"], made["height"]) == (64, 48)
    assert made["format"] in ("JPEG", "PNG")


def test_transparency_stays_where_there_is_any() -> None:
    see_through = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    assert renormalise(encoded(see_through, "PNG"))["format"] == "PNG"
    opaque = Image.merge("RGB", [noise(80, 80).getchannel(0).rotate(turn) for turn in (0, 90, 180)]).convert("RGBA")
    assert renormalise(encoded(opaque, "PNG"))["format"] == "JPEG"
    palette = Image.new("P", (4, 4))
    assert renormalise(encoded(palette, "GIF", transparency=0))["format"] == "PNG"


def test_many_frames_give_the_first() -> None:
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
def test_everything_else_is_refused(body: bytes, reason: Reason) -> None:
    with pytest.raises(NotReadable) as caught:
        renormalise(body)
    assert caught.value.reason == reason


def test_a_jpeg_of_two_frames_is_refused() -> None:
    two = encoded(noise(), "MPO", save_all=True, append_images=[noise()])
    with pytest.raises(NotReadable):
        renormalise(two)


def let_in(body: bytes) -> None:
    """A jailed child with the memory of every day reads it, and need not be ended."""
    with Jail(wall_seconds=60, cpu_seconds=30) as jail:
        jail.run("picture", body=body)
        assert jail.kills == 0


def plain(kind: str, megapixels: int, **options: object) -> bytes:
    side = int((megapixels * 1e6) ** 0.5)
    return encoded(Image.new("RGB", (side, side), (10, 120, 200)), kind, **options)


@pytest.mark.parametrize(
    ("kind", "megapixels"), [("WEBP", 39), ("AVIF", 39), ("WEBP", 25), ("JPEG", 41), ("PNG", 41), ("GIF", 41)]
)
@pytest.mark.long("encodes pictures of forty megapixels")
def test_what_would_not_fit_into_the_jail_is_refused_in_words(kind: str, megapixels: int) -> None:
    body = plain(kind, megapixels, **({"speed": 10} if kind == "AVIF" else {"method": 0} if kind == "WEBP" else {}))
    with pytest.raises(NotReadable) as caught:
        renormalise(body)
    assert caught.value.reason == Reason.TOO_LARGE


@pytest.mark.long("decodes pictures of twenty megapixels and more")
@pytest.mark.parametrize(("kind", "megapixels"), [("WEBP", 23), ("AVIF", 23), ("JPEG", 39), ("PNG", 39), ("GIF", 39)])
def test_what_is_let_in_fits_into_the_jail(kind: str, megapixels: int) -> None:
    options = {"AVIF": {"speed": 10}, "WEBP": {"method": 0}}.get(kind, {})
    let_in(plain(kind, megapixels, **options))


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "JPEG", "PNG", "GIF"])
def test_each_kind_has_its_limit(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pictures.MAX_PIXELS_OF.get(kind, pictures.MAX_PIXELS) in (24_000_000, 40_000_000)
    monkeypatch.setattr(pictures, "MAX_PIXELS_OF", {"WEBP": 64 * 48 - 1, "AVIF": 64 * 48 - 1})
    monkeypatch.setattr(pictures, "MAX_PIXELS", 64 * 48 - 1 if kind in ("JPEG", "PNG", "GIF") else 64 * 48)
    with pytest.raises(NotReadable) as caught:
        renormalise(encoded(noise(), kind))
    assert caught.value.reason == Reason.TOO_LARGE


@pytest.mark.slow("starts an interpreter")
def test_running_out_of_memory_is_a_refusal_and_not_the_end_of_the_child() -> None:
    body = plain("PNG", 39)
    with Jail(memory_mib=200, wall_seconds=60, cpu_seconds=30) as jail:
        with pytest.raises(NotReadable) as caught:
            jail.run("picture", body=body)
        assert caught.value.reason == Reason.TOO_LARGE
        assert not isinstance(caught.value, JailKilled)
        made = jail.run("picture", body=encoded(noise(), "PNG"))
        assert (made["width"], jail.kills) == (64, 0)


def test_ten_thousand_frames_cost_one() -> None:
    frame = encoded(Image.new("P", (40, 40), 1), "GIF")
    # After the header and its palette: one frame, again and again.
    palette = 3 * 2 ** ((frame[10] & 7) + 1)
    head, image = frame[: 13 + palette], frame[13 + palette : -1]
    began = time.process_time()
    made = renormalise(head + image * 10_000 + b";")
    assert (made["width"], made["height"]) == (40, 40)
    assert time.process_time() - began < 0.3


def test_a_picture_that_is_a_page_as_well_comes_out_as_a_picture_only() -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    jpeg = encoded(noise(), "JPEG", comment=page) + page
    png = encoded(noise(), "PNG", pnginfo=text_chunks(page.decode())) + page
    gif = encoded(Image.new("P", (9, 9)), "GIF", comment=page) + page
    for body in (jpeg, png, gif):
        assert page in body
        made = renormalise(body)
        assert b"script" not in made["bytes"]
        assert made["bytes"].startswith((b"\xff\xd8\xff", b"\x89PNG\r\n"))


def text_chunks(*texts: str) -> PngInfo:
    info = PngInfo()
    for number, text in enumerate(texts):
        info.add_text(f"Comment{number}", text, zip=len(text) > 1000)
    return info


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("name", ["zTXt", "iTXt", "iCCP", "eXIf", "tEXt"])
def test_metadata_that_swells_is_dropped_or_refused_and_costs_little(name: str) -> None:
    swollen = zlib.compress(b"A" * 20_000_000, 1)
    data = {
        "zTXt": b"k\0\0" + swollen,
        "iTXt": b"k\0\1\0\0\0" + swollen,
        "iCCP": b"p\0\0" + swollen,
        "eXIf": b"Exif\0\0" + b"MM\0*\0\0\0\x08\xff\xff" + b"\x01\x0e\0\x02\xff\xff\xff\xff\0\0\0\x08" * 60_000,
        "tEXt": b"k\0" + b"secret" * 900_000,
    }[name]
    plain_png = encoded(noise(), "PNG")
    body = plain_png[:33] + chunk(name.encode(), data) + plain_png[33:]
    began = time.process_time()
    try:
        made = renormalise(body)
    except NotReadable as refusal:
        assert refusal.reason in (Reason.NOT_A_FEED, Reason.TOO_LARGE)  # noqa: PT017
    else:
        assert len(made["bytes"]) < 20_000
        assert b"secret" not in made["bytes"]
    assert time.process_time() - began < 0.4


def test_a_jpeg_full_of_metadata_comes_out_bare() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret" * 9_000
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = encoded(noise(), "JPEG", exif=exif, icc_profile=profile + b"secret" * 100_000, comment=b"secret" * 9_000)
    made = renormalise(body)
    assert b"secret" not in made["bytes"]
    again = Image.open(BytesIO(made["bytes"]))
    assert not again.info.get("icc_profile")
    assert not again.getexif()


def profile_with_swapped_colours() -> bytes:
    """sRGB with the columns of red and blue exchanged: whoever minds it turns red into blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = bytearray(bytes(profile).replace(b"s\0R\0G\0B", b"x\0R\0G\0B").replace(b"sRGB", b"xRGB"))
    count = struct.unpack(">I", profile[128:132])[0]
    entries = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_those_that_the_profile_means(mode: str) -> None:
    red = Image.new(mode, (8, 8), (255, 0, 0, 100)[: len(mode)])
    made = renormalise(encoded(red, "PNG", icc_profile=profile_with_swapped_colours()))
    colour = Image.open(BytesIO(made["bytes"])).convert(mode).getpixel((4, 4))
    assert isinstance(colour, tuple)
    assert colour[2] > 240
    assert colour[0] < 15
    assert len(mode) == 3 or colour[3] == 100


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 500, b"\xff" * 900_000], ids=["short", "empty", "long"])
def test_a_broken_profile_counts_for_nothing(profile: bytes) -> None:
    red = Image.new("RGB", (8, 8), (255, 0, 0))
    made = renormalise(encoded(red, "PNG", icc_profile=profile))
    assert Image.open(BytesIO(made["bytes"])).convert("RGB").getpixel((4, 4)) == (255, 0, 0)


def test_a_profile_of_many_megabytes_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    body = encoded(
        Image.new("RGB", (8, 8), (255, 0, 0)), "JPEG", icc_profile=profile_with_swapped_colours() + bytes(3_000_000)
    )
    colour = Image.open(BytesIO(renormalise(body)["bytes"])).convert("RGB").getpixel((4, 4))
    assert isinstance(colour, tuple)
    assert colour[0] > 240


@pytest.mark.slow("twenty lengths of four pictures")
def test_a_truncated_picture_is_refused_or_whole_but_never_half_grey() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        body = encoded(noise(), kind)
        for length in range(0, len(body) - 60, max(1, len(body) // 20)):
            with pytest.raises(NotReadable):
                renormalise(body[:length])


@pytest.mark.slow("real pictures of a megapixel")
def test_real_pictures(shared_data: Path) -> None:
    for path in sorted((shared_data / "images").glob("*.[jp][pn]g")):
        made = renormalise(path.read_bytes(), max_side=400)
        assert max(made["width"], made["height"]) == 400
