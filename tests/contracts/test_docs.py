"""What the documents name exists, and what exists is named."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from broadsheet.config import options
from broadsheet.core import events
from broadsheet.core.events import Event
from broadsheet.ops import cli, verify, wiring
from broadsheet.ops.schedule import TIMERS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command, with its verbs under «noun verb»."""
    found: dict[str, argparse.ArgumentParser] = {}

    def walk(parser: argparse.ArgumentParser, before: str) -> None:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, command in action.choices.items():
                    found[f"{before}{name}"] = command
                    walk(command, f"{before}{name} ")

    walk(cli.parser(), "")
    return found


def test_every_setting_is_documented_and_no_other() -> None:
    documented = re.findall(r"^## `(BROADSHEET_\w+)`", read("docs/settings.md"), re.MULTILINE)
    assert documented == [option.variable for option in options.table()]


@pytest.mark.parametrize("option", options.table(), ids=lambda option: option.name)
def test_a_settings_help_and_default_are_those_of_the_table(option: options.Option) -> None:
    text = " ".join(read("docs/settings.md").split())
    assert " ".join(option.help.split()) in text
    assert option.default_shown in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    known = {option.variable for option in options.table()}
    known |= {f"{variable}_FILE" for variable in known}
    named = set(re.findall(r"BROADSHEET_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
    assert named <= known


# Commands that no page names so far; `--help` does. May only shrink.
NOT_NAMED: set[str] = set()


def test_every_command_is_named_for_the_operator() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    nouns = {name for name in commands() if " " not in name}
    missing = {name for name in nouns if not re.search(rf"(?:broadsheet|cli|run) {name}\b", pages)}
    assert missing <= NOT_NAMED


def test_every_command_says_in_a_line_what_it_does() -> None:
    for name, command in commands().items():
        parent = commands()[name.split()[0]] if " " in name else cli.parser()
        assert f" {name.split()[-1]}" in parent.format_help(), name
        assert command.format_help().strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = commands()
    nouns = {name.split()[0] for name in known}
    # Commands stand at the beginning of a line of code, or in backquotes.
    lines = re.findall(r"^ {4}(?:\./run cli|broadsheet) ([^\n#]+)", text, re.MULTILINE)
    lines += re.findall(r"`(?:\./run cli|broadsheet) ([^`]+)`", text)
    for line in lines:
        words = line.split()
        if not re.fullmatch(r"[a-z]+", words[0]):
            continue  # an option of the whole, or a name in capitals that stands for any
        assert words[0] in nouns, line
        verbs = {name.split()[1] for name in known if name.startswith(words[0] + " ")}
        if verbs and len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
            assert words[1] in verbs, line
        command = known.get(" ".join(words[:2])) or known[words[0]]
        flags = {flag for action in command._actions for flag in action.option_strings}
        for flag in re.findall(r"(--[a-z-]+)", line):
            assert flag in flags, f"{flag} in: {line}"


def table_of_events() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| `(\w+\.\w+)` \| [^|]* \|([^|]*)\|([^|]*)\|$", read("docs/architecture.md"), re.MULTILINE)
    return {name: (at_once.strip(), later.strip()) for name, at_once, later in rows}


def every_event() -> set[str]:
    import importlib

    rooms = [
        path.parent.name for path in (ROOT / "src" / "broadsheet").glob("*/events.py") if path.parent.name != "core"
    ]
    found = set()
    for room in rooms:
        module = importlib.import_module(f"broadsheet.{room}.events")
        found |= {
            one.name()
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, Event) and one is not Event
        }
    return found


def test_every_event_has_its_row_and_its_wiring() -> None:
    wiring.connect()
    wired = {name for name in events.subscriptions() if not name.startswith("core.")}
    assert set(table_of_events()) == wired == every_event()


def test_the_rows_say_who_listens() -> None:
    wiring.connect()
    documented = table_of_events()
    for name, (at_once, later) in events.subscriptions().items():
        if name not in documented:
            continue
        said_at_once, said_later = documented[name]
        assert bool(at_once) == bool(said_at_once), name
        assert bool(later) == bool(said_later), name
        for listener, word in (("mark_", "mark"), ("recount_", "recount"), ("assemble_soon", "assemble")):
            listens = any(listener in one for one in at_once)
            assert listens == (word in said_at_once), f"{name}: {listener}"


def test_the_wiring_as_it_stands() -> None:
    """A change here is a change of what a fact leads to: look twice."""
    wiring.connect()
    found = {
        name: "; ".join(
            [
                *(one.removeprefix("ops.wiring.") for one in at_once),
                *(f"later {one.removeprefix('ops.wiring.')}" for one in later),
            ]
        )
        for name, (at_once, later) in events.subscriptions().items()
        if not name.startswith("core.")
    }
    article = "recount_story; mark_article; assemble_soon"
    assert found == {
        "articles.ArticleFiled": "later place_and_publish",
        "articles.ArticlePublished": f"{article}; relate_soon",
        "articles.ArticleChanged": f"{article}; relate_soon",
        "articles.ArticleWithdrawn": article,
        "articles.ArticleFolded": "follow_original",
        "articles.SectionsChanged": "mark_sections; assemble_soon",
        "articles.TopicChanged": "mark_topic",
        "articles.TopicsNamed": "mark_named",
        "stories.StoryChanged": "mark_story; assemble_soon",
        "stories.RelatedChanged": "mark_related",
        "stories.StoryMerged": "mark_merged",
        "trends.HeatMoved": "mark_trending; assemble_soon",
        "editions.EditionChanged": "mark_edition",
        "pictures.PictureChanged": "mark_pictured; render_soon",
        "pictures.PictureRendered": "mark_pictured",
        "pictures.PictureRemoved": "mark_pictured",
        "sources.SourceChanged": "mark_source; later recount_source",
        "pages.StandingPageChanged": "mark_standing_page",
        "pages.RedirectsChanged": "mark_redirects",
        "pages.BrandChanged": "mark_brand",
    }


def test_connecting_twice_changes_nothing() -> None:
    wiring.connect()
    before = events.subscriptions()
    wiring.connect()
    assert events.subscriptions() == before


def test_timers_have_names_of_their_own_and_sane_times() -> None:
    assert len({timer.name for timer in TIMERS}) == len(TIMERS)
    assert all(5 <= timer.every <= 86_400 and 0 <= timer.first <= 3600 for timer in TIMERS)


def test_invariants_are_written_as_rules() -> None:
    assert all(invariant.rule.endswith(".") for invariant in verify.INVARIANTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|root|Users)/|/tmp/", text)
