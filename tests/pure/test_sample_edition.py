"""The sample edition: what its files hold, how its articles hang together, and when each text appears."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from broadsheet.copydesk.parse import parse_feed
from broadsheet.ops.sample import feeds, origin
from broadsheet.ops.sample.edition import FOLDER, first_blocks, load
from broadsheet.ops.sample.shapes import Article, Edition, EditionError, Text, duration

STARTED = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=UTC)
SECTIONS = set(feeds.CATEGORY)
UPDATED, LATE = "tessel-sound-closed", "mail-boat-sallow-isles"

# At most so many words in a row may two texts share that are not relatives.
LONGEST_RUN = 7
TAGS = frozenset("p h2 h3 blockquote ul ol li table caption thead tbody tr th td em strong a".split())
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}}
# One script to a language, by the first word of the letters' Unicode names.
SCRIPTS = {"en": "LATIN", "es": "LATIN", "ar": "ARABIC", "uk": "CYRILLIC"}
# Letters that a language has and its neighbours in the same script have not.
OWN_LETTERS = {"es": "ñáéíóú¿", "uk": "іїєґ"}


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load()


def after(minutes: float) -> datetime:
    return STARTED + timedelta(minutes=minutes)


def article(edition: Edition, slug: str) -> Article:
    return next(one for one in edition.articles if one.slug == slug)


def words(html: str) -> list[str]:
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]+>", " ", html)).lower().replace("’", ""))


def is_independent(one: Article) -> bool:
    return one.kin == one.slug


def texts(edition: Edition) -> Iterator[tuple[Article, Text]]:
    return ((one, text) for one in edition.articles for text in one.texts)


def own_texts(edition: Edition) -> Iterator[tuple[Article, Text]]:
    """Texts that somebody wrote, once each: neither copied nor shortened from another article."""
    return ((one, text) for one, text in texts(edition) if not one.copy_of and not one.abridges)


# The sources.


def test_many_invented_publications_belong_to_many_owners(edition: Edition) -> None:
    assert len(edition.sources) >= 14
    owners = Counter(one.owner for one in edition.sources)
    assert len(owners) >= 10
    assert sum(number >= 2 for number in owners.values()) >= 2
    hosts = [one.host for one in edition.sources]
    assert all(re.fullmatch(r"[a-z]+\.example", host) for host in hosts), hosts
    assert len(set(hosts)) == len({one.key for one in edition.sources}) == len(hosts)


def test_every_kind_of_feed_and_every_bad_habit_is_there(edition: Edition) -> None:
    assert {one.feed_kind for one in edition.sources} == {"rss", "rdf", "atom", "json", "sitemap", "page"}
    assert {quirk for one in edition.sources for quirk in one.quirks} == {"loose", "busy", "moved", "restless"}
    assert {one.whole for one in edition.sources if one.feed_kind in ("rss", "atom")} == {True, False}


def test_the_sources_allow_different_things(edition: Edition) -> None:
    rights = {one.key: one.rights for one in edition.sources}
    assert {one.text for one in rights.values()} == {"full", "excerpt"}
    assert {one.picture for one in rights.values()} == {"none", "kept"}
    assert {one.licence for one in rights.values()} >= {"CC BY 4.0", "By agreement", "All rights reserved"}
    for key, one in rights.items():
        assert (one.text == "excerpt") == (one.excerpt_words > 0), key
        assert one.canonical == "origin", key
        assert len(words(one.words)) >= 6, key
        assert not one.licence.startswith("CC") or one.licence_url.startswith("https://creativecommons.org/"), key


def test_a_source_whose_feed_has_no_texts_lets_its_pages_be_read(edition: Edition) -> None:
    for one in edition.sources:
        summaries_only = not one.whole and not one.quirks
        assert one.rights.pages == summaries_only, one.key


# The articles.


def test_there_are_enough_articles_in_every_section(edition: Edition) -> None:
    independent = [one for one in edition.articles if is_independent(one)]
    assert len(edition.articles) >= 110
    assert len(independent) >= 72
    assert {one.section for one in edition.articles} == SECTIONS
    assert {one.section for one in independent} == SECTIONS
    assert {one.source.key for one in edition.articles} == {one.key for one in edition.sources}


def test_every_text_has_the_length_of_its_kind(edition: Edition) -> None:
    wrong = {}
    for one, text in own_texts(edition):
        least, most = (80, 200) if one.rewrite_of else (250, 900)
        if not least <= len(words(text.html)) <= most:
            wrong[one.slug] = len(words(text.html))
    assert wrong == {}


def test_heads_are_complete_and_of_the_right_length(edition: Edition) -> None:
    wrong = []
    for one, text in texts(edition):
        if not 0 < len(text.headline) <= 110:
            wrong.append(f"{one.slug}: headline of {len(text.headline)} characters")
        if not 8 <= len(words(text.standfirst)) <= 45:
            wrong.append(f"{one.slug}: standfirst of {len(words(text.standfirst))} words")
        if not 2 <= len(set(one.topics)) == len(one.topics) <= 5:
            wrong.append(f"{one.slug}: topics {one.topics}")
        if not one.byline or not all(name.strip() for name in one.byline):
            wrong.append(f"{one.slug}: byline {one.byline}")
    assert not wrong, "\n".join(wrong)


def test_a_headline_names_one_article_of_a_source(edition: Edition) -> None:
    headlines = Counter((one.source.key, text.headline) for one in edition.articles for text in one.texts[:1])
    assert [headline for headline, number in headlines.items() if number > 1] == []


def test_every_picture_is_in_the_catalogue_and_in_the_folder(edition: Edition) -> None:
    used = {one.picture for one in edition.articles if one.picture}
    assert len(used) >= 20
    assert used <= set(edition.prints)
    missing = [name for name in sorted(used) if not (FOLDER / "pictures" / edition.prints[name].file).is_file()]
    assert missing == []


def test_every_update_belongs_to_an_article(edition: Edition) -> None:
    slugs = {one.slug for one in edition.articles}
    updates = [path.name.partition(".update")[0] for path in (FOLDER / "articles").glob("*.update*.html")]
    assert sorted(set(updates) - slugs) == []


# Markup.


class Tags(HTMLParser):
    """Notes whatever markup a text of the sample may not have."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        given = {name for name, _ in attrs}
        if tag not in TAGS:
            self.wrong.append(f"<{tag}> is not allowed")
        if given - ATTRIBUTES.get(tag, set()):
            self.wrong.append(f"<{tag}> with {', '.join(sorted(given))}")
        if tag == "th" and dict(attrs).get("scope") not in ("col", "row"):
            self.wrong.append("<th> without a scope")
        if tag == "a" and not given:
            self.wrong.append("<a> without an address")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if not self.open and data.strip():
            self.wrong.append(f"text outside a block: {data.strip()[:40]}")


def faults_of_markup(html: str) -> list[str]:
    tags = Tags()
    tags.feed(html)
    tags.close()
    stray = re.findall(r"&(?!amp;|lt;|gt;)\w*;?", html)
    return [*tags.wrong, *(f"<{tag}> stays open" for tag in tags.open), *(f"entity {one}" for one in stray)]


def test_the_markup_of_every_text_is_plain_and_balanced(edition: Edition) -> None:
    wrong = {f"{one.slug}: {fault}" for one, text in texts(edition) for fault in faults_of_markup(text.html)}
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>One <em>two</p></em>", "</p> closes nothing"),
        ("<p>One", "<p> stays open"),
        ("<div>One</div>", "<div> is not allowed"),
        ('<p class="x">One</p>', "<p> with class"),
        ("<table><tr><th>One</th></tr></table>", "<th> without a scope"),
        ("<p>One</p> two", "text outside a block: two"),
        ("<p>One&nbsp;two</p>", "entity &nbsp;"),
    ],
)
def test_a_fault_of_markup_is_seen(html: str, fault: str) -> None:
    assert fault in faults_of_markup(html)


def test_quotation_marks_and_apostrophes_are_typographic(edition: Edition) -> None:
    wrong = []
    for one, text in texts(edition):
        prose = unescape(re.sub(r"<[^>]+>", " ", text.html))
        for part in (text.headline, text.standfirst, prose, *one.topics, *one.byline):
            wrong += [f"{one.slug}: {found}" for found in re.findall(r""".{0,20}["'].{0,20}""", part)]
    assert not wrong, "\n".join(wrong)


# Links.


def outside_links(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


def test_links_lead_outside_the_publications_of_the_sample(edition: Edition) -> None:
    hosts = {one.host for one in edition.sources}
    wrong = []
    for one, text in texts(edition):
        for link in outside_links(text.html):
            parts = urlsplit(link)
            if parts.scheme != "https" or not (parts.hostname or "").endswith(".example") or len(parts.path) < 2:
                wrong.append(f"{one.slug}: {link}")
            elif parts.hostname in hosts or (parts.hostname or "").removeprefix("www.") in hosts:
                wrong.append(f"{one.slug}: {link} is a source's own")
    assert not wrong, "\n".join(wrong)


def test_no_text_gives_the_same_link_twice(edition: Edition) -> None:
    twice = [one.slug for one, text in texts(edition) if max(Counter(outside_links(text.html)).values(), default=0) > 1]
    assert twice == []


def events(edition: Edition, now: datetime) -> list[list[Article]]:
    """Articles out by `now`, together where they share an outside link or a text."""
    home: dict[str, str] = {}

    def find(name: str) -> str:
        while home.setdefault(name, name) != name:
            name = home[name]
        return name

    shown = [published for source in edition.sources for published in edition.at(source, now, STARTED)]
    for published in shown:
        one = published.article
        for name in (one.copy_of or one.abridges, *outside_links(published.text.html)):
            if name:
                home[find(name)] = find(one.slug)
    groups: dict[str, list[Article]] = defaultdict(list)
    for published in shown:
        groups[find(published.article.slug)].append(published.article)
    return list(groups.values())


def test_many_events_are_told_by_several_papers_an_hour_after_the_start(edition: Edition) -> None:
    sources = [len({one.source.key for one in group}) for group in events(edition, after(60))]
    assert len(sources) >= 34
    assert sum(number >= 3 for number in sources) >= 10, sorted(sources, reverse=True)
    assert sum(number >= 8 for number in sources) >= 2, sorted(sources, reverse=True)


# Relatives, and texts that must not be.


def test_relatives_of_each_kind_are_there_and_come_after_what_they_go_back_to(edition: Edition) -> None:
    kinds: Counter[str] = Counter()
    for one in edition.articles:
        if is_independent(one):
            continue
        kinds["copy" if one.copy_of else "abridged" if one.abridges else "rewrite"] += 1
        original = article(edition, one.kin)
        assert one.source != original.source, one.slug
        assert one.texts[0].offset > original.texts[0].offset, f"{one.slug} is out before {original.slug}"
    assert min(kinds[kind] for kind in ("copy", "abridged", "rewrite")) >= 3, kinds


def test_a_copy_is_word_for_word_and_an_abridgement_is_a_beginning(edition: Edition) -> None:
    for one in edition.articles:
        if one.copy_of:
            assert one.texts[0].html in [text.html for text in article(edition, one.copy_of).texts], one.slug
        if one.abridges:
            original = article(edition, one.abridges)
            blocks = first_blocks(original.texts[0].html, one.paragraphs)
            assert one.texts[0].html == blocks, one.slug
            assert 60 <= len(words(blocks)) < len(words(original.texts[0].html)), one.slug


def test_copies_often_have_headlines_of_their_own(edition: Edition) -> None:
    copies = [one for one in edition.articles if one.copy_of]
    own = [one for one in copies if one.texts[0].headline != article(edition, one.copy_of).texts[0].headline]
    assert len(own) >= len(copies) / 2


@dataclass(frozen=True)
class Passage:
    """A stretch of words of one article; passages of the same kin may agree."""

    kin: str
    slug: str
    words: list[str]


@dataclass(frozen=True)
class Run:
    """The longest run of words that articles of different kin have in common, and who has it."""

    words: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()


def longest_common_run(passages: Iterable[Passage]) -> Run:
    """The longest run of words shared by passages that are no relatives.

    Shingles grow by a word at a time, each named by its first part and its last word; only places whose shingle
    some other kin has as well go on to the next length, so that nearly all drop out after a few words.
    """
    all_passages = list(passages)
    kins = [one.kin for one in all_passages]
    longest = Run()
    # Places whose shingle of the present length may be shared: passage, place, name of the shingle.
    alive: list[tuple[int, int, object]] = [
        (number, place, word) for number, one in enumerate(all_passages) for place, word in enumerate(one.words)
    ]
    length = 0
    while alive:
        length += 1
        first: dict[object, str] = {}
        shared: dict[object, int] = {}
        for number, _, name in alive:
            if first.setdefault(name, kins[number]) != kins[number]:
                shared.setdefault(name, len(shared))
        alive = [(number, place, shared[name]) for number, place, name in alive if name in shared]
        if alive:
            number, place, name = alive[0]
            slugs = sorted({all_passages[other].slug for other, _, theirs in alive if theirs == name})
            longest = Run(tuple(all_passages[number].words[place : place + length]), tuple(slugs))
        alive = [
            (number, place, (name, all_passages[number].words[place + length]))
            for number, place, name in alive
            if place + length < len(all_passages[number].words)
        ]
    return longest


def test_texts_that_are_no_relatives_share_no_run_of_eight_words(edition: Edition) -> None:
    passages = [
        Passage(one.kin, one.slug, words(part))
        for one, text in texts(edition)
        for part in (text.headline, text.standfirst, *([] if one.copy_of or one.abridges else [text.html]))
    ]
    run = longest_common_run(passages)
    assert len(run.words) <= LONGEST_RUN, f"“{' '.join(run.words)}”, {len(run.words)} words, in {', '.join(run.slugs)}"


def test_the_longest_common_run_is_found() -> None:
    def passage(kin: str, text: str) -> Passage:
        return Passage(kin, f"{kin}-slug", text.split())

    one = passage("one", "a dog nobody had noticed stood up and walked home")
    two = passage("two", "then a dog nobody had noticed stood on the quay and walked home")
    three = passage("three", "and walked home again")
    assert longest_common_run([one, two, three]) == Run(
        ("a", "dog", "nobody", "had", "noticed", "stood"), ("one-slug", "two-slug")
    )
    assert longest_common_run([one, three]).words == ("and", "walked", "home")
    assert longest_common_run([one, replace(two, kin="one")]) == Run()
    assert longest_common_run([one, replace(one, kin="two")]).words == tuple(one.words)


# Languages and forms.


def script_of(letters: str) -> str:
    """The script of most letters, as Unicode calls it."""
    names = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters if letter.isalpha())
    return names.most_common(1)[0][0]


def test_every_text_is_in_the_script_of_its_source(edition: Edition) -> None:
    for one, text in texts(edition):
        language = one.source.language
        for part in (text.headline, text.standfirst, " ".join(words(text.html))):
            assert script_of(part) == SCRIPTS[language], (one.slug, part[:60])
        own = OWN_LETTERS.get(language, "")
        assert not own or sum(letter in own for letter in text.html) >= 10, one.slug


def test_some_texts_are_spanish_arabic_and_ukrainian(edition: Edition) -> None:
    spoken = Counter(one.source.language for one in edition.articles if is_independent(one))
    assert set(spoken) == set(SCRIPTS)
    assert spoken["es"] >= 2
    assert spoken["ar"] >= 1
    assert spoken["uk"] >= 1


def test_texts_have_many_forms(edition: Edition) -> None:
    htmls = [text.html for _, text in own_texts(edition)]
    for element in ("<h2>", "<h3>", "<ul>", "<ol>", "<table>", "<blockquote>", "<em>"):
        assert any(element in html for html in htmls), element
    assert any("<table>" in html and re.search("<[uo]l>", html) for html in htmls), "no text with table and list"
    entries = [len(re.findall(r"<h3>\s*\d\d[:.]\d\d\b", html)) for html in htmls]
    assert max(entries) >= 6, "no live blog with timed entries"
    questions = [len(re.findall(r"<p><strong>[^<]+[?.]</strong></p>", html)) for html in htmls]
    assert max(questions) >= 5, "no interview with its questions in strong"
    for slug in ("ottoline-brandreth-obituary", "orrowmouth-town-cup-final", "lanternfall-review"):
        assert is_independent(article(edition, slug))


# Time.


def test_most_of_the_edition_is_two_days_old_at_most_when_it_starts(edition: Edition) -> None:
    offsets = [one.texts[0].offset for one in edition.articles]
    fresh = [offset for offset in offsets if -timedelta(hours=48) <= offset <= timedelta(0)]
    assert len(fresh) >= 100
    assert min(offsets) >= -timedelta(days=7)


def test_more_appears_behind_the_start_until_the_ninth_day(edition: Edition) -> None:
    later = [one.texts[0].offset for one in edition.articles if one.texts[0].offset > timedelta(0)]
    updates = [text.offset for one in edition.articles for text in one.texts[1:]]
    assert len(later) >= 15
    assert sum(offset > timedelta(0) for offset in updates) >= 2
    assert max(later) >= timedelta(days=9)
    assert sum(offset < timedelta(minutes=30) for offset in later) >= 3


def test_no_feed_says_anything_of_the_future_at_the_start(edition: Edition) -> None:
    for source in edition.sources:
        if source.feed_kind == "page":
            continue
        body = origin._feed(edition, source, now=STARTED, started=STARTED)
        read = parse_feed(body.content, url=source.feed_url, content_type=body.content_type, now=STARTED)
        moments = [moment for one in read.entries for moment in (one.published, one.updated) if moment]
        assert moments, source.key
        assert max(moments) <= STARTED, source.key


def test_the_texts_of_an_article_follow_one_another(edition: Edition) -> None:
    for one in edition.articles:
        offsets = [text.offset for text in one.texts]
        assert offsets == sorted(set(offsets)), one.slug
        assert len({(text.headline, text.standfirst, text.html) for text in one.texts}) == len(one.texts), one.slug


def test_an_article_appears_ten_minutes_after_the_start(edition: Edition) -> None:
    late = article(edition, LATE)
    assert late.at(after(9.9), STARTED) is None
    shown = late.at(after(10), STARTED)
    assert shown is not None
    assert shown.published == shown.updated == after(10).replace(microsecond=0)


def test_a_known_article_gets_a_corrected_text_after_twenty_minutes(edition: Edition) -> None:
    known = article(edition, UPDATED)
    before, then = known.at(after(19.9), STARTED), known.at(after(20), STARTED)
    assert before is not None
    assert then is not None
    assert "Thirty-one vessels" in before.text.html
    assert "Twenty-three vessels" in then.text.html
    assert "Correction" in then.text.html
    assert before.published == then.published < STARTED
    assert before.updated == before.published
    assert then.updated == after(20).replace(microsecond=0)


@pytest.mark.parametrize(
    ("length", "minutes"),
    [("45 min", 45), ("3 h", 180), ("3 h 20 min", 200), ("1 d 2 h 5 min", 1565), ("2 d", 2880)],
)
def test_a_length_of_time_is_read_from_words(length: str, minutes: int) -> None:
    assert duration(length) == timedelta(minutes=minutes)


@pytest.mark.parametrize("length", ["", "3", "20 minutes", "-3 h", "min", "3h"])
def test_other_words_are_not_a_length_of_time(length: str) -> None:
    with pytest.raises(ValueError, match="not a length of time"):
        duration(length)


# Mistakes in the files.

SOURCES = """
[[source]]
key = "a"
name = "A"
owner = "A"
host = "a.example"
about = ""
language = "en"
section = "world"
feed = {kind = "rss", path = "/feed.xml"}
rights = {text = "full", pages = false, picture = "none", canonical = "origin", \
licence = "", licence_url = "", words = ""}
"""
HEAD = 'source = "a"\nsection = "world"\nheadline = "H"\nstandfirst = "S"\nbyline = []\ntopics = []\n'
TEXT = f'+++\n{HEAD}age = "2 h"\n+++\n<p>One.</p><p>Two.</p><p>Three.</p>'


def small_edition(folder: Path, **files: str) -> Edition:
    """An edition of one source with these articles, by slug."""
    (folder / "sources.toml").write_text(SOURCES)
    (folder / "articles").mkdir()
    for slug, text in files.items():
        (folder / "articles" / f"{slug}.html").write_text(text)
    return load(folder)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<p>No head.</p>", "x.html: the head must stand between"),
        ("+++\nsource = \n+++\n<p>T</p>", "x.html: Invalid value"),
        (f"+++\n{HEAD}colour = 1\n+++\n<p>T</p>", "x.html: unknown in the head: colour"),
        (f"+++\n{HEAD}+++\n<p>T</p>", "x.html: 'age' is missing"),
        (f'+++\n{HEAD}age = "soon"\n+++\n<p>T</p>', "x.html: 'soon' is not a length"),
        (f'+++\n{HEAD}age = "1 h"\n+++\n', "x: there is no text"),
        (f'+++\n{HEAD}age = "1 h"\npicture = "none-such"\n+++\n<p>T</p>', "x: no picture of the name none-such"),
        (f'+++\n{HEAD}age = "1 h"\ncopy_of = "y"\n+++\n', "x: no article to copy: y"),
        (f'+++\n{HEAD}age = "1 h"\ncopy_of = "copied"\n+++\n', "x: no article to copy: copied"),
        (f'+++\n{HEAD}age = "1 h"\nabridges = "copied"\nparagraphs = 2\n+++\n', "x: no article to copy: copied"),
        (f'+++\n{HEAD}age = "1 h"\nrewrite_of = "y"\n+++\n<p>T</p>', "x: no article to rewrite: y"),
    ],
)
def test_a_mistake_in_an_article_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    copied = f'+++\n{HEAD}age = "2 h"\ncopy_of = "whole"\n+++\n'
    with pytest.raises(EditionError, match=re.escape(complaint)):
        small_edition(tmp_path, whole=TEXT, copied=copied, x=text)


def test_a_source_that_is_not_in_the_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match=r"x\.html: 'b' is missing or not known"):
        small_edition(tmp_path, x=TEXT.replace('source = "a"', 'source = "b"'))


def test_a_mistake_in_the_sources_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES.replace('owner = "A"\n', ""))
    with pytest.raises(EditionError, match=r"sources\.toml: 'owner'"):
        load(tmp_path)


def test_a_mistake_in_the_pictures_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES)
    (tmp_path / "pictures.toml").write_text('[ship]\nalternative = "A ship"\ncredit = "C"\n')
    with pytest.raises(EditionError, match=r"pictures\.toml: 'caption'"):
        load(tmp_path)


def test_copies_and_abridgements_take_the_text_as_it_stood_when_they_appeared(tmp_path: Path) -> None:
    edition = small_edition(
        tmp_path,
        **{"whole": TEXT, "whole.update": '+++\nafter = "1 h"\n+++\n<p>New.</p><p>Two.</p><p>Three.</p>'},
        early=f'+++\n{HEAD}age = "1 h"\ncopy_of = "whole"\n+++\n',
        late=f'+++\n{HEAD}after = "2 h"\ncopy_of = "whole"\n+++\n',
        short=f'+++\n{HEAD}after = "2 h"\nabridges = "whole"\nparagraphs = 2\n+++\n',
    )
    html = {one.slug: one.texts[0].html for one in edition.articles}
    assert html["early"] == "<p>One.</p><p>Two.</p><p>Three.</p>"
    assert html["late"] == "<p>New.</p><p>Two.</p><p>Three.</p>"
    assert html["short"] == "<p>New.</p>\n<p>Two.</p>"
    assert {one.kin for one in edition.articles} == {"whole"}
