"""Licensed pictures become our own: fetched through the door, drawn anew in the jail, stored under their hash."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.renditions import Made
from broadsheet.core import events
from broadsheet.core.models import Effect
from broadsheet.lib.reasons import Reason
from broadsheet.pictures import queries
from broadsheet.pictures.events import PictureRendered
from broadsheet.pictures.models import Picture
from broadsheet.wire.services import picturing
from tests.make import make_rights, make_source
from tests.trade.wire.newswire import Newswire, item, later, rss
from tests.wire_server import answer, status

pytestmark = pytest.mark.django_db


def jpeg(size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "taken at a secret place"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _media(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]


def with_picture(seed: int = 1) -> str:
    media = '<enclosure url="http://gazette.test/ferry.jpg" type="image/jpeg" length="1"/>'
    return item(seed).replace("</item>", f"{media}</item>")


def take_in(wire: Newswire, *behaviours: object, pictures: str = "kept") -> None:
    wire.serve("/ferry.jpg", *behaviours)  # type: ignore[arg-type]
    source = make_source(
        homepage="http://gazette.test/", rights=make_rights(pictures=pictures, licence_name="CC BY 4.0")
    )
    wire.take_in(wire.feed(rss(with_picture()), source=source))


def test_a_licensed_picture_is_kept_without_its_metadata(wire: Newswire) -> None:
    take_in(wire, answer(jpeg(), "image/jpeg"))
    picture = Picture.objects.get()
    assert Article.objects.get().picture == picture
    assert (picture.width, picture.height, picture.licence) == (60, 40, "CC BY 4.0")
    assert picture.credit.startswith("Gazette")
    with picture.file.open("rb") as file:
        stored = file.read()
    assert b"secret" not in stored
    assert len(stored) == picture.file_size
    assert "ferry" not in picture.file.name


def test_an_article_gets_its_picture_only_when_the_renditions_stand(
    wire: Newswire, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, bool]] = []
    real = events.announce

    def announce(event: events.Event) -> None:
        if isinstance(event, PictureRendered):
            seen.append((bool(queries.renditions_of(Picture.objects.all())), Article.objects.get().picture is None))
        if isinstance(event, ArticleChanged):
            seen.append((bool(queries.renditions_of(Picture.objects.all())), Article.objects.get().picture is None))
        real(event)

    monkeypatch.setattr(events, "announce", announce)
    take_in(wire, answer(jpeg((700, 400)), "image/jpeg"))
    assert seen == [(True, True), (True, False)]
    (made,) = queries.renditions_of(Picture.objects.all()).values()
    assert [one.width for one in made.jpeg] == [320, 700]


def test_an_article_stays_without_a_picture_that_cannot_be_rendered(
    wire: Newswire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(body: bytes) -> list[Made]:
        raise NotReadable(Reason.TOOK_TOO_LONG)

    monkeypatch.setattr(picturing, "draw_renditions", draw)
    take_in(wire, answer(jpeg(), "image/jpeg"))
    assert Picture.objects.count() == 1
    assert Article.objects.get().picture is None


def test_a_worker_that_died_before_rendering_goes_on_with_the_kept_picture(
    wire: Newswire, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = picturing.draw_renditions, iter([OSError("killed")])

    def draw(body: bytes) -> list[Made]:
        for error in calls:
            raise error
        return real(body)

    monkeypatch.setattr(picturing, "draw_renditions", draw)
    take_in(wire, answer(jpeg(), "image/jpeg"))
    with later(timedelta(minutes=1)):
        wire.settle()
    assert Article.objects.get().picture is not None
    assert len(wire.server.asked("/ferry.jpg")) == Picture.objects.count() == 1


def test_without_the_right_no_picture_is_fetched(wire: Newswire) -> None:
    take_in(wire, answer(jpeg(), "image/jpeg"), pictures="none")
    assert Article.objects.get().origin_picture["url"] == "http://gazette.test/ferry.jpg"
    assert wire.server.asked("/ferry.jpg") == []
    assert not Picture.objects.exists()


def test_one_picture_of_two_articles_is_fetched_and_kept_once(wire: Newswire) -> None:
    wire.serve("/ferry.jpg", answer(jpeg(), "image/jpeg"))
    source = make_source(homepage="http://gazette.test/", rights=make_rights(pictures="kept"))
    wire.take_in(wire.feed(rss(with_picture(1), with_picture(2)), source=source))
    assert Picture.objects.count() == len(wire.server.asked("/ferry.jpg")) == 1
    assert Article.objects.exclude(picture=None).count() == 2


@pytest.mark.parametrize(
    "failure", [status(404), status(403), answer(b"<svg onload=alert(1)>", "image/svg+xml"), answer(b"", "image/png")]
)
def test_what_is_no_picture_for_us_is_left_out_for_good(wire: Newswire, failure: object) -> None:
    take_in(wire, failure)
    assert not Picture.objects.exists()
    assert not Effect.objects.filter(name="wire.keep_picture").exists()


def test_what_may_pass_is_tried_again(wire: Newswire) -> None:
    take_in(wire, status(500), answer(jpeg(), "image/jpeg"))
    (effect,) = Effect.objects.filter(name="wire.keep_picture")
    assert effect.attempts == 1
    with later(timedelta(minutes=1)):
        wire.settle()
    assert Article.objects.get().picture is not None
    assert not Effect.objects.filter(name="wire.keep_picture").exists()


def test_nothing_is_kept_for_an_article_that_was_withdrawn_or_is_gone(wire: Newswire) -> None:
    take_in(wire, status(500), answer(jpeg(), "image/jpeg"))
    article = Article.objects.get()
    Article.objects.update(withdrawn_at=article.filed_at, live=False)
    picturing.keep(article.pk)
    picturing.keep(article.pk + 1000)
    assert not Picture.objects.exists()
