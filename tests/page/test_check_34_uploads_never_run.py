"""Check 34: what somebody uploaded never runs on our origin, whatever is in it and whatever it is called."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from PIL import Image

from broadsheet.core import policies
from broadsheet.desk import groups
from broadsheet.pictures.models import Picture
from broadsheet.pictures.views import TYPES
from tests import make
from tests.page.desk.conftest import person, signed_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:The default scheme:django.utils.deprecation.RemovedInDjango60Warning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def desk() -> Client:
    groups.ensure()
    make.make_sections()
    return signed_in(person("admin@desk.example", is_staff=True, is_superuser=True))


def png(comment: bytes = b"") -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 200), "#0e5a84").save(out, "PNG")
    body = out.getvalue()
    text = b"Comment\0" + comment
    extra = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    return body[:33] + extra + body[33:]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("ending", sorted(TYPES))
def test_a_kept_file_is_a_picture_to_a_browser_whatever_is_in_it(client: Client, ending: str) -> None:
    name = default_storage.save(f"images/x.{ending}", ContentFile(HTML))
    answer = client.get(f"/media/{name}")
    assert answer.status_code == 200
    assert body_of(answer) == HTML
    assert answer.headers["Content-Type"] == TYPES[ending]
    assert answer.headers["Content-Type"].startswith("image/")
    assert "svg" not in answer.headers["Content-Type"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "name",
    [
        "images/x.svg",
        "images/x.html",
        "images/x.htm",
        "images/x.xml",
        "images/x.pdf",
        "images/x.js",
        "images/x.svgz",
        "images/x.png.html",
        "images/x",
        "documents/x.pdf",
        "x.png",
        "mail/1.log",
        "images/../secret.png",
        "images/a/b.png",
        "images/x.png%00.html",
        "images/x.png/",
        "original_images/x.SVG",
        "images/x.xhtml",
        "images/x.mhtml",
    ],
)
def test_nothing_else_of_the_media_folder_is_handed_out(client: Client, tmp_path: Path, name: str) -> None:
    target = tmp_path / name.replace("%00", "")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_dir():
        target.write_bytes(HTML)
    assert client.get(f"/media/{name}").status_code == 404


def upload(desk: Client, name: str, body: bytes, kind: str) -> Any:
    words = {"title": "Upload", "file": SimpleUploadedFile(name, body, kind), "focal_point_x": "", "tags": ""}
    return desk.post("/desk/images/add/", words)


@pytest.mark.slow("the desk's form of a picture, once for each file")
def test_what_is_no_picture_is_not_taken_in(desk: Client) -> None:
    desk.raise_request_exception = False  # Wagtail answers the head of a picture without its body with an error
    for name, body, kind in (
        ("x.svg", SVG, "image/svg+xml"),
        ("x.png", SVG, "image/png"),
        ("x.png", HTML, "image/png"),
        ("x.html", HTML, "text/html"),
        ("x.jpg", b"\xff\xd8\xff\xe0" + HTML, "image/jpeg"),
        ("x.svg", png(), "image/png"),
        ("x.html", png(), "image/png"),
        ("x.gif", b"GIF89a/*" + HTML, "image/gif"),
        ("x.pdf", b"%PDF-1.4", "application/pdf"),
    ):
        answer = upload(desk, name, body, kind)
        assert answer.status_code in (200, 500), name
        assert not Picture.objects.exists(), name


@pytest.mark.slow("the desk's form of a picture")
def test_a_picture_with_a_page_in_it_is_handed_out_as_a_picture_only(desk: Client, client: Client) -> None:
    answer = upload(desk, "<script>x.png", png(HTML), "image/png")
    assert answer.status_code == 302, answer.content
    picture = Picture.objects.get()
    assert picture.file.name.endswith(".png")
    assert "<" not in picture.file.name
    kept = client.get(f"/media/{picture.file.name}")
    assert kept.headers["Content-Type"] == "image/png"
    assert "sandbox" in kept.headers["Content-Security-Policy"]
    kept.close()


def test_vector_pictures_and_documents_are_off(settings: Any, client: Client) -> None:
    assert "svg" not in settings.WAGTAILIMAGES_EXTENSIONS
    assert "wagtail.documents" not in settings.INSTALLED_APPS
    for name in ("wagtaildocs_serve", "wagtailimages_serve"):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=(1, "x"))
    for path in ("/documents/1/x.html", "/desk/documents/", "/images/1/x/", "/documents/"):
        assert client.get(path).status_code in (302, 404)


def test_no_page_may_hold_objects_or_frames_of_anything() -> None:
    for policy in (policies.PAGE, policies.DESK):
        rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
        assert rules.get("object-src", rules.get("default-src")) == "'none'"
        assert rules.get("base-uri") == "'none'" or "'none'" in rules.get("base-uri", ""), policy
