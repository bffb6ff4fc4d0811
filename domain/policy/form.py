"""The form in which a policy document is written down (``docs/policy-form.md``), checked whole.

Strict and closed: a field nobody knows is refused, nothing is coerced, every fault is told at once.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from domain.agencies.model import AgencyType, DepartmentKind
from domain.commands import LongText, RegionCode, ShortText, choice
from domain.errors import Fault
from domain.policy.model import (
    Audience,
    CaseCategory,
    MeasureKind,
    PolicyStatus,
    ReportPeriod,
    ResponsibilityMode,
    ResponsibilityRole,
    Theme,
)

NAMING = {
    ResponsibilityMode.SOLE: ResponsibilityRole.SOLE,
    ResponsibilityMode.SHARED: ResponsibilityRole.SHARED,
}
"""The role of every unit, where the mode leaves no choice."""


def _day(value: object) -> object:
    """Take a day as YAML reads it, and no time of day."""
    return value if isinstance(value, date) or value is None else str(value) if isinstance(value, str) else value


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
MeasureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){0,4}$")]
Day = Annotated[date, BeforeValidator(_day)]
DueOn = Annotated[str, StringConstraints(pattern=r"^((0[1-9]|1[0-2])-)?(0[1-9]|[12][0-9]|3[01])$")]
AgencyKind = Annotated[AgencyType, choice(AgencyType)]
Audiences = Annotated[list[Annotated[Audience, choice(Audience)]], Field(min_length=1, max_length=4)]


class Part(BaseModel):
    """Base of the form's parts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Issuer(Part):
    """An agency that issued the document."""

    name: ShortText
    type: AgencyKind


class Figure(Part):
    """A number of the document: exactly ``value``, or from ``value`` to ``most``."""

    name: ShortText
    value: Annotated[int, Field(ge=0, le=10**12)]
    most: Annotated[int, Field(ge=0, le=10**12)] | None = None
    unit: ShortText


class Cases(Part):
    """How many typical cases a report brings along."""

    least: Annotated[int, Field(ge=0, le=100)]
    most: Annotated[int, Field(ge=0, le=100)]


class Obligation(Part):
    """A report the document asks for; ``due_on`` is MM-DD of a year or DD of a quarter's last month."""

    title: ShortText
    period: Annotated[ReportPeriod, choice(ReportPeriod)]
    due: ShortText
    due_on: DueOn | None = None
    to: ShortText
    cases: Cases | None = None


class Consultation(Part):
    """When and how a draft may be commented on."""

    opens_on: Day
    closes_on: Day
    channels: Annotated[list[Literal["web", "letter", "email"]], Field(min_length=1)]


class NamedUnit(Part):
    """A unit as printed; ``department`` for one inside it; ``role`` only where somebody leads."""

    name: ShortText
    type: AgencyKind
    department: Annotated[DepartmentKind, choice(DepartmentKind)] | None = None
    role: Annotated[Literal[ResponsibilityRole.LEAD, ResponsibilityRole.CO], choice(ResponsibilityRole)] | None = None


class Responsibility(Part):
    """Who is responsible: ``everybody`` besides the units named (各相关部门)."""

    mode: Annotated[ResponsibilityMode, choice(ResponsibilityMode)]
    everybody: bool = False
    units: Annotated[list[NamedUnit], Field(max_length=40)]

    def faults(self, at: str) -> Iterator[Fault]:
        """Yield what mode and units say against each other."""
        leads = [one.role for one in self.units].count(ResponsibilityRole.LEAD)
        if self.mode is ResponsibilityMode.LEAD:
            if leads != 1:
                yield Fault(f"{at}/units", "policy.one_lead")
            for number, unit in enumerate(self.units):
                if unit.role is None:
                    yield Fault(f"{at}/units/{number}", "policy.role_needed")
        else:
            for number, unit in enumerate(self.units):
                if unit.role is not None:
                    yield Fault(f"{at}/units/{number}/role", "policy.role_without_lead")
        if self.mode is ResponsibilityMode.UNNAMED and (self.units or self.everybody):
            yield Fault(f"{at}/units", "policy.units_unnamed")
        if self.mode in NAMING and not self.units and not self.everybody:
            yield Fault(f"{at}/units", "policy.units_needed")


class Measure(Part):
    """One measure; audiences and responsibility are the document's and the section's unless given."""

    code: MeasureCode
    title: ShortText
    summary: LongText
    audiences: Audiences | None = None
    themes: Annotated[list[Annotated[Theme, choice(Theme)]], Field(min_length=1, max_length=10)]
    categories: Annotated[list[Annotated[CaseCategory, choice(CaseCategory)]], Field(max_length=15)]
    figures: list[Figure] = []
    responsibility: Responsibility | None = None


class Section(Part):
    """A section with its measures; ``duty`` is what the offices owe each other."""

    code: MeasureCode
    title: ShortText
    kind: Annotated[MeasureKind, choice(MeasureKind)] = MeasureKind.MEASURE
    responsibility: Responsibility | None = None
    measures: Annotated[list[Measure], Field(min_length=1, max_length=200)]


class PolicyForm(Part):
    """A whole document."""

    code: Code
    title: ShortText
    number: ShortText | None = None
    status: Annotated[PolicyStatus, choice(PolicyStatus)]
    region: RegionCode
    issuers: Annotated[list[Issuer], Field(min_length=1, max_length=40)]
    issued_on: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    consultation: Consultation | None = None
    audiences: Audiences
    summary: LongText
    figures: list[Figure] = []
    obligations: list[Obligation] = []
    sections: Annotated[list[Section], Field(min_length=1, max_length=100)]

    def responsibility_of(self, section: Section, measure: Measure) -> Responsibility:
        """Return who is responsible for a measure: its own word, else its section's, else nobody is named."""
        return (
            measure.responsibility
            or section.responsibility
            or Responsibility(mode=ResponsibilityMode.UNNAMED, units=[])
        )

    def faults(self) -> list[Fault]:
        """Return what the parts of a well-formed document say against each other."""
        found: list[Fault] = []
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            found.append(Fault("/valid_to", "policy.ends_before_start"))
        if self.consultation and self.consultation.closes_on < self.consultation.opens_on:
            found.append(Fault("/consultation/closes_on", "policy.ends_before_start"))
        if self.status is PolicyStatus.DRAFT and self.valid_from:
            found.append(Fault("/valid_from", "policy.draft_in_force"))
        codes = Counter(one.code for section in self.sections for one in section.measures)
        for at, section in enumerate(self.sections):
            if section.responsibility:
                found += section.responsibility.faults(f"/sections/{at}/responsibility")
            for number, measure in enumerate(section.measures):
                here = f"/sections/{at}/measures/{number}"
                if codes[measure.code] > 1:
                    found.append(Fault(f"{here}/code", "policy.code_twice"))
                if measure.responsibility:
                    found += measure.responsibility.faults(f"{here}/responsibility")
        return found


def faults_beside(plain: object) -> Iterator[Fault]:
    """Yield what the responsibilities of a document say against each other, though other parts of it are malformed."""
    for at, section in enumerate(_listed(plain, "sections")):
        measures = _listed(section, "measures")
        places = [(f"/sections/{at}", section)]
        places += [(f"/sections/{at}/measures/{number}", one) for number, one in enumerate(measures)]
        for here, part in places:
            if isinstance(part, dict) and "responsibility" in part:
                try:
                    responsible = Responsibility.model_validate(part["responsibility"])
                except ValidationError:
                    continue  # told as what it is
                yield from responsible.faults(f"{here}/responsibility")


def _listed(part: object, name: str) -> list[object]:
    found = part.get(name) if isinstance(part, dict) else None
    return found if isinstance(found, list) else []


class DefaultRow(Part):
    """One row of the national default table."""

    units: Annotated[list[AgencyKind], Field(min_length=1, max_length=6)]
    laws: Annotated[list[ShortText], Field(min_length=1, max_length=6)]


class DefaultTable(Part):
    """The national default table: every category for every audience."""

    rows: dict[CaseCategory, dict[Audience, DefaultRow]]

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse a table with a gap."""
        gaps = [(one, who) for one in CaseCategory for who in Audience if who not in self.rows.get(one, {})]
        if gaps:
            message = f"no default for {gaps}"
            raise ValueError(message)
        return self


__all__ = ["NAMING", "DefaultTable", "Measure", "PolicyForm", "Responsibility", "Section", "faults_beside"]
