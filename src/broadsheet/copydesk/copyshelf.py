"""The texts of the last days in memory, by the keys they are filed under: copies without a database."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime

from broadsheet.copydesk import copies
from broadsheet.copydesk.copies import Finding, Text


class Shelf:
    """Keeps at most ``size`` texts of the last fourteen days, some 3 KB each; the oldest go first.

    Days are counted by the moments of the texts themselves: a replay finds what the first run found.
    """

    def __init__(self, size: int = 50_000, sure_share: float = copies.SURE_SHARE) -> None:
        self._size = size
        self._sure_share = sure_share
        self._texts: OrderedDict[int, tuple[Text, tuple[int, ...], str]] = OrderedDict()
        # A hash has one text as a rule; a list for each would be most of the memory.
        self._keys: dict[int, int | list[int]] = {}
        self._addresses: dict[str, int] = {}
        self._next = 0
        self._latest: datetime | None = None

    def __len__(self) -> int:
        return len(self._texts)

    def place(self, new: Text, address: str = "") -> tuple[Finding | None, float]:
        """What a new text is a copy of, and the largest share there was; afterwards the shelf holds it too.

        ``address`` is the text's canonical address, or nothing.
        """
        found = self._under(copies.asked(new.sketch))
        known = [self._texts[number][0] for number in sorted(copies.candidates(found.values()))]
        again = self._texts.get(self._addresses.get(address, -1)) if address else None
        if again is not None and again[0].id != new.id:
            finding: Finding | None = copies.same_address(new, again[0])
        else:
            finding = copies.judge(new, known, self._sure_share)
        share = finding.share if finding else copies.largest_share(new, known)
        crowded = {one for one, names in found.items() if len(names) >= copies.CROWD}
        self._keep(replace(new, family=finding.family if finding else new.id), address, crowded, finding)
        return finding, share

    def _under(self, asked: list[int]) -> dict[int, list[int]]:
        keys = self._keys
        there = ((one, keys[one]) for one in asked if one in keys)
        return {one: numbers if isinstance(numbers, list) else [numbers] for one, numbers in there}

    def _keep(self, text: Text, address: str, crowded: set[int], finding: Finding | None) -> None:
        number = self._next
        self._next += 1
        brings_nothing = finding is not None and finding.own > copies.NOTHING_NEW
        keys = () if brings_nothing else tuple(copies.filed(text.sketch, crowded))
        self._texts[number] = (text, keys, address)
        for key in keys:
            there = self._keys.setdefault(key, number)
            if isinstance(there, list):
                there.append(number)
            elif there != number:
                self._keys[key] = [there, number]
        if address:
            self._addresses.setdefault(address, number)
        if text.moment and (self._latest is None or text.moment > self._latest):
            self._latest = text.moment
        self._tidy()

    def _tidy(self) -> None:
        while self._texts:
            oldest = next(iter(self._texts.values()))[0]
            stale = self._latest and oldest.moment and self._latest - oldest.moment > copies.WINDOW
            if not stale and len(self._texts) <= self._size:
                return
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        number, (_, keys, address) = self._texts.popitem(last=False)
        for key in keys:
            there = self._keys[key]
            if isinstance(there, list):
                there.remove(number)
                if there:
                    continue
            del self._keys[key]
        if self._addresses.get(address) == number:
            del self._addresses[address]
