"""Accounts of staff: the roles there are, in which agencies they are held, the states of an account."""

from enum import StrEnum
from typing import Final

from domain.agencies.model import AgencyType


class Role(StrEnum):
    """Every role of ``auth.policy``, which says what each may do."""

    COUNTY_OFFICER = "county_officer"
    VILLAGE_WORKER = "village_worker"
    SUPERVISOR = "supervisor"
    STATISTICIAN = "statistician"
    NGO_WORKER = "ngo_worker"
    INTEGRATION = "integration"
    AUDITOR = "auditor"
    PLATFORM_ADMIN = "platform_admin"
    AGENCY_ADMIN = "agency_admin"
    RESIDENT = "resident"
    VOLUNTEER = "volunteer"


class AccountState(StrEnum):
    """Whether an account opens the door."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class SessionEnd(StrEnum):
    """Why a sign-in ended before its time."""

    OWNER = "owner"  # she ended it herself
    ADMINISTRATOR = "administrator"
    REVOKED = "revoked"  # the app gave its token back
    REUSE = "reuse"  # a code or refresh token came twice: it was copied
    PASSWORD = "password"  # noqa: S105 - the password was changed or reset
    SUSPENDED = "suspended"


_OFFICE: Final = frozenset({Role.COUNTY_OFFICER, Role.VILLAGE_WORKER, Role.SUPERVISOR})
_SPECIAL: Final = {
    AgencyType.NGO: frozenset({Role.NGO_WORKER}),
    AgencyType.STATISTICS: frozenset({Role.STATISTICIAN}),
    AgencyType.AUDIT: frozenset({Role.AUDITOR}),
    AgencyType.PLATFORM_OPERATOR: frozenset({Role.PLATFORM_ADMIN}),
}


def held_by_staff(agency_type: str | None) -> frozenset[Role]:
    """Return the roles that staff of a type of agency may hold at all; administering goes with any of them."""
    if agency_type is None:
        return frozenset()
    return _SPECIAL.get(AgencyType(agency_type), _OFFICE) | {Role.AGENCY_ADMIN}


def held_by_systems(agency_type: str | None) -> frozenset[Role]:
    """Return the roles that systems of a type of agency may hold; none administers."""
    return held_by_staff(agency_type) - {Role.AGENCY_ADMIN, Role.PLATFORM_ADMIN} | {Role.INTEGRATION}


__all__ = ["AccountState", "Role", "SessionEnd", "held_by_staff", "held_by_systems"]
