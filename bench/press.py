"""How fast printed pages go out: our front door, nginx on the same bytes, and bare Granian.

    python -m bench.press [--rounds 9] [--seconds 2] [--json]

A store is filled with a front page (60 KB) and an article (41 KB). nginx hands out the store's
public tree with `gzip_static`; the front door hands out the store; a bare Granian application hands
out the same gzip bytes. All run one worker on loopback, asked by `wrk -t1 -c32` with
`Accept-Encoding: gzip`, in interleaved rounds. CPU per request is user plus system time of the
whole server tree, from /proc. Ratios are medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from broadsheet.press.filestore import FileStore
from broadsheet.press.frontdoor import FrontDoor
from broadsheet.press.generation import Generation
from broadsheet.press.printing import Sheet, print_sheet

PAGES = {"article": ("/world-news/harbour/", 41_000), "front": ("/", 60_000)}
_ROOT = Path(__file__).resolve().parents[1]
_FOLDER = "BENCH_PRESS_DIR"

_NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  types {{ text/html html; }} charset utf-8; etag on; gzip_static on; gzip_vary on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/press/public;
    add_header Cache-Control "public, max-age=0, must-revalidate"; }}
}}
"""


# What is served


def _page(size: int) -> str:
    """News-like HTML of about `size` bytes; it shrinks to some 28 %, as news pages do."""
    chance = random.Random(size)
    letters = "etaoinshrdlcumwfgypbvk"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(900)]
    weights = [1 / (n + 3) for n in range(900)]
    parts = ['<!doctype html><html lang="en"><title>Harbour opens</title><main>']
    length = 0
    while length < size - 100:
        text = " ".join(chance.choices(words, weights, k=38)).capitalize()
        link = f'<a href="/world-news/{words[length % 900]}/">{text[:20]}</a>'
        part = f'<p class="text">{link} {text}.</p>\n'
        parts.append(part)
        length += len(part)
    return "".join(parts) + "</main></html>"


def fill(folder: Path) -> None:
    """A store with both pages, its public tree beside it."""
    store = FileStore(folder / "press", public=True)
    headers = {
        "Content-Security-Policy": "default-src 'self'; script-src 'self'; object-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    for path, size in PAGES.values():
        sheet = Sheet(_page(size), keys=frozenset({"front", "section:world", "layout:1"}))
        store.put(path, print_sheet(path, sheet, page_headers=headers))


def door_app() -> FrontDoor:
    """A front door on the store in the folder that the environment names."""
    folder = Path(os.environ[_FOLDER])

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("404 Not Found", [])
        return [b""]

    return FrontDoor(
        app,
        store=FileStore(folder / "press", public=True),
        generation=Generation(folder / "press" / "generation"),
        printer_matches=lambda path: path in ("/", "/world-news/harbour/"),
        print_page=lambda path: None,
    )


def bare_app() -> Callable[..., Iterable[bytes]]:
    """The least a WSGI application can do: the same bytes out of a dictionary, four headers."""
    store = FileStore(Path(os.environ[_FOLDER]) / "press", public=True)
    bodies = {}
    for path, _ in PAGES.values():
        found = store.get(path)
        assert found is not None
        body = found.printed.gzip
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("Content-Length", str(len(body))),
            ("Vary", "Accept-Encoding"),
        ]
        bodies[path] = (headers, [body])

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers, body = bodies[environ["PATH_INFO"]]
        start_response("200 OK", headers)
        return body

    return app


# Who serves it


def _granian(folder: Path, port: int, factory: str, threads: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", str(threads), "--no-ws", "--log-level", "warning"]
    command.append(f"bench.press:{factory}")
    paths = f"{_ROOT / 'src'}{os.pathsep}{_ROOT}"
    # A small environment: Granian copies all of it into every request.
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, _FOLDER: str(folder)}
    return subprocess.Popen(command, env=env, cwd=_ROOT, start_new_session=True)


def _nginx(folder: Path, port: int) -> subprocess.Popen[bytes]:
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port))
    return subprocess.Popen(["nginx", "-c", str(config)], start_new_session=True)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int, path: str) -> int:
    """Wait for the server; the length of what it answers a gzip client."""
    ask = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
                link.sendall(ask.encode())
                answer = b"".join(iter(lambda: link.recv(65536), b""))
        except OSError:
            time.sleep(0.05)
            continue
        head, _, body = answer.partition(b"\r\n\r\n")
        if b"content-encoding: gzip" not in head.lower():
            raise SystemExit(f"The server on port {port} did not send the gzip form:\n{head.decode()}")
        return len(body)
    raise SystemExit(f"The server on port {port} did not start.")


# Measuring


def _tree(root: int) -> list[int]:
    pids = [root]
    for pid in pids:
        for listing in Path(f"/proc/{pid}/task").glob("*/children"):
            pids += [int(child) for child in listing.read_text().split()]
    return pids


def _cpu_seconds(root: int) -> float:
    """User and system time so far of a process and all below it."""
    ticks = 0
    for pid in _tree(root):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _round(server: int, port: int, path: str, seconds: int) -> tuple[float, float]:
    """Requests per second and CPU microseconds per request in one run of wrk."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-H", "Accept-Encoding: gzip"]
    before = _cpu_seconds(server)
    done = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    used = _cpu_seconds(server) - before
    if "Non-2xx" in done.stdout:
        raise SystemExit(f"Not every answer was good:\n{done.stdout}")
    count = re.search(r"(\d+) requests in", done.stdout)
    rate = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    assert count, done.stdout
    assert rate, done.stdout
    return float(rate.group(1)), used / int(count.group(1)) * 1e6


def measure(rounds: int, seconds: int, threads: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Run all rounds; figures by page and server."""
    with tempfile.TemporaryDirectory(prefix="bench-press-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # nginx's worker may be another user
        fill(folder)
        ports = {who: _free_port() for who in ("nginx", "door", "bare")}
        servers = {"nginx": _nginx(folder, ports["nginx"])}
        try:
            servers["door"] = _granian(folder, ports["door"], "door_app", threads)
            servers["bare"] = _granian(folder, ports["bare"], "bare_app", threads)
            return _measure(rounds, seconds, ports, {w: p.pid for w, p in servers.items()}, say)
        finally:
            for server in servers.values():
                server.send_signal(signal.SIGTERM)
            for server in servers.values():
                server.wait(10)


def _measure(
    rounds: int,
    seconds: int,
    ports: dict[str, int],
    pids: dict[str, int],
    say: Callable[[str], None],
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for page, (path, _) in PAGES.items():
        lengths = {who: _wait_for(port, path) for who, port in ports.items()}
        assert len(set(lengths.values())) == 1, f"not the same bytes: {lengths}"
        runs: dict[str, list[tuple[float, float]]] = {who: [] for who in ports}
        for number in range(rounds):
            for who, port in ports.items():
                runs[who].append(_round(pids[who], port, path, seconds))
            say(f"{page}: round {number + 1} of {rounds}")
        figures[page] = _summary(runs) | {"bytes_on_the_wire": lengths["door"]}
    return figures


def _summary(runs: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    median = statistics.median
    summary: dict[str, Any] = {
        who: {
            "requests_per_second": round(median(rate for rate, _ in of)),
            "cpu_us_per_request": round(median(cpu for _, cpu in of), 1),
        }
        for who, of in runs.items()
    }
    for who in ("door", "bare"):
        pairs = list(zip(runs[who], runs["nginx"], strict=True))
        summary[f"{who}_to_nginx"] = {
            "rate": round(median(mine[0] / its[0] for mine, its in pairs), 3),
            "cpu": round(median(mine[1] / its[1] for mine, its in pairs), 2),
        }
    return summary


def _table(figures: dict[str, Any]) -> str:
    lines = []
    for page, of in figures.items():
        lines.append(f"{page}, {of['bytes_on_the_wire']:,} bytes on the wire")
        for who, label in (("nginx", "nginx"), ("door", "front door"), ("bare", "bare Granian")):
            ratio = of.get(f"{who}_to_nginx", {"rate": 1, "cpu": 1})
            lines.append(
                f"  {label:<13}{of[who]['requests_per_second']:>8,} req/s"
                f"{of[who]['cpu_us_per_request']:>8} µs CPU"
                f"    to nginx: rate {ratio['rate']}, CPU {ratio['cpu']}"
            )
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """The command. 0 when measured, 0 with a plain word where nginx or wrk is not installed."""
    parser = argparse.ArgumentParser(prog="bench.press", description="Speed of printed pages.")
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds (9)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one run (2)")
    parser.add_argument("--threads", type=int, default=4, help="Granian's blocking threads (4)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(argv)
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if missing:
        word = f"Not measured: {' and '.join(missing)} not installed (apt-get install nginx wrk)."
        print(json.dumps({"skipped": word}) if options.json else word)
        return 0
    figures = measure(
        options.rounds,
        options.seconds,
        options.threads,
        lambda line: print(line, file=sys.stderr),
    )
    print(json.dumps(figures) if options.json else _table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
