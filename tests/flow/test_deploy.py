"""The files an operator copies: the unit is right, its command starts, nginx takes the example."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "docs" / "deploy" / "broadsheet.service"
NGINX = ROOT / "docs" / "deploy" / "nginx.conf"


def need(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def exec_start() -> list[str]:
    [line] = re.findall(r"^ExecStart=(.*)$", UNIT.read_text(), re.M)
    return shlex.split(line)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = need("systemd-analyze")
    # The program is not installed in /opt here; everything else is checked as it stands.
    stand_in = tmp_path / "broadsheet"
    stand_in.write_text("#!/bin/sh\n")
    stand_in.chmod(0o755)
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(exec_start()[0], str(stand_in)))
    done = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line]
    assert not complaints
    assert done.returncode == 0, done.stderr


@pytest.mark.slow("loads the whole program")
def test_the_command_of_the_unit_is_understood_as_it_stands(tmp_path: Path) -> None:
    """The line itself, with only the program's place changed; stopped at the settings, before anything is made."""
    program, *arguments = exec_start()
    assert program.endswith("/bin/broadsheet")
    environ = {"PYTHONPATH": str(ROOT / "src"), "BROADSHEET_DATA": str(tmp_path), "BROADSHEET_WEB_WORKERS": "none"}
    command = [sys.executable, "-m", "broadsheet.ops.cli", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[1].strip().startswith("BROADSHEET_WEB_WORKERS:")
    assert not list(tmp_path.iterdir())


@pytest.mark.long("first start of the whole portal, and its ending")
def test_the_command_of_the_unit_serves_a_front_page_and_ends(tmp_path: Path) -> None:
    _, *arguments = exec_start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments[arguments.index("--port") + 1] = str(port)
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src"), "BROADSHEET_DATA": str(tmp_path / "data")}
    for name in ("BROADSHEET_SECRET_KEY", "BROADSHEET_DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environ.pop(name, None)
    log = (tmp_path / "log").open("w")
    portal = subprocess.Popen(
        [sys.executable, "-m", "broadsheet.ops.cli", *arguments], env=environ, stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + 120
        while "Running." not in (tmp_path / "log").read_text():
            assert portal.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
            link.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            assert link.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert "/account/set-up/" in (tmp_path / "log").read_text()
    finally:
        portal.send_signal(signal.SIGTERM)
        log.close()
        assert portal.wait(40) == 0


def nginx_conf(folder: Path, upstream: int, authority: Any) -> Path:
    """The example as a whole configuration, with a certificate of this test and ports that are free to anybody."""
    issued = authority.issue_cert("news.example.org")
    certificate, key = folder / "fullchain.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    site = (
        NGINX.read_text()
        .replace("/etc/ssl/broadsheet/", f"{folder}/")
        .replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    )
    site = re.sub(
        r"listen (\[::\]:)?(\d+)", lambda m: f"listen {'[::1]:' if m[1] else '127.0.0.1:'}{int(m[2]) + 47000}", site
    )
    conf = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"pid {folder}/pid; error_log {folder}/errors; events {{}} http {{ access_log off; {temporary}\n{site}\n}}"
    )
    return conf


def test_nginx_takes_the_example_with_a_certificate(tmp_path: Path) -> None:
    program = need("nginx")
    conf = nginx_conf(tmp_path, 8000, trustme.CA())
    done = subprocess.run([program, "-t", "-q", "-c", str(conf)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@pytest.mark.slow("a server and nginx before it")
def test_nginx_hands_readers_on_over_tls_by_the_example(tmp_path: Path) -> None:
    program = need("nginx")
    seen: list[dict[str, str]] = []

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"paper")

        def log_message(self, *_: Any) -> None:
            return

    authority = trustme.CA()
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as portal:
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        conf = nginx_conf(tmp_path, portal.server_port, authority)
        nginx = subprocess.Popen([program, "-c", str(conf), "-g", "daemon off;"])
        try:
            answer = over_tls(context, "GET /?q=1 HTTP/1.1\r\nHost: news.example.org\r\nX-Forwarded-For: 10.9.8.7\r\n"
                              "X-Forwarded-Proto: http\r\nConnection: close\r\n\r\n")  # fmt: skip
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(b"paper")
            assert seen[0]["host"] == "news.example.org"
            assert (seen[0]["x-forwarded-for"], seen[0]["x-forwarded-proto"]) == ("127.0.0.1", "https")
        finally:
            nginx.terminate()
            nginx.wait(10)
            portal.shutdown()


def over_tls(context: ssl.SSLContext, request: str) -> bytes:
    """Ask nginx, waiting for it to listen."""
    for _ in range(100):
        try:
            with (
                socket.create_connection(("127.0.0.1", 47443), timeout=5) as plain,
                context.wrap_socket(plain, server_hostname="news.example.org") as secure,
            ):
                secure.sendall(request.encode())
                return b"".join(iter(lambda: secure.recv(65536), b""))
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nginx does not listen")


def test_every_file_the_guide_names_exists() -> None:
    guide = ROOT / "docs" / "operating.md"
    for target in re.findall(r"\]\(([^)#]+)\)", guide.read_text()):
        assert (guide.parent / target).exists(), target


def test_every_command_the_guide_names_exists() -> None:
    from broadsheet.ops import cli

    text = (ROOT / "docs" / "operating.md").read_text()
    named = set(re.findall(r"(?:^    |&& |`)(?:broadsheet|\./run(?: cli)?) ([a-z]+)\b(?! COMMAND)", text, re.M)) - {
        "cli"
    }
    [commands] = [set(a.choices) for a in cli.parser()._actions if a.dest == "command"]
    assert named <= commands
    assert len(named) >= 7
