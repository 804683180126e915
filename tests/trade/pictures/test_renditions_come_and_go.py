"""Renditions stand all together or not at all; they follow the file, and no file of theirs outlives them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.renditions import render as real
from broadsheet.core import queue
from broadsheet.core.models import Effect
from broadsheet.lib.reasons import Reason
from broadsheet.ops import wiring
from broadsheet.pictures import queries, services
from broadsheet.pictures.models import Picture, Rendition
from broadsheet.wire.services import picturing
from tests import make


def files(media: Path) -> set[str]:
    return {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}


def rendered(picture: Picture) -> bool:
    return bool(queries.renditions_of([picture]))


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """What runs after a commit runs at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def settle() -> None:
    while queue.run_due():
        pass


def test_all_renditions_stand_with_their_files(media: Path) -> None:
    picture = make.make_picture(1000, rendered=False)
    assert not rendered(picture)
    assert services.render(picture.pk, real)
    made = queries.renditions_of([picture])[picture.pk]
    assert [one.width for one in made.jpeg] == [320, 640, 1000]
    for one in (*made.lightest, *made.webp, *made.jpeg):
        with Image.open(media / one.url.removeprefix("/media/")) as image:
            assert image.size == (one.width, one.height)
    assert queries.in_need() == []


def test_what_stands_is_not_made_again(media: Path) -> None:
    picture = make.make_picture()

    def draw(body: bytes) -> list[services.Made]:
        raise AssertionError("drawn again")

    assert services.render(picture.pk, draw)
    before = files(media)
    assert services.render(picture.pk, make.stand_ins(1000), anew=True)
    assert files(media) != before


def test_a_crash_before_the_rows_leaves_neither_rows_nor_files(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = make.make_picture(rendered=False)
    before = files(media)

    def broken(*_: object) -> bool:
        assert files(media) > before
        raise RuntimeError("the database is away")

    monkeypatch.setattr(services, "_swap", broken)
    with pytest.raises(RuntimeError):
        services.render(picture.pk, make.stand_ins(1000))
    assert files(media) == before
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("meanwhile", ["removed", "replaced"])
def test_renditions_of_a_file_that_went_while_they_were_drawn_are_dropped(media: Path, meanwhile: str) -> None:
    picture = make.make_picture(rendered=False)
    before = files(media)

    def draw(body: bytes) -> Any:
        rows = Picture.objects.filter(pk=picture.pk)
        rows.delete() if meanwhile == "removed" else rows.update(file="original_images/other.png")
        return make.stand_ins(1000)(body)

    assert not services.render(picture.pk, draw)
    assert files(media) == before
    assert not Rendition.objects.exists()


def test_a_new_file_is_rendered_and_the_old_renditions_go(media: Path, commits: Callable[..., Any]) -> None:
    picture = make.make_picture(1000)
    former = {path for path in files(media) if path.startswith("images/")}
    body = BytesIO()
    Image.new("RGB", (400, 200)).save(body, "PNG")
    picture.file.save("b.png", ContentFile(body.getvalue()), save=False)
    picture.width, picture.height, picture.file_hash = 400, 200, "f" * 40
    picture.save()
    assert not rendered(picture)
    with commits():
        assert services.render(picture.pk, make.stand_ins(400))
    settle()
    assert former
    assert not former & files(media)
    assert [one.width for one in queries.renditions_of([picture])[picture.pk].jpeg] == [320, 400]


def test_deleting_a_picture_leaves_no_file_behind(media: Path, commits: Callable[..., Any]) -> None:
    picture = make.make_picture()
    assert len(files(media)) == 10
    with commits():
        picture.delete()
    settle()
    assert files(media) == set()
    assert not Rendition.objects.exists()


def test_the_prints_of_former_versions_go_and_the_desks_own_stay(media: Path, commits: Callable[..., Any]) -> None:
    picture = make.make_picture(rendered=False)
    for spec in ("width-480|format-webp", "max-165x165"):
        name = Rendition._meta.get_field("file").storage.save(f"images/{spec[:3]}.webp", ContentFile(b"old"))
        Rendition.objects.create(image=picture, filter_spec=spec, file=name, width=1, height=1)
    with commits():
        services.render(picture.pk, make.stand_ins(1000))
    settle()
    assert list(Rendition.objects.filter(mark="").values_list("filter_spec", flat=True)) == ["max-165x165"]
    assert "images/max.webp" in files(media)
    assert "images/wid.webp" not in files(media)


@pytest.mark.parametrize("fault", ["unreadable", "no file"])
def test_what_cannot_be_rendered_is_tried_by_hand_only(media: Path, fault: str) -> None:
    picture = make.make_picture(rendered=False)

    def draw(body: bytes) -> Any:
        raise NotReadable(Reason.NOT_A_FEED, "No picture.")

    Effect.objects.all().delete()
    if fault == "no file":
        Path(picture.file.path).unlink()
    assert not services.render(picture.pk, draw)
    assert services.wish_missing() == 0
    assert queries.in_need() == [picture.pk]
    if fault == "unreadable":
        assert services.render(picture.pk, make.stand_ins(1000), anew=True)
        assert queries.in_need() == []


def test_the_timer_asks_for_a_bounded_batch_newest_first_and_for_none_twice(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make.make_picture(320, rendered=False) for _ in range(5)]
    make.make_picture(320)
    Effect.objects.all().delete()
    monkeypatch.setattr(services, "BATCH", 3)
    assert services.wish_missing() == 3
    assert services.waiting() == {one.pk for one in made[2:]}
    assert services.wish_missing() == 0
    monkeypatch.setattr(picturing, "draw_renditions", make.stand_ins(320))
    settle()
    assert services.wish_missing() == 2
    settle()
    assert all(rendered(one) for one in made)
    assert services.wish_missing() == 0


def test_a_picture_saved_at_the_desk_is_rendered_in_the_worker(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.connect()
    picture = make.make_picture(rendered=False)
    assert Effect.objects.filter(name=services.RENDER).count() == 1
    assert not rendered(picture)
    monkeypatch.setattr(picturing, "draw_renditions", make.stand_ins(1000))
    settle()
    assert rendered(picture)
    assert not Effect.objects.exists()
    picture.save()  # its words were edited: nothing is drawn again
    monkeypatch.setattr(picturing, "draw_renditions", None)
    settle()
    assert not Effect.objects.exists()
