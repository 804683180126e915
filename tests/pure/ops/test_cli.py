"""The command line teaches by its help, and complains in one sentence."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.ops import cli
from broadsheet.ops.errors import OperatorError

SOURCES = Path(__file__).resolve().parents[3] / "src"


def commands(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Every command below ``parser`` with its help line."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield f"{path}{name}", command, helps.get(name, "")
                yield from commands(command, f"{path}{name} ")


def test_every_command_has_help_and_takes_the_data_directory() -> None:
    found = list(commands(cli.parser()))
    names = {name for name, _, _ in found}
    assert {"serve", "worker", "counting", "doctor", "backup", "restore", "createadmin", "settings"} <= names
    for name, command, help in found:
        assert help, f"{name} has no help"
        assert "--data" in command.format_usage(), name


def test_help_loads_no_framework() -> None:
    code = (
        "import sys; from broadsheet.ops import cli; cli.parser().format_help(); "
        "sys.exit(any(name in sys.modules for name in ('django', 'lxml', 'granian', 'sqlite3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(SOURCES)}, check=False).returncode == 0


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OperatorError("The tap is shut.", "Open it.", code=2), 2, ["broadsheet: The tap is shut.", "  Open it."]),
        (ValueError("odd\nsecond line"), 1, ["ValueError: odd", "BROADSHEET_TRACEBACK=1"]),
        (type("OperationalError", (Exception,), {})("gone away."), 1, ["did not answer: gone away.", "doctor"]),
    ],
)
def test_an_error_is_one_sentence_and_a_hint(
    error: Exception, code: int, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr("broadsheet.ops.commands.settings.run", fail)
    assert cli.main(["settings"]) == code
    said = capsys.readouterr().err
    assert all(word in said for word in words), said
    assert "Traceback" not in said
    assert "second line" not in said


def test_the_traceback_shows_on_request(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BROADSHEET_TRACEBACK", "1")
    monkeypatch.setattr("broadsheet.ops.commands.settings.run", lambda arguments: 1 / 0)
    assert cli.main(["settings"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_wrong_settings_end_with_2_and_name_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROADSHEET_PORT", "x")
    monkeypatch.setenv("BROADSHEET_SAMPLE", "x")
    assert cli.main(["settings"]) == 2
    said = capsys.readouterr().err
    assert "BROADSHEET_PORT:" in said
    assert "BROADSHEET_SAMPLE:" in said


def test_settings_hide_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("BROADSHEET_DATABASE_URL", "postgres://u:hunter2@h/db")
    monkeypatch.setenv("BROADSHEET_DATA", "/nowhere")
    assert cli.main(["settings", "--data", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "hunter2" not in said
    assert "BROADSHEET_DATABASE_URL = (set)" in said
    assert f"BROADSHEET_DATA = {tmp_path}" in said
