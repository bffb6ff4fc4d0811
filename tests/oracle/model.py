"""The oracle: rows in Python lists, and by itself the rules of who sees what of them.

Written from the conventions ("Scope, masking, reveal"; "GraphQL"; "REST") and read by graphql-core;
it shares no code with the compiled path. What the two agree on for random questions is right, or
wrong twice in the same way.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.access import Access
from tests.oracle.cases import lists as case_lists
from tests.oracle.cases import may_reopen, sees_beside
from tests.oracle.cases import sees as sees_case
from tests.oracle.data import Data, Row
from tests.oracle.history import in_words, sentence
from tests.oracle.inboxes import notice
from tests.oracle.kinds import Kind
from tests.oracle.spec import COUNTS, KINDS, ORDER_COLUMNS
from tests.oracle.values import as_json, camel, published, snake

SECRET = "the oracle's page tokens"
FULL, MASKED, HIDDEN = 2, 1, 0
ANYONE = 128
UNTIL = {"unread": "read_at", "unacknowledged": "acknowledged_at"}  # notices: what has not been done yet
COMPUTED = {
    ("campaign_village", "late"), ("care_case", "open"), ("care_case", "overdue"), ("case_attachment", "scanned"),
    ("case_step", "mayReopen"),
    ("event", "sentence"), ("notification", "sentence"),
}  # fmt: skip
POPULATIONS = {"woman": 1, "child": 2, "elder": 4}


class Refused(Exception):
    """The question itself is not allowed: a bad argument, a forged cursor, a withheld field asked by."""


@dataclass
class Page:
    """A page of rows as the connection's fields need it."""

    kind: Kind
    rows: list[Row]
    total: int
    after: bool
    more: bool
    cursor: Callable[[Row], str]


class Eyes:
    """What one caller sees of the data."""

    def __init__(self, data: Data, access: Access) -> None:
        self.data, self.access = data, access
        self._rows: dict[str, list[Row]] = {}

    # ---- rows --------------------------------------------------------------------------------------

    def may(self, kind: Kind) -> bool:
        """Tell whether this kind of row is open to the caller at all."""
        return kind.permission in self.access.grants

    def visible(self, name: str) -> list[Row]:
        """Return the rows of a kind that a list shows the caller: of events those that happened in her region."""
        whole = self.whole(name)
        kind = KINDS[name]
        if kind.rows == "case":
            return [row for row in whole if case_lists(self, row)]
        if self.may(kind) and self._in_part(kind):
            return [row for row in whole if self._of_region(kind, row)]
        return [row for row in whole if self.happened_here(row)] if KINDS[name].rows == "log" else whole

    def whole(self, name: str) -> list[Row]:
        """Return the rows of a kind that the caller sees in one way or another."""
        if name not in self._rows:
            kind = KINDS[name]
            rows = self.data.tables[kind.table] if self.may(kind) else []
            self._rows[name] = [row for row in rows if self._sees(kind, row)]
        return self._rows[name]

    def sees(self, kind: Kind, row: Row) -> bool:
        """Tell whether the caller sees a row."""
        return self.may(kind) and self._sees(kind, row)

    def _sees(self, kind: Kind, row: Row) -> bool:
        of_no_person: dict[str, Callable[[Row], bool]] = {
            "everybody": lambda _: True, "staff": self.here, "county": self._in_county, "agency": self._own,
            "agency_row": self._of_own, "log": self._log, "both_sides": self._between, "openings": self._opening,
            "addressed": self._addressed, "with_partner": self._contract,
        }  # fmt: skip
        if kind.rows == "office":
            return self._office(kind, row)
        if kind.rows in {"case", "of_case"}:
            return sees_case(self, row) if kind.rows == "case" else sees_beside(self, kind, row)
        if kind.rows == "announced":
            return self._announced(kind, row)
        if kind.rows in of_no_person:
            return of_no_person[kind.rows](row)
        by_region = self.access.grants[kind.permission].rows == "region"
        if by_region:
            return self._of_region(kind, row) or (self._in_part(kind) and self._opened_by_case(kind, row))
        if kind.rows == "person":
            return self._opened(row["id"])
        if kind.rows == "household":
            return any(self._opened(one["id"]) for one in self.data.where("person", "household_id", row["id"]))
        return self._opened(row[kind.subject])

    def _of_region(self, kind: Kind, row: Row) -> bool:
        """Tell whether a row of somebody's file is of the caller's region and remit."""
        if kind.rows in ("person", "household"):
            return self.here(row) and self.in_remit(row)
        return self.here(row) and self._person(row[kind.subject])

    def _in_part(self, kind: Kind) -> bool:
        """Tell whether a row of people's files may be opened by a case to an office that looks after some of them."""
        own = kind.permission == "people:read" and (kind.rows in ("person", "household") or bool(kind.subject))
        by_region = own and self.access.grants["people:read"].rows == "region"
        return by_region and 0 < self.access.remit < ANYONE

    def _opened_by_case(self, kind: Kind, row: Row) -> bool:
        if kind.rows == "household":
            members = self.data.where("person", "household_id", row["id"])
            return any(one["id"] in self._open_people for one in members)
        return row["id" if kind.rows == "person" else kind.subject] in self._open_people

    def _own(self, row: Row) -> bool:
        agency = self.access.agency_id
        return agency is not None and row["agency_id"] == agency and self.here(row)

    def _of_own(self, row: Row) -> bool:
        return any(self._own(one) for one in self.data.where("operation", "id", row["operation_id"]))

    def _between(self, row: Row) -> bool:
        sides = (row["holder_region_code"], row["to_region_code"])
        return any(self.here({"region_code": side}) for side in sides) and self.in_remit(row)

    def _office(self, kind: Kind, row: Row) -> bool:
        rows = self.access.grants[kind.permission].rows
        if rows == "own":
            return self.access.staff_id is not None and row["staff_id"] == self.access.staff_id
        if rows == "agency":
            return self.access.agency_id is not None and row["agency_id"] == self.access.agency_id
        agencies = self.data.where("agency", "id", row["agency_id"])
        return rows == "region" and any(self.here(one) for one in agencies)

    def _addressed(self, row: Row) -> bool:
        """To her agency's desk, or to herself: never what is told to a colleague."""
        mine = self.access.agency_id is not None and row["agency_id"] == self.access.agency_id
        return mine and row["staff_id"] in (None, self.access.staff_id)

    def _contract(self, row: Row) -> bool:
        """The buyer's region sees it; an organisation its own alone, once it is in effect."""
        if self.access.grants["contracts:read"].rows == "region":
            return self.here(row)
        mine = self.access.agency_id is not None and row["ngo_agency_id"] == self.access.agency_id
        return mine and row["activated_on"] is not None

    def _opening(self, row: Row) -> bool:
        sides = (row["region_code"], row["opener_region_code"])
        rows = self.access.grants["break_glass:read"].rows
        seen = rows == "events" or (rows == "region" and self.in_remit(row))
        return seen and any(self.here({"region_code": side}) for side in sides)

    def _log(self, row: Row) -> bool:
        """Events that happened here, and the whole history of whoever is here now."""
        if self.access.grants["events:read"].rows == "region" and self._person(row["subject_id"]):
            return True
        return self.happened_here(row)

    def happened_here(self, row: Row) -> bool:
        """Tell whether an event is one of the caller's region: those are what a list of events shows."""
        rows = self.access.grants["events:read"].rows
        if row["region_code"] is None:  # the platform's own
            nationwide = any((one.lo, one.hi) == (0, 10**12) for one in self.access.regions)
            return rows == "platform" or (rows == "events" and nationwide)
        if rows not in ("region", "events") or not self.here(row):
            return False
        if rows == "events" or self.access.remit & ANYONE:
            return True
        handed_over = [
            one
            for one in self.data.where("transfer_person", "person_id", row["subject_id"])
            if one["handed_over"] and self._sees(KINDS["TransferPerson"], one)
        ]
        return bool(handed_over) or self._person(row["subject_id"])

    def here(self, row: Row) -> bool:
        code = row["region_code"]
        return code is not None and any(one.lo <= code < one.hi for one in self.access.regions)

    def _in_county(self, row: Row) -> bool:
        """Whoever works in a part of a county sees what is the county's."""
        county = row["region_code"]
        return any(one.lo < county + 10**6 and county < one.hi for one in self.access.regions)

    def _announced(self, kind: Kind, row: Row) -> bool:
        """An office sees what is announced in its region; who is somewhere below sees it once it has opened."""
        rows = self.access.grants[kind.permission].rows
        own, opened = row["region_code"], row[kind.since] is not None
        if rows in ("region", "events"):
            above = any(own <= one.lo < own + width_of(own) for one in self.access.regions)
            return self.here(row) or (opened and above)
        if not opened or rows not in ("assigned", "self"):
            return False
        table, who = ("person", self.access.person_id) if self.access.person_id else ("agency", self.access.agency_id)
        homes = [one["region_code"] for one in self.data.where(table, "id", who)]
        return any(own <= home < own + width_of(own) or home <= own < home + width_of(home) for home in homes)

    def in_remit(self, row: Row) -> bool:
        return bool(row["remit"] & self.access.remit)

    def _person(self, person_id: UUID | None) -> bool:
        return any(self.here(one) and self.in_remit(one) for one in self.data.where("person", "id", person_id))

    def _opened(self, person_id: UUID) -> bool:
        return self.access.grants["people:read"].rows in ("assigned", "self") and person_id in self._open_people

    @cached_property
    def _open_people(self) -> set[UUID]:
        grantee = self.access.person_id or self.access.agency_id
        rows = self.data.where("person_access", "grantee_id", grantee)
        now = datetime.now(UTC)
        valid = [row for row in rows if row["ended_at"] is None and (row.get("expires_at") or now) >= now]
        return {grantee} | {row["person_id"] for row in valid} if grantee else set()

    # ---- fields ------------------------------------------------------------------------------------

    def sight(self, kind: Kind, name: str) -> int:
        """Return how much the caller's clearance lets through of a field."""
        field_class = kind.classes.get(name)
        if field_class is None:
            return FULL
        return int(getattr(self.access.grants[kind.permission].clearance, field_class))

    def withheld(self, kind: Kind, name: str) -> bool:
        """Tell whether a field is null for want of clearance, or a relation for want of permission."""
        if name in kind.ways:
            way = kind.ways[name]
            return way.kind in KINDS and not self.may(KINDS[way.kind])
        sight = self.sight(kind, name)
        return sight == HIDDEN or (sight == MASKED and not self._has_mask(kind, name))

    def _has_mask(self, kind: Kind, name: str) -> bool:
        return name in kind.masked or name in kind.safe or self._masks_itself(kind, name)

    def uncounted(self, document: str, name: str) -> bool:
        """Tell whether a document's field counts people outside the caller's remit."""
        wanted, held = COUNTS.get(document, {}).get(name, 0), self.access.remit
        return not held & 128 and wanted & held != wanted

    def _masks_itself(self, kind: Kind, name: str) -> bool:
        """Tell whether a name is masked as it is read; one that is stored masked has no other form."""
        return name in {"name", "reporterName"} and name not in kind.columns

    def open(self, kind: Kind, row: Row) -> dict[str, bool]:
        """Return which actions are open to the caller on a row."""
        found = {action: permission in self.access.grants for action, permission in kind.actions.items()}
        for action, (column, values) in kind.stages.items():
            found[action] = found[action] and row[column] in values
        if kind.actor:
            mine = self.access.agency_id is not None and row[kind.actor] == self.access.agency_id
            found = {action: is_open and mine for action, is_open in found.items()}
        return found

    def value(self, kind: Kind, row: Row, name: str) -> Any:
        """Return a scalar field as the caller sees it, as JSON."""
        if self.withheld(kind, name):
            return None
        if name in kind.masked:
            return row[kind.masked[name]]
        if name in kind.safe and self.sight(kind, name) == MASKED:
            return row[kind.safe[name]]
        if (kind.table, name) in COMPUTED:
            return self._computed(kind, row, name)
        stored = row[kind.columns.get(name, snake(name))]
        if name in kind.divisions:
            return published(stored)
        if stored is not None and self._masks_itself(kind, name) and self.sight(kind, name) == MASKED:
            return stored[:1] + "*" * max(len(stored) - 1, 1)
        return as_json(stored)

    def _computed(self, kind: Kind, row: Row, name: str) -> Any:
        """Return a field that no column holds."""
        match kind.table:
            case "care_case":
                due = row["due_at"]
                return due is not None and (name == "open" or due < datetime.now(UTC))
            case "campaign_village":
                return late(row)
            case "case_attachment":
                (held,) = self.data.where("attachment_content", "digest", row["digest"])
                return held["scanned"] is not None
            case "case_step":
                return may_reopen(self.data, row)
            case "notification":
                return notice(self.data, row, in_words(row["due_at"]) if row["due_at"] else None)
        return sentence(self.data, row, personal=self.access.grants[kind.permission].clearance.personal == FULL)

    # ---- pages -------------------------------------------------------------------------------------

    def token(self, name: str, relation: str, order: str, key: object) -> str:
        """Return the cursor of a row: its key and the seal over where it stands."""
        sealed = f"{SECRET}|{name}|{relation}|{order}|{self.access.sub}|{key}".encode()
        return f"{key}.{urlsafe_b64encode(hashlib.sha256(sealed).digest()[:12]).decode()}"

    def key_of_token(self, token: str, name: str, relation: str, order: str) -> object:
        """Return the key in a cursor; ``Refused`` when the seal is not for this caller, list and order."""
        key = token.rpartition(".")[0]
        if not key or self.token(name, relation, order, key) != token:
            raise Refused("page_token.invalid")
        if KINDS[name].key == "row_number":
            return int(key)
        return UUID(key) if KINDS[name].key == "id" and name != "CodeList" else key

    def page(
        self, name: str, rows: Iterable[Row], order: str, first: int, *, relation: str = "", after: str | None = None,
        wanted: Mapping[str, Any] | None = None,
    ) -> Page:  # fmt: skip
        """Return a page of the caller's rows; ``Refused`` when she may not ask so."""
        kind = KINDS[name]
        self.may_ask(kind, order, wanted)
        if kind.rows == "log" and not relation and "subjectId" in (wanted or {}):
            rows = self.whole(name)
        found = [row for row in rows if all(matches(kind, row, *one) for one in (wanted or {}).items())]
        place = self.place(kind, order)
        found.sort(key=place, reverse=order.startswith("-"))
        rest = found
        if after is not None:
            last = self.anchor(name, self.key_of_token(after, name, relation, order), order)
            rest = [row for row in found if (place(row) < last if order.startswith("-") else place(row) > last)]

        def cursor(row: Row) -> str:
            return self.token(name, relation, order, row[kind.key])

        return Page(kind, rest[:first], len(found), after is not None, len(rest) > first, cursor)

    def place(self, kind: Kind, order: str) -> Callable[[Row], tuple[Any, ...]]:
        """Return where a row stands in an order: ties are broken by the key."""
        name = order.removeprefix("-")
        column = ORDER_COLUMNS.get((kind.table, name), name)
        return lambda row: (row[kind.key],) if column == kind.key else (row[column], row[kind.key])

    def anchor(self, name: str, key: object, order: str) -> tuple[Any, ...]:
        """Return the place of a cursor's row; outside the key's order the row must still be seen."""
        kind = KINDS[name]
        if order.removeprefix("-") == kind.key:
            return (key,)
        found = [row for row in self.visible(name) if row[kind.key] == key]
        if not found:
            raise Refused("page_token.stale")
        return self.place(kind, order)(found[0])

    def may_ask(self, kind: Kind, order: str, wanted: Mapping[str, Any] | None) -> None:
        """Refuse to filter or order by a field the caller does not see in full."""
        for name in (camel(order.removeprefix("-")), *(wanted or {})):
            if self.sight(kind, field_of(kind, name)) != FULL:
                raise Refused("field.withheld")

    # ---- campaigns: counted over what the caller sees ------------------------------------------------

    def campaign_progress(self, campaign: Row) -> Row:
        """Return how many of a campaign's villages are in which state."""
        found = self.data.where("campaign_village", "campaign_id", campaign["id"])
        seen = [row for row in found if self.here(row)]
        states = ("not_started", "in_progress", "submitted", "checked", "returned", "accepted")
        counted = {state: sum(row["state"] == state for row in seen) for state in states}
        return {"villages": len(seen), **counted, "late": sum(map(late, seen))}

    def campaign_figures(self, village: Row) -> Row:
        """Return how many people and households of a village were surveyed since the campaign began."""
        if village["figures"]:
            found: Row = village["figures"]
            return found
        (campaign,) = self.data.where("campaign", "id", village["campaign_id"])
        asked = sum(POPULATIONS[form] for form in campaign["forms"])
        here = self.data.where("person", "region_code", village["region_code"])
        known = [
            one for one in here
            if one["remit"] & asked and self.here(one) and self.in_remit(one)
            and one["deregistered_on"] is None and one["situation"] != "dead"
        ]  # fmt: skip
        done = [one for one in known if one["surveyed_on"] and one["surveyed_on"] >= campaign["opens_on"]]
        own = dict(zip(("women", "children", "elders"), POPULATIONS.values(), strict=True))
        return {
            "known": len(known), "surveyed": len(done),
            **{name: sum(bool(one["remit"] & asked & bit) for one in done) for name, bit in own.items()},
            "households_known": len({one["household_id"] for one in known} - {None}),
            "households_surveyed": len({one["household_id"] for one in done} - {None}),
        }  # fmt: skip


# ---- filters -----------------------------------------------------------------------------------------


def field_of(kind: Kind, name: str) -> str:
    """Return the field that a filter or order asks about."""
    if name == "current":
        return camel(kind.ended_by)
    for ending in ("Prefix", "From", "To"):
        if name.endswith(ending) and name not in ("validFrom", "validTo"):
            return name.removesuffix(ending)
    return name


def late(row: Row) -> bool:
    """Tell whether a village missed the day; the world's days lie far from today."""
    return bool((row["submitted_on"] or date.today()) > row["due_on"])  # noqa: DTZ011 - years away from any midnight


def matches(kind: Kind, row: Row, name: str, value: Any) -> bool:
    """Tell whether a row passes one filter; ``value`` is typed, nothing passes a comparison with null."""
    if name == "current":
        return (row[kind.ended_by] is None) is value
    if kind.table == "notification" and name in UNTIL:
        return (row[UNTIL[name]] is None) is value
    if kind.table == "person" and name == "population":
        return bool(row["remit"] & POPULATIONS[value])
    if kind.table == "campaign_village" and name == "late":
        return late(row) is value
    field = field_of(kind, name)
    stored = row[kind.columns.get(field, snake(field))]
    if stored is None:
        return False
    if field in kind.divisions:
        width = 10 ** (12 - len(value))
        return bool(int(value) * width <= stored < (int(value) + 1) * width)
    if name.endswith("Prefix"):
        return str(stored).startswith(value)
    if name.endswith("From") and field != name:
        return bool(stored >= value)
    if name.endswith("To") and field != name:
        return bool(stored <= value)
    return bool(value in stored) if isinstance(stored, list) else bool(stored == value)


def width_of(code: int) -> int:
    """Return how many codes a division spans: by the zeros that pad its own."""
    return next(int(10**digits) for digits in (10, 8, 6, 3, 0) if code % 10**digits == 0)
