"""`broadsheet try` as a program: no data folder, no database, no framework; memory that does not grow."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.ops import cli
from tests.pure.ops.test_try_answers import PAGE, RSS

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "broadsheet.ops.cli", "try"]


def environment(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT / "src"), "BROADSHEET_DATA": str(folder / "data"), "PATH": os.defpath}


def tree(pid: int) -> Iterator[int]:
    """A process and its children, whichever thread started them."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def resident(pid: int) -> int:
    """Resident memory of a process and its children, in MiB."""
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in tree(pid)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") // 2**20


def test_it_needs_no_data_folder_no_database_and_no_framework(tmp_path: Path) -> None:
    code = (
        "import sys; from broadsheet.ops import cli; status = cli.main(['try', 'markup']); "
        "sys.exit(status or any(name in sys.modules for name in ('django', 'sqlite3', 'pysqlite3')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b'{"id":"x","html":"<p>a<script>b</script>"}\nnonsense\n',
        capture_output=True, env=environment(tmp_path), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {"id": "x", "html": "<p>a</p>"}
    assert set(second) == {"id", "reason"}
    assert not (tmp_path / "data").exists()


def test_an_address_goes_through_the_door_without_a_data_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "feed", "http://127.0.0.1/feed"], capture_output=True, env=environment(tmp_path), cwd=ROOT,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert b"a place we do not fetch from" in done.stderr
    assert not (tmp_path / "data").exists()


def memory_over(kind: str, lines: list[bytes], count: int, folder: Path) -> tuple[int, int]:
    """Memory after a tenth of the lines and at their end, in MiB; every answer is looked at."""
    process = subprocess.Popen(
        [*COMMAND, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(folder), cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    into = process.stdin

    def ask() -> None:
        for number in range(count):
            into.write(b'{"id":%d,' % number + lines[number % len(lines)])
        into.flush()

    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    early = late = 0
    for number in range(count):
        answer = json.loads(process.stdout.readline())
        assert answer["id"] == number
        assert "reason" not in answer
        if number == count // 10:
            early = resident(process.pid)
        if number == count - 1:
            late = resident(process.pid)
    into.close()
    assert process.wait(10) == 0
    process.stdout.close()
    asker.join()
    return early, late


def requests(kind: str) -> list[bytes]:
    """The rest of a line behind its id; every one is of another size."""
    made = []
    for times in range(1, 9):
        if kind == "markup":
            asked: dict[str, str] = {
                "html": "<p onclick=x>The boat <b>left</b> at dawn.<script>x</script></p>" * 20 * times
            }
        else:
            body = RSS if kind == "feed" else PAGE.replace("</article>", "<p>And more of it came later.</p>" * times)
            asked = {"body": base64.b64encode(body.encode()).decode(), "url": "https://gazette.example/x"}
        made.append(json.dumps(asked)[1:].encode() + b"\n")
    return made


@pytest.mark.slow("a program of its own")
def test_many_lines_stream_through_without_growing_memory(tmp_path: Path) -> None:
    early, late = memory_over("markup", requests("markup"), 800, tmp_path)
    assert late - early < 12, f"{early} MiB became {late} MiB"


@pytest.mark.long("ten thousand lines of each kind")
@pytest.mark.parametrize("kind", ["markup", "feed", "page"])
def test_ten_thousand_lines_stream_through_without_growing_memory(kind: str, tmp_path: Path) -> None:
    early, late = memory_over(kind, requests(kind), 10_000, tmp_path)
    assert late - early < 30, f"{early} MiB became {late} MiB"


@pytest.mark.slow("reads the model of languages")
def test_a_person_is_shown_the_same_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "feed.xml").write_text(RSS)
    assert cli.main(["try", "feed", str(tmp_path / "feed.xml"), "--url", "https://gazette.example/feed"]) == 0
    said = capsys.readouterr().out
    assert "The & Gazette" in said
    assert "https://gazette.example/news/1" in said
    assert "<" not in said
    (tmp_path / "page.html").write_text(PAGE)
    assert cli.main(["try", "page", str(tmp_path / "page.html")]) == 0
    assert "baker's van" in capsys.readouterr().out


def test_a_person_is_told_in_a_sentence_what_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["try", "feed", str(tmp_path / "none.xml")]) == 1
    (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /")
    assert cli.main(["try", "robots", str(tmp_path / "robots.txt")]) == 2
    assert cli.main(["try", "robots", str(tmp_path / "robots.txt"), "--url", "https://a.example/x"]) == 0
    assert cli.main(["try", "address", "http://127.0.0.1/"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0] == "not allowed"
    assert shown.out.splitlines()[1].startswith("not allowed: ")
    assert "cannot be read" in shown.err
    assert "--url" in shown.err


def test_nobody_steers_a_terminal_through_a_headline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title = "Red \x1b[31m\x9b31m alert\u202e"
    (tmp_path / "f.json").write_text(
        json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": [{"id": title, "title": title}]}
        )
    )
    assert cli.main(["try", "feed", str(tmp_path / "f.json")]) == 0
    assert not set("\x1b\x9b\u202e") & set(capsys.readouterr().out)
