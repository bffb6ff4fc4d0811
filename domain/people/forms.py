"""What the three census forms ask, and the field types that registrations share with them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.codes.identity_number import BadIdentityNumber
from domain.codes.identity_number import parse as parse_identity_number
from domain.codes.phone import normalise as normalise_phone
from domain.commands import Command, Count, PastDay, ShortText, choice
from domain.people.days import today
from domain.people.model import (
    AbsenceReason,
    CareClass,
    Hardship,
    IncapableParent,
    LivingArrangement,
    Schooling,
    SelfCare,
)


def _identity_number(text: str) -> str:
    try:
        return parse_identity_number(text, today=today()).number
    except BadIdentityNumber as error:
        raise PydanticCustomError(error.code, "not an identity number") from None


def _phone(text: str) -> str:
    number = normalise_phone(text)
    if number is None:
        raise PydanticCustomError("phone.format", "not a telephone number")
    return number


IdentityNumber = Annotated[ShortText, AfterValidator(_identity_number)]
Phone = Annotated[ShortText, AfterValidator(_phone)]
Sex = Literal["0", "1", "2", "9"]  # GB/T 2261.1
Texts = Annotated[list[ShortText], Field(max_length=20)]
Hardships = Annotated[list[Annotated[Hardship, choice(Hardship)]], Field(max_length=4)]


class WomanDetails(Command):
    """What the woman census form asks."""

    children_in_care: Count | None = None
    elders_in_care: Count | None = None
    land_contract_registered: bool | None = None
    income_band: ShortText | None = None
    income_sources: Texts | None = None
    skills: ShortText | None = None
    training_wanted: ShortText | None = None
    employment_wanted: ShortText | None = None
    business_wanted: ShortText | None = None
    loan_wanted: bool | None = None
    screened_on: PastDay | None = None
    screening_result: ShortText | None = None
    rights_problems: Texts | None = None
    activities_wanted: ShortText | None = None
    counselling_wanted: bool | None = None
    husband_away: bool | None = None
    husband_away_since: PastDay | None = None
    husband_away_reason: Annotated[AbsenceReason, choice(AbsenceReason)] | None = None


class ChildDetails(Command):
    """What the child census form asks."""

    household_registered: bool | None = None
    schooling: Annotated[Schooling, choice(Schooling)] | None = None
    boarding: bool | None = None
    both_parents_away: bool | None = None
    one_away_other_incapable: bool | None = None
    incapable_parent: Annotated[IncapableParent, choice(IncapableParent)] | None = None
    entrusted: bool | None = None
    care_class: Annotated[CareClass, choice(CareClass)] | None = None
    income_sources: Texts | None = None
    relief: Texts | None = None


class ElderDetails(Command):
    """What the elder census form asks."""

    living_arrangement: Annotated[LivingArrangement, choice(LivingArrangement)] | None = None
    self_care: Annotated[SelfCare, choice(SelfCare)] | None = None
    dementia: bool | None = None
    chronic_diseases: Texts | None = None
    living_children: Count | None = None
    children_away: Count | None = None
    pension: ShortText | None = None
    grandchildren_raised: Count | None = None
    emergency_contact: ShortText | None = None
    key_holder: ShortText | None = None
    last_seen_on: PastDay | None = None
    last_seen_by: ShortText | None = None


Details = WomanDetails | ChildDetails | ElderDetails
