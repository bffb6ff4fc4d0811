"""The compiled predicate: whose eyes reach a row. Row-level security says the same behind it.

Narrow scopes compare with parameters; a city, a province or the whole country is written into the
statement, because a generic plan takes any open range for half a percent of the table and would
sort a province to find its first fifty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.access import EVERYWHERE, Access, RowScope
from domain.cases.acts import RESTRICTED
from domain.cases.model import WORKING
from domain.people.model import Remit
from domain.scopes import (
    Addressed,
    Announced,
    Cases,
    Everybody,
    Households,
    Log,
    OfAgency,
    OfCase,
    OfCounty,
    Office,
    People,
    Region,
    Regions,
    Subject,
    WithPartner,
)
from domain.view import VIEWS, View

VILLAGE, TOWNSHIP, COUNTY, CITY, PROVINCE = DIVISIONS = 1, 1_000, 1_000_000, 10**8, 10**10
WIDTHS = {"village": VILLAGE, "township": TOWNSHIP, "county": COUNTY}

PEOPLE = "people:read"
WORKING_ROLES = "(" + ", ".join(f"'{role}'" for role in WORKING) + ")"

# A parameter of the scope, by name: its value comes from the caller, its type is written here.
PARAMETERS = {
    "lo": "bigint",
    "hi": "bigint",
    "county": "bigint",
    "township": "bigint",
    "remit": "int",
    "grantee": "uuid",
    "agency": "uuid",
    "staff": "uuid",
}


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """All of an access that changes the text of a statement: part of the plan's cache key.

    Equal shapes are one object (``shape_of``), so that a look-up need not hash every grant.
    """

    grants: "Grants"
    place: Literal["nowhere", "everywhere", "range", "township", "county", "village", "many"]
    literal: tuple[tuple[int, int], ...]  # ranges written into the statement
    everyone: bool  # the remit covers everybody
    nobody: bool  # the remit covers nobody
    populations: int  # of the remit: those it covers


Grants = tuple[tuple[str, RowScope, tuple[int, ...]], ...]


class Division(NamedTuple):
    """A division that a filter names: its first code and the one after its last, as SQL, and how many it spans."""

    lo: str
    hi: str
    width: int


_shared = lru_cache(maxsize=4096)(Shape)


def _shape(grants: Grants, ranges: tuple[tuple[int, int], ...], remit: int) -> Shape:
    covered = bool(remit & Remit.ANYONE), not remit, remit & int(Remit.WOMAN | Remit.CHILD | Remit.ELDER)
    if not ranges:
        return _shared(grants, "nowhere", (), *covered)
    if len(ranges) > 1:
        return _shared(grants, "many", ranges, *covered)
    lo, hi = ranges[0]
    width = hi - lo
    if (lo, hi) == (EVERYWHERE.lo, EVERYWHERE.hi):
        return _shared(grants, "everywhere", (), *covered)
    for place, size in WIDTHS.items():
        if width == size and lo % size == 0:
            return _shared(grants, place, (), *covered)
    return _shared(grants, "range", ranges, *covered)


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
        "township": first.lo // TOWNSHIP if first else None,
        "remit": int(access.remit),
        "grantee": access.grantee_id,
        "agency": access.agency_id,
        "staff": access.staff_id,
    }


class ScopeSql:
    """Writes predicates for one shape; ``parameter(name)`` gives the placeholder of a scope value."""

    def __init__(self, shape: Shape, parameter: Callable[[str], str]) -> None:
        self.shape = shape
        self.parameter = parameter
        self.rows = {permission: rows for permission, rows, _ in shape.grants}

    def counts(self, remit: int) -> bool:
        """Tell whether the caller's remit covers everybody whom a field counts (``view.count_of``)."""
        return self.shape.everyone or not remit & ~self.shape.populations

    def allows(self, view: View) -> bool:
        """Tell whether the caller holds the view's permission at all."""
        return view.permission in self.rows

    def where(
        self, view: View, t: str, inside: Division | None = None, *, of_one: bool = False, of_office: bool = False
    ) -> str:
        """Return the predicate for a view's row under alias ``t``; empty where everybody may read.

        ``of_one``: the rows are one event, or those of one person, so that asking whether she is
        visible costs little. So are then people whom a case opens to an office that looks after a part of the
        people only; lists are of the region and the remit. ``of_office``: the rows are cases of one agency,
        department or handler.

        Where all rows are ``inside`` one division, the place is asked of it once, not of each row. Two
        predicates on the same rows mislead the planner (a county and a village of it look like a tenth
        of a village: 1,900 µs against 560 for a page).
        """
        scope = view.scope
        if isinstance(scope, Everybody):
            return ""
        if isinstance(scope, Log):
            return self._log(view, t, inside, of_one=of_one)
        if isinstance(scope, Cases):
            return self._case(view, t, inside, of_one=of_one, of_office=of_office)
        if isinstance(scope, OfCase):
            return self._of_case(view, scope, t)
        if not isinstance(scope, People | Households | Subject):
            return self._of_no_person(view, t, inside)
        rows = self.rows[view.permission]
        if rows is RowScope.REGION:
            here = _all(self._place(view, t, inside), self._remit(view, t))
            by_case = of_one and self.shape.populations and not self.shape.everyone and view.permission == PEOPLE
            return _any(here, self._opened_by_case(view, t)) if by_case else here
        return self._opened(view, t) if rows in (RowScope.ASSIGNED, RowScope.SELF) else "false"

    def _of_no_person(self, view: View, t: str, inside: Division | None) -> str:
        scope = view.scope
        if isinstance(scope, OfAgency):
            return self._of_agency(view, t)
        if isinstance(scope, Office):
            return self._office(self.rows[view.permission], t)
        if isinstance(scope, WithPartner) and self.rows[view.permission] is RowScope.AGENCY:
            return f"{t}.{scope.partner} = {self.parameter('agency')} AND {t}.{scope.since} IS NOT NULL"
        if isinstance(scope, Addressed):
            return self._addressed(self.rows[view.permission], t)
        if isinstance(scope, Regions):
            return self._between(view, scope, t)
        if isinstance(scope, OfCounty):
            return self._of_county(view, t)
        if isinstance(scope, Announced):
            return self._announced(view, scope, t)
        return self._place(view, t, inside)

    def _between(self, view: View, scope: Regions, t: str) -> str:
        rows = self.rows[view.permission]
        if rows not in (RowScope.REGION, RowScope.EVENTS):
            return "false"
        places = [self._place(view, t, column=column) for column in (scope.holder, scope.other)]
        here = _any(*places) if all(places) else ""
        return _all(here, "" if rows is RowScope.EVENTS else self._remit(view, t))

    def _place(self, view: View, t: str, inside: Division | None = None, column: str = "region_code") -> str:
        p, place = self.parameter, self.shape.place
        if place == "everywhere":
            return ""
        if place == "nowhere":
            return "false"
        if inside is not None and self._holds(inside.width):
            return self._ranges(inside.lo)
        if place == "village":
            return f"{t}.{column} = {p('lo')}"
        if place in divisions(view):
            return f"{t}.{place} = {p(place)}"
        return self._ranges(f"{t}.{column}")

    def _holds(self, width: int) -> bool:
        """Tell whether any division of a width lies wholly in the scope or wholly outside."""
        return all(lo % width == 0 and hi % width == 0 for lo, hi in self.shape.literal or [(0, self._width())])

    def _width(self) -> int:
        """Return the width of the scope when it is one division, 0 when it is not."""
        if len(self.shape.literal) != 1:
            return WIDTHS.get(self.shape.place, 0)
        ((lo, hi),) = self.shape.literal
        return hi - lo if hi - lo in DIVISIONS and lo % (hi - lo) == 0 else 0

    def within(self, view: View, division: Division) -> str:
        """Return the predicate that a division holds the caller's place; empty where that must be asked of each row.

        The other half of ``inside``: of two divisions the wider is asked once, the narrower of each row.
        """
        by_region = (
            isinstance(view.scope, People | Households | Subject | Cases)
            and self.rows[view.permission] is RowScope.REGION
        )
        if not (by_region or isinstance(view.scope, Region)) or not 0 < self._width() < division.width:
            return ""
        first = str(self.shape.literal[0][0]) if self.shape.literal else self.parameter("lo")
        return f"{first} >= {division.lo} AND {first} < {division.hi}"

    def _ranges(self, code: str) -> str:
        p = self.parameter
        if self.shape.literal:
            return _any(*(f"{code} >= {lo} AND {code} < {hi}" for lo, hi in self.shape.literal))
        return f"{code} >= {p('lo')} AND {code} < {p('hi')}"

    def _of_county(self, view: View, t: str) -> str:
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
        return self._place(view, t)

    def _announced(self, view: View, scope: Announced, t: str) -> str:
        """Return the predicate of what is announced to a region: whose it is, and whoever is somewhere in it."""
        rows = self.rows[view.permission]
        if rows in (RowScope.REGION, RowScope.EVENTS):
            here = self._place(view, t)
            if here in {"", "false"}:
                return here
            firsts = [str(lo) for lo, _ in self.shape.literal] or [self.parameter("lo")]
            above = ", ".join(f"{first} / {width} * {width}" for first in firsts for width in DIVISIONS[1:])
            return _any(here, f"{t}.{scope.since} IS NOT NULL AND {t}.region_code IN ({above})")
        if rows not in (RowScope.ASSIGNED, RowScope.SELF):
            return "false"
        g = self.parameter("grantee")
        home = (
            f"(SELECT p.region_code FROM person p WHERE p.id = {g} "
            f"UNION ALL SELECT a.region_code FROM agency a WHERE a.id = {g} LIMIT 1)"
        )
        inside = f"{t}.region_code >= {home} AND {t}.region_code < (SELECT region_end({home}))"
        above = f"{t}.region_code = ANY ((SELECT region_above({home}))::bigint[])"
        return _all(f"{t}.{scope.since} IS NOT NULL", _any(inside, above))

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
            "AND (a.expires_at IS NULL OR a.expires_at > now()) "
            f"UNION ALL SELECT {g}"
        )
        if isinstance(view.scope, Households):
            return f"{t}.id IN (SELECT s.household_id FROM person s WHERE s.id IN ({people}))"
        column = view.scope.column if isinstance(view.scope, Subject) else "id"
        return f"{t}.{column} IN ({people})"

    def _opened_by_case(self, view: View, t: str) -> str:
        """Somebody outside the remit or the region, or a row of her file, whom a case opens to the caller's agency."""
        open_now = (
            f"a.grantee_id = {self.parameter('grantee')} AND a.ended_at IS NULL "
            "AND (a.expires_at IS NULL OR a.expires_at > now())"
        )
        if isinstance(view.scope, Households):
            members = f"person s JOIN person_access a ON a.person_id = s.id WHERE s.household_id = {t}.id"
            return f"EXISTS (SELECT 1 FROM {members} AND {open_now})"
        column = view.scope.column if isinstance(view.scope, Subject) else "id"
        return f"EXISTS (SELECT 1 FROM person_access a WHERE a.person_id = {t}.{column} AND {open_now})"

    def _of_agency(self, view: View, t: str) -> str:
        agency = self.parameter("agency")
        if view.table == "operation":
            return f"{t}.agency_id = {agency}"
        return f"EXISTS (SELECT 1 FROM operation o WHERE o.id = {t}.operation_id AND o.agency_id = {agency})"

    def _office(self, rows: RowScope, t: str) -> str:
        if rows is RowScope.OWN:
            return f"{t}.staff_id = {self.parameter('staff')}"
        if rows is RowScope.AGENCY:
            return f"{t}.agency_id = {self.parameter('agency')}"
        if rows is not RowScope.REGION:
            return "false"
        place = self._place(VIEWS["Agency"], "o")
        return f"{t}.agency_id IN (SELECT o.id FROM agency o{f' WHERE {place}' if place else ''})"

    def _addressed(self, rows: RowScope, t: str) -> str:
        if rows is not RowScope.AGENCY:
            return "false"
        agency, staff = self.parameter("agency"), self.parameter("staff")
        return f"{t}.agency_id = {agency} AND ({t}.staff_id IS NULL OR {t}.staff_id = {staff})"

    def _case(self, view: View, t: str, inside: Division | None, *, of_one: bool, of_office: bool) -> str:
        """Cases here that the remit covers, and those that the agency takes part in.

        A list is of the region: what an agency takes part in elsewhere is read by its id, which costs little.
        """
        rows = self.rows[view.permission]
        if rows is RowScope.SELF:
            return self._own_case(t)
        agency = self.parameter("agency")
        # A value is looked up for each row that needs it. ``IN`` and ``EXISTS`` may be answered by a hash of all that
        # the agency takes part in, made when the first of them comes (200 ms at 130,000 cases).
        part = (
            f"coalesce((SELECT true FROM case_party y WHERE y.case_id = {t}.id AND y.agency_id = {agency} "
            "AND y.ended_at IS NULL), false)"
        )
        if rows is RowScope.ASSIGNED:
            every = f"SELECT y.case_id FROM case_party y WHERE y.agency_id = {agency} AND y.ended_at IS NULL"
            return part if of_office else f"{t}.id IN ({every})"
        if rows is not RowScope.REGION:
            return "false"
        place, kind = self._place(view, t, inside), _all(self._remit(view, t), f"NOT {t}.restricted")
        return _any(_all(place, kind), part) if of_one else _all(place, _any(kind, part))

    def _own_case(self, t: str) -> str:
        """Cases that the caller raised, or that are about her or her wards; never one that is about her conduct."""
        g = self.parameter("grantee")
        wards = (
            f"SELECT a.person_id FROM person_access a WHERE a.grantee_id = {g} AND a.ended_at IS NULL "
            f"AND a.via = 'guardianship' UNION ALL SELECT {g}"
        )
        about = f"NOT {t}.restricted AND {t}.person_id IN ({wards})"
        return _all(f"NOT ({t}.barred @> ARRAY[{g}])", _any(f"{t}.reporter_id = {g}", about))

    def _of_case(self, view: View, scope: OfCase, t: str) -> str:
        rows = self.rows[view.permission]
        if rows not in (RowScope.REGION, RowScope.ASSIGNED):
            return "false"
        agency = self.parameter("agency")
        own = f" AND {t}.{scope.own} = {agency}" if scope.own else ""
        roles = f"y.role IN {WORKING_ROLES}"
        if not scope.offices:
            roles = f"{roles} OR (y.role = 'ngo'{own})"
        works = (  # a value, as in ``_case``
            f"coalesce((SELECT {roles} FROM case_party y WHERE y.case_id = {t}.case_id AND y.agency_id = {agency} "
            "AND y.ended_at IS NULL), false)"
        )
        seen = [works, *(f"{t}.{column} = {agency}" for column in scope.parties)]
        if rows is RowScope.REGION:
            case = VIEWS["Case"]
            here = _all(self._place(case, "c"), self._remit(case, "c"), "NOT c.restricted")
            seen.insert(0, f"coalesce((SELECT {here} FROM care_case c WHERE c.id = {t}.case_id), false)")
        return _any(*seen)

    def _log(self, view: View, t: str, inside: Division | None, *, of_one: bool) -> str:
        """Events that happened here, and the whole history of whoever is here now.

        The second half stands only where it is cheap: a list of a region's events is what happened there.
        """
        rows, place = self.rows[view.permission], self._place(view, t, inside)
        if rows is RowScope.PLATFORM:
            return f"{t}.region_code IS NULL"
        if rows is RowScope.EVENTS:
            return place
        place = _all(place, f"{t}.aggregate <> '{RESTRICTED}'")
        if self.shape.everyone and not self._place(view, t, inside):
            return place if of_one else _all(place, f"{t}.region_code IS NOT NULL")
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
        person = VIEWS["Person"]
        place_now, remit_now = self._place(person, "s"), self._remit(person, "s")
        return _any(here, f"EXISTS ({_all(her, place_now, remit_now)})")


def divisions(view: View) -> dict[str, int]:
    """Return the divisions that rows carry in a column of their own, and the width of each."""
    if isinstance(view.scope, People | Households | Subject | Cases):
        return {"county": COUNTY, "township": TOWNSHIP}
    return {"county": COUNTY} if isinstance(view.scope, Log) else {}


def _all(*conditions: str) -> str:
    return " AND ".join(condition for condition in conditions if condition)


def _any(*conditions: str) -> str:
    return "(" + " OR ".join(f"({condition})" for condition in conditions) + ")"


__all__ = ["PARAMETERS", "Division", "ScopeSql", "Shape", "divisions", "scope_values", "shape_of"]
