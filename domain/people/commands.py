"""What callers may ask of the ledger. ``version`` is what ``If-Match`` or ``expectedVersion`` said."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.commands import Command, Day, Id, LongText, Name, PastDay, RegionCode, ShortText, TwoDigits, Version, choice
from domain.people.forms import (
    ChildDetails,
    Details,
    ElderDetails,
    Hardships,
    IdentityNumber,
    Phone,
    Sex,
    WomanDetails,
)
from domain.people.model import (
    AbsenceReason,
    Capability,
    EndReason,
    GuardianshipKind,
    Health,
    Population,
    Situation,
)
from domain.people.names import is_readable


def _readable(name: str) -> str:
    if not is_readable(name):
        raise PydanticCustomError("name.unreadable", "not the name of a person")
    return name


PersonName = Annotated[Name, AfterValidator(_readable)]


class PersonFields(Command):
    """What a registration and an update of a person share."""

    registered_region: RegionCode | None = None
    sex: Sex | None = None
    birth_date: PastDay | None = None
    ethnicity: TwoDigits | None = None
    education: TwoDigits | None = None
    marital_status: TwoDigits | None = None
    identity_number: IdentityNumber | None = None
    phone: Phone | None = None
    address: ShortText | None = None
    health: Annotated[Health, choice(Health)] | None = None
    disability_category: ShortText | None = None
    disability_grade: Annotated[int, Field(ge=1, le=4)] | None = None
    illness: ShortText | None = None
    capable: bool | None = None


class RegisterPerson(PersonFields):
    """Enter a person; with a profile she belongs to its population from ``since`` on."""

    region: RegionCode
    name: PersonName
    hardship: Hardships | None = None
    situation: Annotated[Situation, choice(Situation)] = Situation.LIVING
    household_id: Id | None = None
    new_household: bool = False
    source_system: ShortText | None = None
    external_id: ShortText | None = None
    woman: WomanDetails | None = None
    child: ChildDetails | None = None
    elder: ElderDetails | None = None
    since: PastDay | None = None  # of the profiles; default today

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.situation is Situation.DEAD:
            raise PydanticCustomError("person.dead", "the dead are not registered; record the death of a person")
        if self.household_id and self.new_household:
            raise PydanticCustomError("household.two", "either an existing household or a new one")
        if (self.source_system is None) != (self.external_id is None):
            raise PydanticCustomError("person.source_incomplete", "source_system and external_id go together")
        return self


class UpdatePerson(PersonFields):
    """Change a person: absent keeps, null clears. Her death and her moving house are acts of their own."""

    person_id: Id
    version: Version
    name: PersonName | None = None
    hardship: Hardships | None = None
    situation: Annotated[Situation, choice(Situation)] | None = None

    @model_validator(mode="after")
    def _kept(self) -> Self:
        for field in ("name", "sex", "situation"):
            if field in self.model_fields_set and getattr(self, field) is None:
                raise PydanticCustomError("field.required", "{field} cannot be cleared", {"field": field})
        if self.situation is Situation.DEAD:
            raise PydanticCustomError("person.dead", "a death is recorded with its date")
        return self


class RecordDeath(Command):
    """A person died."""

    person_id: Id
    version: Version
    died_on: PastDay


class Deregister(Command):
    """Strike a person off the ledger: moved away for good, or entered by mistake."""

    person_id: Id
    version: Version
    on: PastDay | None = None  # default today
    reason: ShortText


class CreateHousehold(Command):
    """Enter a household with its first members."""

    region: RegionCode
    address: ShortText | None = None
    head_id: Id | None = None
    member_ids: Annotated[list[Id], Field(max_length=50)] | None = None


class AddMember(Command):
    """Bring a person into a household; she leaves the one she was in."""

    household_id: Id
    version: Version  # of the household
    person_id: Id


class LeaveHousehold(Command):
    """Take a person out of her household."""

    person_id: Id
    version: Version


class RecordKinship(Command):
    """``relative_id`` is the ``relation`` (GB/T 4761) of ``person_id``."""

    person_id: Id
    relative_id: Id
    relation: TwoDigits


class RemoveKinship(Command):
    """Take back a kinship that was recorded by mistake."""

    kinship_id: Id
    version: Version


class DeclareGuardianship(Command):
    """Say who guards a ward, by which title, from when on."""

    ward_id: Id
    guardian_id: Id
    kind: Annotated[GuardianshipKind, choice(GuardianshipKind)]
    relation: TwoDigits | None = None
    capability: Annotated[Capability, choice(Capability)] | None = None
    commitment_signed_on: PastDay | None = None
    valid_from: PastDay | None = None  # default today


class UpdateGuardianship(Command):
    """Change what is known of a guardianship: absent keeps, null clears."""

    guardianship_id: Id
    version: Version
    relation: TwoDigits | None = None
    capability: Annotated[Capability, choice(Capability)] | None = None
    commitment_signed_on: PastDay | None = None


class EndGuardianship(Command):
    """End a guardianship."""

    guardianship_id: Id
    version: Version
    on: PastDay | None = None  # default today
    reason: Annotated[EndReason, choice(EndReason)] = EndReason.AGREEMENT_ENDED


class AbsenceFields(Command):
    """What is known of an absence besides its begin."""

    destination: ShortText | None = None
    destination_region: RegionCode | None = None
    expected_return: Day | None = None
    contact_frequency: ShortText | None = None


class RecordAbsence(AbsenceFields):
    """A person went away; a spell long past may come with its return."""

    person_id: Id
    since: PastDay
    reason: Annotated[AbsenceReason, choice(AbsenceReason)] = AbsenceReason.WORK
    returned_on: PastDay | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self.since, self.returned_on, "absence.return_before_departure")
        return self


class UpdateAbsence(AbsenceFields):
    """Correct an absence: absent keeps, null clears."""

    absence_id: Id
    version: Version
    since: PastDay | None = None
    reason: Annotated[AbsenceReason, choice(AbsenceReason)] | None = None

    @model_validator(mode="after")
    def _kept(self) -> Self:
        for field in ("since", "reason"):
            if field in self.model_fields_set and getattr(self, field) is None:
                raise PydanticCustomError("field.required", "{field} cannot be cleared", {"field": field})
        return self


class RecordReturn(Command):
    """Somebody came home."""

    absence_id: Id
    version: Version
    returned_on: PastDay | None = None  # default today


class ProfileDetails(Command):
    """Exactly one census form; which one says the population."""

    woman: WomanDetails | None = None
    child: ChildDetails | None = None
    elder: ElderDetails | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(details_of(self)) != 1:
            raise PydanticCustomError("profile.exactly_one", "exactly one of woman, child, elder")
        return self

    @property
    def chosen(self) -> tuple[Population, Details]:
        """The population and what its form says."""
        return next(iter(details_of(self).items()))


class OpenProfile(ProfileDetails):
    """Put a person into a population, with what its census form asks."""

    person_id: Id
    valid_from: PastDay | None = None  # default today


class UpdateProfile(ProfileDetails):
    """Change a profile in force: only the details that were named; null clears."""

    profile_id: Id
    version: Version


class CloseProfile(Command):
    """Take a person out of a population."""

    population: Annotated[Population, choice(Population)]
    profile_id: Id
    version: Version
    on: PastDay | None = None  # default today
    reason: Annotated[EndReason, choice(EndReason)] = EndReason.OTHER


RevealedField = Literal["identity_number", "phone", "address"]


def _names_no_number(text: str) -> str:
    if _LONG_NUMBER.search(text):
        raise PydanticCustomError("purpose.number", "a purpose holds no identity or telephone number")
    return text


_LONG_NUMBER = re.compile(r"[0-9]{7}")  # the log is read by auditors, who see nobody's number
Purpose = Annotated[LongText, Field(min_length=2), AfterValidator(_names_no_number)]


class Reveal(Command):
    """See full secrets of a person; ``purpose`` goes to the log before they leave."""

    person_id: Id
    purpose: Purpose
    fields: Annotated[list[RevealedField], Field(min_length=1, max_length=3)] | None = None  # default all


ReasonList = Annotated[list[Annotated[AbsenceReason, choice(AbsenceReason)]], Field(min_length=1, max_length=4)]


class RuleChanges(Command):
    """Parameters of the determination; each has the meaning and bounds of ``RuleParameters``."""

    months: Annotated[int, Field(ge=0, le=120)] | None = None
    child_months: Annotated[int, Field(ge=0, le=120)] | None = None
    woman_min_age: Annotated[int, Field(ge=0, le=150)] | None = None
    woman_max_age: Annotated[int, Field(ge=0, le=150)] | None = None
    child_under: Annotated[int, Field(ge=1, le=30)] | None = None
    elder_from: Annotated[int, Field(ge=1, le=150)] | None = None
    adult_from: Annotated[int, Field(ge=0, le=30)] | None = None
    tolerated_home_visit_days: Annotated[int, Field(ge=0, le=366)] | None = None
    woman_reasons: ReasonList | None = None
    child_reasons: ReasonList | None = None
    elder_reasons: ReasonList | None = None
    cross_county_required: bool | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        for field in self.model_fields_set - {"woman_min_age", "woman_max_age"}:
            if getattr(self, field) is None:
                raise PydanticCustomError("field.required", "{field} cannot be cleared", {"field": field})
        return self


class AdoptRules(Command):
    """Put parameters of the determination into force for a region (none: everywhere) from a day on."""

    region: RegionCode | None = None
    valid_from: Day
    source: LongText  # the law or document it follows
    parameters: RuleChanges


class Determine(Command):
    """Ask for the determination of a person on a day, with its reasons; changes nothing."""

    person_id: Id
    as_of: Day | None = None  # default today


def _in_order(first: object, last: object, code: Literal["absence.return_before_departure"]) -> None:
    if last is not None and last < first:  # type: ignore[operator]
        raise PydanticCustomError(code, "the return lies before the departure")


def details_of(command: "RegisterPerson | ProfileDetails") -> dict[Population, Details]:
    """Return the census forms a command brings, by population."""
    forms = {Population.WOMAN: command.woman, Population.CHILD: command.child, Population.ELDER: command.elder}
    return {population: form for population, form in forms.items() if form is not None}
