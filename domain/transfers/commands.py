"""What callers may ask for when people move."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.commands import Command, Id, Name, PastDay, RegionCode, ShortText, Version, choice
from domain.people.commands import Purpose
from domain.people.forms import IdentityNumber
from domain.transfers.model import HouseholdChoice


class MovePerson(Command):
    """A person moves to another division within the caller's scope, with all records of her file."""

    person_id: Id
    version: Version
    region: RegionCode
    moved_on: PastDay | None = None  # default today
    household: Annotated[HouseholdChoice, choice(HouseholdChoice)] = HouseholdChoice.STAY
    household_id: Id | None = None  # which one she joins
    address: ShortText | None = None  # the new one; the old one is kept where none is given
    reason: Purpose

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.household is HouseholdChoice.JOIN) != (self.household_id is not None):
            raise PydanticCustomError("move.household", "household_id goes with join, and with nothing else")
        return self


class MoveHousehold(Command):
    """A household moves to another division within the caller's scope, with everybody in it."""

    household_id: Id
    version: Version  # of the household
    region: RegionCode
    moved_on: PastDay | None = None  # default today
    address: ShortText | None = None
    reason: Purpose


Days = Annotated[int, Field(ge=1, le=60)]


class RequestTransfer(Command):
    """Offer a person's file, or her household's, to the region where she lives now."""

    person_id: Id
    region: RegionCode  # the receiver's village or township
    together: bool = False  # the whole household goes
    reason: Purpose
    days: Days = 15  # for the receiver to decide


class ClaimPerson(Command):
    """Ask for the file of somebody who lives here now and is on another region's ledger."""

    identity_number: IdentityNumber
    name: Name  # as she gives it
    region: RegionCode  # where she lives now
    together: bool = False
    reason: Purpose
    days: Days = 15


class AcceptTransfer(Command):
    """Hand the file over: at once, with every record."""

    transfer_id: Id
    region: RegionCode | None = None  # the receiver places her more precisely
    household_id: Id | None = None  # the receiver puts her into a household of that place
    moved_on: PastDay | None = None  # default today
    address: ShortText | None = None


class RejectTransfer(Command):
    """Refuse a request, and say why."""

    transfer_id: Id
    note: Purpose


class WithdrawTransfer(Command):
    """Take a request of one's own side back."""

    transfer_id: Id
    note: Purpose | None = None
