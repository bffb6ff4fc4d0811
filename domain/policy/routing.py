"""Where a matter goes: the answer of the responsibility matrix."""

from dataclasses import dataclass
from uuid import UUID

from domain.agencies.model import AgencyType
from domain.policy.model import ResponsibilityMode, RouteBasis


@dataclass(frozen=True, slots=True)
class Unit:
    """An agency, or one department inside it."""

    agency_id: UUID
    agency_name: str
    agency_type: AgencyType
    department_id: UUID | None = None
    department_name: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Who receives a matter, who helps, who is told, and on what ground.

    ``document_id`` and ``measure_id`` name the measure that the matter serves. With ``basis`` ``default`` they
    may be filled, too: then the measure names no unit, and the receiver is the default table's.
    ``missing`` holds the unit types that were named and have no agency here. ``why`` holds codes that
    ``domain.policy.sentences`` says in words.
    """

    basis: RouteBasis
    document_id: UUID | None = None
    measure_id: UUID | None = None
    measure_code: str | None = None
    mode: ResponsibilityMode | None = None  # sole, lead or shared; None where nobody receives it
    receiver: Unit | None = None
    co: tuple[Unit, ...] = ()
    informed: tuple[Unit, ...] = ()
    missing: tuple[AgencyType, ...] = ()
    why: tuple[str, ...] = ()


__all__ = ["Route", "Unit"]
