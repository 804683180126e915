"""A table as lines of plain text and back, so that an editor can type, paste and read it.

    # Votes by town
    Town | Votes
    ---- | -----
    Oro  | 1,204

A bar inside a cell is written `\\|`. Pure: no Django.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

Cell = dict[str, Any]
Table = dict[str, Any]

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"^\s*-{3,}(?:\s*\|\s*-{3,})*\s*$")
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|cite|code|em|i|q|s|small|strong|sub|sup|time|u)[\s>]")
WORDLESS = "[…]"
_TAG = re.compile(r"<[^>]*>")


def plain(markup: str) -> str:
    """Markup as one line of text; what has no words, a picture for instance, is named by a sign."""
    words = " ".join(unescape(_TAG.sub(_gap, markup)).split())
    return words or (WORDLESS if markup.strip() else "")


def _gap(tag: re.Match[str]) -> str:
    return "" if _INLINE.match(tag[0]) else " "


def to_lines(table: Table) -> str:
    """The table as an editor reads it."""
    lines = []
    if table.get("caption"):
        lines.append(f"# {plain(table['caption'])}")
    head = [_line(row) for row in table.get("head", ())]
    if head:
        lines += [*head, "---"]
    lines += [_line(row) for row in table.get("rows", ())]
    if lines and not table.get("caption") and lines[0].startswith("#"):
        lines[0] = "\\" + lines[0]
    return "\n".join(lines)


def _line(row: list[Cell]) -> str:
    return " | ".join(plain(cell["html"]).replace("|", "\\|") for cell in row).rstrip()


def from_lines(text: str) -> Table:
    """The lines as a table of plain cells; tabs (a pasted sheet) divide cells as bars do."""
    caption = ""
    head: list[list[Cell]] = []
    rows: list[list[Cell]] = []
    for number, line in enumerate(text.replace("\r", "").split("\n")):
        if number == 0 and line.startswith("#"):
            caption = escape(line.lstrip("# ").strip(), quote=False)
        elif _RULE.match(line) and rows and not head:
            head, rows = rows, []
        elif line.strip():
            rows.append([_cell(part) for part in _parts(line)])
    for row in head:
        for cell in row:
            cell["header"] = True
    return {"caption": caption, "head": head, "rows": rows, "lang": "", "dir": ""}


def _parts(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    return _BAR.split(line)


def _cell(part: str) -> Cell:
    words = " ".join(part.replace("\\|", "|").split())
    if words.startswith("\\#"):
        words = words[1:]
    return {"html": escape(words, quote=False), "header": False, "colspan": 1, "rowspan": 1}


def keep_markup(new: Table, old: Table) -> Table:
    """Give cells and caption whose words did not change their stored markup, spans and header mark back."""
    if plain(new["caption"]) == plain(old.get("caption", "")):
        new["caption"] = old.get("caption", "")
    new["lang"], new["dir"] = old.get("lang", ""), old.get("dir", "")
    for part in ("head", "rows"):
        was = old.get(part, [])
        known = {_line(row): row for row in was}
        for index, row in enumerate(new[part]):
            same = known.get(_line(row))
            if same is not None:
                new[part][index] = same
            elif index < len(was):
                new[part][index] = _merge(row, was[index])
    return new


def _merge(row: list[Cell], was: list[Cell]) -> list[Cell]:
    if len(row) != len(was):
        return row
    pairs = zip(row, was, strict=True)
    return [old if plain(old["html"]) == plain(cell["html"]) else {**old, "html": cell["html"]} for cell, old in pairs]
