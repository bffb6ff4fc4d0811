"""The demo county's caseload: two years of cases as they came in, and the people and offices they are about."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.cases.commands import Involved
from domain.cases.model import CaseSource, CaseState, PartyRole, PersonRole
from domain.cases.use_cases.intake import Matter, entered, taking_part
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from domain.policy.matrix import Question, answer
from domain.policy.model import Audience, CaseCategory
from domain.policy.routing import Route
from persistence.catalogue import around
from persistence.crypto import FieldCipher
from persistence.demo import case_texts as texts
from persistence.demo.case_chances import ALONE, STAGED
from persistence.demo.case_offices import Office
from persistence.demo.courses import Course, NotYet
from persistence.demo.directory import COUNTY, PILOT_TOWNSHIP, Directory
from persistence.demo.docket import Docket, File
from persistence.demo.history import Act, Census
from persistence.demo.people import FEMALE, Family, Maker, Someone
from persistence.demo.rows import seal

Row = dict[str, Any]
CASES: Final = 780
YEARS: Final = 2
SOURCES: Final = {
    CaseSource.REPORT: 32, CaseSource.VISIT: 30, CaseSource.HOTLINE: 12, CaseSource.PETITION: 8,
    CaseSource.MINI_PROGRAM: 9, CaseSource.ALARM: 3, CaseSource.SYSTEM: 6,
}  # fmt: skip
ADULT: Final = 18
URGENT: Final = {CaseCategory.VIOLENCE: 0.5, CaseCategory.GUARDIANSHIP: 0.12, CaseCategory.MENTAL_HEALTH: 0.08}
COMPOUND: Final = ("欧阳",)


@dataclass(frozen=True, slots=True)
class Planned:
    """A case before it is told: what it is about, about whom, raised how, and when."""

    category: CaseCategory
    matter: texts.Matter
    family: Family
    person: Someone | None
    source: CaseSource
    at: datetime
    urgent: bool
    wants: frozenset[str] = frozenset()  # what its course must come by, beyond chance


Routes = Mapping[tuple[CaseCategory, Audience, int], Route]


async def caseload(  # noqa: PLR0913, PLR0917 - what a caseload is made of
    conn: asyncpg.Connection, cipher: FieldCipher, make: Maker, census: Census, made: Directory,
    families: Sequence[Family], bound: Mapping[str, Someone], rows: Mapping[str, Sequence[Row]], as_of: date,
) -> Docket:  # fmt: skip
    """Return the cases with what stands beside them, their notices and events.

    ``families`` are those that cases may be about; ``rows`` the county's, already loaded: agencies, people, contracts
    (whose counts of assignments are written here).
    """
    planned = [*_plans(make, families, bound, as_of)]
    routes = await _routes(conn, planned, as_of)
    docket = Docket(make.numbers, census, _opening(as_of), _desks(made))
    telling = _Telling(make, docket, made, rows, routes, as_of)
    for one in planned:
        telling.tell(one)
    for table in ("care_case", "case_note"):
        seal(cipher, table, docket.rows[table])
    used = [(one["assigned"], one["id"]) for one in rows["service_contract"]]
    await conn.executemany("UPDATE service_contract SET assigned = $1, version = version + $1 WHERE id = $2", used)
    return docket


def _opening(as_of: date) -> datetime:
    return datetime.combine(as_of, time(0), SHANGHAI)


def _desks(made: Directory) -> dict[UUID, UUID]:
    """Return who reads what comes to an agency's desk."""
    return {one["agency_id"]: one["id"] for one in reversed(made.rows["staff"])}


# ---- what came in ---------------------------------------------------------------------------------


def _plans(make: Maker, families: Sequence[Family], bound: Mapping[str, Someone], as_of: date) -> Iterator[Planned]:
    """Yield what came in: more of it lately, as the ledger became known."""
    here = [one for one in families if str(one.village.code).startswith(COUNTY) and not _knows(one, bound)]
    by_audience = {audience: [*_of(here, audience)] for audience in Audience}
    for _ in range(CASES):
        ago = timedelta(days=365 * YEARS * make.chance.random() ** 1.4 + 1)
        category = make.one_of(texts.SHARES)
        yield _planned(make, by_audience, category, make.one_of(SOURCES), _moment(make, as_of, ago))
    for category, days, wants in STAGED:
        ago = timedelta(days=days)
        yield _planned(make, by_audience, category, CaseSource.VISIT, _moment(make, as_of, ago), wants)
    yield from _own(make, families, bound, as_of)


def _knows(family: Family, bound: Mapping[str, Someone]) -> bool:
    """Tell whether somebody whom a caller is lives there, or is guardian of somebody there."""
    theirs = {one.id for one in bound.values()}
    return bool(theirs & {one.id for one in (*family.people, *(guarded.guardian for guarded in family.guardianships))})


def _planned(
    make: Maker, people: Mapping[Audience, Sequence[tuple[Family, Someone]]], category: CaseCategory,
    source: CaseSource, at: datetime, wants: frozenset[str] = frozenset(),
) -> Planned:  # fmt: skip
    about = next((Audience(one.removeprefix("for:")) for one in wants if one.startswith("for:")), None)
    matters = [one for one in texts.MATTERS[category] if about in {None, one.audience}]
    matter = make.chance.choice(matters)
    family, person = make.chance.choice(people[matter.audience])
    named = person if matter.audience is not Audience.HOUSEHOLD or make.happens(0.4) else None
    urgent = not wants and make.happens(URGENT.get(category, 0.01))
    if category is CaseCategory.VIOLENCE and matter.audience is Audience.CHILD and (wants or make.happens(0.7)):
        source, urgent = CaseSource.MANDATORY_REPORT, True
    return Planned(category, matter, family, named, source, at, urgent, wants)


def _of(families: Sequence[Family], audience: Audience) -> Iterator[tuple[Family, Someone]]:
    for family in families:
        living = [one for one in family.people if one.columns.get("situation") == "living" and one.away is None]
        if audience is Audience.HOUSEHOLD:
            living = [one for one in living if one.phone][:1]
        else:
            living = [one for one in living if audience.value in one.profiles]
        yield from ((family, one) for one in living)


def _own(make: Maker, families: Sequence[Family], bound: Mapping[str, Someone], as_of: date) -> Iterator[Planned]:
    """Yield what the callers raised themselves: one matter long answered, one waiting; and a grandmother's."""
    for name, category, days, wants in (
        ("resident", CaseCategory.EMPLOYMENT_TRAINING, 220, ALONE),
        ("resident", CaseCategory.ILLNESS, 4, ALONE | {"stop:received"}),
        ("guardian", CaseCategory.RELIEF, 30, ALONE | {"stop:work"}),
    ):
        person = bound[name]
        family = next(one for one in families if person in one.people)
        matter = next(one for one in texts.MATTERS[category] if one.audience in {Audience.WOMAN, Audience.HOUSEHOLD})
        at = _moment(make, as_of, timedelta(days=days))
        yield Planned(category, matter, family, person, CaseSource.MINI_PROGRAM, at, urgent=False, wants=wants)


def _moment(make: Maker, as_of: date, ago: timedelta) -> datetime:
    day = (_opening(as_of) - ago).date()
    return datetime.combine(day, time(make.chance.randint(8, 17), make.chance.randrange(60)), SHANGHAI)


async def _routes(conn: asyncpg.Connection, planned: Sequence[Planned], as_of: date) -> Routes:
    """Return where each matter goes, asked once of each kind and place."""
    asked = {(one.category, one.matter.audience, _place(one.family.village.code)) for one in planned}
    routes = {}
    for key in sorted(asked):
        question = Question(*key, as_of)
        found = await around(conn, question)
        routes[key] = answer(question, found.candidates, found.default, found.offices).route
    return routes


def _place(village: int) -> int:
    """Return the widest place around a village that answers alike: only the pilot township has committees."""
    return village if str(village).startswith(PILOT_TOWNSHIP) else village // 1000 * 1000


# ---- how each is told -----------------------------------------------------------------------------


class _Telling:
    def __init__(
        self, make: Maker, docket: Docket, made: Directory, rows: Mapping[str, Sequence[Row]], routes: Routes,
        as_of: date,
    ) -> None:  # fmt: skip
        self._make, self._docket, self._made, self._routes = make, docket, made, routes
        self._office = Office(make, made, rows["service_contract"])
        self._people = {one["id"]: one for one in rows["person"]}
        self._now = _opening(as_of)

    def tell(self, plan: Planned) -> None:
        """Tell a case from its first word as far as it has come."""
        file = self._enter(plan)
        course = Course(self._make, self._docket, self._office, self._now, file, plan.matter, plan.wants)
        course.twin = lambda at: self._enter(plan, at)
        with suppress(NotYet):
            course.run()
        for twin in course.twins:
            if twin.row["state"] is CaseState.RECEIVED:  # not merged: it goes its own way
                with suppress(NotYet):
                    Course(self._make, self._docket, self._office, self._now, twin, plan.matter, ALONE).run()

    def _enter(self, plan: Planned, at: datetime | None = None) -> File:
        """Enter a case, or once more the same matter from another side."""
        minor = plan.source is CaseSource.MANDATORY_REPORT and at is None
        subject = self._people[plan.person.id] if plan.person else None
        source = plan.source if at is None else CaseSource.HOTLINE
        if source is CaseSource.MINI_PROGRAM and (plan.person is None or self._make.age(plan.person) < ADULT):
            source = CaseSource.REPORT
        by, reporter = self._raised_by(source, plan)
        family = _surname(plan)
        said = {"family": family, "group": self._make.chance.randint(1, 9)}
        matter = Matter(
            source=source, category=plan.category, audience=plan.matter.audience,
            region_code=plan.family.village.code, title=plan.matter.title.format(**said),
            description=plan.matter.story.format(**said), urgent=plan.urgent,
            restricted=minor or plan.category is CaseCategory.VIOLENCE, subject=subject,
            household_id=plan.family.id, people=_others(plan, minor=minor), reporter=reporter,
        )  # fmt: skip
        route = self._routes[plan.category, plan.matter.audience, _place(plan.family.village.code)]
        helping = [self._made.agencies[one]["id"] for one in ("public_security", "civil_affairs") if minor]
        if not minor and plan.urgent and plan.category is CaseCategory.VIOLENCE:
            helping = [self._made.agencies["public_security"]["id"]]
        lead = (helping[0], None) if minor else self._lead(route)
        received = at or plan.at
        values = BLANK | entered(self._docket.keys.key(received), matter, route, lead, received)
        values |= {"reporter_agency_id": by.by["agency_id"] if by.by else None}
        values |= {"reporter_id": subject["id"] if subject and source is CaseSource.MINI_PROGRAM else None}
        file = self._docket.enter(values, by, subject["created_at"] if subject else None)
        self._take_part(file, matter, route, helping)
        return file

    def _take_part(self, file: File, matter: Matter, route: Route, helping: Sequence[UUID]) -> None:
        if matter.subject:
            self._docket.involve(file, matter.subject["id"], PersonRole.SUBJECT)
        for one in matter.people:
            self._docket.involve(file, one.person_id, one.role)
        kind = NoticeKind.MANDATORY_REPORT if matter.source is CaseSource.MANDATORY_REPORT else NoticeKind.CASE_RECEIVED
        for agency_id, role in taking_part(file.row, route, helping).items():
            self._docket.enlist(file, agency_id, role)
            if role is not PartyRole.REPORTER:
                self._docket.tell(file, kind, agency_id)

    def _lead(self, route: Route) -> tuple[UUID, UUID | None]:
        if route.receiver is None:
            return self._made.agencies["civil_affairs"]["id"], None
        return route.receiver.agency_id, route.receiver.department_id

    def _raised_by(self, source: CaseSource, plan: Planned) -> tuple[Act, Row]:
        """Return whose act it is to raise a case, and who is written down as having told it."""
        nobody = {"reporter_name": None, "reporter_phone": None}
        if source is CaseSource.MINI_PROGRAM and plan.person:
            told = {"reporter_name": plan.person.name, "reporter_phone": plan.person.phone}
            return Act(None, sub=f"person:{plan.person.id}", client="mini-program"), told
        if source is CaseSource.ALARM:
            return Act(None, channel="job", sub="system:alarms"), nobody
        if source in {CaseSource.HOTLINE, CaseSource.PETITION}:
            key = "federation" if source is CaseSource.HOTLINE else "civil_affairs"
            name = f"{_surname(plan)}{self._make.chance.choice(('女士', '大姐', '先生'))}"
            return Act(self._office.clerk(key)), {"reporter_name": name, "reporter_phone": self._make.numbers.phone()}
        if source is CaseSource.SYSTEM:
            return Act(self._office.clerk("civil_affairs")), nobody
        return Act(self._office.nearest(plan.family.village.code)), nobody


def _surname(plan: Planned) -> str:
    name = (plan.person or plan.family.people[0]).name
    return name[: 2 if name.startswith(COMPOUND) else 1]


def _others(plan: Planned, *, minor: bool) -> tuple[Involved, ...]:
    """Return who else is named: a ward's guardian; of a report about a minor, the man of the house as the accused."""
    person = plan.person
    if person is None:
        return ()
    if minor:
        men = [one for one in plan.family.people if one.sex != FEMALE and one.phone and one is not person]
        return tuple(Involved(person_id=one.id, role=PersonRole.ALLEGED) for one in men[:1])
    guardians = {one.guardian.id for one in plan.family.guardianships if one.ward is person}
    return tuple(Involved(person_id=one, role=PersonRole.GUARDIAN) for one in sorted(guardians - {person.id})[:1])


BLANK: Final[Row] = {
    "reporter_id": None, "reporter_agency_id": None, "handler_id": None, "accepted_at": None, "extensions": 0,
    "extension_reason": None, "warned_for": None, "escalated_for": None, "escalation_level": 0, "outcome": None,
    "outcome_note": None, "resolved_at": None, "reply": None, "reply_channel": None, "replied_at": None,
    "closed_at": None, "reopened": 0, "merged_into_id": None,
}  # fmt: skip

__all__ = ["caseload"]
