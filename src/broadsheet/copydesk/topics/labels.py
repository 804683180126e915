"""From the categories that a feed gives to names of topics."""

from __future__ import annotations

import re

from broadsheet.lib.text import normal, tidy

MAX_TOPICS = 12
MAX_CHARACTERS = 60
MAX_WORDS = 6

# Labels of filing and of whole sections: they say where a text stood, not what it is about.
_NO_TOPICS = frozenset(
    normal(word)
    for word in [
        "uncategorized", "uncategorised", "allgemein", "sans categorie", "non classé", "non classe",
        "sin categoría", "sin categoria", "senza categoria", "sem categoria", "без рубрики",
        "geen categorie", "unkategorisiert", "default", "general", "misc", "miscellaneous", "other",
        "various", "news", "latest", "latest news", "top news", "top stories", "top story", "breaking",
        "breaking news", "headlines", "home", "homepage", "featured", "feature", "features", "article",
        "articles", "blog", "blogs", "post", "posts", "story", "stories", "page", "archive", "all", "main",
        "frontpage", "front page", "editors pick", "editor's picks", "trending", "popular", "exclusive",
        "updates", "nachrichten", "aktuell", "aktuelles", "meldungen", "startseite", "actualité",
        "actualités", "actualites", "à la une", "noticias", "últimas noticias", "actualidad", "portada",
        "notizie", "ultime notizie", "notícias", "новости", "nieuws", "uutiset", "nyheter", "video",
        "videos", "photo", "photos", "gallery", "audio", "podcast", "podcasts", "live", "opinion",
        "comment", "analysis", "premium", "subscriber", "free", "sponsored", "world", "world news",
        "international", "us", "uk", "us news", "uk news", "national", "local", "region", "regional",
        "politics", "politik", "politique", "política", "sport", "sports", "deportes", "entertainment",
        "celebrity", "celebrities", "people", "panorama", "lifestyle", "life", "culture", "kultur",
        "business", "economy", "wirtschaft", "économie", "economía", "finance", "money", "markets", "tech",
        "technology", "technik", "science", "gaming", "games", "crypto", "travel", "reise", "voyage",
        "viajes", "health", "worldnews", "usnews", "other news", "in the news", "what we're reading", "tag", "tags",
        "category", "daily", "weekly", "today", "interview", "interviews", "review", "reviews", "links", "newsletter",
        "announcement", "announcements", "press release", "press releases",
        "sticky", "topstories", "slider", "hot", "fun", "funny", "random",
    ]
)  # fmt: skip
_SPLIT = re.compile(r"\s*(?:/|\||;|>|»|::|,(?=\s)|\s-\s)\s*")
_NUMBER = re.compile(r"[\W\d_]+")
_SYSTEM = re.compile(r"[a-z]{0,20}[:=][\w:=./-]+|\w+_\w+_\w+|[0-9a-f]{8,}|https?:.*", re.IGNORECASE)


def from_categories(categories: list[str]) -> list[str]:
    """Names of topics in the categories of an entry: in their order, each once, no filing labels.

    Hierarchies ("World/Europe/Ukraine") give each of their parts.
    """
    found: dict[str, str] = {}
    for category in categories:
        label = tidy(category)[:500]
        for part in [] if _SYSTEM.fullmatch(label) else _SPLIT.split(label):
            name = part.strip(" #\"'.,:;-–—()[]")
            folded = normal(name)
            if folded and folded not in found and _is_topic(name, folded):
                found[folded] = name
    return list(found.values())[:MAX_TOPICS]


def _is_topic(name: str, folded: str) -> bool:
    if len(name) < 2 or len(name) > MAX_CHARACTERS or len(name.split()) > MAX_WORDS:
        return False
    return not (folded in _NO_TOPICS or _NUMBER.fullmatch(name) or _SYSTEM.fullmatch(name))
