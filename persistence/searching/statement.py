"""The rows of a search, ranked and bounded, within the compiled read path.

A person's *place* in the answer is (tier, key, id): the tier says how well the name was met (exactly,
its beginning, pinyin, initials, a part; where no name was asked all are equal), the key is the column
the tier is ordered by. Where one word leaves few rows (a number, a day, a village), all of them are
ranked. Otherwise each tier walks an index of every county in the key's order and stops at a page: the
first fifty 张 of a prefecture cost no more than fifty 张 of each county.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.access import RowScope
from domain.people.search import Reading, Search, Word
from domain.selection import Page
from persistence.reading.parameters import Parameters
from persistence.reading.scope import ScopeSql
from persistence.reading.sql import both

COUNTY_DIGITS = 6
VILLAGE_DIGITS = 12
FEW = frozenset({Reading.IDENTITY, Reading.PHONE, Reading.TAIL, Reading.DAY, Reading.VILLAGE})
"""Readings that leave few rows of a county, when a word has no other."""
NAMED = (Reading.NAME, Reading.PINYIN)


class WritesRows(Protocol):
    """What a search needs of the compiler."""

    parameters: Parameters
    scope: ScopeSql

    def alias(self) -> str:
        """Return a name not yet used in the statement."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One way the name is met: the condition on a row, and the column that orders its rows."""

    condition: Callable[[str], str]
    key: str
    kind: str = "text"
    places: Word | None = None  # walked by these places, not by counties

    def text(self, t: str) -> str:
        """Return the key as text in which it keeps its order: twelve digits, a day in ISO's form."""
        return f"{t}.{self.key}" if self.kind == "text" else f'{t}.{self.key}::text COLLATE "C"'


LEAST = {"text": "''", "bigint": "0", "date": "'-infinity'"}


class SearchSql:
    """Writes one search for one page."""

    def __init__(self, compiler: WritesRows, page: Page, search: Search, filters: Callable[[str, str], str]) -> None:
        self.compiler, self.page, self.search = compiler, page, search
        # Of a row's alias, and of the place all rows are of, if they are: the caller's scope, the named filters.
        self.filters = filters
        self.name = self._name()
        self.tiers = self._tiers()

    def matches(self, t: str) -> str:
        """Return the condition that a row is found at all."""
        tiers = " OR ".join(f"({tier.condition(t)})" for tier in self.tiers)
        return both(f"({tiers})", self._others(t))

    def picked(self, limit: int) -> tuple[str, str]:
        """Return the rows of the page in order, and the test that a token's row is there (empty: no token)."""
        anchor = self._anchor() if self.page.after else ""
        few = self._few()
        rows = self._ranked(limit, anchor) if few else self._walked(limit, anchor)
        if not anchor:
            return rows, ""
        return f"WITH anchor AS MATERIALIZED ({anchor}) {rows}", f"EXISTS ({anchor})"

    # ---- what is looked for ------------------------------------------------------------------------

    def _name(self) -> Word | None:
        """Return the word that ranks: the first that can only be a name, else any that can."""
        names = [word for word in self.search.words if any(one in NAMED for one in word.readings)]
        return min(names, key=lambda word: len(word.readings), default=None)

    def _argument(self, word: Word, part: str, kind: str = "text") -> str:
        return self.compiler.parameters.of_argument(f"{word.key}.{part}", kind)

    def _begins(self, word: Word, part: str, column: str) -> Callable[[str], str]:
        least, end = self._argument(word, part), self.compiler.parameters.of_prefix_end(f"{word.key}.{part}")
        return lambda t: f"{t}.{column} >= {least} AND {t}.{column} < {end}"

    def _equals(self, word: Word, part: str, column: str) -> Callable[[str], str]:
        value = self._argument(word, part)
        return lambda t: f"{t}.{column} = {value}"

    def _tiers(self) -> list[Tier]:
        word = self.name
        if word is None:
            return [self._unnamed()]
        tiers: list[Tier] = []
        if Reading.NAME in word.readings:
            tiers = [
                Tier(self._equals(word, "name", "name"), "name"),
                Tier(self._begins(word, "name", "name"), "name"),
                Tier(self._begins(word, "name", "name_given"), "name_given"),
                Tier(self._begins(word, "name", "name_rest"), "name_rest"),
            ]
        if Reading.PINYIN in word.readings:
            tiers += self._spelled(word)
        tiers += [
            Tier(self._condition(word, one), "region_code", "bigint", word)
            for one in word.readings
            if one in {Reading.PLACE, Reading.VILLAGE}
        ]
        return tiers

    def _spelled(self, word: Word) -> list[Tier]:
        tiers = [
            Tier(self._equals(word, "pinyin", "name_pinyin"), "name_pinyin"),
            Tier(self._begins(word, "pinyin", "name_pinyin"), "name_pinyin"),
            Tier(self._equals(word, "pinyin", "name_initials"), "name_initials"),
            Tier(self._begins(word, "pinyin", "name_initials"), "name_initials"),
        ]
        if word.mixed:
            tiers.append(Tier(self._mixed(word), "name_pinyin"))
        return tiers

    def _mixed(self, word: Word) -> Callable[[str], str]:
        head, initials = self._begins(word, "head", "name_pinyin"), self._begins(word, "initials", "name_initials")
        return lambda t: f"{head(t)} AND {initials(t)}"

    def _unnamed(self) -> Tier:
        """Return the one tier of a search without a name: by name where few are found, else as the index has them."""
        if self._few():
            return Tier(lambda _: "true", "name_pinyin")
        by_place = next((word for word in self.search.words if Reading.PLACE in word.readings), None)
        if by_place is not None:
            return Tier(self._condition(by_place, Reading.PLACE), "region_code", "bigint", by_place)
        return Tier(lambda t: f"{t}.birth_date IS NOT NULL", "birth_date", "date")

    def _others(self, t: str) -> str:
        """Return the condition of every word but the one that ranks."""
        met = [f"{t}.merged_into IS NULL"]  # a merged file is found by the one it leads to
        for word in self.search.words:
            if word is not self.name:
                readings = " OR ".join(f"({self._condition(word, one)(t)})" for one in word.readings)
                met.append(f"({readings})")
        return both(*met)

    def _condition(self, word: Word, reading: Reading) -> Callable[[str], str]:
        match reading:
            case Reading.IDENTITY:
                blind = self._argument(word, "blind", "bytea[]")
                return lambda t: f"{t}.identity_number_blind = ANY ({blind})"
            case Reading.PHONE:
                tail, blind = self._argument(word, "tail", "bytea[]"), self._argument(word, "blind", "bytea[]")
                return lambda t: f"{t}.phone_tail_blind = ANY ({tail}) AND {t}.phone_blind = ANY ({blind})"
            case Reading.TAIL:
                tail = self._argument(word, "tail", "bytea[]")
                return lambda t: f"{t}.phone_tail_blind = ANY ({tail})"
            case Reading.DAY:
                day = self._argument(word, "first", "date")
                return lambda t: f"{t}.birth_date = {day}"
            case Reading.PERIOD:
                first, last = self._argument(word, "first", "date"), self._argument(word, "last", "date")
                return lambda t: f"{t}.birth_date >= {first} AND {t}.birth_date <= {last}"
            case Reading.VILLAGE:
                codes = self._argument(word, "lo", "bigint[]")
                return lambda t: f"{t}.region_code = ANY ({codes})"
            case Reading.PLACE:
                return self._in_places(word)
        return lambda t: " OR ".join(f"({tier(t)})" for tier in self._any_part(word, reading))

    def _any_part(self, word: Word, reading: Reading) -> list[Callable[[str], str]]:
        if reading is Reading.NAME:
            return [self._begins(word, "name", column) for column in ("name", "name_given", "name_rest")]
        spelled = [self._begins(word, "pinyin", column) for column in ("name_pinyin", "name_initials")]
        return [*spelled, self._mixed(word)] if word.mixed else spelled

    def _in_places(self, word: Word) -> Callable[[str], str]:
        lo, hi = self._argument(word, "lo", "bigint[]"), self._argument(word, "hi", "bigint[]")

        def within(t: str) -> str:
            r = self.compiler.alias()
            return (
                f"EXISTS (SELECT 1 FROM unnest({lo}, {hi}) {r}(lo, hi) "
                f"WHERE {t}.region_code >= {r}.lo AND {t}.region_code < {r}.hi)"
            )

        return within

    # ---- the two ways to find ------------------------------------------------------------------------

    def _few(self) -> bool:
        """Tell whether few rows are left to rank: one word, filter or the scope itself leaves few."""
        shape, view = self.compiler.scope.shape, self.page.view
        if self.compiler.scope.rows[view.permission] is not RowScope.REGION or shape.place in {"nowhere", "village"}:
            return True
        filters = {name: digits for name, _, digits in self.page.filters}
        return filters.get("region") == VILLAGE_DIGITS or any(FEW.issuperset(one.readings) for one in self.search.words)

    def _place(self, t: str) -> tuple[str, str]:
        """Return a found row's tier and key."""
        cases = [(tier.condition(t), number, tier.text(t)) for number, tier in enumerate(self.tiers, 1)]
        number = " ".join(f"WHEN {condition} THEN {number}" for condition, number, _ in cases)
        key = " ".join(f"WHEN {condition} THEN {key}" for condition, _, key in cases)
        return f"CASE {number} END", f"CASE {key} END"

    def _anchor(self) -> str:
        """Return the place of the row that a page token names, as long as the caller finds it."""
        a = self.compiler.alias()
        row = self.compiler.parameters.of_cursor(self.page, "uuid")
        tier, key = self._place(a)
        found = both(f"{a}.id = {row}", self.filters(a, ""), self.matches(a))
        return f"SELECT {tier} AS tier, {key} AS place, {a}.id FROM person {a} WHERE {found}"

    def _ranked(self, limit: int, anchor: str) -> str:
        t, found = self.compiler.alias(), self.compiler.alias()
        tier, key = self._place(t)
        narrowed = f"{t}.county = ANY (ARRAY({self._counties()}))" if self._by_county() else ""
        where = both(narrowed, self.filters(t, ""), self.matches(t))
        rows = f"SELECT {t}.*, {tier} AS tier, {key} AS place FROM person {t} WHERE {where}"
        f = found
        after = f"WHERE ({f}.tier, {f}.place, {f}.id) > (SELECT tier, place, id FROM anchor) " if anchor else ""
        return f"SELECT * FROM ({rows}) {f} {after}ORDER BY {f}.tier, {f}.place, {f}.id LIMIT {limit}"

    def _walked(self, limit: int, anchor: str) -> str:
        branches = " UNION ALL ".join(
            f"({self._walk(number, tier, limit, anchor)})" for number, tier in enumerate(self.tiers, 1)
        )
        b, o = self.compiler.alias(), self.compiler.alias()
        # Branches run one after the other, and none that the page does not need.
        first = f"SELECT * FROM ({branches}) {b} LIMIT {limit}"
        return f"SELECT * FROM ({first}) {o} ORDER BY {o}.tier, {o}.place, {o}.id"

    def _walk(self, number: int, tier: Tier, limit: int, anchor: str) -> str:
        c, t, w = self.compiler.alias(), self.compiler.alias(), self.compiler.alias()
        earlier = both(*(f"NOT ({one.condition(t)})" for one in self.tiers[: number - 1]))
        after = ""
        if anchor:
            key = f"(SELECT place::{tier.kind} FROM anchor WHERE tier = {number})"
            row = f"(SELECT id FROM anchor WHERE tier = {number})"
            after = (
                f"{number} >= (SELECT tier FROM anchor) AND ({t}.{tier.key}, {t}.id) > "
                f"(coalesce({key}, {LEAST[tier.kind]}), coalesce({row}, '00000000-0000-0000-0000-000000000000'))"
            )
        if tier.places:
            lo, hi = self._argument(tier.places, "lo", "bigint[]"), self._argument(tier.places, "hi", "bigint[]")
            source, columns = f"SELECT * FROM unnest({lo}, {hi})", "lo, hi"
            # The place lies in the caller's region or it would not be here: her scope is asked of it, not of each row.
            seen = self.filters(t, f"{c}.lo")
            villages = Reading.VILLAGE in tier.places.readings
            within = (
                f"{t}.region_code = {c}.lo" if villages else f"{t}.region_code >= {c}.lo AND {t}.region_code < {c}.hi"
            )
        else:
            source, columns = self._counties(), "county"
            within, seen = both(f"{t}.county = {c}.county", tier.condition(t)), self.filters(t, "")
        where = both(within, seen, self._others(t), earlier, after)
        county = (
            f"SELECT {t}.*, {number} AS tier, {tier.text(t)} AS place FROM person {t} WHERE {where} "
            f"ORDER BY {t}.{tier.key}, {t}.id LIMIT {limit}"
        )
        return (
            f"SELECT {w}.* FROM ({source}) {c}({columns}) CROSS JOIN LATERAL ({county}) {w} "
            f"ORDER BY {w}.place, {w}.id LIMIT {limit}"
        )

    # ---- counties ------------------------------------------------------------------------------------

    def _by_county(self) -> bool:
        """Tell whether rows that are ranked at once are still best looked for county by county."""
        unique = {Reading.IDENTITY, Reading.VILLAGE}
        in_region = self.compiler.scope.rows[self.page.view.permission] is RowScope.REGION
        return in_region and not any(unique.issuperset(one.readings) for one in self.search.words)

    def _counties(self) -> str:
        """Return the counties to look in: of the places named, of the region asked for, of the caller's scope."""
        scope = self.compiler.scope
        for word in self.search.words:
            if word.readings == (Reading.PLACE,):
                return f"SELECT DISTINCT lo / 1000000 FROM unnest({self._argument(word, 'lo', 'bigint[]')}) lo"
        for name, key, digits in self.page.filters:
            if name == "region" and digits >= COUNTY_DIGITS:
                return f"SELECT {self.compiler.parameters.of_division(key)[0]} / 1000000"
        if scope.shape.place in {"county", "township", "village"}:
            return f"SELECT {scope.parameter('county')}"
        within = " OR ".join(f"(r.lo >= {lo} AND r.lo < {hi})" for lo, hi in scope.shape.literal) or (
            "false" if scope.shape.place == "nowhere" else "true"
        )
        return f"SELECT r.lo / 1000000 FROM region r WHERE r.level = 3 AND ({within})"


__all__ = ["SearchSql"]
