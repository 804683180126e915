"""Repairs: the nuclei around changed stories are grouped anew, and stories keep their ids through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from broadsheet.stories.machine.groups import Group, whole
from broadsheet.stories.machine.regroup import Flags, regroup
from broadsheet.stories.machine.vetoes import veto

if TYPE_CHECKING:
    from broadsheet.stories.machine.writer import Move, Writer

Redirects = tuple[tuple[int, int], ...]


def repair(writer: Writer) -> tuple[Redirects, tuple[Move, ...]]:
    """Regroup the surroundings of the touched stories. Returns redirects of stories that are gone, and moves."""
    redirects: Redirects = ()
    moves: tuple[Move, ...] = ()
    for scope in _scopes(writer):
        places = [nucleus for story in scope for nucleus in writer.stories[story].nuclei]
        groups = [writer.nuclei[one].group for one in places]
        bound, vetoed = _orders(writer, places, groups)
        labels, _ = regroup(groups, bound, vetoed, writer.setting)
        clusters: dict[int, list[int]] = {}
        for nucleus, label in zip(places, labels, strict=True):
            clusters.setdefault(label, []).append(nucleus)
        gone, moved = _settled(writer, scope, list(clusters.values()))
        redirects += gone
        moves += moved
    return redirects, moves


def _scopes(writer: Writer) -> list[list[int]]:
    """Touched stories with the neighbours that a merge could reach, as knots that hang together; oldest first."""
    into: dict[int, int] = {}

    def root(story: int) -> int:
        while into[story] != story:
            story = into[story]
        return story

    weight: dict[int, int] = {}
    for one in sorted(writer.touched):
        story = writer.stories.get(one)
        if story is None or one in writer.locked:
            continue
        for other in [one, *_neighbours(writer, one, story.body)]:
            if other not in into:
                into[other] = other
                weight[other] = len(writer.stories[other].nuclei)
            first, second = sorted((root(one), root(other)))
            if first != second and weight[first] + weight[second] <= writer.setting.scope:
                into[second] = first
                weight[first] += weight[second]
    knots: dict[int, list[int]] = {}
    for story_id in sorted(into):
        knots.setdefault(root(story_id), []).append(story_id)
    return [knot for first, knot in knots.items() if weight[first] > 1]


def _neighbours(writer: Writer, one: int, body: Group) -> list[int]:
    """Stories nearly like enough to be merged with this one; a part of one may be."""
    setting = writer.setting
    own = body.as_dict()
    terms = dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))[: setting.probes])
    found = []
    for other in writer.index.near(terms, writer.stories):
        if other == one or other in writer.locked:
            continue
        near = writer.stories[other].body
        common, _ = near.common(own)
        likeness = common / (near.size * body.size) / (near.cohesion(setting) * body.cohesion(setting)) ** 0.5
        asked = setting.merge_base + setting.merge_slope * (near.depth + body.depth) / 2
        if likeness >= setting.reach * asked:
            found.append(other)
    return found


def _orders(writer: Writer, places: list[int], groups: list[Group]) -> tuple[list[tuple[int, int]], Flags]:
    """What editors bound together, and what they or the vetoes keep apart."""
    count = len(places)
    vetoed: Flags = np.zeros((count, count), dtype=bool)
    full = [place for place, group in enumerate(groups) if group.names or group.dates]
    for number, one in enumerate(full):
        for other in full[number + 1 :]:
            if veto(groups[one], groups[other]):
                vetoed[one, other] = vetoed[other, one] = True
    where = {nucleus: place for place, nucleus in enumerate(places)}
    for one, other in writer.apart:
        if one in where and other in where:
            vetoed[where[one], where[other]] = vetoed[where[other], where[one]] = True
    bonds: dict[int, int] = {}
    bound = []
    for place, nucleus in enumerate(places):
        bond = writer.nuclei[nucleus].bond
        if bond is not None:
            bound.append((bonds.setdefault(bond, place), place))
    return [pair for pair in bound if pair[0] != pair[1]], vetoed


def _settled(writer: Writer, scope: list[int], clusters: list[list[int]]) -> tuple[Redirects, tuple[Move, ...]]:
    """Give each cluster the id of the story that most of it comes from; what is left without one gets a new id."""
    from broadsheet.stories.machine.writer import Move, Story

    claims: list[tuple[int, int, int]] = []
    for number, cluster in enumerate(clusters):
        sizes: dict[int, int] = {}
        for nucleus in cluster:
            held = writer.nuclei[nucleus]
            sizes[held.story] = sizes.get(held.story, 0) + held.group.size
        claims += [(-size, story, number) for story, size in sizes.items()]
    owner: dict[int, int] = {}
    taken: set[int] = set()
    for _, story, number in sorted(claims):
        if number not in owner and story not in taken:
            owner[number] = story
            taken.add(story)
    moves: list[Move] = []
    before = {story: writer.stories[story] for story in scope}
    went: dict[int, dict[int, int]] = {story: {} for story in scope}
    for number, cluster in enumerate(clusters):
        if number not in owner:
            owner[number] = writer._fresh()
        new = owner[number]
        for nucleus in cluster:
            held = writer.nuclei[nucleus]
            went[held.story][new] = went[held.story].get(new, 0) + held.group.size
            if held.story != new:
                moves.append(Move(nucleus, held.story, new))
                held.story = new
        held_before = before.get(new)
        if held_before is None or sorted(held_before.nuclei) != sorted(cluster):
            body = whole([writer.nuclei[nucleus].group for nucleus in cluster], writer.setting.group_terms)
            writer.stories[new] = Story(sorted(cluster), body)
            writer.index.add(new, body, held_before.body if held_before else None)
    redirects = []
    for story in scope:
        if story not in taken:
            del writer.stories[story]
            redirects.append((story, max(went[story], key=lambda new: (went[story][new], -new))))
    return tuple(redirects), tuple(moves)
