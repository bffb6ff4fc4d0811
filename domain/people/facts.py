"""The facts the left-behind determination rests on, and the parameters a region may set for it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from domain.people.model import AbsenceReason, IncapableParent, Population, Situation

ANY_REASON = frozenset(AbsenceReason)


class RuleParameters(BaseModel):
    """What a region may set for itself, from a day on (table ``rule_set``). Ages in completed years."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: int = Field(default=6, ge=0, le=120)  # husband's and adult children's absence
    child_months: int = Field(default=0, ge=0, le=120)  # parents' absence; the form sets no minimum
    woman_min_age: int | None = Field(default=None, ge=0, le=150)
    woman_max_age: int | None = Field(default=None, ge=0, le=150)  # still counts at this age
    child_under: int = Field(default=16, ge=1, le=30)
    elder_from: int = Field(default=60, ge=1, le=150)
    adult_from: int = Field(default=18, ge=0, le=30)  # Civil Code art. 17
    # Visits home of at most so many days do not break an absence (宁夏 2024).
    tolerated_home_visit_days: int = Field(default=30, ge=0, le=366)
    woman_reasons: frozenset[AbsenceReason] = frozenset({AbsenceReason.WORK, AbsenceReason.BUSINESS})
    child_reasons: frozenset[AbsenceReason] = ANY_REASON
    elder_reasons: frozenset[AbsenceReason] = ANY_REASON
    cross_county_required: bool = False  # an absence whose destination is unknown then does not count

    @field_serializer("woman_reasons", "child_reasons", "elder_reasons")
    def _in_order(self, reasons: frozenset[AbsenceReason]) -> list[AbsenceReason]:
        """A set has no order of its own; the same parameters are always told the same."""
        return sorted(reasons)


@dataclass(frozen=True, slots=True)
class Spell:
    """One absence. Away from ``since`` on, at home again on ``returned_on``."""

    since: date
    returned_on: date | None = None
    reason: AbsenceReason = AbsenceReason.WORK
    cross_county: bool | None = None  # None: the destination is not known


@dataclass(frozen=True, slots=True)
class Individual:
    """What the rule needs to know of one person."""

    id: UUID | None = None
    birth_date: date | None = None
    situation: Situation = Situation.LIVING
    died_on: date | None = None
    capable: bool | None = None  # capability to act as guardian; None: not assessed
    marital_status: str | None = None  # GB/T 2261.2
    spells: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildClaims:
    """What the child census form says in its yes/no columns; counts where no absence is on record."""

    both_parents_away: bool | None = None
    one_away_other_incapable: bool | None = None
    incapable_parent: IncapableParent | None = None
    claimed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ElderClaims:
    """How many living children the elder form counts, and how many of them are away long enough."""

    living_children: int | None = None
    children_away: int | None = None
    claimed_on: date | None = None


@dataclass(frozen=True, slots=True)
class WomanClaims:
    """What the woman says of her husband; counts where no absence of his is on record (he may live elsewhere)."""

    husband_away: bool | None = None
    husband_away_since: date | None = None
    husband_away_reason: AbsenceReason | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A person with the kin the rule asks about. ``populations`` are her profiles in force."""

    person: Individual
    populations: frozenset[Population]
    spouse: Individual | None = None
    father: Individual | None = None
    mother: Individual | None = None
    children: tuple[Individual, ...] = ()
    child_claims: ChildClaims = ChildClaims()
    elder_claims: ElderClaims = ElderClaims()
    woman_claims: WomanClaims = WomanClaims()


def away_since(person: Individual, day: date, reasons: frozenset[AbsenceReason], rules: RuleParameters) -> date | None:
    """Return since when somebody who is away on ``day`` has been so without a break, else None.

    A return ends the absence the day it is recorded; leaving again within the tolerated days
    makes it whole again, from its first day.
    """
    if not person.spells:
        return None
    if len(person.spells) == 1:  # nearly everybody: nothing earlier to join on to
        (only,) = person.spells
        return only.since if _there(only, day) and _counts(only, reasons, rules) else None
    known = [one for one in person.spells if one.since <= day and _counts(one, reasons, rules)]
    current = [one.since for one in known if one.returned_on is None or one.returned_on > day]
    if not current:
        return None
    start = min(current)
    ended = ((one.returned_on, one.since) for one in known if one.returned_on is not None)
    for returned_on, since in sorted(ended, reverse=True):
        if (start - returned_on).days <= rules.tolerated_home_visit_days:
            start = min(start, since)
    return start


def _there(spell: Spell, day: date) -> bool:
    return spell.since <= day and (spell.returned_on is None or spell.returned_on > day)


def _counts(spell: Spell, reasons: frozenset[AbsenceReason], rules: RuleParameters) -> bool:
    return spell.reason in reasons and (spell.cross_county is True or not rules.cross_county_required)


def gone(person: Individual, day: date) -> Spell | None:
    """Return the spell in which somebody is away on a day, for whatever reason."""
    if not person.spells:
        return None
    here = (one for one in person.spells if _there(one, day))
    return min(here, key=lambda one: one.since, default=None)


def situation_on(person: Individual, day: date) -> Situation:
    """Return a person's situation on a day; only death is dated."""
    later = person.situation is Situation.DEAD and person.died_on is not None and person.died_on > day
    return Situation.LIVING if later else person.situation


def alive(person: Individual, day: date) -> bool:
    """Tell whether a person lives on a day."""
    return situation_on(person, day) is not Situation.DEAD
