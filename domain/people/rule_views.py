"""Read models of the determination: the rules in force, and an outcome explained."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.people.model import AbsenceReason, LeftBehind, Population
from domain.scopes import Everybody
from domain.view import between, computed, current, document, embedded, view


@view("rule_set", plural="rule_sets", permission="rules:read", scope=Everybody(), versioned=False)
class RuleSet:
    """Parameters of the determination in force for a region (none: everywhere) from a day on."""

    id: UUID
    region: str | None = computed("rule_set_region")
    valid_from: date
    valid_to: date | None
    source: str
    parameters: RuleSetParameters = embedded("parameters")
    __filters__ = (between("valid_from"), current("current", "valid_to"))
    __orders__ = ("-id", "id", "-valid_from")


@document(permission="people:read")
class Determination:
    """The determination of a person on a day, explained (留守认定说明)."""

    person_id: UUID
    as_of: date
    rule_set: RuleSetInForce = embedded("rule_set")
    results: list[DeterminationResult] = embedded("results")


@document(permission="people:read")
class RuleSetInForce:
    """The rule set a determination followed, and the document behind it."""

    id: UUID
    source: str
    parameters: RuleSetParameters = embedded("parameters")


@document(permission="rules:read")
class RuleSetParameters:
    """Ages in completed years, absences in months (``domain.people.facts.RuleParameters``)."""

    months: int
    child_months: int
    woman_min_age: int | None
    woman_max_age: int | None
    child_under: int
    elder_from: int
    adult_from: int
    tolerated_home_visit_days: int
    woman_reasons: list[AbsenceReason]
    child_reasons: list[AbsenceReason]
    elder_reasons: list[AbsenceReason]
    cross_county_required: bool


@document(permission="people:read")
class DeterminationResult:
    """The outcome for one population, and why."""

    population: Population
    status: LeftBehind
    since: date | None
    flags: list[str]
    next_review_on: date | None
    reasons: list[DeterminationReason] = embedded("reasons")


@document(permission="people:read")
class DeterminationReason:
    """One reason: a stable code and a sentence."""

    code: str
    message: str


__all__ = [
    "Determination",
    "DeterminationReason",
    "DeterminationResult",
    "RuleSet",
    "RuleSetInForce",
    "RuleSetParameters",
]
