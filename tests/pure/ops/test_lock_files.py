"""The lock files: all of pyproject's packages, each with hashes, no index addresses, nothing of one machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def locked(name: str) -> dict[str, int]:
    """Package names with their number of hashes."""
    found: dict[str, int] = {}
    package = ""
    for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines():
        if line.startswith("    --hash=sha256:"):
            found[package] += 1
        elif not line.startswith("#"):
            package = re.split(r"==", line)[0]
            found[package] = 0
    return found


def pins(name: str) -> dict[str, str]:
    """Package names with their version."""
    return dict(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.M))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;~! ]", one)[0].lower().replace("_", "-") for one in requirements}


def test_check_89_each_package_has_hashes_and_no_address() -> None:
    for name in ("base", "dev", "rivals"):
        assert all(locked(name).values())
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert not re.search(r"https?:|file:|index-url|find-links|(^|\s)/\w", text)


def test_the_lock_holds_what_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = names(project["project"]["dependencies"])
    dev = names(project["dependency-groups"]["dev"]) - {"broadsheet"}
    assert wanted <= set(locked("base")), "./run lock"
    assert wanted | dev | {"psycopg"} <= set(locked("dev")), "./run lock"
    assert names(project["dependency-groups"]["rivals"]) <= set(locked("rivals")), "./run lock"


def test_what_runs_is_the_same_for_developers() -> None:
    assert pins("base").items() <= pins("dev").items()


def test_rivals_and_we_share_one_version_of_what_both_need() -> None:
    ours, theirs = pins("dev"), pins("rivals")
    assert {name: theirs[name] for name in ours.keys() & theirs.keys()} == {
        name: ours[name] for name in ours.keys() & theirs.keys()
    }


@pytest.mark.parametrize("name", ["run", ".ci/run"])
def test_the_scripts_are_executable(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111
