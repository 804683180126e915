"""What every fuzz harness is driven by: seeded mutation anywhere, coverage-guided where atheris is installed.

A harness names a target, which takes bytes and raises on whatever must never happen, and seeds to start from:

    with driver.watched():
        from broadsheet.lib import urls

    def target(data: bytes) -> None: ...

    SEEDS = [b"http://example.org/"]

    if __name__ == "__main__":
        sys.exit(driver.main("urls", target, SEEDS))

In the suite: `assert not driver.drive("urls", target, SEEDS, seconds=2).crashes`. By hand, from the root of the
project: `python -m tests.fuzz.urls --seconds 600`, which takes atheris where it is installed, unless `--plain` is said.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Target = Callable[[bytes], None]

MAX_LENGTH = 65_536
# One input that takes this many seconds is a hang: as bad as a crash.
SLOW = 5.0
# Distinct crashes that are kept; after as many the harness is broken rather than the product.
KEPT = 20
_GUIDED = "FUZZ_GUIDED"

# Bytes that parsers of text trip over.
SCRAPS: tuple[bytes, ...] = (
    b"<", b">", b"&", b'"', b"'", b"/", b"\\", b"=", b":", b";", b"#", b"%", b"@", b"?", b"[", b"]", b"{", b"}",
    b"\x00", b"\t", b"\r\n", b"\x1b", b"\x7f", b"\x85", b"\xa0", b"\xad", b"\xc0\xaf", b"\xed\xa0\x80", b"\xff\xfe",
    b"\xfe\xff", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xf4\x90\x80\x80", b"\xf0\x9f\x92\xa9",
    b"0", b"-1", b"1e308", b"9" * 20, b"2147483648", b"18446744073709551616", b"%00", b"%zz", b"..", b"//", b"\\u0000",
)  # fmt: skip


@dataclass(slots=True)
class Crash:
    """One way to fail: the input that did it and the last lines of the traceback."""

    where: str
    told: str
    data: bytes


@dataclass(slots=True)
class Outcome:
    """What a run came to. `crashes` holds one of each place; `slowest` is in seconds."""

    name: str
    runs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    crashes: list[Crash] = field(default_factory=list)

    def add(self, error: BaseException, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else repr(error)
        if len(self.crashes) < KEPT and all(one.where != where for one in self.crashes):
            self.crashes.append(Crash(where, "".join(traceback.format_exception(error)[-4:]), data))

    def line(self) -> str:
        return (
            f"{self.name}: {self.runs} runs in {self.seconds:.0f} s, {len(self.crashes)} distinct crashes, "
            f"slowest {self.slowest:.2f} s"
        )


def mutated(data: bytes, dice: random.Random, seeds: Sequence[bytes], scraps: Sequence[bytes] = SCRAPS) -> bytes:
    """The data changed in one to eight places: inserted, cut, flipped, repeated, crossed with another seed."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(out) + 1)
        match dice.randrange(8):
            case 0 | 1:
                out[place:place] = dice.choice(scraps)
            case 2:
                del out[place : place + dice.randint(1, 60)]
            case 3:
                out[place : place + 1] = bytes([dice.randrange(256)])
            case 4:
                start = dice.randrange(len(out) + 1)
                out[place:place] = out[start : start + dice.randint(1, 200)]
            case 5:
                other = dice.choice(seeds)
                start = dice.randrange(len(other) + 1)
                out[place:place] = other[start : start + dice.randint(1, 400)]
            case 6:
                out[place:place] = dice.choice(scraps) * dice.choice((2, 16, 300))
            case _:
                del out[dice.randrange(len(out) // 2, len(out) + 1) :]
    return bytes(out[:MAX_LENGTH])


def drive(
    name: str,
    target: Target,
    seeds: Iterable[bytes],
    *,
    seconds: float = 3.0,
    runs: int | None = None,
    seed: int = 1,
    scraps: Sequence[bytes] = (),
) -> Outcome:
    """Every seed as it is, then mutations of them until time or runs are over. Same seed, same inputs."""
    kept = list(seeds) or [b""]
    marks = (*SCRAPS, *scraps, *scraps)
    dice = random.Random(seed)
    outcome = Outcome(name)
    began = time.perf_counter()
    while runs is None or outcome.runs < runs:
        number = outcome.runs
        data = kept[number] if number < len(kept) else mutated(dice.choice(kept), dice, kept, marks)
        _one(target, data, outcome)
        outcome.seconds = time.perf_counter() - began
        if outcome.seconds >= seconds:
            break
    return outcome


def _one(target: Target, data: bytes, outcome: Outcome) -> None:
    started = time.process_time()
    try:
        target(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a crash
        outcome.add(error, data)
    took = time.process_time() - started
    outcome.runs += 1
    outcome.slowest = max(outcome.slowest, took)
    if took > SLOW:
        outcome.add(TimeoutError(f"one input took {took:.1f} s"), data)


def watched() -> contextlib.AbstractContextManager[object]:
    """Imports inside are instrumented when this process is a guided run; else nothing happens."""
    if os.environ.get(_GUIDED):
        import atheris  # type: ignore[import-not-found]

        watching: contextlib.AbstractContextManager[object] = atheris.instrument_imports(include=["broadsheet"])
        return watching
    return contextlib.nullcontext()


def main(name: str, target: Target, seeds: Iterable[bytes], scraps: Sequence[bytes] = ()) -> int:
    """The command line of a harness; the number of distinct crashes is the exit code."""
    if os.environ.get(_GUIDED):
        return _guided_child(name, target, scraps)
    reader = argparse.ArgumentParser(prog=f"python -m tests.fuzz.{name}")
    reader.add_argument("--seconds", type=float, default=60.0)
    reader.add_argument("--runs", type=int, default=None)
    reader.add_argument("--seed", type=int, default=int(time.time()))
    reader.add_argument("--plain", action="store_true", help="mutate without coverage, even where atheris is installed")
    reader.add_argument("--keep", type=Path, default=None, help="a folder for the inputs that crashed")
    given = reader.parse_args()
    if given.plain or not _has_atheris():
        outcome = drive(name, target, seeds, seconds=given.seconds, runs=given.runs, seed=given.seed, scraps=scraps)
        how = f"seeded mutation, seed {given.seed}"
    else:
        outcome = _guided(name, seeds, seconds=given.seconds, runs=given.runs)
        how = "guided by coverage"
    for number, crash in enumerate(outcome.crashes):
        print(f"--- {crash.where}\n{crash.told}\n{crash.data[:400]!r}")
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{name}-{number}").write_bytes(crash.data)
    print(f"{outcome.line()} ({how})")
    return min(len(outcome.crashes), 100)


def _has_atheris() -> bool:
    from importlib.util import find_spec

    return find_spec("atheris") is not None


def _guided(name: str, seeds: Iterable[bytes], *, seconds: float, runs: int | None) -> Outcome:
    """The harness once more in a child that atheris owns, begun again after each hard crash."""
    outcome = Outcome(name)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as given:
        folder = Path(given)
        (folder / "corpus").mkdir()
        (folder / "crashes").mkdir()
        for number, one in enumerate(seeds):
            (folder / "corpus" / f"seed-{number:05}").write_bytes(one[:MAX_LENGTH])
        while (left := seconds - (time.monotonic() - began)) > 1 and len(outcome.crashes) < KEPT:
            command = [
                *(sys.executable, "-m", f"tests.fuzz.{name}", f"-max_total_time={int(left)}"),
                *(f"-artifact_prefix={folder}/hard-", f"-timeout={int(SLOW)}", "-rss_limit_mb=2048"),
                *(f"-max_len={MAX_LENGTH}", *([f"-runs={runs}"] if runs else []), str(folder / "corpus")),
            ]
            done = subprocess.run(
                command, env=os.environ | {_GUIDED: str(folder)}, capture_output=True, text=True, errors="replace"
            )
            if not _counted(done, folder, outcome):
                break
    outcome.seconds = time.monotonic() - began
    return outcome


def _counted(done: subprocess.CompletedProcess[str], folder: Path, outcome: Outcome) -> bool:
    """Take over what a guided child left; whether another one makes sense."""
    tally = folder / "tally"
    numbers = tally.read_text().split() if tally.exists() else ["0", "0"]
    tally.unlink(missing_ok=True)
    outcome.runs += int(numbers[0])
    outcome.slowest = max(outcome.slowest, float(numbers[1]))
    for path in sorted((folder / "crashes").iterdir()):
        where, _, told = (
            path.with_suffix(".told").read_text().partition("\n") if path.suffix == ".data" else ("", "", "")
        )
        if where and all(one.where != where for one in outcome.crashes):
            outcome.crashes.append(Crash(where, told, path.read_bytes()))
    hard = sorted(folder.glob("hard-*"))
    for path in hard:
        outcome.crashes.append(Crash(f"hard: {path.name}", done.stderr[-1500:], path.read_bytes()))
        path.unlink()
    if done.returncode and not hard:
        outcome.crashes.append(Crash("the harness itself", done.stderr[-1500:], b""))
        return False
    return bool(hard)


def _guided_child(name: str, target: Target, scraps: Sequence[bytes]) -> int:
    import atheris

    folder = Path(os.environ[_GUIDED])
    outcome = Outcome(name)

    def tried(data: bytes) -> None:
        known = len(outcome.crashes)
        _one(target, data, outcome)
        for crash in outcome.crashes[known:]:
            stem = re.sub(r"\W+", "-", crash.where)[-100:]
            (folder / "crashes" / f"{stem}.told").write_text(f"{crash.where}\n{crash.told}", errors="replace")
            (folder / "crashes" / f"{stem}.data").write_bytes(crash.data)
        if outcome.runs % 200 == 0 or outcome.crashes[known:]:
            (folder / "tally").write_text(f"{outcome.runs} {outcome.slowest}")

    words = folder / "words"
    words.write_text(_dictionary((*SCRAPS, *scraps)))
    atheris.Setup([sys.argv[0], f"-dict={words}", *sys.argv[1:]], tried)
    atheris.Fuzz()
    return 0


def _dictionary(scraps: Sequence[bytes]) -> str:
    """The scraps as libFuzzer wants them: each in quotes, byte by byte."""
    lines = ("".join(f"\\x{code:02x}" for code in one) for one in scraps if len(one) <= 60)
    return "".join(f'"{line}"\n' for line in lines)
