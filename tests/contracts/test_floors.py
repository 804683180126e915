"""The floors of the house: imports, relations between models, module sizes."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "broadsheet"

# Modules that may be longer than 400 lines, each with its reason. May only shrink.
LONG_MODULES: dict[str, str] = {}


def _floors() -> dict[str, int]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one for one in contracts if one["name"] == "floors")["layers"]
    return {room.strip(): level for level, floor in enumerate(reversed(layers)) for room in floor.split("|")}


def test_import_contracts_hold() -> None:
    # In a process of its own: the linter reconfigures logging.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def test_relations_lead_to_the_same_floor_or_down() -> None:
    """Foreign keys name models by string, which no import contract sees."""
    floors = _floors()
    wrong = []
    for model in apps.get_models():
        room = model.__module__.split(".")[1] if model.__module__.startswith("broadsheet.") else None
        if room is None:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model.__module__
            if target.startswith("broadsheet.") and floors[target.split(".")[1]] > floors[room]:
                wrong.append(f"{model.__name__}.{field.name} -> {target}")
    assert not wrong


def test_modules_stay_small() -> None:
    long = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 400
    }
    assert set(long) <= set(LONG_MODULES), long


def test_functions_stay_short() -> None:
    long = []
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for definition in ast.walk(ast.parse(path.read_text())):
            if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (definition.end_lineno or 0) - definition.lineno + 1
                if lines > 70:
                    long.append(f"{path.relative_to(PACKAGE)}:{definition.name} has {lines} lines")
    assert not long


def test_one_clock() -> None:
    """Wall time is read in `core.clock`; below it, it is handed in."""
    allowed = {"core/clock.py", "lib/http/door.py", "trends/pulse.py", "ops/sample/origin.py"}
    found = []
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if name in allowed or "migrations" in path.parts:
            continue
        text = path.read_text()
        for forbidden in ("datetime.now(", "timezone.now(", "time.time(", "date.today("):
            if forbidden in text:
                found.append(f"{name}: {forbidden}")
    assert not found


@pytest.mark.parametrize(
    "banned", ["import requests", "urllib.request", "http.client", "import httpx", "import urllib3"]
)
def test_no_side_door_to_the_network(banned: str) -> None:
    """Check 5, the part that reads the source: no HTTP client but the one behind the door."""
    users = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if banned in path.read_text() and not path.relative_to(PACKAGE).as_posix().startswith("lib/http/")
    ]
    assert not users


def test_no_migration_is_missing(db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
