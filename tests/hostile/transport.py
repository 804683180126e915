"""Tricks of the wire: time, length, framing, headers, statuses, redirects."""

from __future__ import annotations

import socket
import struct
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hostile.feeds import plain
from tests.hostile.tricks import FINE, Setting, add, trick
from tests.wire_server import (
    Behaviour,
    Exchange,
    answer,
    bad_chunking,
    drip,
    early_close,
    endless,
    hang_up,
    http09,
    lying_length,
    many_headers,
    raw,
    redirect,
    reset,
    silent,
    status,
    wait,
)

HEAD = b"HTTP/1.1 200 OK\r\n"
TYPE = b"Content-Type: application/rss+xml\r\n"
CHUNKED = HEAD + TYPE + b"Transfer-Encoding: chunked\r\n\r\n"
MIB = 1 << 20


def _just(name: str, reasons: str, what: str, behaviour: Behaviour) -> None:
    add(name, reasons, what, lambda _: behaviour)


# Time and connections

_just("silent", "timed_out", "never answers", silent())
_just("trickle-head", "timed_out", "one byte of the head at a time", drip(b"x" * 5000, 0.02, head=True))
_just("trickle-body", "timed_out", "one byte of the body at a time", drip(b"x" * 5000, 0.02))
_just("hang-up", "refused", "closes without a byte", hang_up())
_just("reset", "refused", "breaks the connection off", reset())
_just("early-close", "server_error", "half a chunk, then the end", early_close())
_just("half-head", "server_error", "half a header, then the end", raw(HEAD + b"Content-Le"))


@trick("trickle-chunks", "timed_out", "a chunk of one byte now and then")
def trickle_chunks(_: Setting) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.send(CHUNKED)
        while exchange.sleep(0.02):
            exchange.send(b"1\r\nx\r\n")

    return behave


@trick("reset-in-body", "server_error", "breaks off in the middle of the body")
def reset_in_body(_: Setting) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "application/rss+xml"}, length=100_000)
        exchange.send(b"<rss>")
        exchange.sleep(0.01)
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.close()

    return behave


@trick("half-closed", "server_error", "sends half, closes its sending side and goes on listening")
def half_closed(_: Setting) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "application/rss+xml"}, length=100_000)
        exchange.send(b"<rss>")
        exchange.connection.shutdown(socket.SHUT_WR)
        exchange.sleep(1)
        exchange.close()

    return behave


# Lengths and framing

FEED = plain()


def _with_length(length: bytes) -> Behaviour:
    return raw(HEAD + TYPE + b"Content-Length: " + length + b"\r\n\r\n" + FEED)


_just("length-too-long", "server_error", "announces more than it sends", lying_length(FEED, len(FEED) + 5000))
_just("length-negative", "server_error", "a negative length", _with_length(b"-5"))
_just("length-huge", "too_large", "a length of an exabyte", _with_length(b"1000000000000000000"))
_just("length-absurd", "too_large server_error", "a length of five thousand digits", _with_length(b"9" * 5000))
_just("length-in-words", "server_error", "a length that is no number", _with_length(b"many"))
_just("length-plus", "server_error", "a length with a sign", _with_length(b"+5"))
_just("length-twice", "server_error", "two lengths", _with_length(b"5\r\nContent-Length: 6"))
_just("length-and-chunks", "server_error fine", "a length and chunks at once",
      raw(HEAD + TYPE + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(FEED) + FEED
          + b"\r\n0\r\n\r\n"))  # fmt: skip
_just("chunk-no-number", "server_error", "chunks whose sizes are no numbers", bad_chunking())
_just("chunk-negative", "server_error", "a chunk of negative size", raw(CHUNKED + b"-5\r\nhello\r\n"))
_just("chunk-size-endless", "server_error", "a chunk size that never ends", raw(CHUNKED + b"f" * 400))
_just("transfer-unknown", "server_error", "a transfer coding nobody knows",
      raw(HEAD + b"Transfer-Encoding: smoke\r\n\r\nx"))  # fmt: skip
_just("body-endless", "too_large", "a body without end", endless())


@trick("length-too-short", FINE, "an honest feed, and a second answer behind it")
def length_too_short(_: Setting) -> Behaviour:
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    return raw(HEAD + TYPE + b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED + smuggled)


def _pouring(piece: bytes, head: bytes, most: int) -> Behaviour:
    """The same bytes again and again, up to `most`, then the end of the chunks."""

    def behave(exchange: Exchange) -> None:
        exchange.send(head)
        block = piece * max(16_384 // len(piece), 1)
        for _ in range(max(most // len(block), 1)):
            if exchange.stopping.is_set():
                break
            exchange.send(block)
        exchange.close()

    return behave


_EXTENSION = b"1;note=" + b"x" * 8000 + b"\r\ny\r\n"
add("chunk-extensions", "too_large server_error", "a note of 8 KB on every byte",
    lambda setting: _pouring(_EXTENSION, CHUNKED, setting.size(500 * MIB, 40 * MIB)))  # fmt: skip
add("chunk-crumbs", "too_large server_error", "a chunk for every byte, as fast as it goes",
    lambda setting: _pouring(b"1\r\nx\r\n", CHUNKED, setting.size(100 * MIB, 40 * MIB)))  # fmt: skip
add("trailer-flood", "too_large server_error", "trailers without end behind the body",
    lambda setting: _pouring(b"X-More: y\r\n", CHUNKED + b"5\r\nhello\r\n0\r\n",
                             setting.size(100 * MIB, 2 * MIB)))  # fmt: skip
add("body-50-mb", "too_large", "fifty megabytes, announced",
    lambda setting: _pouring(b"x" * 65_536, HEAD + TYPE + b"Content-Length: 52428800\r\n\r\n", 50 * MIB))  # fmt: skip
add("body-50-mb-unannounced", "too_large", "fifty megabytes without a length",
    lambda setting: _pouring(b"x" * 65_536, HEAD + TYPE + b"Connection: close\r\n\r\n", 50 * MIB))  # fmt: skip

# Heads

_just("http-0.9", "server_error", "a body and nothing else, as in 1991", http09(FEED))
_just("http-9.9", "server_error", "a version nobody knows", raw(b"HTTP/9.9 200 OK\r\n\r\n"))
_just("http-no-status", "server_error", "a status line without a status", raw(b"HTTP/1.1\r\n\r\n"))
_just("not-http", "server_error", "another protocol", raw(b"SSH-2.0-OpenSSH_9.2\r\n"))
_just("noise", "server_error", "every byte there is", raw(bytes(range(256)) * 4))
_just("header-no-colon", "server_error", "a header without a colon", raw(HEAD + b"nonsense\r\n\r\n"))
_just("header-nul", "server_error", "a NUL in a header", raw(HEAD + b"X: a\0b\r\n\r\n"))
_just("header-space", "server_error", "a blank before the colon", raw(HEAD + b"Content-Length : 5\r\n\r\nhello"))
_just("header-bare-cr", "server_error", "a bare CR in a header", raw(HEAD + b"X: a\rSet-Cookie: b\r\n\r\n"))
_just("header-1-mb", "too_large", "one header of a megabyte", status(200, FEED, x_long="y" * MIB))
add("headers-100k", "too_large", "a hundred thousand headers", lambda s: many_headers(s.size(100_000, 20_000)))
_just("headers-twice", FINE, "every header twice, and they differ",
      raw(HEAD + TYPE + b"Content-Type: text/html\r\nETag: \"1\"\r\nETag: \"2\"\r\nLast-Modified: x\r\n"
          b"Last-Modified: y\r\nConnection: close\r\n\r\n" + FEED))  # fmt: skip
_just("header-folded", "fine server_error", "a header on two lines",
      raw(HEAD + TYPE + b"X-Fold: a\r\n\tb\r\nConnection: close\r\n\r\n" + FEED))  # fmt: skip
_just("cookies", FINE, "two hundred cookies, each wanted back",
      raw(HEAD + TYPE + b"".join(b"Set-Cookie: c%d=1\r\n" % n for n in range(200))
          + b"Connection: close\r\n\r\n" + FEED))  # fmt: skip


def _informing(line: bytes) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        for _ in range(20_000):
            if exchange.stopping.is_set():
                break
            exchange.send(line * 50)
        exchange.close()

    return behave


_just("continue-forever", "too_large", "100 Continue without end", _informing(b"HTTP/1.1 100 Continue\r\n\r\n"))
_just("hints-forever", "too_large", "103 Early Hints without end",
      _informing(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"))  # fmt: skip
_just("hints-then-feed", FINE, "two preliminary answers, then an honest one",
      raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + HEAD + TYPE
          + b"Connection: close\r\n\r\n" + FEED))  # fmt: skip
_just("switching", "server_error", "101, another protocol from here on",
      raw(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\0\0\0"))  # fmt: skip

# Statuses

_just("empty-200", "empty", "nothing, with success", answer(b""))
_just("blank-200", "empty not_a_feed", "blanks, with success", answer(b" \r\n\t \n"))
_just("no-content-204", "empty", "204", raw(b"HTTP/1.1 204 No Content\r\n\r\n"))
_just("partial-206", "server_error", "a part that nobody asked for",
      status(206, FEED[:200], content_range=f"bytes 0-199/{len(FEED)}"))  # fmt: skip
_just("unasked-304", "server_error", "304 without a condition", status(304))
_just("choices-300", "server_error", "300", status(300))
_just("challenge-401", "forbidden", "wants a password", status(401, www_authenticate='Basic realm="x"'))
_just("challenge-407", "forbidden", "plays proxy", status(407, proxy_authenticate='Basic realm="x"'))
_just("forbidden-403", "forbidden", "403", status(403))
_just("missing-404", "not_found", "404", status(404))
_just("gone-410", "gone", "withdrawn for good", status(410))
_just("teapot-418", "refused", "418", status(418))
_just("legal-451", "forbidden", "451", status(451))
_just("broken-500", "server_error", "500 with a page", status(500, b"<html>Oh no</html>"))
_just("strange-999", "server_error", "a status nobody knows", status(999))

# Come back later, in every form

_LATER = datetime.now(UTC) + timedelta(hours=1)
_FORMS = {
    "wait-seconds": "3600",
    "wait-date": format_datetime(_LATER, usegmt=True),
    "wait-date-850": _LATER.strftime("%A, %d-%b-%y %H:%M:%S GMT"),
    "wait-date-asctime": _LATER.strftime("%a %b %d %H:%M:%S %Y"),
    "wait-for-ever": "999999999999",
    "wait-negative": "-60",
    "wait-in-words": "after lunch",
}
for _name, _value in _FORMS.items():
    _just(_name, "asks_to_wait", f"429, Retry-After: {_value}", wait(_value))
_just("wait-503", "asks_to_wait", "503 with Retry-After", wait("3600", 503))
_just("wait-503-silent", "server_error", "503 without Retry-After", wait(None, 503))

# Redirects

_TARGETS = {
    "redirect-loopback": "http://127.0.0.1/",
    "redirect-loopback-v6": "http://[::1]/",
    "redirect-number": "http://2130706433/",
    "redirect-private": "//10.0.0.1/feed",
    "redirect-metadata": "http://169.254.169.254/latest/meta-data/",
    "redirect-mapped": "http://[::ffff:169.254.169.254]/",
    "redirect-localhost": "http://localhost/",
    "redirect-file": "file:///etc/passwd",
    "redirect-ftp": "ftp://a.test/feed",
    "redirect-data": "data:text/xml,<rss/>",
    "redirect-script": "javascript:alert(1)",
    "redirect-gopher": "gopher://a.test:70/x",
    "redirect-port": "http://a.test:22/",
    "redirect-backslash": "http:\\\\127.0.0.1\\x",
}
for _name, _value in _TARGETS.items():
    _just(_name, "address_not_allowed", f"to {_value}", redirect(_value))
_just("redirect-loop", "too_many_redirects", "to itself", redirect("/redirect-loop"))
_just("redirect-nowhere", "server_error", "without a target", redirect(""))


@trick("redirect-chain", "too_many_redirects", "on and on, each address new")
def redirect_chain(_: Setting) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        _, _, step = exchange.request.path.partition("?")
        exchange.respond(302, b"", {"Location": f"/redirect-chain?{int(step or 0) + 1}"})

    return behave


@trick("redirect-bomb-body", "too_many_redirects", "a bomb as the body of a redirect to itself")
def redirect_bomb_body(_: Setting) -> Behaviour:
    headers = {"Location": "/redirect-bomb-body", "Content-Encoding": "gzip, gzip, gzip"}
    return lambda exchange: exchange.respond(302, b"\x1f\x8b no gzip", headers)
