"""Addresses out of anybody's mouth: read without an exception, judged as they are dialled, folded to one form.

By hand: `python -m tests.fuzz.urls --seconds 600`. The first line of an input is the base, the rest the address.
"""

from __future__ import annotations

import ipaddress
import sys

from tests.fuzz import driver

with driver.watched():
    from broadsheet.lib import robots, urls
    from broadsheet.lib.http import Door, FetchFailed, addresses

SCRAPS = (
    b"http://", b"https://", b"//", b"/\\", b"http:\\\\", b"user:pass@", b"@", b":80", b":443", b":8080", b":99999",
    b"[::1]", b"[::ffff:127.0.0.1]", b"[fe80::1%25eth0]", b"127.0.0.1", b"0x7f.1", b"0177.0.0.01", b"2130706433",
    b"127.1", b"0", b"169.254.169.254", b"10.0.0.1", b"8.8.8.8", b"%31%32%37.0.0.1", b"localhost", b".local",
    b"xn--", b"xn--bcher-kva", b"www.", b".", b"..", b"/../", b"/./", b"/index.html", b"?utm_source=x",
    b"&fbclid=1", b"?", b"#", b"%2e%2e", b"%00", b"%", b"\xe3\x80\x82", b"\xef\xbc\x8e", b"\xe2\x91\xa0",
    b"\xef\xbd\x81", b"\xc3\x9f", b"\xe2\x80\x8d", b"\xc2\xad", b"\xcc\x81", b"javascript:", b"data:", b"file:///",
    b"mailto:a@b.c", b"blob:", b"feed:", b"a" * 63, b"\t", b"\n", b"\r",
)  # fmt: skip
SEEDS = [
    b"\nhttp://example.org/",
    b"http://a.test/dir/page\n../c?d=1&utm_source=x#top",
    b"\nhttps://user:pass@www.example.com:443/index.html?b=2&a=1#x",
    b"\nhttp://2130706433/\\@x", b"\nhttp://[::ffff:169.254.169.254]:80/", b"\nhttp://0177.0x0.1/", b"\nhttp://127.0.0.1./",
    "\nhttp://bücher.example/ü?ß".encode(), "\nhttp://①②⑦.⓪.⓪.①/".encode(), b"\nhttp://xn--bcher-kva.example/",
    b"https://a.test/\n//b.test/x", b"https://a.test/\n/\\b.test", b"https://a.test/\nhttps:b", b"\nmailto:a@b.test",
    b"\njavascript:alert(1)", b"\nht\ttp://exa\nmple.com/", b"\nhttp://example.com.:8080/a%20b/%7Ec", b"\nhttp://a..b/",
    b"\nhttp://example.co.uk/a;b=c?d[]=1&d[]=2", b"\nfile:///etc/passwd", b"\nhttp://[2606:4700::1111]/", b"\nhttp://8.8.8.8/",
]  # fmt: skip

_ASKED: list[str] = []


def _resolve(host: str, port: int) -> list[str]:
    _ASKED.append(host)
    return []


def _dial(address: str, port: int, timeout: float) -> object:
    _ASKED.append(address)
    raise ConnectionRefusedError(111, "Connection refused")


_DOOR = Door("fuzz", resolver=_resolve, dial=_dial, ports=range(1, 65_536), spacing=0)  # type: ignore[arg-type]
_RULES = "User-agent: *\nDisallow: /private\nDisallow: /*.php$\nAllow: /private/open\n"


def target(data: bytes) -> None:
    """Raises AssertionError where an address is not what it was taken for."""
    first, _, rest = data.decode("utf-8", "surrogateescape").partition("\n")
    parsed = urls.parse(rest, first or None)
    _folded(rest)
    link = urls.safe_link(rest, first or None)
    if link is not None:
        assert link.startswith(("http://", "https://", "mailto:")), link
        assert urls.safe_link(link) == link, link
    robots.read(rest).allows("http://a.test/x", "Broadsheet")
    if parsed is None:
        return
    again = urls.parse(parsed.href)
    assert again is not None
    assert (again.href, again.host, again.port) == (parsed.href, parsed.host, parsed.port), parsed
    if parsed.is_web:
        _dialled(parsed)
        robots.read(_RULES).allows(parsed.href, "Broadsheet")


def _folded(url: str) -> None:
    """One form for one address, and for every form the same key."""
    once = urls.canonical(url)
    assert urls.canonical(once) == once, (url, once)
    key = urls.key(url)
    assert urls.key(url) == key
    assert urls.key(once) == key, (url, once, key, urls.key(once))
    shown = urls.without_credentials(url)
    parsed = urls.parse(shown)
    assert parsed is None or not (parsed.username or parsed.password), shown
    if parsed is not None:
        urls.host_shown(parsed.host)
        urls.registrable(parsed.host)


def _dialled(parsed: urls.ParsedURL) -> None:
    """The host that was parsed is the one that is looked up or dialled; no inner address ever is."""
    _ASKED.clear()
    try:
        _DOOR.fetch(parsed.href)
    except FetchFailed:
        pass
    else:
        raise AssertionError("a fetch that cannot have gone anywhere")
    host = parsed.host.removesuffix(".")
    assert _ASKED in ([], [host]), (parsed.href, _ASKED)
    allowed, _ = _DOOR.judged(parsed.href)
    assert allowed == bool(_ASKED), parsed.href
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    assert not allowed or (addresses.is_public(literal) and literal.is_global), parsed.href


if __name__ == "__main__":
    sys.exit(driver.main("urls", target, SEEDS, SCRAPS))
