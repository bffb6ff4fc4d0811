"""What callers may ask for when people move."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.commands import Command, Id, PastDay, RegionCode, ShortText, Version, choice
from domain.people.commands import Purpose
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
