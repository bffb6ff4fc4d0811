"""Finding the division a clerk wrote: full path, part of it, with or without 村委会 and house details.

A text is read in two steps: a head of province, city, county (湖北省荆州市石首市, 石首市, 湖北荆州),
then township and village inside it. The longest match wins, what is left over is the house. Exact
names go before names without their suffix, so that 高陵岗村委会 and 高陵岗居委会 of one township
stay apart.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.access import RegionRange
from domain.regions.codes import level_of, padded, range_of

PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4, 5
_NOISE = re.compile(r"[\s,，、.。·\-_()（）]+")
# Levels that exist in the code only; nobody writes them.
_FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_HEAD_SUFFIXES = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
_SUFFIXES = ("社区居民委员会", "居民委员会", "社区居委会", "村民委员会", "居委会", "村委会", "社区", "村")
_AMBIGUOUS = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A division as the index needs it: published code (2–12 digits), own name, further names."""

    code: str
    name: str
    parent_code: str | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """What a text names. ``detail`` is what follows the division: group, house number.

    ``ambiguous``: several divisions bear the name, and ``code`` is the one above them.
    """

    code: int  # 12 digits
    level: int
    detail: str = ""
    ambiguous: bool = False


class Places:
    """An index over the villages of the caller's counties and the counties of the whole country."""

    def __init__(self, divisions: Iterable[Division], ranges: Sequence[RegionRange]) -> None:
        self._ranges = tuple(ranges)
        self._divisions = {one.code: one for one in divisions}
        self._heads: dict[str, list[str]] = {}
        self._inside: dict[str, tuple[dict[str, str], dict[str, str]]] = {}  # county → exact, stems
        inside = [one for one in self._divisions.values() if level_of(one.code) > COUNTY]
        for one in self._divisions.values():
            if level_of(one.code) <= COUNTY:
                self._enter_head(one)
        for one in inside:
            self._enter_inside(one, (one.name,), _add)
        for one in inside:  # a village's own name counts before another's former or spoken one
            self._enter_inside(one, one.aliases, _add_if_free())
        self.find = lru_cache(maxsize=65536)(self._find)

    def covers(self, code: int) -> bool:
        """Tell whether a 12-digit code lies in the caller's ranges."""
        return any(code in one for one in self._ranges)

    def reaches(self, place: Place) -> bool:
        """Tell whether any of a place lies in the caller's ranges, or any of those in the place."""
        below = range_of(str(place.code // 10 ** (12 - _DIGITS[place.level])))
        return any(one.lo < below.hi and below.lo < one.hi for one in self._ranges)

    def _enter_head(self, one: Division) -> None:
        """Index province, city, county under every tail of their path, with and without 省 and 市."""
        tails = {""}
        at: Division | None = one
        while at is not None:
            spoken = {""} if at.name in _FILLERS else {_key(at.name), _short(_key(at.name))}
            spoken |= {_key(alias) for alias in at.aliases}
            if at is not one and level_of(at.code) == CITY:
                spoken.add("")  # 湖北石首: the city is often left out
            tails = {name + tail for name in spoken for tail in tails}
            for tail in tails - {""}:
                known = self._heads.setdefault(tail, [])
                if one.code not in known:
                    known.append(one.code)
            at = self._divisions.get(at.parent_code or "")

    def _enter_inside(
        self, one: Division, names: Sequence[str], add: Callable[[dict[str, str], str, str], None]
    ) -> None:
        exact, stems = self._inside.setdefault(one.code[:6], ({}, {}))
        for name in map(_key, names):
            add(exact, name, one.code)
            if level_of(one.code) == VILLAGE:
                add(stems, stem(name), one.code)
                township = self._divisions.get(one.parent_code or "")
                for above in () if township is None else map(_key, (township.name, *township.aliases)):
                    add(exact, above + name, one.code)
                    add(stems, above + stem(name), one.code)

    def _find(self, written: str) -> Place | None:
        """Return the place a text names, or None."""
        key = _key(written)
        fallback: Place | None = None
        for end in range(len(key), -1, -1):
            heads = self._heads.get(key[:end]) if end else [""]
            if not heads:
                continue
            found = self._search(heads, key[end:])
            if found is not None and not found.ambiguous:
                return found
            fallback = fallback or found or (self._head(heads, key[end:]) if end else None)
        return fallback

    def _search(self, heads: Sequence[str], rest: str) -> Place | None:
        """Find township and village inside the counties under any of the heads."""
        hits = [
            hit
            for county in self._inside
            if any(county.startswith(head) for head in heads) and (hit := _longest(*self._inside[county], rest))
        ]
        if not hits:
            return None
        deepest = max(end for _, end in hits)
        codes = {code for code, end in hits if end == deepest}
        if len(codes) > 1:  # the same name in several counties: the caller's own counts
            codes = {code for code in codes if code == _AMBIGUOUS or self.covers(padded(code))}
        code = codes.pop() if len(codes) == 1 else _AMBIGUOUS
        if code == _AMBIGUOUS:
            return Place(0, PROVINCE, rest[deepest:], ambiguous=True)
        return Place(padded(code), level_of(code), rest[deepest:])

    def _head(self, heads: Sequence[str], rest: str) -> Place:
        """Return the province, city or county itself; of several of a name the highest, or the caller's."""
        highest = min(map(level_of, heads))
        named = [one for one in heads if level_of(one) == highest]
        if len(named) > 1:
            named = [one for one in named if self.reaches(Place(padded(one), highest))] or named
        return Place(padded(named[0]), highest, rest, ambiguous=len(named) > 1)


_DIGITS = {PROVINCE: 2, CITY: 4, COUNTY: 6, TOWNSHIP: 9, VILLAGE: 12}


def stem(name: str) -> str:
    """Return a village's name without its suffix: 童子岗村委会, 童子岗村 and 童子岗 are one."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _longest(exact: dict[str, str], stems: dict[str, str], text: str) -> tuple[str, int] | None:
    """Return the code whose name is the longest beginning of a text, and where it ends."""
    for end in range(len(text), 1, -1):
        piece = text[:end]
        code = exact.get(piece)
        if code is None and (end == len(text) or piece.endswith(_SUFFIXES)):
            code = stems.get(stem(piece))
        if code is not None:
            return code, end
    return None


def _short(name: str) -> str:
    for suffix in _HEAD_SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _key(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def _add(index: dict[str, str], key: str, code: str) -> None:
    if index.setdefault(key, code) != code:
        index[key] = _AMBIGUOUS


def _add_if_free() -> Callable[[dict[str, str], str, str], None]:
    """Return an ``_add`` that leaves alone what names of their own have taken."""
    taken: dict[int, frozenset[str]] = {}

    def add(index: dict[str, str], key: str, code: str) -> None:
        if key not in taken.setdefault(id(index), frozenset(index)):
            _add(index, key, code)

    return add


__all__ = ["VILLAGE", "Division", "Place", "Places", "stem"]
