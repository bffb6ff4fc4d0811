"""What an export was asked and by whom: the JSON columns of its operation."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.access import Access
from domain.people.model import LeftBehind, Population, Remit
from domain.people.remits import OWN

KIND: Final = "export"
FILE: Final = "export"  # name of the operation's file
WRITE: Final = "exports:write"
READ: Final = "exports:read"
REVEAL: Final = "people:reveal"
SEE: Final = "people:read"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportParameters(_Kept):
    """What was asked."""

    form: Population
    region: str
    status: LeftBehind | None = None
    fields: tuple[str, ...] | None = None
    purpose: str
    reveal: bool = False

    def told(self) -> dict[str, object]:
        """Return what an event says of it; the purpose has a place of its own there."""
        return self.model_dump(mode="json", exclude={"purpose"})


class Standing(_Kept):
    """Who asked and what she could do then. What she may still do is asked anew when the work runs."""

    sub: str
    client_id: str
    agency_id: UUID | None
    region: str | None
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    session_id: UUID | None = None  # the sign-in she asked through, where there was one

    @classmethod
    def of(cls, access: Access) -> "Standing":
        """Write a caller down."""
        return cls(
            sub=access.sub,
            client_id=access.client_id,
            agency_id=access.agency_id,
            region=access.region,
            roles=access.roles,
            permissions=tuple(sorted(access.grants)),
            session_id=access.session_id,
        )


class ExportResult(_Kept):
    """How many people the roster holds."""

    form: Population
    as_of: str
    rows: int = 0


def may_export(access: Access, asked: ExportParameters, code: int) -> bool:
    """Tell whether a caller may have such a roster: permissions, remit, and all of the region (12-digit ``code``)."""
    needed = {WRITE, SEE, *((REVEAL,) if asked.reveal else ())}
    in_remit = bool(access.remit & (OWN[asked.form] | Remit.ANYONE))
    return needed <= access.grants.keys() and in_remit and access.covers(code)


__all__ = [
    "FILE",
    "KIND",
    "READ",
    "REVEAL",
    "SEE",
    "WRITE",
    "ExportParameters",
    "ExportResult",
    "Standing",
    "may_export",
]
