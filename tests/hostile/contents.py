"""Tricks of content: what arrives soundly and is no sound feed."""

from __future__ import annotations

import random
import uuid

from tests.hostile.feeds import DATE, entry, item, plain, rss, telling
from tests.hostile.ledger import Told
from tests.hostile.tricks import FINE, Setting, add, trick
from tests.wire_server import Behaviour, Exchange, answer

_HTML = b"<!doctype html><html><head><title>Sorry</title></head><body><p>Please log in.</p></body></html>"


def _body(name: str, reasons: str, what: str, body: bytes, kind: str = "application/rss+xml") -> None:
    add(name, reasons, what, lambda _: answer(body, kind), content=True)


# What is no feed

_body("html-as-feed", "not_a_feed", "a web page under the name of a feed", _HTML)
_body("text-as-feed", "not_a_feed", "plain words", b"Nothing here but words, and not many of them.")
_body("json-as-feed", "not_a_feed", "JSON that is no feed", b'{"error": "not today"}', "application/json")
_body("picture-as-feed", "not_a_feed", "a picture", b"\x89PNG\r\n\x1a\n" + bytes(2000))
_body("path-as-feed", "not_a_feed", "the name of a file, to be opened by a careless reader", b"/etc/passwd", "text/xml")
_body(
    "address-as-feed", "not_a_feed", "an address, to be fetched by a careless reader", b"http://127.0.0.1/", "text/xml"
)
_body("other-xml", "not_a_feed", "XML that is no feed", b'<?xml version="1.0"?><cars><car/></cars>', "text/xml")

# Wrong labels

_body("wrong-type", FINE, "a feed called a picture", plain(), "image/png")
_body("no-type", FINE, "a feed without a type", plain(), "")
_body("wrong-charset", FINE, "Latin-1 called UTF-8",
      plain().replace(b"harbour", "café".encode("latin-1")), "application/rss+xml; charset=utf-8")  # fmt: skip
_body("unknown-charset", FINE, "a charset nobody knows", plain(), "application/rss+xml; charset=klingon")
_body("utf-16", "fine broken_xml", "UTF-16 without saying so",
      plain().decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"))  # fmt: skip
_body("utf-7", "fine broken_xml not_a_feed", "UTF-7, in which markup hides", plain().decode().encode("utf-7"),
      "application/rss+xml; charset=utf-7")  # fmt: skip
_body("nul-bytes", "fine broken_xml", "NUL bytes between the words", plain().replace(b" harbour", b"\0harbour"))
_body("double-bom", FINE, "two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + plain())

# Damage and traps of XML

_body("xml-cut", "fine broken_xml", "a feed that stops in the middle", plain()[:-200])
_body("xml-two-roots", FINE, "two documents in one", plain() + plain())
_body("entities-undeclared", FINE, "HTML entities that XML does not know",
      plain().replace(b"harbour", b"harbour&nbsp;&eacute;&hellip;"))  # fmt: skip

_LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
_body("entity-bomb", "fine broken_xml took_too_long", "a billion laughs",
      f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{_LAUGHS}]><rss version="2.0"><channel>'
      "<title>&a9;</title><item><title>&a9;</title><link>http://a.test/1</link></item></channel></rss>"
      .encode())  # fmt: skip
_body("entity-quadratic", "fine broken_xml took_too_long", "one long entity, used often",
      f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]><rss version="2.0"><channel><title>T</title>'
      f"<item><title>{'&a;' * 5000}</title><link>http://a.test/1</link></item></channel></rss>".encode())  # fmt: skip
_body("entity-file", "fine broken_xml", "an entity that is a file",
      b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>'
      b"<title>T</title><item><title>&f; root</title><link>http://a.test/1</link></item></channel></rss>")  # fmt: skip
_body("entity-remote", "fine broken_xml", "a DTD from elsewhere",
      b'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss version="2.0"><channel>'
      b"<title>T</title><item><title>One</title><link>http://a.test/1</link></item></channel></rss>")  # fmt: skip


def _nested(setting: Setting) -> Behaviour:
    depth = setting.size(100_000, 20_000)
    deep = f"<description>{'<b>' * depth}x{'</b>' * depth}</description>"
    return answer(rss([item(entry("a.test", 1), extra=deep)]))


add("deep-nesting", "fine broken_xml took_too_long too_large", "tags a hundred thousand deep", _nested, content=True)
add("many-attributes", "fine broken_xml took_too_long too_large", "a hundred thousand attributes on one tag",
    lambda setting: answer(plain().replace(
        b"<channel>", b"<channel %s>" % b" ".join(b'a%d="1"' % n for n in range(setting.size(100_000, 20_000))))),
    content=True)  # fmt: skip
add("long-attribute", "fine broken_xml took_too_long too_large", "one attribute of a megabyte",
    lambda setting: answer(plain().replace(b"<channel>", b'<channel a="%s">' % (b"x" * (1 << 20)))),
    content=True)  # fmt: skip
add("slow-author", "fine took_too_long", "an author that makes a careless pattern slow",
    lambda _: answer(rss([item(entry("a.test", 1), extra=f"<author>{'a@' * 10_000}</author>")])),
    content=True)  # fmt: skip
add("long-title", "fine", "a title of a million letters",
    lambda setting: answer(rss([item(entry("a.test", 1, title="word" * setting.size(250_000, 50_000)))])),
    content=True)  # fmt: skip
add("blank-flood", "empty not_a_feed broken_xml took_too_long", "nine megabytes of blanks",
    lambda setting: answer(b" " * (9 << 20)), content=True)  # fmt: skip

# Entries that are told, and kept in the ledger


def _numbers(setting: Setting, count: int, **facts: str) -> Behaviour:
    return telling(setting, lambda host, poll: [entry(host, number, **facts) for number in range(count)])


add("feed", FINE, "an honest feed of ten entries", lambda setting: _numbers(setting, 10), content=True)
add("feed-growing", FINE, "an honest feed with one new entry at every poll",
    lambda setting: telling(setting, lambda host, poll: [entry(host, n) for n in range(poll + 9, poll - 1, -1)]),
    content=True)  # fmt: skip
add("items-100k", "fine too_large", "a hundred thousand entries",
    lambda setting: _numbers(setting, setting.size(100_000, 3000)), content=True)  # fmt: skip
add("guids-random", FINE, "every poll new ids for the same ten entries",
    lambda setting: telling(setting, lambda host, poll: [entry(host, n, guid=uuid.uuid4().hex) for n in range(10)]),
    content=True)  # fmt: skip
add("guids-swapped", FINE, "two entries that exchange their ids at every poll",
    lambda setting: telling(setting, lambda host, poll: [
        entry(host, 0, guid=f"id-{poll % 2}"), entry(host, 1, guid=f"id-{1 - poll % 2}")]), content=True)  # fmt: skip
add("guid-shared", FINE, "one id for all ten entries",
    lambda setting: _numbers(setting, 10, guid="the-one"), content=True)  # fmt: skip
add("guid-1-mb", FINE, "an id of a megabyte",
    lambda setting: _numbers(setting, 1, guid="g" * (1 << 20)), content=True)  # fmt: skip
add("guid-of-another", FINE, "ids that are another host's addresses",
    lambda setting: telling(setting, lambda host, poll: [
        entry(host, n, guid=f"http://victim.test/news/{n}") for n in range(3)]), content=True)  # fmt: skip
add("link-of-another", FINE, "links that lead to another host's articles",
    lambda setting: telling(setting, lambda host, poll: [
        entry(host, n, link=f"http://victim.test/news/{n}") for n in range(3)]), content=True)  # fmt: skip
add("titles-changing", FINE, "new titles for the same entries at every poll",
    lambda setting: telling(setting, lambda host, poll: [
        entry(host, n, title=f"Take {poll} of {n}") for n in range(5)]),
    content=True)  # fmt: skip

_CLOCKS = {
    "clock-1970": "Thu, 01 Jan 1970 00:00:00 GMT",
    "clock-0000": "Sat, 01 Jan 0000 00:00:00 GMT",
    "clock-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
    "clock-number": "1e308",
    "clock-in-ten-years": "Tue, 24 Nov 2036 08:00:00 GMT",
    "clock-none": "",
}
for _name, _date in _CLOCKS.items():
    add(_name, FINE, f"every entry dated {_date or 'not at all'}",
        lambda setting, date=_date: telling(  # type: ignore[misc]
            setting, lambda host, poll: [entry(host, n) for n in range(5)], date), content=True)  # fmt: skip


@trick("feed-and-page", "fine not_a_feed", "a feed and a web page in turn", content=True)
def feed_and_page(setting: Setting) -> list[Behaviour]:
    feed = _numbers(setting, 10)
    return [feed, answer(_HTML, "text/html")] * 50


@trick("feed-and-empty", FINE, "a feed and one without entries in turn", content=True)
def feed_and_empty(setting: Setting) -> list[Behaviour]:
    return [_numbers(setting, 10), answer(rss([]))] * 50


@trick("scripts-everywhere", FINE, "active content in every field", content=True)
def scripts_everywhere(_: Setting) -> Behaviour:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    bad = (
        f"<item><title>{evil}</title><link>javascript:alert(1)</link><guid>{evil}</guid><pubDate>{DATE}</pubDate>"
        f"<author>{evil}</author><category>{evil}</category><description>{evil}</description></item>"
    )
    return answer(rss([bad, item(entry("a.test", 1))], head=f"<language>{evil}</language>"))


@trick("base-hostile", FINE, "an xml:base that makes every link a script", content=True)
def base_hostile(_: Setting) -> Behaviour:
    body = plain().replace(b'<rss version="2.0">', b'<rss version="2.0" xml:base="javascript:alert(1)//">')
    return answer(body.replace(b"<link>http://a.test/news/1</link>", b"<link>news/1</link>"))


@trick("etag-always-new", FINE, "a new ETag at every poll, and never 304", content=True)
def etag_always_new(setting: Setting) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        told: list[Told] = [entry(exchange.request.host or "a.test", number) for number in range(5)]
        setting.ledger.tell(told)
        body = rss([item(one) for one in told], host=exchange.request.host or "a.test")
        exchange.respond(200, body, {"Content-Type": "text/xml", "ETag": f'"{random.random()}"'})

    return behave
