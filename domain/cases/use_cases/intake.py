"""Raising a case: what it is about, who must finish it and by when; and the mandatory report about a minor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.agencies.model import AgencyType
from domain.cases.acts import CASE, due_at, look_at, record, saved, tell, work_order
from domain.cases.commands import Involved, RegisterCase, ReportMinor
from domain.cases.deadlines import to_accept, to_finish
from domain.cases.model import CaseAct, CaseSource, CaseState, PartyRole, PersonRole, PriorityClass
from domain.cases.parties import enlist, involve
from domain.cases.places import NO_OFFICE
from domain.errors import Conflict, Fault, InvalidInput
from domain.ids import new_id
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from domain.people.model import Population, Remit
from domain.people.remits import HOUSEHOLD, OWN
from domain.people.use_cases.places import place
from domain.policy.model import Audience, CaseCategory, RouteBasis
from domain.policy.routing import Route
from domain.regions.codes import LEVELS, published
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

REPORT: Final = "cases:report"
MINORS: Final = "minors:report"
# 反家庭暴力法 art. 15, 人民警察法 art. 21: where somebody is in danger, public security works on it, whoever leads.
SAFETY: Final = frozenset({CaseCategory.VIOLENCE, CaseCategory.FRAUD_THEFT_TRAFFICKING})
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another over the telephone
_SUFFIX: Final = 6


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be entered, after the caller's words were checked."""

    source: CaseSource
    category: CaseCategory
    audience: Audience
    region_code: int
    title: str
    description: str
    urgent: bool
    restricted: bool
    subject: Row | None = None
    household_id: UUID | None = None
    people: tuple[Involved, ...] = ()
    reporter: dict[str, Any] = field(default_factory=dict)


async def register_case(access: Access, uow: UnitOfWork, command: RegisterCase) -> Saved:
    """Raise a case; the responsibility matrix says who receives it, and she is told at once.

    A resident raises her own or her ward's. Raises ``InvalidInput`` (``region.required``, ``case.source_taken``,
    ``person.unknown``), ``Forbidden`` (a place outside the caller's region), ``Conflict``
    (``case.nobody_responsible``).
    """
    async with uow.begin(access, REPORT) as work:
        subject = await _person(work, command.person_id)
        source = _source(access, command.source)
        matter = Matter(
            source=source,
            category=command.category,
            audience=command.audience or await _audience(work, subject),
            region_code=await _region(work, command.region, subject),
            title=command.title,
            description=command.description,
            urgent=command.urgent,
            restricted=command.category is CaseCategory.VIOLENCE if command.restricted is None else command.restricted,
            subject=subject,
            household_id=await _household(work, command.household_id, subject),
            people=tuple(command.people or ()),
            reporter={"reporter_name": command.reporter_name, "reporter_phone": command.reporter_phone},
        )
        for one in matter.people:
            await _person(work, one.person_id, "/people")
        route = await work.route(matter.category, matter.audience, matter.region_code, work.today)
        police = matter.urgent and matter.category in SAFETY
        case = await _enter(work, matter, route, helping=[AgencyType.PUBLIC_SECURITY] if police else [])
        return await work.commit(saved(case))


async def report_minor(access: Access, uow: UnitOfWork, command: ReportMinor) -> Saved:
    """Report a minor in danger: public security and civil affairs have it at once, and 24 hours to act.

    Nothing but words is needed, and nobody's consent. Who is accused sees nothing of it, guardian or not; nor does
    anybody who does not work it. 未成年人保护法 art. 11; 关于建立侵害未成年人案件强制报告制度的意见 (2020).
    """
    async with uow.begin(access, MINORS) as work:
        # Whoever she is, and whether the caller sees her or not: the case is no way to her file.
        async with work.as_system():
            subject, alleged = await _anybody(work, command.person_id), await _anybody(work, command.alleged_person_id)
        matter = Matter(
            source=CaseSource.MANDATORY_REPORT,
            category=command.category,
            audience=Audience.CHILD,
            region_code=await _somewhere(work, command.region, subject),
            title=command.title or command.description[:40],
            description=command.description,
            urgent=True,
            restricted=True,
            subject=subject,
            household_id=subject["household_id"] if subject else None,
            people=(Involved(person_id=alleged["id"], role=PersonRole.ALLEGED),) if alleged else (),
            reporter={"reporter_name": command.reporter_name, "reporter_phone": command.reporter_phone},
        )
        route = await work.route(matter.category, matter.audience, matter.region_code, work.today)
        must = await _nearest(work, matter, (AgencyType.PUBLIC_SECURITY, AgencyType.CIVIL_AFFAIRS))
        case = await _enter(work, matter, route, must)
        return await work.commit(saved(case))


async def _nearest(work: Work, matter: Matter, kinds: Iterable[AgencyType]) -> list[UUID]:
    """Return the agencies of some types that answer for the place; a type without one is left out."""
    found = [await work.agency_above(kind, matter.region_code) for kind in kinds]
    return [one for one in found if one is not None]


async def _enter(
    work: Work, matter: Matter, route: Route, must: Sequence[UUID] = (), helping: Iterable[AgencyType] = ()
) -> Row:
    """Enter a case with everybody who takes part.

    ``must`` have it whatever the matrix says, the first as lead; agencies of the types ``helping`` work on it too.
    """
    access = work.access
    lead, department = await _lead(work, route, must)
    values = entered(new_id(), matter, route, (lead, department), await work.now())
    values |= {"reporter_id": access.person_id, "reporter_agency_id": access.agency_id}
    values["barred"] = sorted({*values["barred"], *await _guardians(work, matter)})
    async with work.as_system():
        case = await work.insert(CASE, values)
        await record(work, case, CaseAct.REGISTER, source=case["source"])
        if matter.subject:
            await involve(work, case, matter.subject["id"], PersonRole.SUBJECT)
        for one in matter.people:
            if matter.subject is None or one.person_id != matter.subject["id"]:
                await involve(work, case, one.person_id, one.role)
        await _bring_in(work, case, route, [*must, *await _nearest(work, matter, helping)])
    return case


def entered(key: UUID, matter: Matter, route: Route, lead: tuple[UUID, UUID | None], now: datetime) -> dict[str, Any]:
    """Return the row of a case as it is received; ``lead`` is the agency that must finish it, and its department."""
    accept, finish = to_accept(matter.category, now, urgent=matter.urgent), to_finish(matter.category, now)
    day = now.astimezone(SHANGHAI).strftime("%Y%m%d")
    values: dict[str, Any] = {
        "id": key, "number": number_of(matter.region_code, day, key),
        "source": matter.source, "category": matter.category, "audience": matter.audience,
        "state": CaseState.RECEIVED, "urgent": matter.urgent, "restricted": matter.restricted,
        "priority_class": _priority(matter), "remit": _remit(matter), "region_code": matter.region_code,
        "title": matter.title, "description": matter.description,
        "person_id": matter.subject["id"] if matter.subject else None, "household_id": matter.household_id,
        **matter.reporter,
        "barred": sorted({one.person_id for one in matter.people if one.role is PersonRole.ALLEGED}),
        "agency_id": lead[0], "department_id": lead[1], "measure_id": route.measure_id, "route": described(route),
        "received_at": now, "accept_by": accept.at, "finish_by": max(finish.at, accept.at),
        "days_flagged": accept.flagged or finish.flagged,
    }  # fmt: skip
    values |= {"due_at": due_at(values)}
    return values | {"work_order": work_order(values), "look_at": look_at(values["due_at"], now)}


async def _guardians(work: Work, matter: Matter) -> set[UUID]:
    """Return the guardians whom a case may be about, where guardianship itself is the matter: they see nothing of it.

    A guardian who asks for help herself follows her own case.
    """
    if matter.category is not CaseCategory.GUARDIANSHIP or matter.subject is None:
        return set()
    ward = {"ward_id": matter.subject["id"]}
    async with work.as_system():
        held = await work.find("guardianship", where=ward, open_until="valid_to", lock=False)
    return {one["guardian_id"] for one in held} - {work.access.person_id}


async def _bring_in(work: Work, case: Row, route: Route, working: Sequence[UUID]) -> None:
    """Let everybody named take part, and tell each of them but the reporter."""
    urgent = case["source"] == CaseSource.MANDATORY_REPORT
    for agency_id, role in taking_part(case, route, working).items():
        await enlist(work, case, agency_id, role)
        if role is not PartyRole.REPORTER:
            kind = NoticeKind.MANDATORY_REPORT if urgent else NoticeKind.CASE_RECEIVED
            await tell(work, case, kind, agency_id)


def taking_part(case: Mapping[str, Any], route: Route, working: Iterable[UUID]) -> dict[UUID, PartyRole]:
    """Return who takes part in a case from its first day, the reporter last and weakest."""
    parts = {case["agency_id"]: PartyRole.LEAD}
    for agency_id in (*working, *(one.agency_id for one in route.co)):
        parts.setdefault(agency_id, PartyRole.CO)
    for one in route.informed if not case["restricted"] else ():  # of a restricted one only who must work it is told
        parts.setdefault(one.agency_id, PartyRole.INFORMED)
    if case["reporter_agency_id"]:
        parts.setdefault(case["reporter_agency_id"], PartyRole.REPORTER)
    return parts


async def _lead(work: Work, route: Route, must: Sequence[UUID]) -> tuple[UUID, UUID | None]:
    """Return who leads: every matter has a named department, if need be the office that raised it."""
    if must:
        return must[0], None
    if route.receiver is not None:
        return route.receiver.agency_id, route.receiver.department_id
    access = work.access
    if access.agency_id is not None and AgencyType(access.agency_type or "") not in NO_OFFICE:
        return access.agency_id, None
    raise Conflict("case.nobody_responsible")


async def _person(work: Work, person_id: UUID | None, pointer: str = "/person_id") -> Row | None:
    """Return a person whom the caller sees. One she does not see is one that is not there."""
    if person_id is None:
        return None
    found = await work.find("person", where={"id": person_id}, lock=False)
    if not found:
        raise InvalidInput(Fault(pointer, "person.unknown"))
    return found[0]


async def _anybody(work: Work, person_id: UUID | None) -> Row | None:
    """Return a person of the ledger, or None where nobody has that id."""
    found = await work.find("person", where={"id": person_id}, lock=False) if person_id else []
    return found[0] if found else None


async def _somewhere(work: Work, code: str | None, subject: Row | None) -> int:
    """Return where a minor is in danger, as near as it was said: a place that is none is looked for above."""
    digits = "".join(one for one in code or "" if one in "0123456789")
    for length in sorted(LEVELS, reverse=True):
        number = await work.region(digits[:length], work.today) if len(digits) >= length else None
        if number is not None:
            return number
    if subject is not None:
        home: int = subject["region_code"]
        return home
    access = work.access
    if access.regions:
        return access.regions[0].lo
    table, key = ("person", access.person_id) if access.person_id else ("agency", access.agency_id)
    async with work.as_system():
        own = await work.find(table, where={"id": key}, lock=False) if key else []
    return own[0]["region_code"] if own else 0


async def _household(work: Work, household_id: UUID | None, subject: Row | None) -> UUID | None:
    """Return the household that was named, if the caller sees it, or the subject's own."""
    if household_id is None:
        return subject["household_id"] if subject else None
    if not await work.find("household", where={"id": household_id}, lock=False):
        raise InvalidInput(Fault("/household_id", "household.unknown"))
    if subject and subject["household_id"] not in {None, household_id}:
        raise InvalidInput(Fault("/household_id", "household.not_a_member"))
    return household_id


async def _region(work: Work, code: str | None, subject: Row | None) -> int:
    """Return where the matter lies: as said, where the person lives, or the caller's own region."""
    access = work.access
    if code is not None and access.person_id is None:
        return await place(work, code)
    if subject is not None:
        home: int = subject["region_code"]
        return home
    if access.person_id is not None:
        (caller,) = await work.find("person", where={"id": access.person_id}, lock=False)
        own: int = caller["region_code"]
        return own
    if access.regions and len(access.regions) == 1 and access.region and len(access.region) >= len("421081"):
        return access.regions[0].lo
    raise InvalidInput(Fault("/region", "region.required"))


def _source(access: Access, given: CaseSource | None) -> CaseSource:
    if given is CaseSource.MANDATORY_REPORT:
        raise InvalidInput(Fault("/source", "case.source_taken"))
    if given is CaseSource.SYSTEM and access.staff_id is not None:
        raise InvalidInput(Fault("/source", "case.source_system"))
    if access.person_id is not None:
        return CaseSource.MINI_PROGRAM
    return given or (CaseSource.REPORT if access.staff_id else CaseSource.SYSTEM)


async def _audience(work: Work, subject: Row | None) -> Audience:
    """Read off a person's profiles whom the matter is about; a child before a woman before an elder."""
    if subject is None:
        return Audience.HOUSEHOLD
    held = (await work.populations([subject["id"]]))[subject["id"]]
    for population, audience in (
        (Population.CHILD, Audience.CHILD), (Population.WOMAN, Audience.WOMAN), (Population.ELDER, Audience.ELDER),
    ):  # fmt: skip
        if population in held:
            return audience
    return Audience.HOUSEHOLD


def _priority(matter: Matter) -> PriorityClass:
    if matter.urgent:
        return PriorityClass.URGENT
    return PriorityClass.PRIORITY if matter.subject and matter.subject["priority"] else PriorityClass.NORMAL


def _remit(matter: Matter) -> int:
    """Return whose remit the case falls under: that of its subject and of the population it is about."""
    bits = Remit.ANYONE | Remit(matter.subject["remit"] if matter.subject else 0)
    if matter.audience is not Audience.HOUSEHOLD:
        population = Population(matter.audience)
        bits |= OWN[population] | HOUSEHOLD[population]
    return int(bits)


def number_of(region_code: int, day: str, key: UUID) -> str:
    """Return the number that callers are told: county, day and six letters of the key, e.g. 421081-20261122-7K3QZM."""
    bits, letters = key.int, ""
    for _ in range(_SUFFIX):
        letters = _LETTERS[bits & 31] + letters
        bits >>= 5
    return f"{published(region_code)[:6]:0<6}-{day}-{letters}"


def described(route: Route) -> dict[str, Any]:
    """Return a route as the case keeps it: names as they were on the day."""
    receiver = route.receiver
    return {
        "basis": route.basis,
        "mode": route.mode,
        "measure_code": route.measure_code,
        "lead": _named(receiver) if receiver else None,
        "co": [_named(one) for one in route.co],
        "informed": [_named(one) for one in route.informed],
        "missing": [*route.missing],
        "why": [*route.why] if route.basis is not RouteBasis.NONE else ["nobody"],
    }


def _named(unit: Any) -> str:
    return f"{unit.agency_name}{unit.department_name or ''}"
