"""Copies in the database: in a batch and across batches, shortened and edited; what is kept, and for how long."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import services as articles
from broadsheet.articles.models import Article, CopyKey, Sketch
from broadsheet.articles.services import Filing, Judged, copying, copykeys
from broadsheet.copydesk import copies
from broadsheet.core import clock, queue
from broadsheet.core.models import Effect
from broadsheet.ops import verify
from broadsheet.sources import services as sources
from broadsheet.sources.models import Source
from broadsheet.stories.models import Placement, Story
from broadsheet.trends import evidence
from broadsheet.trends import rules as heat_rules
from broadsheet.trends import services as trends
from broadsheet.trends.models import Heat
from broadsheet.wire.models import Dispatch
from broadsheet.wire.services import filing
from tests.make import NOW, make_article, make_owner, make_source, make_story
from tests.trade.wire.newswire import Newswire, item, rss

pytestmark = pytest.mark.django_db
LETTERS = "bdfgklmnprst"


def prose(seed: int, count: int = 200) -> list[str]:
    """Words of a made language, so that two seeds share no passage."""
    chance = random.Random(seed)
    made = ["".join(chance.choice(LETTERS) + chance.choice("aeiou") for _ in range(3)) for _ in range(count)]
    return made


def edited(words: list[str], share: float, seed: int = 7) -> list[str]:
    """With runs of words replaced until that share of them is others."""
    chance = random.Random(seed)
    made = list(words)
    for start in range(0, len(made), 20):
        length = round(20 * share)
        made[start : start + length] = [f"other{chance.randrange(10**6)}" for _ in range(length)]
    return made


def said(words: list[str]) -> str:
    return " ".join(words) + "."


def sound() -> None:
    for invariant, faults in verify.verify(
        ["dispatches", "articles", "copies", "index", "stories", "leases", "outbox"]
    ):
        assert faults == [], invariant.name


class Press:
    """Sources that print texts, each its own."""

    def __init__(self, wire: Newswire) -> None:
        self.wire = wire
        self.count = 0

    def entry(self, words: list[str], **over: Any) -> tuple[str, str]:
        self.count += 1
        host = f"paper{self.count}.test"
        over.setdefault("title", f"What paper {self.count} says")
        return host, item(self.count, host=host, text=said(words), **over)

    def prints(self, words: list[str], *, source: Source | None = None, **over: Any) -> Article:
        """Printed, arrived and settled; the article that came of it."""
        self.arrives(words, source=source, **over)
        self.wire.settle()
        return Article.objects.order_by("-pk")[0]

    def arrives(self, words: list[str], *, source: Source | None = None, **over: Any) -> None:
        """Printed and pulled, not yet filed."""
        host, entry = self.entry(words, **over)
        source = source or make_source(f"Paper {self.count}", homepage=f"http://{host}/")
        self.wire.pull(self.wire.feed(rss(entry), source=source, host=host))


@pytest.fixture
def press(wire: Newswire) -> Press:
    return Press(wire)


def reason(article: Article, name: str = "copy") -> dict[str, Any]:
    article.judgement.refresh_from_db()
    found: dict[str, Any] = article.judgement.reasons[name]
    return found


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "in two batches"])
@pytest.mark.parametrize("share", [0.1, 0.2])
def test_an_edited_copy_is_folded_with_its_receipt(press: Press, at_once: bool, share: float) -> None:
    text = prose(1)
    press.arrives(text, title="Night ferry stays", age=timedelta(hours=2))
    if not at_once:
        press.wire.settle()
    press.arrives(edited(text, share), age=timedelta(hours=1, minutes=48))
    press.wire.settle()
    original, copy = Article.objects.order_by("pk")
    assert (copy.copy_of, copy.address) == (original, None)
    row = Dispatch.objects.get(article=copy)
    assert (row.fate, row.reason) == ("copied", "same_passages")
    assert row.detail.endswith("% of its passages are in “Night ferry stays” (Paper 1, 12 minutes earlier).")
    kept = reason(copy)
    assert kept["receipt"] == row.detail
    assert kept["of"] == original.pk
    assert 0.5 < kept["share"] < 1
    assert Sketch.objects.get(pk=copy.pk).family == original
    story = Story.objects.get()
    assert (story.articles_count, story.copies_count, story.voices_count) == (1, 1, 1)
    sound()


def test_an_abridgement_is_a_copy_and_an_original_that_comes_after_it_is_shown(press: Press) -> None:
    first = press.prints(prose(1))
    short = press.prints(prose(1)[:80])
    assert short.copy_of == first
    flash = press.prints(prose(2)[:80])
    report = press.prints(prose(2))
    assert (flash.copy_of, report.copy_of) == (None, None)
    assert report.address
    assert reason(report, "kin")["receipt"].startswith("All of the passages of “What paper 3 says”")
    assert report.placement.story == flash.placement.story
    story = flash.placement.story
    assert (story.articles_count, story.voices_count) == (2, 1)
    sound()


def test_thirty_copies_are_one_voice_and_no_heat(press: Press) -> None:
    text = prose(1)
    for number in range(30):
        press.arrives(edited(text, 0.1, number))
    press.wire.settle()
    story = Story.objects.get()
    assert (story.articles_count, story.copies_count, story.voices_count) == (1, 29, 1)
    trends.tally(heat_rules.WINDOWS)
    assert not Heat.objects.exists()
    sound()


def test_kin_is_one_voice_in_heat_too(press: Press) -> None:
    flash, report = press.prints(prose(2)[:80]), press.prints(prose(2))
    assert flash.copy_of is report.copy_of is None
    Story.objects.update(voices_count=2)
    now = clock.now()
    [told] = evidence.signals(now, now - timedelta(days=1))
    assert len(told.voices) == 1
    trends.tally(heat_rules.WINDOWS)
    assert not Heat.objects.exists()
    Sketch.objects.update(family=None)
    [told] = evidence.signals(now, now - timedelta(days=1))
    assert len(told.voices) == 2


def test_two_events_in_the_same_words_of_the_trade_are_two_articles(press: Press) -> None:
    frame = prose(9, 60)
    press.arrives(frame[:20] + prose(1, 140) + frame[20:60])
    press.arrives(frame[:20] + prose(2, 140) + frame[20:60])
    press.wire.settle()
    assert press.wire.fates() == [("filed", ""), ("filed", "")]
    assert Sketch.objects.filter(family=None).count() == 2


def test_copies_of_copies_stand_under_the_original_and_never_far_from_it(press: Press) -> None:
    text = prose(1)
    original = press.prints(text)
    copy = press.prints(edited(text, 0.1))
    further = press.prints(edited(edited(text, 0.1), 0.2, 8))
    assert (copy.copy_of, further.copy_of) == (original, original)
    assert Sketch.objects.get(pk=further.pk).family == original
    sound()


def test_what_only_a_hidden_copy_says_is_not_hidden_with_it(press: Press) -> None:
    text, added = prose(1, 400), prose(2, 100)
    original = press.prints(text)
    copy = press.prints(text[:300] + added)
    assert copy.copy_of == original
    further = press.prints(text[200:300] + added)
    assert further.copy_of is None, "half of it stands in nothing that is shown"
    assert Sketch.objects.get(pk=further.pk).family == original
    assert reason(further, "kin")["of"] == copy.pk


def test_our_own_text_is_nobodys_copy_and_others_are_copies_of_it(press: Press) -> None:
    text = prose(1)
    press.prints(text)
    house = make_source("House", is_house=True)
    own = make_article("Our own", source=house, body=said(text), live=False)
    own.live = True
    articles.after_desk_publish(own, before=None, user=None)
    own.refresh_from_db()
    assert own.copy_of is None
    assert Sketch.objects.get(pk=own.pk).family is not None
    theirs = prose(3)
    ours = make_article("Ours alone", source=house, body=said(theirs))
    articles.after_desk_publish(ours, before=None, user=None)
    assert press.prints(edited(theirs, 0.1)).copy_of == ours


def test_nothing_is_hidden_under_what_readers_do_not_see(press: Press) -> None:
    held = make_source("Held", homepage="http://held.test/", publishing=Source.Publishing.REVIEW)
    press.prints(prose(1), source=held)
    assert press.prints(edited(prose(1), 0.1)).copy_of is None


def test_the_earlier_published_of_two_that_are_nearly_equal_is_the_original(press: Press) -> None:
    later = press.prints(prose(1))
    original = press.prints(edited(prose(1), 0.1), age=timedelta(hours=3))
    later.refresh_from_db()
    assert (original.copy_of, later.copy_of) == (None, original)
    assert "“What paper 2 says” (Paper 2, 2 hours earlier)" in reason(later)["receipt"]
    assert Story.objects.get().lead == original
    sound()


def test_what_was_withdrawn_stays_out_whoever_brings_nearly_all_of_it(press: Press) -> None:
    articles.withdraw(press.prints(prose(1, 400)), why="A court says so")
    same = prose(1, 400)
    same[10] = "another"
    press.arrives(same)
    press.arrives(edited(prose(1, 400), 0.2))
    press.wire.settle()
    assert press.wire.fates()[1:] == [("spiked", "withdrawn_here"), ("filed", "")]
    assert Dispatch.objects.get(fate="spiked").detail


def update(article: Article, words: list[str]) -> Article:
    """The source's own newer state of it."""
    judged = Judged(article.shown_section.key, 1.0, "en", len(words), 1, {"section": "as before"})
    articles.update_from_source(
        article,
        Filing(
            source=article.source, entry_key=article.entry_key, headline=article.headline, standfirst="", byline="",
            body=[{"type": "paragraph", "value": said(words)}], origin_url="", url_key="", text_hash="new",
            published_at=article.published_at, updated_at=None, judged=judged,
        ),
    )  # fmt: skip
    return Article.objects.get(pk=article.pk)


def test_an_updated_text_is_found_by_its_new_words_and_no_longer_by_the_old(press: Press) -> None:
    first = press.prints(prose(1))
    before = set(CopyKey.objects.values_list("hash", flat=True))
    update(first, prose(2))
    assert before.isdisjoint(CopyKey.objects.values_list("hash", flat=True))
    assert press.prints(edited(prose(2), 0.1)).copy_of == first
    assert press.prints(edited(prose(1), 0.1)).copy_of is None


def test_a_copy_that_became_another_text_comes_into_the_paper(press: Press) -> None:
    first, copy = press.prints(prose(1)), press.prints(edited(prose(1), 0.1))
    still = update(copy, edited(prose(1), 0.15))
    assert still.copy_of == first
    assert reason(still)["of"] == first.pk
    own = update(still, prose(5))
    assert own.copy_of is None
    assert own.address
    assert Sketch.objects.get(pk=own.pk).family is None
    assert "copy" not in own.judgement.reasons
    sound()


def test_the_root_of_a_family_keeps_it_when_its_text_is_replaced(press: Press) -> None:
    root, copy = press.prints(prose(1)), press.prints(edited(prose(1), 0.1))
    other = press.prints(prose(2))
    update(root, edited(prose(2), 0.1))
    assert Sketch.objects.get(pk=root.pk).family is None
    assert Sketch.objects.get(pk=copy.pk).family == root
    assert Sketch.objects.get(pk=other.pk).family is None


def raced(press: Press, monkeypatch: pytest.MonkeyPatch, *texts: list[str]) -> list[Article]:
    """Texts whose workers did not see each other."""
    with monkeypatch.context() as patch:
        patch.setattr(copykeys, "found", lambda hashes, since: {})
        for number, text in enumerate(texts):
            press.prints(text, age=timedelta(hours=1 + number))
    return list(Article.objects.order_by("pk"))


def test_two_workers_that_met_one_text_at_once_are_put_right(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    later, first = raced(press, monkeypatch, prose(1), edited(prose(1), 0.1))
    assert later.copy_of is first.copy_of is None
    assert Story.objects.count() == 2
    old_path = later.path
    assert articles.look_again([later.pk]) == 1
    assert articles.look_again([first.pk]) == 0, "it is done"
    later.refresh_from_db()
    assert (later.copy_of, later.path) == (first, old_path)
    assert reason(later)["of"] == first.pk
    story = Story.objects.get()
    assert (story.lead, story.articles_count, story.copies_count) == (first, 1, 1)
    assert Placement.objects.get(article=later).why == "copy"
    sound()


@pytest.mark.parametrize("why", ["ours", "an editor touched it", "it says much more"])
def test_a_race_hides_nothing_that_is_not_to_be_hidden(press: Press, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    text = prose(1) if why == "it says much more" else edited(prose(1)[:80], 0.1)
    later, first = raced(press, monkeypatch, text, prose(1)[:80])
    if why == "ours":
        Source.objects.filter(pk=later.source_id).update(is_house=True)
    if why == "an editor touched it":
        Article.objects.filter(pk=later.pk).update(kept_fields=["headline"])
    assert articles.look_again([first.pk, later.pk]) == 0
    later.refresh_from_db()
    assert later.copy_of is None
    assert Sketch.objects.get(pk=later.pk).family == first


def test_a_worker_that_may_race_looks_again_a_minute_later(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "can_race", lambda: True)
    article = press.prints(prose(1))
    wish = Effect.objects.get(name=filing.LOOK_AGAIN)
    assert wish.payload == {"articles": [article.pk]}
    assert wish.due_at > clock.now() + timedelta(seconds=58)


def test_the_cost_of_looking_does_not_grow_with_the_batch(press: Press) -> None:
    source = make_source()
    fresh = [copying.Fresh(said(edited(prose(n % 7), 0.1, n)), f"T{n}", f"S{n}", NOW) for n in range(50)]
    rows = [make_article(source=source) for _ in range(50)]
    costs = []
    for size in (1, 50):
        with CaptureQueriesContext(connection) as asked:
            collation = copying.Collation(fresh[:size])
            for place in range(size):
                likeness = collation.compare(place)
                collation.accept(place, likeness.finding if likeness else None)
                collation.filed(place, rows[place].pk)
            collation.store()
        costs.append(len(asked))
        CopyKey.objects.all().delete()
        Sketch.objects.all().delete()
    assert costs[0] == costs[1] <= 5


def test_forty_copies_are_filed_with_about_as_many_queries_as_three(press: Press) -> None:
    costs = []
    for seed, size in ((1, 3), (2, 40)):
        for number in range(size):
            press.arrives(edited(prose(seed), 0.1, number))
        with CaptureQueriesContext(connection) as asked:
            filing.file_arrived(50)
        costs.append(len(asked))
    assert Article.objects.exclude(copy_of=None).count() == 2 + 39
    # A few more only because SQLite's statements are cut where they have too many parameters.
    assert costs[1] <= costs[0] + 8


def test_what_is_over_is_forgotten_and_kin_stays_one_voice(press: Press) -> None:
    flash, report = press.prints(prose(2)[:80]), press.prints(prose(2))
    press.prints(edited(prose(2), 0.1))
    assert CopyKey.objects.count() > 30
    with clock.frozen(NOW + copies.WINDOW):
        assert copykeys.purge() == 0
    with clock.frozen(NOW + copies.WINDOW + timedelta(days=1)):
        assert copykeys.purge() > 30
        assert copykeys.purge() == 0
        assert CopyKey.objects.count() == 0
        kept = Sketch.objects.get()
        assert (kept.pk, kept.family, bytes(kept.hashes), kept.day) == (report.pk, flash, b"", None)
        assert press.prints(edited(prose(2), 0.1), age=timedelta(hours=-360)).copy_of is None
    sound()


def test_a_passage_of_the_language_takes_no_more(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "CROWD", 3)
    phrase = prose(9, 40)
    for number in range(8):
        press.arrives([*phrase, *prose(number, 30)])
    press.wire.settle()
    crowds: dict[int, int] = {}
    for one in CopyKey.objects.values_list("hash", flat=True):
        crowds[one] = crowds.get(one, 0) + 1
    assert max(crowds.values()) == 3


def test_short_texts_leave_nothing(press: Press) -> None:
    press.prints(prose(1, 12))
    assert not Sketch.objects.exists()
    assert not CopyKey.objects.exists()


def test_an_owner_makes_two_voices_one(press: Press) -> None:
    made = [make_article(source=make_source()) for _ in range(3)]
    story = make_story(made)
    owner, twin = make_owner("House A"), make_owner("House A, Inc.")
    assert sources.own(owner, [made[0].source_id]) == 1
    assert sources.own(twin, [made[1].source_id]) == 1
    assert sources.merge_owners(twin, owner) == 1
    with clock.frozen(NOW + timedelta(seconds=2)):
        queue.run_due()
    story.refresh_from_db()
    assert story.voices_count == 2
    sources.own(owner, ())
    with clock.frozen(NOW + timedelta(seconds=4)):
        queue.run_due()
    story.refresh_from_db()
    assert story.voices_count == 3
