"""Players of other houses: recognised by an exact list of hosts, made plain links.

A frame in outside markup becomes a paragraph with one link to the page of the thing; the blocks
read such a paragraph back as an embed, which the paper shows as click-to-load. So nothing of a
stranger's is ever loaded before the reader asks for it, and a feed reader or a mail still has the
link.
"""

from __future__ import annotations

import re
from html import escape, unescape

# What each provider's addresses look like, in a frame and as a page; the group is the id.
_PROVIDERS: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    ("youtube", "YouTube", re.compile(
        r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:embed/|v/|shorts/|live/|watch\?(?:[^#]*&)?v=)"
        r"|youtu\.be/)([\w-]{6,20})(?:[?&#/].*)?"), "https://www.youtube.com/watch?v={}"),
    ("vimeo", "Vimeo", re.compile(
        r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{4,12})(?:[?#/].*)?"), "https://vimeo.com/{}"),
    ("dailymotion", "Dailymotion", re.compile(
        r"https?://(?:www\.)?(?:dailymotion\.com/(?:embed/)?video/|dai\.ly/)(\w{4,12})(?:[?#_/].*)?"),
        "https://www.dailymotion.com/video/{}"),
    ("x", "X", re.compile(
        r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w{1,20}/status/\d{5,25})(?:[?#/].*)?"),
        "https://x.com/{}"),
    ("instagram", "Instagram", re.compile(
        r"https?://(?:www\.)?instagram\.com/((?:p|reel|tv)/[\w-]{5,40})(?:[?#/].*)?"),
        "https://www.instagram.com/{}/"),
    ("tiktok", "TikTok", re.compile(
        r"https?://(?:www\.)?tiktok\.com/(?:embed/v2/|@[\w.]{1,40}/video/)(\d{8,25})(?:[?#/].*)?"),
        "https://www.tiktok.com/embed/v2/{}"),
    ("spotify", "Spotify", re.compile(
        r"https?://open\.spotify\.com/(?:embed/)?((?:episode|show|track|album|playlist)/\w{10,40})(?:[?#/].*)?"),
        "https://open.spotify.com/{}"),
    ("soundcloud", "SoundCloud", re.compile(
        r"https?://(?:w|api)\.soundcloud\.com/(?:player/\?url=https?%3A//api\.soundcloud\.com/)?(tracks/\d{4,12})(?:[&?#/].*)?"),
        "https://api.soundcloud.com/{}"),
)  # fmt: skip

NAMES = {key: name for key, name, _, _ in _PROVIDERS}

_FRAME = re.compile(r"<iframe\b([^<>]*)>(?:\s*</iframe\s*>)?", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-orig-file", "data-srcset", "srcset")
_VALUE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")


def recognise(url: str) -> tuple[str, str] | None:
    """(provider, address of the thing's own page) of a known player's or page's address."""
    if len(url) > 2000:
        return None
    for key, _, pattern, page in _PROVIDERS:
        if match := pattern.fullmatch(url):
            return key, page.format(match[1])
    return None


def as_links(html: str) -> str:
    """Outside markup with known players made links, and lazy pictures given their address.

    Everything else is left as it is; the result is as hostile as the input was.
    """
    lower = html.lower() if len(html) < 4_000_000 else html
    if "<iframe" in lower:
        html = _FRAME.sub(_frame, html)
    if "<img" in lower and ("data-" in lower or "srcset" in lower):
        html = _IMAGE.sub(_image, html)
    return html


def _frame(match: re.Match[str]) -> str:
    values = _values(match[1])
    src = values.get("src") or values.get("data-src") or values.get("data-lazy-src") or ""
    if src.startswith("//"):
        src = "https:" + src
    found = recognise(src)
    if found is None:
        return match[0]
    provider, page = found
    title = " ".join(values.get("title", "").split()) or NAMES[provider]
    return f'<p><a href="{escape(page)}">{escape(title)}</a></p>'


def _image(match: re.Match[str]) -> str:
    """A picture that waits for a script gets its address now."""
    values = _values(match[1])
    src = values.get("src", "")
    waits = "data-src" in values or "data-lazy-src" in values
    if src and not src.startswith("data:") and not waits:
        return match[0]
    for name in _LAZY:
        value = values.get(name, "")
        address = _largest(value) if name in ("data-srcset", "srcset") else value.strip()
        if address and not address.startswith("data:"):
            rest = _VALUE.sub(lambda one: "" if one[1].lower() in ("src", *_LAZY) else one[0], match[1])
            return f'<img src="{escape(address)}" {rest.strip(" /")}>'
    return match[0]


def _largest(srcset: str) -> str:
    """The last address of a srcset, which by custom is the largest; '' where there is none."""
    candidates = [one.split() for one in srcset.split(",")]
    return next((words[0] for words in reversed(candidates) if words), "")


def _values(attributes: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare) for name, double, single, bare in _VALUE.findall(attributes)
    }
