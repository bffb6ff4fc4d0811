"""The compiled predicate: whose eyes reach a row. Row-level security says the same behind it.

Narrow scopes compare with parameters; a city, a province or the whole country is written into the
statement, because a generic plan takes any open range for half a percent of the table and would
sort a province to find its first fifty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from domain.access import EVERYWHERE, Access, RowScope
from domain.people.model import Remit
from domain.view import VIEWS, Everybody, Households, Log, OfAgency, OfCounty, Region, Regions, Subject, View

VILLAGE, TOWNSHIP, COUNTY = 1, 1_000, 1_000_000

# A parameter of the scope, by name: its value comes from the caller, its type is written here.
PARAMETERS = {
    "lo": "bigint",
    "hi": "bigint",
    "county": "bigint",
    "remit": "int",
    "grantee": "uuid",
    "agency": "uuid",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """All of an access that changes the text of a statement: part of the plan's cache key."""

    grants: "Grants"
    place: Literal["nowhere", "everywhere", "range", "township", "county", "village", "many"]
    literal: tuple[tuple[int, int], ...]  # ranges written into the statement
    everyone: bool  # the remit covers everybody
    nobody: bool  # the remit covers nobody


Grants = tuple[tuple[str, RowScope, tuple[int, ...]], ...]


@lru_cache(maxsize=4096)
def _shape(grants: Grants, ranges: tuple[tuple[int, int], ...], remit: int) -> Shape:
    everyone, nobody = bool(remit & Remit.ANYONE), not remit
    if not ranges:
        return Shape(grants, "nowhere", (), everyone, nobody)
    if len(ranges) > 1:
        return Shape(grants, "many", ranges, everyone, nobody)
    lo, hi = ranges[0]
    width = hi - lo
    if (lo, hi) == (EVERYWHERE.lo, EVERYWHERE.hi):
        return Shape(grants, "everywhere", (), everyone, nobody)
    for place, size in (("village", VILLAGE), ("township", TOWNSHIP), ("county", COUNTY)):
        if width == size:
            return Shape(grants, place, (), everyone, nobody)  # type: ignore[arg-type]
    return Shape(grants, "range", ranges, everyone, nobody)


def shape_of(access: Access) -> Shape:
    """Return the shape of an access; equal shapes share their plans."""
    grants = tuple(
        (permission, grant.rows, _sights(grant.clearance)) for permission, grant in sorted(access.grants.items())
    )
    return _shape(grants, tuple((one.lo, one.hi) for one in access.regions), int(access.remit))


def _sights(clearance: object) -> tuple[int, ...]:
    return tuple(int(getattr(clearance, name)) for name in clearance.__dataclass_fields__)  # type: ignore[attr-defined]


def scope_values(access: Access) -> dict[str, object]:
    """Return the values of the scope's parameters for a caller."""
    first = access.regions[0] if access.regions else None
    return {
        "lo": first.lo if first else None,
        "hi": first.hi if first else None,
        "county": first.lo // COUNTY if first else None,
        "remit": int(access.remit),
        "grantee": access.grantee_id,
        "agency": access.agency_id,
    }


class ScopeSql:
    """Writes predicates for one shape; ``parameter(name)`` gives the placeholder of a scope value."""

    def __init__(self, shape: Shape, parameter: Callable[[str], str]) -> None:
        self.shape = shape
        self.parameter = parameter
        self.rows = {permission: rows for permission, rows, _ in shape.grants}

    def allows(self, view: View) -> bool:
        """Tell whether the caller holds the view's permission at all."""
        return view.permission in self.rows

    def where(self, view: View, t: str, village: str = "", *, of_one: bool = False) -> str:
        """Return the predicate for a view's row under alias ``t``; empty where everybody may read.

        ``of_one``: the rows are one event, or those of one person, so that asking whether she is
        visible costs little.

        ``village`` is the placeholder of the one village that all rows are of, if they are: then the
        place is asked of it once, not of each row. Two predicates on the same rows mislead the planner
        (a county and a village of it look like a tenth of a village: 1,900 µs against 560 for a page).
        """
        scope = view.scope
        if isinstance(scope, Everybody):
            return ""
        rows = self.rows[view.permission]
        if isinstance(scope, OfAgency):
            return self._of_agency(view, t)
        if isinstance(scope, Region):
            return self._place(t, county=False, village=village)
        if isinstance(scope, Regions):
            return self._between(view, scope, t)
        if isinstance(scope, OfCounty):
            return self._of_county(t)
        if isinstance(scope, Log):
            return self._log(view, t, village, of_one=of_one)
        if rows is RowScope.REGION:
            return _all(self._place(t, county=True, village=village), self._remit(view, t))
        if rows in (RowScope.ASSIGNED, RowScope.SELF):
            return self._opened(view, t)
        return "false"

    def _between(self, view: View, scope: Regions, t: str) -> str:
        rows = self.rows[view.permission]
        if rows not in (RowScope.REGION, RowScope.EVENTS):
            return "false"
        places = [self._place(t, county=False, column=column) for column in (scope.holder, scope.other)]
        here = _any(*places) if all(places) else ""
        return _all(here, "" if rows is RowScope.EVENTS else self._remit(view, t))

    def _place(self, t: str, *, county: bool, village: str = "", column: str = "region_code") -> str:
        p, place = self.parameter, self.shape.place
        if place == "everywhere":
            return ""
        if place == "nowhere":
            return "false"
        code, in_county = (village, f"{village} / 1000000") if village else (f"{t}.{column}", f"{t}.county")
        if place == "village":
            return f"{code} = {p('lo')}"
        if place == "county" and county:
            return f"{in_county} = {p('county')}"
        if place in ("township", "county"):
            within = f"{code} >= {p('lo')} AND {code} < {p('hi')}"
            return f"{in_county} = {p('county')} AND {within}" if county else within
        return _any(*(f"{code} >= {lo} AND {code} < {hi}" for lo, hi in self.shape.literal))

    def _of_county(self, t: str) -> str:
        """Return the predicate of rows of whole counties, of which the caller may work in a part."""
        if self.shape.place in ("village", "township", "county"):
            return f"{t}.region_code = {self.parameter('county')} * 1000000"
        if self.shape.place in ("range", "many"):
            return _any(
                *(
                    f"{t}.region_code >= {lo // COUNTY * COUNTY} AND {t}.region_code < {hi}"
                    for lo, hi in self.shape.literal
                )
            )
        return self._place(t, county=False)

    def _remit(self, view: View, t: str) -> str:
        if self.shape.everyone:
            return ""
        if self.shape.nobody:
            return "false"
        p = self.parameter
        if isinstance(view.scope, Subject):
            return (
                f"EXISTS (SELECT 1 FROM person s WHERE s.id = {t}.{view.scope.column} AND s.remit & {p('remit')} <> 0)"
            )
        return f"{t}.remit & {p('remit')} <> 0"

    def _opened(self, view: View, t: str) -> str:
        g = self.parameter("grantee")
        people = (
            f"SELECT a.person_id FROM person_access a WHERE a.grantee_id = {g} AND a.ended_at IS NULL "
            f"UNION ALL SELECT {g}"
        )
        if isinstance(view.scope, Households):
            return f"{t}.id IN (SELECT s.household_id FROM person s WHERE s.id IN ({people}))"
        column = view.scope.column if isinstance(view.scope, Subject) else "id"
        return f"{t}.{column} IN ({people})"

    def _of_agency(self, view: View, t: str) -> str:
        agency = self.parameter("agency")
        if view.table == "operation":
            return f"{t}.agency_id = {agency}"
        return f"EXISTS (SELECT 1 FROM operation o WHERE o.id = {t}.operation_id AND o.agency_id = {agency})"

    def _log(self, view: View, t: str, village: str, *, of_one: bool) -> str:
        """Events that happened here, and the whole history of whoever is here now.

        The second half stands only where it is cheap: a list of a region's events is what happened there.
        """
        rows, place = self.rows[view.permission], self._place(t, county=True, village=village)
        if rows is RowScope.EVENTS:
            return place
        if self.shape.everyone and not place:
            return "" if of_one else f"{t}.region_code IS NOT NULL"
        if self.shape.nobody:
            return "false"
        her = f"SELECT 1 FROM person s WHERE s.id = {t}.subject_id"
        if self.shape.everyone:
            here = place
        else:
            remit = self.parameter("remit")
            handed = f"SELECT 1 FROM transfer_person h WHERE h.person_id = {t}.subject_id AND h.handed_over"
            seen = (f"EXISTS ({her} AND s.remit & {remit} <> 0)", f"EXISTS ({handed} AND h.remit & {remit} <> 0)")
            here = _all(place, _any(*seen))
        if not of_one:
            return here
        place_now, remit_now = self._place("s", county=True), self._remit(VIEWS["Person"], "s")
        return _any(here, f"EXISTS ({_all(her, place_now, remit_now)})")


def _all(*conditions: str) -> str:
    return " AND ".join(condition for condition in conditions if condition)


def _any(*conditions: str) -> str:
    return "(" + " OR ".join(f"({condition})" for condition in conditions) + ")"


__all__ = ["PARAMETERS", "ScopeSql", "Shape", "scope_values", "shape_of"]
