"""One roster row, whatever its form: the subject, her relatives, what the form says of her.

A field left at None was blank or unreadable: a blank cell never erases.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from domain.imports.faults import RowFault, Severity
from domain.people.model import AbsenceReason, Capability, GuardianshipKind, Situation


class Away(NamedTuple):
    """An absence as the row states it."""

    since: date
    reason: AbsenceReason | None = None  # None: not stated; a new absence counts as work
    destination: str | None = None  # as written
    destination_code: int | None = None
    contact_frequency: str | None = None


@dataclass(slots=True)
class Individual:
    """What a row says of one person."""

    name: str = ""
    identity_number: str | None = None  # 18 characters, checked
    birth_date: date | None = None
    sex: str | None = None  # GB/T 2261.1
    phone: str | None = None
    address: str | None = None  # only where it says more than the division
    ethnicity: str | None = None
    education: str | None = None
    marital_status: str | None = None
    health: str | None = None
    disability_category: str | None = None
    disability_grade: int | None = None
    illness: str | None = None
    hardship: tuple[str, ...] | None = None
    capable: bool | None = None
    situation: Situation = Situation.LIVING
    died_on: date | None = None
    registered_region_code: int | None = None
    away: Away | None = None


class Ward(NamedTuple):
    """The title by which a relative guards the subject."""

    kind: GuardianshipKind
    capability: Capability | None = None


@dataclass(slots=True)
class Relative:
    """A person named in the row. ``role`` is the form's word (``father``, ``guardian``, ``child_1``).

    ``relation``: what he is to the subject, GB/T 4761.
    """

    role: str
    relation: str
    person: Individual
    guards: Ward | None = None


@dataclass(slots=True)
class RosterRow:
    """A row as read. ``number`` counts people from 1, ``sheet_row`` is the spreadsheet's own number."""

    number: int
    sheet: str
    sheet_row: int
    subject: Individual = field(default_factory=Individual)
    region_code: int = 0  # 12-digit village
    household_address: str | None = None
    relatives: list[Relative] = field(default_factory=list)
    profile: dict[str, object] = field(default_factory=dict)  # columns of the form's profile; None: not stated
    faults: list[RowFault] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)  # cells that needed repair: "F72"

    @property
    def rejected(self) -> bool:
        """Tell whether a fault keeps the row out."""
        return any(one.severity is Severity.ERROR for one in self.faults)

    def relative(self, role: str) -> Individual | None:
        """Return the relative of a role."""
        return next((one.person for one in self.relatives if one.role == role), None)


__all__ = ["Away", "Individual", "Relative", "RosterRow", "Ward"]
