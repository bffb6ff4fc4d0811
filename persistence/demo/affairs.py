"""What is under way in the demo county: files handed over, doubtful pairs, a file opened in an emergency.

Rows and events are what the use cases leave behind, with the days they happened on; the use cases
themselves know only today.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from domain.break_glass.model import VIA, Review
from domain.duplicates.model import DuplicateReason, DuplicateState, RaisedBy, score_of
from domain.people.days import SHANGHAI
from domain.people.masks import mask_name
from domain.people.model import Population, Remit
from domain.regions.codes import padded, published
from domain.transfers.model import TransferKind, TransferState
from persistence.demo.directory import COUNTY, NEIGHBOUR, PILOT_TOWNSHIP, Directory
from persistence.demo.history import Act, Census
from persistence.demo.numbers import Numbers
from persistence.demo.people import Family, Maker, Someone
from persistence.demo.population import PILOT_VILLAGE
from persistence.writing.unit_of_work import FILE

Row = dict[str, Any]
TABLES: Final = ("transfer", "transfer_person", "duplicate_candidate", VIA)
MOVED: Final = "全家迁回石首老家居住，请接收档案"
RETURNS: Final = "户主已在桃花山镇李花山村建房定居，请接收档案"
OPENED: Final = "深夜接到求助电话，称邻县一名儿童独自在家，核实监护人联系方式"
TWO_WOMEN: Final = "两人公民身份证号码不同，丈夫姓名不同，不是同一人"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The families and people it is about; ``came`` was the neighbour county's until last month."""

    came: Family
    leaves: Family
    twice: tuple[Someone, Someone]
    alike: tuple[Someone, Someone]
    opened: Someone


@dataclass(slots=True)
class Affairs:
    """Rows by table, and events."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})
    events: list[Row] = field(default_factory=list)


def choose(make: Maker, families: list[Family], bound: Iterable[Someone]) -> Chosen:
    """Choose whom it is about, none of the callers' own people, and add the two second files to ``families``."""
    taken = {one.id for one in bound}
    free = [one for one in families if not taken & {person.id for person in one.people}]
    here = [one for one in free if str(one.village.code).startswith(COUNTY)]
    there = [one for one in free if str(one.village.code).startswith(NEIGHBOUR)]
    came = next(one for one in here if one.village.code == PILOT_VILLAGE and _with(one, "woman", "child"))
    leaves = next(one for one in there if _with(one, "woman", "child"))
    opened = next(person for one in there if one is not leaves for person in one.people if "child" in person.profiles)
    # Rosters of the pilot township go out and come in again all day: what is doubtful lives elsewhere.
    apart = [one for one in here if not str(one.village.code).startswith(PILOT_TOWNSHIP)]
    twice = _second_file(make, families, next(one for one in apart if _with(one, "elder")), "elder")
    alike = _second_file(make, families, next(one for one in apart if _with(one, "woman")), "woman")
    alike[1].identity_number = make.numbers.identity_number(alike[1].birth_date, alike[1].sex)
    return Chosen(came, leaves, twice, alike, opened)


def _with(family: Family, *populations: str) -> bool:
    return {*populations} <= {one for person in family.people for one in person.profiles}


def _second_file(make: Maker, families: list[Family], family: Family, population: str) -> tuple[Someone, Someone]:
    """Enter somebody a second time: same name, birth date and village, no number."""
    first = next(one for one in family.people if population in one.profiles)
    home = replace(make.family(family.village), address=family.address)
    second = replace(
        first, id=make.numbers.key(home.at), at=home.at, identity_number=None, phone=None, away=None,
        columns=dict(first.columns), profiles={population: dict(first.profiles[population])},
    )  # fmt: skip
    home.people.append(second)
    families.append(home)
    return first, second


def undisturbed(families: Iterable[Family], chosen: Chosen) -> list[Family]:
    """Return the families that none of this is about."""
    told = {chosen.opened.id, *(one.id for pair in (chosen.twice, chosen.alike) for one in pair)}
    told |= {one.id for family in (chosen.came, chosen.leaves) for one in family.people}
    return [one for one in families if not told & {person.id for person in one.people}]


def affairs(
    keys: Numbers, census: Census, made: Directory, chosen: Chosen, rows: Mapping[str, Sequence[Row]], as_of: date
) -> Affairs:
    """Return what is under way on ``as_of``; ``rows`` are those of the county's people."""
    told = _Telling(keys, census, rows, Affairs())
    officer, neighbour = made.staff["civil_affairs", "officer"], made.staff["neighbour_civil_affairs", "officer"]
    _accepted(told, chosen.came, neighbour, officer, as_of)
    _requested(told, chosen.leaves, neighbour, _at(as_of - timedelta(days=3), 10), RETURNS, PILOT_VILLAGE)
    _twice(told, chosen.twice, as_of)
    _alike(told, chosen.alike, officer, as_of)
    _opened(told, chosen.opened, made, officer, as_of)
    return told.made


def origins(chosen: Chosen) -> dict[UUID, int]:
    """Return where people were entered who were handed over since."""
    return {person.id: chosen.leaves.village.code for person in chosen.came.people}


def handed_over_at(as_of: date) -> datetime:
    """Return the moment of last month at which the family that came was taken over."""
    return _at(as_of.replace(day=1) - timedelta(days=8), 10)


def arrive(rows: Mapping[str, Sequence[Row]], chosen: Chosen, as_of: date) -> None:
    """Mark the files of the family that came as changed by its arrival."""
    came = {chosen.came.id, *(person.id for person in chosen.came.people)}
    for row in (one for table in ("household", "person") for one in rows[table] if one["id"] in came):
        row |= {"version": 2, "updated_at": handed_over_at(as_of)}


@dataclass(frozen=True, slots=True)
class _Telling:
    keys: Numbers
    census: Census
    rows: Mapping[str, Sequence[Row]]
    made: Affairs

    def stamped(self, at: datetime, updated: datetime | None = None, version: int = 1) -> Row:
        return {"id": self.keys.key(at), "version": version, "created_at": at, "updated_at": updated or at}

    def tell(  # noqa: PLR0913, PLR0917 - what an event is made of
        self, kind: str, row: Row, at: datetime, subject: UUID | None, act: Act, data: Row, cause: Row | None = None
    ) -> Row:
        event = self.census.event(kind, row, subject, at, data, cause, act)
        self.made.events.append(event)
        return event

    def people(self, family: Family) -> list[Row]:
        wanted = {one.id for one in family.people}
        return [one for one in self.rows["person"] if one["id"] in wanted]

    def records(self, person: UUID) -> int:
        return sum(row[of] == person for table, of in FILE.items() for row in self.rows.get(table, ()))


def _requested(  # noqa: PLR0913, PLR0917 - what a request says
    told: _Telling, family: Family, by: Row, at: datetime, reason: str, to: int, holder: int | None = None
) -> tuple[Row, list[Row]]:
    """Ask for a family to be taken over; ``holder``: who has it, if not where it is found now."""
    people = told.people(family)
    remit = 0
    for person in people:
        remit |= person["remit"]
    held = holder or family.village.code
    transfer = told.stamped(at) | {
        "kind": TransferKind.HANDOVER, "state": TransferState.REQUESTED, "person_id": people[0]["id"],
        "household_id": family.id, "holder_region_code": held, "from_region_code": held, "to_region_code": to,
        "remit": remit, "reason": reason, "due_on": at.date() + timedelta(days=15), "requested_by": f"staff:{by['id']}",
        "requested_by_agency_id": by["agency_id"], "decided_at": None, "decided_by": None,
        "decided_by_agency_id": None,
    }  # fmt: skip
    told.made.rows["transfer"].append(transfer)
    listed = []
    for person in people:
        populations = sorted(one for one in Population if _has(told.rows[f"{one}_profile"], person["id"]))
        listed.append(
            told.stamped(at)
            | {name: transfer[name] for name in ("holder_region_code", "to_region_code", "remit")}
            | {
                "transfer_id": transfer["id"],
                "person_id": person["id"],
                "name_masked": mask_name(person["name"]),
                "birth_year": person["birth_date"].year,
                "populations": populations,
                "records": told.records(person["id"]),
                "open": True,
                "handed_over": False,
            }
        )
    told.made.rows["transfer_person"] += listed
    _both_sides(told, transfer, at, by, reason)
    return transfer, listed


def _has(rows: Sequence[Row], person: UUID) -> bool:
    return any(row["person_id"] == person for row in rows)


def _both_sides(told: _Telling, transfer: Row, at: datetime, by: Row, reason: str | None) -> Row:
    """Tell both sides; the receiver's log names the person only once she is hers. Returns the holder's event."""
    accepted = transfer["state"] == TransferState.ACCEPTED
    data = {"kind": str(transfer["kind"]), "due_on": transfer["due_on"].isoformat()}
    act = Act(by, reason)
    sides = (
        (transfer["holder_region_code"], transfer["person_id"]),
        (transfer["to_region_code"], transfer["person_id"] if accepted else None),
    )
    first, _ = (
        told.tell(f"transfer.{transfer['state']}", transfer | {"region_code": region}, at, subject, act, data)
        for region, subject in sides
    )
    return first


def _accepted(told: _Telling, family: Family, giver: Row, taker: Row, as_of: date) -> None:
    """Hand a family over that lives here now: it was entered in the neighbour county."""
    origin, at = told.census.origins[family.people[0].id], handed_over_at(as_of)
    asked = at - timedelta(days=5)
    transfer, listed = _requested(told, family, giver, asked, MOVED, family.village.code, origin)
    transfer |= {
        "state": TransferState.ACCEPTED, "version": 2, "updated_at": at, "decided_at": at,
        "decided_by": f"staff:{taker['id']}", "decided_by_agency_id": taker["agency_id"],
    }  # fmt: skip
    for one in listed:
        one |= {"open": False, "handed_over": True, "version": 3, "updated_at": at}  # closed, then noted as gone
    cause = _both_sides(told, transfer, at, taker, None)
    moved = {
        "changed": ["region"], "from": published(origin), "to": published(family.village.code),
        "moved_on": at.date().isoformat(),
    }  # fmt: skip
    people = told.people(family)
    homes = [one for one in told.rows["household"] if one["id"] == family.id]
    act = Act(taker, MOVED)
    for record, row, subject in (
        *(("person", one, one["id"]) for one in people), *(("household", one, people[0]["id"]) for one in homes),
    ):  # fmt: skip
        told.tell(f"{record}.moved_out", row | {"region_code": origin}, at, subject, act, moved, cause)
        told.tell(f"{record}.moved_in", row, at, subject, act, moved, cause)


def _pair(told: _Telling, pair: tuple[Someone, Someone], at: datetime) -> Row:
    """Raise the question as the nightly job does."""
    first, second = sorted(pair, key=lambda one: one.id)
    reasons = (DuplicateReason.NAME_BIRTH_VILLAGE,)
    row = told.stamped(at) | {
        "person_id": first.id, "other_id": second.id, "region_code": first.village.code,
        "reasons": [str(one) for one in reasons], "score": score_of(reasons), "state": DuplicateState.OPEN,
        "raised_by": RaisedBy.JOB, "requested_by_agency_id": None, "decision": None,
    }  # fmt: skip
    told.made.rows["duplicate_candidate"].append(row)
    act = Act(None, channel="job", sub="system:duplicates")
    told.tell("duplicate.raised", row, at, first.id, act, {"other": str(second.id), "reasons": row["reasons"]})
    return row


def _twice(told: _Telling, pair: tuple[Someone, Someone], as_of: date) -> None:
    _pair(told, pair, _at(as_of - timedelta(days=1), 1))


def _alike(told: _Telling, pair: tuple[Someone, Someone], officer: Row, as_of: date) -> None:
    """Two women of one name and birth date, held to be two once the second had given her number."""
    row = _pair(told, pair, _at(as_of - timedelta(days=6), 1))
    at = _at(as_of - timedelta(days=5), 11)
    row |= {"state": DuplicateState.DISTINCT, "decision": TWO_WOMEN, "version": 2, "updated_at": at}
    told.tell("duplicate.held_distinct", row, at, row["person_id"], Act(officer, TWO_WOMEN), {})


def _opened(told: _Telling, child: Someone, made: Directory, officer: Row, as_of: date) -> None:
    """A child of the neighbour county whose file was opened for an hour, last week; nobody has reviewed it."""
    at = _at(as_of - timedelta(days=7), 22)
    (person,) = (one for one in told.rows["person"] if one["id"] == child.id)
    agency = made.agencies["civil_affairs"]
    row = told.stamped(at) | {
        "person_id": child.id, "region_code": child.village.code, "opener_region_code": padded(COUNTY),
        "remit": person["remit"] | int(Remit.ANYONE), "actor": f"staff:{officer['id']}",
        "agency_id": agency["id"], "supervisor_agency_id": agency["parent_id"], "reason": OPENED,
        "expires_at": at + timedelta(hours=1), "state": Review.UNREVIEWED,
    }  # fmt: skip
    told.made.rows[VIA].append(row)
    told.made.rows["person_access"] = [
        {
            "id": told.keys.key(at), "grantee_id": row["id"], "person_id": child.id, "via": VIA, "via_id": row["id"],
            "expires_at": row["expires_at"],
        }
    ]  # fmt: skip
    data = {"supervisor": str(agency["parent_id"]), "hours": 1}
    for place in (row["opener_region_code"], row["region_code"]):
        told.tell(f"{VIA}.opened", row | {"region_code": place}, at, child.id, Act(officer, OPENED), data)
    seen = row | {"region_code": row["opener_region_code"]}
    told.tell(f"{VIA}.read", seen, at + timedelta(minutes=2), child.id, Act(officer), {"views": ["Person"]})


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 20), SHANGHAI)


__all__ = ["TABLES", "Affairs", "Chosen", "affairs", "arrive", "choose", "origins", "undisturbed"]
