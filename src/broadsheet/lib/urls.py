"""Web addresses, read the way a browser reads them (WHATWG), and folded for comparison.

Parsing is done by ada-url, the parser of Node.js. Everything that decides about an address works
on its result, so that the host that was judged is the host that is used.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import ada_url
import idna
from publicsuffixlist import PublicSuffixList

from broadsheet.lib.slugs import slugify

__all__ = [
    "ParsedURL",
    "canonical",
    "host_shown",
    "key",
    "parse",
    "registrable",
    "safe_link",
    "slugify",
    "without_credentials",
]

MAX_LENGTH = 8192
# What the standard drops at both ends of an address: C0 controls and the space, and no other blanks.
_TRIMMED = "".join(map(chr, range(0x21)))
DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}

# Parameters that say where a reader came from, not what is read.
_TRACKING_WORDS = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ymclid twclid ttclid igshid igsh mc_cid "
    "mc_eid mkt_tok _hsenc _hsmi hsctatracking vero_id vero_conv oly_anon_id oly_enc_id "
    "rb_clickid s_cid ns_mchannel ns_source ns_campaign ns_linkname ns_fee at_medium at_campaign "
    "at_custom1 at_custom2 at_custom3 at_custom4 at_link_id at_link_type at_link_origin "
    "at_format at_bbc_team at_ptr_name wt_mc wt.mc_id wtrid cmpid cmp_id xtor ocid ncid sr_share "
    "guccounter guce_referrer guce_referrer_sig spm scid srsltid li_fat_id epik s_kwcid "
    "_openstat ito dicbo icid intcid feature_share __twitter_impression trk_contact"
)
_TRACKING = frozenset(_TRACKING_WORDS.split())
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "_branch_", "itm_", "matomo_", "piwik_")


@dataclass(frozen=True, slots=True)
class ParsedURL:
    """One parsed address. ``host`` is ASCII and lower case; an IPv6 host has no brackets."""

    href: str
    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    username: str
    password: str
    is_address: bool

    @property
    def netloc(self) -> str:
        """Host and, where it is not the scheme's own, port, as a ``Host`` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port is None or self.port == DEFAULT_PORTS.get(self.scheme):
            return host
        return f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """Scheme, host and port: two addresses of one origin may share credentials."""
        return (self.scheme, self.host, self.port)

    @property
    def target(self) -> str:
        """Path and query as they go into a request line; never empty."""
        return (self.path or "/") + (f"?{self.query}" if self.query else "")

    @property
    def is_web(self) -> bool:
        """Whether this is an http or https address with a host."""
        return self.scheme in ("http", "https") and bool(self.host)


def parse(url: str, base: str | None = None) -> ParsedURL | None:
    """The address as a browser reads it, resolved against ``base``; None where it is not one.

    ``port`` is the effective one (80 for plain http). More than 8,192 characters are refused.
    """
    url = url.strip(_TRIMMED)
    if len(url) > MAX_LENGTH or (base is not None and len(base) > MAX_LENGTH):
        return None
    try:
        found = ada_url.URL(url, base) if base else ada_url.URL(url)
    except (ValueError, UnicodeError):
        return None
    # Escapes make an address longer; what comes out must itself be an address.
    if len(found.href) > MAX_LENGTH:
        return None
    scheme = found.protocol.removesuffix(":")
    host = found.hostname
    if "xn--" in host and not all(map(_is_sound_label, host.split("."))):
        return None
    port = int(found.port) if found.port else DEFAULT_PORTS.get(scheme)
    return ParsedURL(
        href=found.href,
        scheme=scheme,
        host=host.removeprefix("[").removesuffix("]"),
        port=port,
        path=found.pathname,
        query=found.search.removeprefix("?"),
        fragment=found.hash.removeprefix("#"),
        username=found.username,
        password=found.password,
        is_address=int(found.host_type) != 0,
    )


def _is_sound_label(label: str) -> bool:
    """Whether a label in punycode stands for something (ada-url lets some through that do not)."""
    if not label.startswith("xn--"):
        return True
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    return not decoded.isascii() and unicodedata.normalize("NFKC", decoded) == decoded


def _is_tracking(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _kept_query(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _is_tracking(part))


def _without_dot(host: str) -> str:
    """A host without the dot that ends a full name. More dots are no such end: without them ``21..`` were a number."""
    shorter = host.removesuffix(".")
    return host if not shorter or shorter.endswith(".") else shorter


def _rebuilt(parsed: ParsedURL) -> str:
    host = _without_dot(parsed.host)
    netloc = f"[{host}]" if ":" in host else host
    if parsed.port is not None and parsed.port != DEFAULT_PORTS.get(parsed.scheme):
        netloc = f"{netloc}:{parsed.port}"
    query = _kept_query(parsed.query)
    return f"{parsed.scheme}://{netloc}{parsed.path or '/'}" + (f"?{query}" if query else "")


def canonical(url: str) -> str:
    """The form of an address under which an article is stored and compared.

    Lower-case host without its trailing dot, no default port, no credentials, no fragment, no
    tracking parameters; the other parameters keep their order, the path its trailing slash and
    the scheme stays. What is not a web address comes back stripped, otherwise as it is.
    ``canonical(canonical(x)) == canonical(x)``.
    """
    parsed = parse(url)
    if parsed is None or not parsed.is_web:
        return url.strip(_TRIMMED)
    return _rebuilt(parsed)


_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)\Z", re.IGNORECASE)


def key(url: str) -> str:
    """A key that is equal for addresses that lead to the same page on nearly every site.

    Besides what :func:`canonical` drops: http and https, ``www.``, a
    trailing slash and ``index.html`` do not count. For recognising copies, never for fetching.
    """
    parsed = parse(url)
    if parsed is None or not parsed.is_web:
        return url.strip(_TRIMMED)
    host = _without_dot(parsed.host).removeprefix("www.")
    if parsed.port not in (None, 80, 443):
        host = f"{host}:{parsed.port}"
    path = _INDEX_PAGE.sub("/", parsed.path).rstrip("/")
    query = _kept_query(parsed.query)
    return f"{host}{path}" + (f"?{query}" if query else "")


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True, only_icann=False)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The domain that one owner registered: ``news.bbc.co.uk`` gives ``bbc.co.uk``.

    From the Public Suffix List. A host that is itself a suffix, an IP address or a single name
    comes back as it is.
    """
    name = host.lower().strip(".")
    if ":" in name or name.replace(".", "").isdigit():
        return name
    return _suffixes().privatesuffix(name) or name


def safe_link(url: str, base: str | None = None) -> str | None:
    """The absolute address of a link if a reader may be given it: http, https or mailto.

    Read as a browser would (tabs and newlines inside dropped, backslashes turned), so what is
    judged is what a click does. None for everything else. Credentials are taken out.
    """
    parsed = parse(url, base)
    if parsed is None:
        return None
    if parsed.scheme == "mailto":
        return parsed.href if parsed.path and "@" in parsed.path else None
    if not parsed.is_web:
        return None
    return _bare(parsed)


def without_credentials(url: str) -> str:
    """The address without user name and password; what cannot be parsed comes back cut short."""
    parsed = parse(url)
    if parsed is None:
        return url[:200] if "@" not in url else url.rpartition("@")[2][:200]
    return _bare(parsed)


def _bare(parsed: ParsedURL) -> str:
    if not parsed.username and not parsed.password:
        return parsed.href
    prefix, _, rest = parsed.href.partition("@")
    return prefix.partition("//")[0] + "//" + rest


_SCRIPT_RANGES = (
    ("latin", (0x41, 0x24F)),
    ("latin", (0x1E00, 0x1EFF)),
    ("greek", (0x370, 0x3FF)),
    ("greek", (0x1F00, 0x1FFF)),
    ("cyrillic", (0x400, 0x52F)),
    ("armenian", (0x530, 0x58F)),
    ("hebrew", (0x590, 0x5FF)),
    ("arabic", (0x600, 0x6FF)),
    ("arabic", (0x750, 0x77F)),
    ("devanagari", (0x900, 0x97F)),
    ("thai", (0xE00, 0xE7F)),
    ("georgian", (0x10A0, 0x10FF)),
    ("hangul", (0x1100, 0x11FF)),
    ("hangul", (0xAC00, 0xD7AF)),
    ("han", (0x3040, 0x30FF)),
    ("han", (0x3400, 0x9FFF)),
)
# Cyrillic and Greek letters that look like Latin ones: a whole label of them imitates another.
_LATIN_LOOKALIKES = frozenset("асеорхуіјѕһԁԛԝӏкмнтвгьαοινυκρτχ")


def _scripts(label: str) -> set[str]:
    scripts: set[str] = set()
    for character in label:
        code = ord(character)
        if code < 0x41 or (code < 0x80 and not character.isalpha()):
            continue
        scripts.add(next((name for name, (a, b) in _SCRIPT_RANGES if a <= code <= b), "other"))
    return scripts


def _trustworthy(label: str) -> bool:
    scripts = _scripts(label)
    if len(scripts) > 1 and scripts - {"han", "latin"}:
        return False
    if "other" in scripts:
        return False
    return not (scripts & {"cyrillic", "greek"} and set(label) <= _LATIN_LOOKALIKES | set("-0"))


def host_shown(host: str) -> str:
    """The host as people are shown it: in its own script, or punycode where that could deceive.

    A label that mixes scripts, is made of look-alikes of Latin letters only, or uses a script
    that we do not know stays in its ``xn--`` form.
    """
    labels: list[str] = []
    for label in host.lower().strip(".").split("."):
        shown = label
        if label.startswith("xn--"):
            try:
                shown = idna.decode(label)
            except (idna.IDNAError, UnicodeError):
                shown = label
        elif not label.isascii():
            try:
                label = idna.encode(label, uts46=True).decode("ascii")
            except (idna.IDNAError, UnicodeError):
                shown = label = label.encode("ascii", "replace").decode("ascii")
        labels.append(shown if shown == label or _trustworthy(shown) else label)
    return ".".join(labels)
