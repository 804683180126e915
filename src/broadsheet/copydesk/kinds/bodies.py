"""From the bytes of a body to text in the right encoding, and to an XML tree if there is one."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Callable
from html.entities import name2codepoint

from lxml import etree

from broadsheet.copydesk import prelimits
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.kinds import guess
from broadsheet.lib.reasons import Reason

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How "<?" or "<r" looks in an encoding without a mark, by the appendix F of XML 1.0.
_SHAPES = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
# "<?xm" in EBCDIC, whose kinds agree on the letters of a declaration.
_EBCDIC = b"\x4c\x6f\xa7\x94"
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# What servers call these, browsers read as their supersets (WHATWG Encoding Standard).
_SUPERSETS = {
    "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin-1": "windows-1252",
    "latin1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252",
    "iso-8859-9": "windows-1254", "iso-8859-11": "windows-874", "gb2312": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "shift_jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "big5": "big5hkscs",
}  # fmt: skip
# Encodings in which bytes below 128 are not ASCII: valid UTF-8 says nothing there. UTF-7 is not
# among them: no feed needs it and it hides markup.
_EBCDICS = frozenset("cp037 cp273 cp424 cp500 cp875 cp1026 cp1140 ibm037 ibm500 ibm1026 ibm1140".split())
_ESCAPED = frozenset({"iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "hz"})


# Control characters of ISO 8859-1: no honest text has them. Text that was encoded twice often does, and so does text in
# windows-1252 that was taken for ISO 8859-1.
_C1 = re.compile("[\x80-\x9f]")
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
# How letters look in UTF-8 that were encoded twice: "Ã¤", "â€™".
_TWICE_BYTES = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_MEANT = {code: bytes([code]).decode("windows-1252") for code in range(0x80, 0xA0) if code not in _HOLES}


def _byte_again(error: UnicodeError) -> tuple[bytes, int]:
    """For windows-1252: the control characters that it has no place for, as the bytes they came from."""
    assert isinstance(error, UnicodeEncodeError)
    wrong = error.object[error.start : error.end]
    if all("\x80" <= one <= "\x9f" for one in wrong):
        return bytes(map(ord, wrong)), error.end
    raise error


def _stray_byte(error: UnicodeError) -> tuple[str, int]:
    """For UTF-8: one byte that is none of it is a letter of windows-1252; a torn character is lost."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = bytes(error.object[error.start : error.end])
    return (wrong.decode("windows-1252", "replace") if len(wrong) == 1 else "\ufffd"), error.end


codecs.register_error("byte-again", _byte_again)
codecs.register_error("stray-byte", _stray_byte)


_GZIP = b"\x1f\x8b"


def inflated(body: bytes) -> bytes:
    """The body itself, or what is inside one that is gzip under another name."""
    for _ in range(2):
        if body.startswith(_GZIP):
            body = _gunzipped(body)
    return body


def _gunzipped(body: bytes) -> bytes:
    """All members of a gzip file; of a torn one what there is."""
    parts: list[bytes] = []
    size = 0
    while body.startswith(_GZIP):
        inner = zlib.decompressobj(47)
        try:
            parts.append(inner.decompress(body, prelimits.MAX_BYTES + 1 - size))
        except zlib.error as error:
            if parts:
                break
            raise NotReadable(Reason.WRONG_ENCODING, f"Damaged gzip: {error}.") from error
        size += len(parts[-1])
        if size > prelimits.MAX_BYTES:
            raise NotReadable(Reason.TOO_LARGE, "Too large once decompressed.")
        body = inner.unused_data
    return b"".join(parts)


def decoded(body: bytes, content_type: str | None, *, html: bool = False) -> tuple[str, bool]:
    """The text of a body, and whether every byte of it could be read; see `_decoded`.

    Text that was encoded as UTF-8 twice is repaired, where all of it can be; what remains of control characters
    is read as windows-1252, which is what was meant.
    """
    text, whole = _decoded(body, content_type, html)
    if text.isascii():
        return text, whole
    controls = _C1_BYTES.search(body) and _C1.search(text)
    if (controls or _TWICE_BYTES.search(body)) and (repaired := _once_decoded(text)):
        return repaired, whole
    return (text.translate(_MEANT) if controls else text), whole


def _once_decoded(text: str) -> str | None:
    """What a text says that was decoded as windows-1252 and encoded again, or None."""
    try:
        return text.encode("windows-1252", "byte-again").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _decoded(body: bytes, content_type: str | None, html: bool) -> tuple[str, bool]:
    """The text of a body, and whether every byte of it could be read.

    A byte order mark wins; then UTF-8 if the bytes are valid UTF-8, whatever is claimed, since
    text in another encoding almost never is; then what the server says, unless it is what servers say when nobody
    told them; then what the document says; where nobody says anything, what it looks like; then windows-1252,
    in which anything can be read.
    """
    marked = body.startswith(codecs.BOM_UTF8)
    for mark, name in _BOMS:
        if body.startswith(mark):
            body = body[len(mark) :]
            if marked:
                break
            return _decode(body, name)
    for shape, name in _SHAPES:
        if body.startswith(shape):
            return _decode(body, name)
    if body.startswith(_EBCDIC):
        return _decode(body, _ebcdic(body))
    claims = ["utf-8"] if marked else _claims(body, content_type, html)
    if not any(claim in _ESCAPED for claim in claims):
        try:
            return body.decode("utf-8"), True
        except UnicodeDecodeError as error:
            # Some stray bytes in a long UTF-8 text: still UTF-8.
            if marked or (error.start > 0 and _mostly_utf8(body)):
                return body.decode("utf-8", "stray-byte"), False
    for claim in claims:
        if claim != "utf-8":
            text, whole = _decode(body, claim)
            if whole:
                return text, True
    if not claims and not html and (likely := guess.encoding_of(body)):
        return _decode(body, likely)
    return body.decode("windows-1252", "replace"), False


def _ebcdic(body: bytes) -> str:
    """Which EBCDIC a body declares to be in."""
    declared = _DECLARED.search(body[:300].decode("cp037").encode("ascii", "replace"))
    name = declared[1].decode("ascii").lower() if declared else "cp037"
    return name if name in _EBCDICS else "cp037"


def _claims(body: bytes, content_type: str | None, html: bool) -> list[str]:
    declared = (_META if html else _DECLARED).search(body[:4096])
    header = _CHARSET.search(content_type) if content_type else None
    found = [header[1]] if header else []
    if declared:
        # In pages the author knows better than the server, in feeds the other way round (RFC 7303, section 3).
        found.insert(0 if html else 1, declared[1].decode("ascii"))
    names = []
    for name in found:
        name = _SUPERSETS.get(name.lower(), name.lower())
        try:
            if codecs.lookup(name).name != "utf-7":
                names.append(name)
        except (LookupError, ValueError):
            continue
    if not html:
        names.sort(key=lambda name: name == "windows-1252")
    return names


def _decode(body: bytes, name: str) -> tuple[str, bool]:
    try:
        return body.decode(name), True
    except (UnicodeDecodeError, LookupError, ValueError):
        pass
    try:
        return body.decode(name, "replace"), False
    except (LookupError, ValueError, UnicodeDecodeError):
        return body.decode("windows-1252", "replace"), False


def _mostly_utf8(body: bytes) -> bool:
    """Whether most of the non-ASCII characters are valid UTF-8; in other encodings hardly any is."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return good > 2 * bad


_PREDEFINED = frozenset(("amp", "lt", "gt", "quot", "apos"))
_UNUSUAL = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(r"&(?!(?:[A-Za-z][\w.-]{0,31}|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_DECLARES = re.compile(r"<!ENTITY\s+([\w.-]+)")
# A document type that names a file or an address: libxml2 would look for it.
_DOCTYPE = re.compile(
    r"<!DOCTYPE\s+([\w:.-]{1,100})\s+(?:PUBLIC\s*(?:\"[^\"]*\"|'[^']*')\s*|SYSTEM\s*)(?:\"[^\"]*\"|'[^']*')?",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(r"<!ENTITY\s+%?\s*([\w.-]+)\s+(?:SYSTEM|PUBLIC)\s[^<>]{0,2000}>", re.IGNORECASE)
_START_TAG = re.compile(r"<[A-Za-z][\w:.-]*\s[^<>\"']*>")
_UNQUOTED = re.compile(r"(\s[\w:.-]+)\s*=\s*([^\s\"'<>]+?)(?=\s|/?>)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Numbers of control characters, which HTML reads as windows-1252, and so does everybody else.
_C1_NUMBER = re.compile(r"&#(?:0{0,4}(1[2-5]\d)|[xX]0{0,4}([89][0-9a-fA-F]));")
_BAD_NUMBER = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_ROOT = re.compile(r"<(?:\?xml|rss|feed|rdf:RDF|urlset|sitemapindex|channel|!DOCTYPE)\b", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")


def tree_of(text: str) -> tuple[etree._Element | None, list[str]]:
    """The root of the XML in a text, and what was wrong with it; None where there is no XML.

    Named HTML entities are replaced where the text has any, since a parser drops what it does not know. No
    external thing is ever opened: no network, no DTD, internal entities only. Damaged text is held against all the
    limits before anything is repaired.
    """
    text = _DECLARATION.sub("", text, count=1).lstrip("\ufeff \t\r\n")
    if "&#" in text:
        text = _C1_NUMBER.sub(_windows_number, text)
    if "<!DOCTYPE" not in text and "<!doctype" not in text:
        # Nothing is declared, so a strict parser stops at any name that it does not know.
        root, _ = _parsed(text, recover=False)
        if root is not None:
            return root, []
    prelimits.check(text.encode("utf-8", "replace"))
    return _tree_of_odd(text)


def _tree_of_odd(text: str) -> tuple[etree._Element | None, list[str]]:
    """The same for a text with a document type, HTML's entities, or damage."""
    text = _DOCTYPE.sub(r"<!DOCTYPE \1", text, count=1)
    declared: set[str] = set()
    if "<!ENTITY" in text:
        # What stands for a file or an address is taken out, name and all: it is never opened.
        outside = set(_EXTERNAL.findall(text))
        text = _EXTERNAL.sub("", text)
        for name in outside:
            text = text.replace(f"&{name};", "")
        declared = set(_DECLARES.findall(text))
    if _UNUSUAL.search(text):
        text = _outside_sections(text, lambda part: _with_entities(part, declared))
    root, trouble = _parsed(text, recover=False)
    if root is not None:
        return root, []
    if declared:
        # Whoever declares entities and breaks the rules gets no second try: it may be a bomb.
        raise NotReadable(Reason.BROKEN_XML, trouble)
    text = _repaired(text)
    root, _ = _parsed(text, recover=False)
    if root is None:
        root, _ = _parsed(_outside_sections(text, _with_quotes), recover=True)
    return root, [f"The XML is damaged: {trouble}"]


def _windows_number(match: re.Match[str]) -> str:
    code = int(match[1]) if match[1] else int(match[2], 16)
    return _MEANT.get(code, match[0])


def _parsed(text: str, *, recover: bool) -> tuple[etree._Element | None, str]:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities="internal", no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False, recover=recover,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser), ""
    except etree.XMLSyntaxError as error:
        return None, str(error)[:200]


def _outside_sections(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to all text that is not inside a character data section; linear."""
    first, *rest = text.split("<![CDATA[")
    parts = [change(first)]
    for part in rest:
        inside, end, outside = part.partition("]]>")
        parts.append(f"<![CDATA[{inside}{end}{change(outside) if outside else ''}")
    return "".join(parts)


def _with_quotes(text: str) -> str:
    """Attribute values in quotes where they are not, as in HTML."""
    return _START_TAG.sub(lambda tag: _UNQUOTED.sub(r'\1="\2"', tag[0]), text)


def _with_entities(text: str, declared: set[str]) -> str:
    def number(match: re.Match[str]) -> str:
        name = match[1]
        if name in _PREDEFINED or name in declared:
            return match[0]
        code = name2codepoint.get(name)
        return f"&#{code};" if code else f"&amp;{name};"

    return _NAMED.sub(number, text)


def _repaired(text: str) -> str:
    """The text without what XML forbids: control characters, bare ampersands, junk around it."""
    text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    if start := _ROOT.search(text[:20_000]):
        text = text[start.start() :]
        text = _DECLARATION.sub("", text, count=1)
    text = _outside_sections(text, lambda part: _BARE.sub("&amp;", part))
    return _BAD_NUMBER.sub(_checked_number, text)


def _checked_number(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    if allowed or 0x10000 <= code <= 0x10FFFF:
        return match[0]
    return "\ufffd" if code >= 32 else ""
