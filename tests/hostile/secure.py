"""Tricks of TLS: certificates that are no good, and handshakes that are none. Each has a port and a host of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hostile.feeds import plain
from tests.hostile.tricks import FINE, add
from tests.wire_server import WireServer, answer

HOSTS: dict[str, str] = {}


def _tls(name: str, reasons: str, what: str) -> None:
    HOSTS[name] = f"{name}.hostile.test"
    add(name, reasons, what, lambda _: answer(plain()), where="tls")


_tls("tls-good", FINE, "a sound certificate")
_tls("tls-expired", "certificate", "a certificate of last week")
_tls("tls-not-yet", "certificate", "a certificate of next week")
_tls("tls-self-signed", "certificate", "a certificate that vouches for itself")
_tls("tls-other-name", "certificate", "a certificate of another host")
_tls("tls-unknown-authority", "certificate", "a certificate of an authority nobody knows")
_tls("tls-plain", "certificate", "plain HTTP where TLS should be")
_tls("tls-silent", "timed_out", "a handshake that never comes")
_tls("tls-trickle", "timed_out certificate", "a handshake of a byte now and then")
_tls("tls-hang-up", "refused certificate", "closes in the handshake")


def self_signed(host: str) -> ssl.SSLContext:
    """A server context with a certificate signed by its own key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "both.pem")
        path.write_bytes(pem)
        context.load_cert_chain(path)
    return context


def _serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


class Secure:
    """The TLS side of the origin: a server for each trick, and the context of a client that trusts the right ones."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        self.names: dict[str, tuple[str, int]] = {}
        self._stack = contextlib.ExitStack()
        # What a client should check with.
        self.trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.authority.configure_trust(self.trusting)

    def open(self) -> None:
        """Starts all of them."""
        now = datetime.now(UTC)
        issue = self.authority.issue_cert
        contexts = {
            "tls-good": _serving(issue(HOSTS["tls-good"])),
            "tls-expired": _serving(issue(HOSTS["tls-expired"], not_after=now - timedelta(days=7))),
            "tls-not-yet": _serving(issue(HOSTS["tls-not-yet"], not_before=now + timedelta(days=7))),
            "tls-self-signed": self_signed(HOSTS["tls-self-signed"]),
            "tls-other-name": _serving(issue("other.test")),
            "tls-unknown-authority": _serving(trustme.CA().issue_cert(HOSTS["tls-unknown-authority"])),
        }
        for name, context in contexts.items():
            server = self._stack.enter_context(WireServer(tls=context))
            server.script("/", answer(plain()))
            self.names[HOSTS[name]] = server.host(name)
        for name, talk in (("tls-plain", _plain), ("tls-silent", _silent), ("tls-trickle", _trickle),
                           ("tls-hang-up", _hang_up)):  # fmt: skip
            self.names[HOSTS[name]] = self._stack.enter_context(_talking(talk))

    def close(self) -> None:
        """Stops all of them."""
        self._stack.close()


Talk = Callable[[socket.socket, threading.Event], None]


def _plain(connection: socket.socket, _: threading.Event) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _silent(_: socket.socket, stopping: threading.Event) -> None:
    stopping.wait(30)


def _trickle(connection: socket.socket, stopping: threading.Event) -> None:
    connection.recv(4096)
    # The head of a handshake record that promises 16 KiB, then a byte of it at a time.
    connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    while not stopping.wait(0.02):
        connection.sendall(b"\0")


def _hang_up(connection: socket.socket, _: threading.Event) -> None:
    connection.recv(4096)


@contextlib.contextmanager
def _talking(talk: Talk) -> Iterator[tuple[str, int]]:
    """A listener whose every connection is talked to in a thread."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    stopping = threading.Event()
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            talk(connection, stopping)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    threads.append(threading.Thread(target=accept, daemon=True))
    threads[0].start()
    try:
        yield listener.getsockname()
    finally:
        stopping.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(timeout=2)
