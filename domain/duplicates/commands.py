"""What callers may ask where two files may be one person's."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.commands import Command, Id, Name, PastDay, RegionCode, Version
from domain.people.commands import Purpose
from domain.people.forms import IdentityNumber

Taken = Literal[
    "name", "sex", "birth_date", "registered_region", "ethnicity", "education", "marital_status", "identity_number",
    "phone", "address", "health", "disability_category", "disability_grade", "illness", "hardship", "capable",
    "household",
]  # fmt: skip


class CheckPerson(Command):
    """Ask, before a registration, who may be the same person."""

    region: RegionCode
    name: Name
    birth_date: PastDay | None = None
    identity_number: IdentityNumber | None = None


class ProposeDuplicate(Command):
    """Say that two files are one person's."""

    person_id: Id
    other_id: Id
    reason: Purpose

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.person_id == self.other_id:
            raise PydanticCustomError("duplicate.same", "two files are needed")
        return self


class ReviewDuplicate(Command):
    """Take a question up: somebody is looking into it."""

    duplicate_id: Id
    version: Version


class MarkDistinct(Command):
    """Decide that they are two people; the pair is not raised again."""

    duplicate_id: Id
    version: Version
    reason: Purpose


class MergePeople(Command):
    """Decide that they are one person: which file survives, and what it takes from the other.

    A blank field of the survivor is filled from the other; ``take`` names those that replace hers.
    """

    duplicate_id: Id
    version: Version
    survivor_id: Id
    take: Annotated[list[Taken], Field(max_length=17)] | None = None


class UndoMerge(Command):
    """Take a merge back: both files are again what they were."""

    merge_id: Id
    version: Version
    reason: Purpose
