"""Editors' orders to a writer: merge, split, move, lock, and taking the last of them back.

An order is plain data, carried out the same way when it is given and when the log is run again. What must stay
together is a *bond* of nuclei, what must stay apart a pair of them; every regrouping keeps both. Where an article has
to leave its nucleus, both parts are made anew from the texts of their articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broadsheet.stories.machine import words
from broadsheet.stories.machine.groups import Group, joined

if TYPE_CHECKING:
    from broadsheet.stories.machine.writer import Writer

Order = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """An article as it was told to the writer; `at` in seconds."""

    title: str
    text: str
    at: float


@dataclass(frozen=True)
class Done:
    """What an order came to.

    `story`: the story that holds what was ordered. `nuclei`: which nucleus each article that left its own is in now.
    `posted`: the words that the index took up, by story.
    """

    story: int
    nuclei: dict[int, int]
    posted: list[tuple[int, list[str]]]


def carry_out(writer: Writer, order: Order, texts: Mapping[int, Told]) -> Done:
    """Do what an order says. KeyError: its story is not live; ValueError: nothing or everything would leave.

    Orders: ``{"verb": "merge", "kept", "gone"}``, ``{"verb": "split", "story", "nuclei", "parts"}``, ``{"verb":
    "move", … as for split …, "to"}`` (`to` null: a story of its own), ``{"verb": "lock" | "unlock", "story"}`` and
    ``{"verb": "undo", "before", "after"}``. `parts` are nuclei of which only some articles leave, as ``[nucleus,
    [leaving], [staying]]``; `texts` tells all of these.
    """
    verb = order["verb"]
    if verb in ("lock", "unlock"):
        writer.lock(order["story"], verb == "lock")
        return Done(order["story"], {}, [])
    if verb == "undo":
        restore(writer, order["before"], order["after"])
        return Done(0, {}, [])
    if verb == "merge":
        return Done(order["kept"], {}, merge(writer, order["kept"], order["gone"]))
    leaving = list(order["nuclei"])
    where: dict[int, int] = {}
    for nucleus, out, stay in order["parts"]:
        fresh = divide(writer, nucleus, [texts[one] for one in out], [texts[one] for one in stay])
        where.update(dict.fromkeys(out, fresh))
        leaving.append(fresh)
    posted: list[tuple[int, list[str]]] = []
    story = split(writer, order["story"], leaving, bind=verb == "split", posted=posted)
    if order.get("to") is not None:
        kept, body = order["to"], writer.stories[order["to"]]
        closest = max(body.nuclei, key=lambda one: (writer.nuclei[one].group.size, -one))
        bind(writer, [closest, *leaving])
        posted += _joined(writer, kept, story)
        story = kept
    return Done(story, where, posted)


def merge(writer: Writer, kept: int, gone: int) -> list[tuple[int, list[str]]]:
    """Both stories are one from now on. KeyError for a story that is not live, or for one and the same."""
    if kept == gone:
        raise KeyError(gone)
    bind(writer, writer.stories[kept].nuclei + writer.stories[gone].nuclei)
    return _joined(writer, kept, gone)


def _joined(writer: Writer, kept: int, gone: int) -> list[tuple[int, list[str]]]:
    nuclei = writer.stories[kept].nuclei + writer.stories[gone].nuclei
    for one in nuclei:
        writer.nuclei[one].story = kept
    del writer.stories[gone]
    writer.locked.discard(gone)
    writer.touched.discard(gone)
    return [(kept, writer.restate(kept, nuclei))]


def split(
    writer: Writer,
    story: int,
    nuclei: list[int],
    *,
    bind: bool = True,
    posted: list[tuple[int, list[str]]] | None = None,
) -> int:
    """These nuclei are a story of their own and never come back; returns its id. With `bind` each part holds together.

    ValueError where they are not some, but not all, of the story's.
    """
    held = writer.stories[story].nuclei
    rest = [one for one in held if one not in nuclei]
    if not nuclei or not rest or len(rest) + len(nuclei) != len(held):
        raise ValueError(nuclei)
    fresh = writer._fresh()
    for part in (nuclei, rest) if bind else (nuclei,):
        bond = min(part)
        for one in part:
            writer.nuclei[one].bond = bond
    if not bind:
        # The bond may have been named after one that leaves; those that stay need a name of their own.
        _rename(writer, rest, set(nuclei))
    writer.apart.update((one, other) for one in nuclei for other in rest)
    for one in nuclei:
        writer.nuclei[one].story = fresh
    told = [(story, writer.restate(story, rest)), (fresh, writer.restate(fresh, list(nuclei)))]
    if posted is not None:
        posted += told
    return fresh


def _rename(writer: Writer, rest: Sequence[int], leaving: set[int]) -> None:
    for name in {writer.nuclei[one].bond for one in rest} & leaving:
        same = [one for one in rest if writer.nuclei[one].bond == name]
        for one in same:
            writer.nuclei[one].bond = min(same)


def bind(writer: Writer, nuclei: Iterable[int]) -> None:
    """These nuclei stay together from now on, with all that is bound to one of them."""
    chosen = set(nuclei)
    bonds = {writer.nuclei[one].bond for one in chosen} - {None}
    if len(chosen) < 2:
        return
    if bonds:
        stories = {writer.nuclei[one].story for one in chosen}
        chosen |= {
            one for story in stories for one in writer.stories[story].nuclei if writer.nuclei[one].bond in bonds
        }  # fmt: skip
    bond = min(chosen)
    for one in chosen:
        writer.nuclei[one].bond = bond
    if writer.apart:
        writer.apart = {pair for pair in writer.apart if not (pair[0] in chosen and pair[1] in chosen)}


def divide(writer: Writer, nucleus: int, leaving: Sequence[Told], staying: Sequence[Told]) -> int:
    """Take articles out of a nucleus; returns the nucleus that they make. Both parts are read anew."""
    if not leaving or not staying:
        raise ValueError(nucleus)
    from broadsheet.stories.machine.writer import Nucleus

    held = writer.nuclei[nucleus]
    fresh = writer._fresh()
    held.group = gathered(writer, staying)
    writer.nuclei[fresh] = Nucleus(gathered(writer, leaving), held.story, held.bond)
    writer.stories[held.story].nuclei.append(fresh)
    return fresh


def gathered(writer: Writer, texts: Sequence[Told]) -> Group:
    """One group of these texts, in their order."""
    found: Group | None = None
    for told in texts:
        read = words.read(told.title, told.text, writer.background.weight, writer.setting)
        single = Group.of(read, told.at)
        if found is None:
            found = single
        else:
            found = joined(found, single, found.common(read.terms)[0], writer.setting.group_terms)
    assert found is not None
    return found


def state(writer: Writer, stories: Iterable[int]) -> dict[str, Any]:
    """Everything that the writer knows of these stories, as plain data; `restore` takes it up again."""
    live = sorted(one for one in set(stories) if one in writer.stories)
    nuclei = {nucleus for one in live for nucleus in writer.stories[one].nuclei}
    return {
        "stories": {str(one): writer.stories[one].dump() for one in live},
        "nuclei": {str(one): writer.nuclei[one].dump() for one in sorted(nuclei)},
        "locked": [one for one in live if one in writer.locked],
        "apart": sorted(list(pair) for pair in writer.apart if pair[0] in nuclei or pair[1] in nuclei),
        "touched": [one for one in live if one in writer.touched],
        "next_id": writer.next_id,
    }


def restore(writer: Writer, before: Order, after: Order) -> None:
    """Bring the stories of an order back to what they were before it.

    `after` names what came of it: ``{"stories": [ids], "next_id": …, "posted": [[story, words], …]}``.
    """
    concerned = {*map(int, before["stories"]), *after["stories"]}
    gone: set[int] = set()
    for story in concerned:
        if story in writer.stories:
            gone.update(writer.stories.pop(story).nuclei)
    for nucleus in gone:
        del writer.nuclei[nucleus]
    writer.locked -= concerned
    writer.touched -= concerned
    writer.apart = {pair for pair in writer.apart if pair[0] not in gone and pair[1] not in gone}
    writer.take_up(before)  # type: ignore[arg-type]
    writer.locked.update(before["locked"])
    writer.touched.update(before["touched"])
    writer.apart.update(
        (one, other) for one, other in before["apart"] if one in writer.nuclei and other in writer.nuclei
    )
    if writer.next_id == after["next_id"]:
        writer.next_id = before["next_id"]
    for story, added in reversed(after["posted"]):
        writer.index.take_back(story, added)
    for story in before["stories"]:
        writer.index.complete(int(story), writer.stories[int(story)].body)
