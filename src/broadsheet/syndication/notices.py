"""Small files that machines ask for at fixed addresses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from broadsheet.syndication import xml

#: Live pages that no crawler has any business on; nothing secret stands behind them.
NOT_FOR_CRAWLERS = ("/desk/", "/account/", "/search/")


def robots(site: str) -> str:
    """Who may read what (RFC 9309): everything but the live pages, with the sitemaps."""
    closed = "".join(f"Disallow: {path}\n" for path in NOT_FOR_CRAWLERS)
    maps = "".join(f"Sitemap: {site}/{name}\n" for name in ("sitemap.xml", "news-sitemap.xml"))
    return f"User-agent: *\n{closed}\n{maps}"


def ads() -> str:
    """Who may sell advertising space here: nobody, in the form that says so on purpose (IAB ads.txt)."""
    return (
        "# No seller is authorised to sell advertising space of this site.\n"
        "placeholder.example.com, placeholder, DIRECT, placeholder\n"
    )


def security(site: str, contact: str, *, now: datetime) -> str:
    """Where to report a hole (RFC 9116).

    It expires in the first days of the year after the present one. All pages are printed anew when the year turns,
    so the date is always ahead, and the text does not change from one day to the next.
    """
    expires = datetime(now.astimezone(UTC).year + 1, 1, 8, tzinfo=UTC)
    # A line end in the address would begin a field of its own.
    where = "".join(contact.split())
    lines = [
        f"Contact: mailto:{where}" if where else f"Contact: {site}/contact/",
        f"Expires: {xml.w3c(expires)}",
        f"Canonical: {site}/.well-known/security.txt",
    ]
    return "\n".join(lines) + "\n"


def opensearch(site: str, name: str, language: str) -> bytes:
    """How a browser searches the paper from its own search bar (OpenSearch 1.1)."""

    def tag(local: str) -> str:
        return f"{{{xml.OPENSEARCH}}}{local}"

    root = xml.element(tag("OpenSearchDescription"), namespaces={None: xml.OPENSEARCH})
    xml.add(root, tag("ShortName"), name[:16])
    xml.add(root, tag("LongName"), name[:48])
    xml.add(root, tag("Description"), f"Search {name}"[:1024])
    address = f"{site}/search/?q={{searchTerms}}"
    xml.add(root, tag("Url"), type="text/html", method="get", template=address)
    xml.add(root, tag("Language"), language)
    xml.add(root, tag("InputEncoding"), "UTF-8")
    return xml.serialise(root)


def manifest(name: str, tagline: str, language: str, icon: str) -> str:
    """What a phone needs to put the paper on its home screen. It stays a page in the browser."""
    facts: dict[str, Any] = {
        "name": name,
        "short_name": name[:12],
        "description": tagline,
        "lang": language,
        "start_url": "/",
        "scope": "/",
        "display": "browser",
    }
    if icon:
        facts["icons"] = [{"src": icon, "sizes": "any", "type": "image/svg+xml"}]
    return json.dumps(facts, ensure_ascii=False, indent=1)
