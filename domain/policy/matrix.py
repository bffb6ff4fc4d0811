"""The responsibility matrix: category, audience, place and day → who receives a matter, and why.

Pure. The measure in force nearest to the place that covers category and audience decides; among those of
one place the newest document, then the measure for the fewest audiences, then the first in the document.
Drafts never route; a document without dates is valid always. A unit is the actual agency of the named type:
of the county first, then of the city, then of the province, and never below the county unless the type is
a township government or a village committee. Where no document answers, the national default table does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.agencies.model import AgencyType, DepartmentKind
from domain.policy.model import Audience, CaseCategory, PolicyStatus, ResponsibilityMode, ResponsibilityRole, RouteBasis
from domain.policy.remits import fits
from domain.policy.routing import Route, Unit

COUNTY: Final = 3
LOWER_SEATS: Final = {AgencyType.TOWNSHIP_GOVERNMENT: 4, AgencyType.VILLAGE_COMMITTEE: 5}
LAST_RESORT: Final = (AgencyType.CIVIL_AFFAIRS, AgencyType.TOWNSHIP_GOVERNMENT)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; ``region_code`` is a 12-digit number."""

    category: CaseCategory
    audience: Audience
    region_code: int
    on: date


@dataclass(frozen=True, slots=True)
class Named:
    """A unit as a measure names it."""

    unit_type: AgencyType
    role: ResponsibilityRole
    department_kind: DepartmentKind | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure of a place above the one asked for that covers the category."""

    document_id: UUID
    document_code: str
    document_title: str
    document_number: str | None
    measure_id: UUID
    measure_code: str
    measure_title: str
    level: int  # of the document's region: 1 province to 5 village
    status: PolicyStatus
    mode: ResponsibilityMode
    audiences: frozenset[Audience]
    position: int = 0
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    named: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """An agency whose region holds the place."""

    id: UUID
    name: str
    type: AgencyType
    level: int
    valid_from: date
    valid_to: date | None = None
    departments: tuple[tuple[DepartmentKind, UUID, str], ...] = ()


class PassedBecause(StrEnum):
    """Why a measure did not decide."""

    DRAFT = "draft"
    ENDED = "ended"
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    OTHER_AUDIENCE = "other_audience"
    FARTHER = "farther"
    SAME_PLACE = "same_place"


@dataclass(frozen=True, slots=True)
class Answer:
    """The route, the measure that decided if one did, and those that were passed over."""

    route: Route
    measure: Candidate | None
    passed: tuple[tuple[Candidate, PassedBecause], ...]


@dataclass(frozen=True, slots=True)
class Here:
    """The agencies around a place on a day."""

    offices: Sequence[Office]
    on: date

    def unit(self, unit_type: AgencyType, department_kind: DepartmentKind | None = None) -> Unit | None:
        """Return the nearest agency of a type that may receive, with its department of a kind if it has one."""
        for office in self._nearest(unit_type):
            return _inside(office, department_kind) or Unit(office.id, office.name, office.type)
        return None

    def department_above(self, unit_type: AgencyType, department_kind: DepartmentKind) -> Unit | None:
        """Return the nearest department of a kind, though an agency nearer has none."""
        inside = (_inside(one, department_kind) for one in self._nearest(unit_type))
        return next((unit for unit in inside if unit), None)

    def _nearest(self, unit_type: AgencyType) -> list[Office]:
        lowest = LOWER_SEATS.get(unit_type, COUNTY)
        fitting = [
            one
            for one in self.offices
            if one.type == unit_type
            and one.level <= lowest
            and one.valid_from <= self.on
            and (one.valid_to is None or self.on < one.valid_to)
        ]
        return sorted(fitting, key=lambda one: (-one.level, one.valid_from, one.id))


def _inside(office: Office, department_kind: DepartmentKind | None) -> Unit | None:
    """Return an agency's department of a kind."""
    return next(
        (
            Unit(office.id, office.name, office.type, department_id, name)
            for kind, department_id, name in office.departments
            if kind == department_kind
        ),
        None,
    )


def answer(
    question: Question, candidates: Iterable[Candidate], default: Sequence[AgencyType], offices: Sequence[Office]
) -> Answer:
    """Return where a matter goes; ``default`` are the default table's unit types, the receiver first."""
    chosen, passed = choose(question, candidates)
    here = Here(offices, question.on)
    if chosen is None:
        return Answer(_by_default(default, here, ("no_document",)), None, passed)
    route = _by_measure(question, chosen, here)
    if route.receiver is None:
        fallen = _by_default(default, here, route.why)
        informed = _others((*route.co, *route.informed), fallen.receiver, *fallen.co)
        missing = (*route.missing, *(one for one in fallen.missing if one not in route.missing))
        route = replace(fallen, informed=informed, missing=missing)
    named = replace(
        route, document_id=chosen.document_id, measure_id=chosen.measure_id, measure_code=chosen.measure_code
    )
    return Answer(named, chosen, passed)


def choose(
    question: Question, candidates: Iterable[Candidate]
) -> tuple[Candidate | None, tuple[tuple[Candidate, PassedBecause], ...]]:
    """Return the measure that decides, and the others with why they do not, nearest first."""
    ranked = sorted(candidates, key=_rank)
    chosen: Candidate | None = None
    passed: list[tuple[Candidate, PassedBecause]] = []
    for one in ranked:
        because = _unfit(question, one)
        if because is None and chosen is None:
            chosen = one
        elif because is None and chosen is not None:
            passed.append((one, PassedBecause.FARTHER if one.level < chosen.level else PassedBecause.SAME_PLACE))
        elif because is not None:
            passed.append((one, because))
    return chosen, tuple(passed)


def _rank(one: Candidate) -> tuple[object, ...]:
    since = one.valid_from or one.issued_on or date.min
    return -one.level, -since.toordinal(), one.document_code, len(one.audiences), one.position


def _unfit(question: Question, one: Candidate) -> PassedBecause | None:
    if one.status is PolicyStatus.DRAFT:
        return PassedBecause.DRAFT
    if one.status is PolicyStatus.ENDED:
        return PassedBecause.ENDED
    if question.audience not in one.audiences:
        return PassedBecause.OTHER_AUDIENCE
    if one.valid_from is not None and question.on < one.valid_from:
        return PassedBecause.NOT_YET_VALID
    if one.valid_to is not None and question.on >= one.valid_to:
        return PassedBecause.NO_LONGER_VALID
    return None


def _by_measure(question: Question, measure: Candidate, here: Here) -> Route:
    """Return the route that a measure's own units give; without a receiver where none of them can."""
    units = [(one, here.unit(one.unit_type, one.department_kind)) for one in measure.named]
    missing = tuple(dict.fromkeys(one.unit_type for one, unit in units if unit is None))
    if not units:
        return Route(RouteBasis.NONE, why=("nearest_measure", "units_unnamed"))
    if measure.mode is ResponsibilityMode.SHARED:
        receiver = next((unit for one, unit in units if unit and fits(one.unit_type, question.category)), None)
        informed = _others([unit for _, unit in units], receiver)
        return Route(
            RouteBasis.MEASURE,
            mode=measure.mode,
            receiver=receiver,
            informed=informed,
            missing=missing,
            why=("nearest_measure", "shared_by_remit" if receiver else "no_remit_fits"),
        )
    leads = [(one, unit) for one, unit in units if one.role is not ResponsibilityRole.CO]
    receiver = next((unit for _, unit in leads if unit), None)
    co = _others([unit for _, unit in units], receiver)
    why: tuple[str, ...] = ("nearest_measure", "named_by_measure" if receiver else "named_not_here")
    above = [
        here.department_above(one.unit_type, one.department_kind)
        for one, unit in leads
        if receiver and unit == receiver and one.department_kind and not receiver.department_id
    ]
    if above:
        why = (*why, "department_not_here")
    return Route(
        RouteBasis.MEASURE, mode=measure.mode, receiver=receiver, co=co, informed=_others(above, receiver),
        missing=missing, why=why,
    )  # fmt: skip


def _by_default(types: Sequence[AgencyType], here: Here, why: tuple[str, ...]) -> Route:
    units = {one: here.unit(one) for one in types}
    found = [unit for unit in units.values() if unit]
    missing = tuple(one for one, unit in units.items() if unit is None)
    if not found:
        last = next((unit for unit in map(here.unit, LAST_RESORT) if unit), None)
        if last is None:
            return Route(RouteBasis.NONE, missing=missing, why=(*why, "nobody_here"))
        return Route(
            RouteBasis.DEFAULT, mode=ResponsibilityMode.SOLE, receiver=last, missing=missing, why=(*why, "last_resort")
        )
    mode = ResponsibilityMode.LEAD if len(found) > 1 else ResponsibilityMode.SOLE
    co = _others(found[1:], found[0])
    return Route(RouteBasis.DEFAULT, mode=mode, receiver=found[0], co=co, missing=missing, why=(*why, "default_table"))


def _others(units: Iterable[Unit | None], *but: Unit | None) -> tuple[Unit, ...]:
    """Return units once each, without some agencies; a second department of the receiver's agency stays."""
    left = dict.fromkeys(unit for unit in units if unit is not None)
    return tuple(unit for unit in left if unit not in but)


__all__ = ["Answer", "Candidate", "Named", "Office", "PassedBecause", "Question", "answer", "choose"]
