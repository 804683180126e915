"""The programs that `bench.ears` reads the same material with: each in the form in which it is scored.

They live in a folder of their own, last on the path: a package that we have ourselves is always ours. Each is used as
its own documentation has it used, with one configuration for everything.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from broadsheet.lib import dates
from broadsheet.lib.html import text_of
from broadsheet.ops.evaluating.pagesets import NOW, Reading

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "rivals.txt"
FOLDER = ROOT / ".venv" / "rivals"
_STAMP = ".locked"


def installed() -> bool:
    """Whether the folder holds what the lock says."""
    stamp = FOLDER / _STAMP
    return stamp.exists() and stamp.read_text() == LOCK.read_text()


def install() -> None:
    """Put the locked packages into their folder; needs a network once."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(FOLDER), "-r", str(LOCK)]
    subprocess.run(command, check=True)
    (FOLDER / _STAMP).write_text(LOCK.read_text())


def reach() -> None:
    """Let the installed packages be imported, behind everything else."""
    if FOLDER.is_dir() and str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))


def missing(*modules: str) -> list[str]:
    """The modules that cannot be imported."""
    return [one for one in modules if find_spec(one) is None]


def trafilatura(body: bytes, url: str) -> Reading:
    """trafilatura with its own metadata, tables and no comments."""
    from trafilatura import bare_extraction

    found = bare_extraction(body, url=url, with_metadata=True, include_comments=False, include_tables=True)
    if found is None:
        return Reading()
    facts = found.as_dict()
    return Reading(
        text=facts.get("text") or "",
        title=facts.get("title") or "",
        authors=_names((facts.get("author") or "").split(";")),
        published=_moment(facts.get("date")),
        picture=facts.get("image"),
        language=facts.get("language"),
    )


def readability(body: bytes, url: str) -> Reading:
    """readability-lxml: the body and a title; it knows no more."""
    from readability import Document

    document = Document(body, url=url)
    markup = document.summary(html_partial=True)
    return Reading(text=text_of(markup), title=document.short_title(), html=markup)


def newspaper(body: bytes, url: str) -> Reading:
    """newspaper4k, given the page instead of fetching it."""
    from newspaper import Article

    article = Article(url, fetch_images=False)
    article.download(input_html=_decoded(body))
    article.parse()
    return Reading(
        text=article.text,
        title=article.title,
        authors=_names(article.authors),
        published=_moment(article.publish_date),
        picture=article.top_image or None,
        language=article.meta_lang or None,
    )


def resiliparse(body: bytes, url: str) -> Reading:
    """resiliparse's main content, and the title of the document."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(_decoded(body))
    return Reading(text=extract_plain_text(tree, main_content=True), title=tree.title or "")


def nh3(html: str) -> str:
    """nh3 with its own defaults, links made safe as it does."""
    import nh3 as cleaner

    return cleaner.clean(html)


def protego(robots: str, url: str, agent: str) -> bool:
    """Protego as it comes."""
    from protego import Protego

    return bool(Protego.parse(robots).can_fetch(url, agent))


def robotparser(robots: str, url: str, agent: str) -> bool:
    """The standard library's reader."""
    from urllib.robotparser import RobotFileParser

    parser = RobotFileParser()
    parser.parse(robots.splitlines())
    return parser.can_fetch(agent, url)


def _decoded(body: bytes) -> str:
    """Text for those that take no bytes, by the detection that resiliparse brings."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return str(bytes_to_str(body, detect_encoding(body)))


def _names(given: Any) -> list[str]:
    return [one.strip() for one in given or () if one and one.strip()]


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return dates.parse(str(value), now=NOW) if value else None
