"""Read models of requests to hand files over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.agencies.views import Agency
from domain.people.model import Population
from domain.people.views import Person
from domain.scopes import Regions
from domain.transfers.model import TransferKind, TransferState
from domain.view import PERSONAL, between, column, division, eq, many, one, view, within

BOTH_SIDES = Regions("holder_region_code", "to_region_code")


@view(
    "transfer", plural="transfers", permission="transfers:read", scope=BOTH_SIDES, actions={"decide": "transfers:write"}
)
class Transfer:
    """A request to hand a file over to another region (转档), and what became of it; both sides see it.

    ``from_region`` of a claim is told once it is accepted: where somebody lives who is looked for is
    her holder's to say.
    """

    id: UUID
    version: int
    kind: TransferKind
    state: TransferState
    from_region: str | None = division("from_region_code")
    to_region: str = division("to_region_code")
    reason: Annotated[str, PERSONAL]
    due_on: date
    requested_by: str
    requested_by_agency_id: UUID | None
    decided_at: datetime | None
    decided_by: str | None
    decided_by_agency_id: UUID | None
    note: Annotated[str | None, PERSONAL]
    created_at: datetime
    updated_at: datetime
    requested_by_agency: Agency = one("requested_by_agency_id")
    decided_by_agency: Agency = one("decided_by_agency_id")
    people: list[TransferPerson] = many("transfer_id", order="id")
    __embeds__ = ("people",)
    __filters__ = (
        within("from_region", "from_region_code"),
        within("to_region", "to_region_code"),
        eq("kind", "state"),
        between("due_on", "created_at"),
    )
    __orders__ = ("-id", "id")


@view("transfer_person", permission="transfers:read", scope=BOTH_SIDES)
class TransferPerson:
    """A person of a request: masked name, year of birth, populations, how many records her file has.

    ``person`` is shown to whom her file is open: to the sender before, to the receiver after it is accepted.
    """

    id: UUID
    name: Annotated[str, PERSONAL] = column("name_masked")
    birth_year: Annotated[int | None, PERSONAL]
    populations: Annotated[list[Population], PERSONAL]
    records: int | None
    handed_over: bool
    person: Person = one("person_id")
    __orders__ = ("id",)


__all__ = ["Transfer", "TransferPerson"]
