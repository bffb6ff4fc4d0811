"""What callers may ask for in an emergency."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.break_glass.model import MOST_HOURS, Verdict
from domain.commands import Command, Id, Name, PastDay, RegionCode, choice
from domain.people.commands import Purpose
from domain.people.forms import IdentityNumber

Reason = Annotated[Purpose, Field(min_length=10)]


class OpenFile(Command):
    """Open one person's file: she is named by id, by identity number, or by name, birth date and county."""

    person_id: Id | None = None
    identity_number: IdentityNumber | None = None
    name: Name | None = None
    birth_date: PastDay | None = None
    region: RegionCode | None = None  # a county, or a place in it
    reason: Reason
    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] = MOST_HOURS

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        described = (self.name, self.birth_date, self.region)
        ways = (self.person_id, self.identity_number, next((one for one in described if one is not None), None))
        if sum(one is not None for one in ways) != 1 or (ways[2] is not None and None in described):
            raise PydanticCustomError("break_glass.whom", "an id, an identity number, or name, birth date and region")
        return self


class EndBreakGlass(Command):
    """Close the file before its time."""

    opening_id: Id


class ReviewBreakGlass(Command):
    """Say whether it was right to open the file."""

    opening_id: Id
    verdict: Annotated[Verdict, choice(Verdict)]
    note: Purpose
