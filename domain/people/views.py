"""Read models of the ledger: what of a person's file is shown, to whom, under which name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.access import FieldClass
from domain.history.views import Event
from domain.people.model import (
    AbsenceReason,
    Capability,
    CareClass,
    EndReason,
    GuardianshipKind,
    Hardship,
    Health,
    IncapableParent,
    LeftBehind,
    LivingArrangement,
    Population,
    Schooling,
    SelfCare,
    Situation,
)
from domain.regions.views import Region
from domain.scopes import Households, People, Subject
from domain.view import (
    HARDSHIP,
    HEALTH,
    NAME,
    PERSONAL,
    Sensitive,
    between,
    current,
    division,
    document,
    eq,
    has,
    many,
    one,
    population,
    secret,
    view,
    within,
)

IDENTITY_NUMBER = secret(FieldClass.IDENTITY, "identity_number_masked")
PHONE = secret(FieldClass.CONTACT, "phone_masked")
ADDRESS = secret(FieldClass.CONTACT, "address_masked")
EMERGENCY_CONTACT = secret(FieldClass.CONTACT, "emergency_contact_masked")


@view(
    "person",
    plural="people",
    permission="people:read",
    scope=People(),
    actions={"update": "people:write", "reveal": "people:reveal", "history": "events:read"},
)
class Person:
    """A person of the ledger; woman, child and elder are dated profiles she may carry."""

    id: UUID
    version: int
    region: str = division("region_code")
    registered_region: str | None = division("registered_region_code")
    household_id: UUID | None
    name: Annotated[str, NAME]
    sex: Annotated[str, PERSONAL]
    birth_date: Annotated[date | None, PERSONAL]
    ethnicity: Annotated[str | None, PERSONAL]
    education: Annotated[str | None, PERSONAL]
    marital_status: Annotated[str | None, PERSONAL]
    situation: Annotated[Situation, PERSONAL]
    died_on: Annotated[date | None, PERSONAL]
    identity_number: Annotated[str | None, IDENTITY_NUMBER]
    phone: Annotated[str | None, PHONE]
    address: Annotated[str | None, ADDRESS]
    health: Annotated[Health | None, HEALTH]
    disability_category: Annotated[str | None, HEALTH]
    disability_grade: Annotated[int | None, HEALTH]
    illness: Annotated[str | None, HEALTH]
    capable: Annotated[bool | None, HEALTH]
    hardship: Annotated[list[Hardship], HARDSHIP]
    priority: Annotated[int, HARDSHIP]
    deregistered_on: date | None
    merged_into: UUID | None  # the file that a merged one leads to
    surveyed_on: date | None
    source_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    place: Region = one("region_code", to="lo")
    household: Household = one("household_id")
    woman: WomanProfile = one("id", to="person_id", where="current")
    child: ChildProfile = one("id", to="person_id", where="current")
    elder: ElderProfile = one("id", to="person_id", where="current")
    left_behind_statuses: list[LeftBehindStatus] = many("person_id")
    guardianships: list[Guardianship] = many("ward_id")
    wards: list[Guardianship] = many("guardian_id")
    kin: list[Kinship] = many("person_id", order="id")
    absences: list[Absence] = many("person_id")
    history: list[Event] = many("subject_id")
    survivor: Person = one("merged_into")
    merged: list[Person] = many("merged_into", order="id")  # files merged into this one, each with its own history
    __filters__ = (
        within("region", "region_code"),
        population("population", Population),
        eq("household_id", "name", "sex", "ethnicity", "situation", "health", "external_id"),
        between("birth_date", "updated_at"),
        has("hardship"),
    )
    __orders__ = ("-id", "id", "name", "-name", "-priority", "priority")
    __order_columns__ = (("name", "name_pinyin"),)


@view(
    "household", plural="households", permission="people:read", scope=Households(), actions={"update": "people:write"}
)
class Household:
    """A household (家庭户) and its members."""

    id: UUID
    version: int
    region: str = division("region_code")
    head_id: UUID | None
    address: Annotated[str | None, ADDRESS]
    created_at: datetime
    updated_at: datetime
    place: Region = one("region_code", to="lo")
    head: Person = one("head_id")
    members: list[Person] = many("household_id", order="id")
    __filters__ = (within("region", "region_code"),)
    __orders__ = ("-id", "id")


@view("woman_profile", plural="woman_profiles", permission="people:read", scope=Subject("person_id"))
class WomanProfile:
    """What the woman census form asks (农村留守妇女), in force from a day on."""

    id: UUID
    version: int
    person_id: UUID
    region: str = division("region_code")
    valid_from: date
    valid_to: date | None
    end_reason: EndReason | None
    children_in_care: Annotated[int | None, PERSONAL]
    elders_in_care: Annotated[int | None, PERSONAL]
    land_contract_registered: Annotated[bool | None, HARDSHIP]
    income_band: Annotated[str | None, HARDSHIP]
    income_sources: Annotated[list[str], HARDSHIP]
    skills: Annotated[str | None, PERSONAL]
    training_wanted: Annotated[str | None, PERSONAL]
    employment_wanted: Annotated[str | None, PERSONAL]
    business_wanted: Annotated[str | None, PERSONAL]
    loan_wanted: Annotated[bool | None, HARDSHIP]
    screened_on: Annotated[date | None, HEALTH]
    screening_result: Annotated[str | None, HEALTH]
    rights_problems: Annotated[list[str], Sensitive(FieldClass.CONFIDENTIAL)]
    activities_wanted: Annotated[str | None, PERSONAL]
    counselling_wanted: Annotated[bool | None, Sensitive(FieldClass.CONFIDENTIAL)]
    husband_away: Annotated[bool | None, PERSONAL]
    husband_away_since: Annotated[date | None, PERSONAL]
    husband_away_reason: Annotated[AbsenceReason | None, PERSONAL]
    person: Person = one("person_id")
    __filters__ = (within("region", "region_code"), eq("person_id"), current("current", "valid_to"))
    __orders__ = ("-id", "id")


@view("child_profile", plural="child_profiles", permission="people:read", scope=Subject("person_id"))
class ChildProfile:
    """What the child census form asks (农村留守儿童基本情况登记表), in force from a day on."""

    id: UUID
    version: int
    person_id: UUID
    region: str = division("region_code")
    valid_from: date
    valid_to: date | None
    end_reason: EndReason | None
    household_registered: Annotated[bool | None, PERSONAL]
    schooling: Annotated[Schooling | None, PERSONAL]
    boarding: Annotated[bool | None, PERSONAL]
    both_parents_away: Annotated[bool | None, PERSONAL]
    one_away_other_incapable: Annotated[bool | None, PERSONAL]
    incapable_parent: Annotated[IncapableParent | None, HEALTH]
    entrusted: Annotated[bool | None, PERSONAL]
    care_class: Annotated[CareClass | None, PERSONAL]
    income_sources: Annotated[list[str], HARDSHIP]
    relief: Annotated[list[str], HARDSHIP]
    person: Person = one("person_id")
    __filters__ = (
        within("region", "region_code"),
        eq("person_id", "schooling", "care_class", "boarding"),
        current("current", "valid_to"),
    )
    __orders__ = ("-id", "id")


@view("elder_profile", plural="elder_profiles", permission="people:read", scope=Subject("person_id"))
class ElderProfile:
    """What the elder census form asks (农村留守老年人), in force from a day on."""

    id: UUID
    version: int
    person_id: UUID
    region: str = division("region_code")
    valid_from: date
    valid_to: date | None
    end_reason: EndReason | None
    living_arrangement: Annotated[LivingArrangement | None, PERSONAL]
    self_care: Annotated[SelfCare | None, HEALTH]
    dementia: Annotated[bool | None, HEALTH]
    chronic_diseases: Annotated[list[str], HEALTH]
    living_children: Annotated[int | None, PERSONAL]
    children_away: Annotated[int | None, PERSONAL]
    pension: Annotated[str | None, HARDSHIP]
    grandchildren_raised: Annotated[int | None, PERSONAL]
    emergency_contact: Annotated[str | None, EMERGENCY_CONTACT]
    key_holder: Annotated[str | None, PERSONAL]
    last_seen_on: Annotated[date | None, PERSONAL]
    last_seen_by: Annotated[str | None, PERSONAL]
    person: Person = one("person_id")
    __filters__ = (
        within("region", "region_code"),
        eq("person_id", "living_arrangement", "self_care"),
        current("current", "valid_to"),
    )
    __orders__ = ("-id", "id")


@view(
    "kinship",
    plural="kinships",
    permission="people:read",
    scope=Subject("person_id"),
    actions={"update": "people:write"},
)
class Kinship:
    """``relative`` is the ``relation`` (GB/T 4761) of ``person``."""

    id: UUID
    version: int
    region: str = division("region_code")
    person_id: UUID
    relative_id: UUID
    relation: Annotated[str, PERSONAL]
    person: Person = one("person_id")
    relative: Person = one("relative_id")
    __filters__ = (within("region", "region_code"), eq("person_id", "relative_id", "relation"))
    __orders__ = ("-id", "id")


@view(
    "guardianship",
    plural="guardianships",
    permission="people:read",
    scope=Subject("ward_id"),
    actions={"update": "people:write"},
)
class Guardianship:
    """监护: who guards the ward, by which title, how capably."""

    id: UUID
    version: int
    region: str = division("region_code")
    ward_id: UUID
    guardian_id: UUID
    kind: Annotated[GuardianshipKind, PERSONAL]
    relation: Annotated[str | None, PERSONAL]
    capability: Annotated[Capability | None, HEALTH]
    commitment_signed_on: Annotated[date | None, PERSONAL]
    valid_from: date
    valid_to: date | None
    end_reason: EndReason | None
    ward: Person = one("ward_id")
    guardian: Person = one("guardian_id")
    __filters__ = (
        within("region", "region_code"),
        eq("ward_id", "guardian_id", "kind", "capability"),
        between("valid_from"),
        current("current", "valid_to"),
    )
    __orders__ = ("-id", "id", "-valid_from")


@view(
    "absence",
    plural="absences",
    permission="people:read",
    scope=Subject("person_id"),
    actions={"update": "people:write"},
)
class Absence:
    """外出: a spell away from the village."""

    id: UUID
    version: int
    region: str = division("region_code")
    person_id: UUID
    since: Annotated[date, PERSONAL]
    reason: Annotated[AbsenceReason, PERSONAL]
    destination: Annotated[str | None, PERSONAL]
    expected_return: Annotated[date | None, PERSONAL]
    returned_on: Annotated[date | None, PERSONAL]
    contact_frequency: Annotated[str | None, PERSONAL]
    person: Person = one("person_id")
    __filters__ = (
        within("region", "region_code"),
        eq("person_id", "reason"),
        between("since", "expected_return"),
        current("current", "returned_on"),
    )
    __orders__ = ("-id", "id", "-since")


@view("left_behind_status", plural="left_behind_statuses", permission="people:read", scope=Subject("person_id"))
class LeftBehindStatus:
    """留守认定: an outcome of the determination with its reasons, dated."""

    id: UUID
    version: int
    region: str = division("region_code")
    person_id: UUID
    population: Annotated[Population, PERSONAL]
    status: Annotated[LeftBehind, PERSONAL]
    flags: Annotated[list[str], PERSONAL]
    reasons: Annotated[list[str], PERSONAL]
    valid_from: date
    valid_to: date | None
    evaluated_on: date
    next_review_on: date | None
    cause: str
    cause_event_id: UUID | None
    person: Person = one("person_id")
    __filters__ = (
        within("region", "region_code"),
        eq("person_id", "population", "status"),
        between("valid_from", "next_review_on"),
        current("current", "valid_to"),
    )
    __orders__ = ("-id", "id", "-valid_from")


@document(permission="people:reveal")
class Revealed:
    """Full identity number, phone and address, released after the event was written."""

    identity_number: str | None
    phone: str | None
    address: str | None


__all__ = [
    "Absence",
    "ChildProfile",
    "ElderProfile",
    "Guardianship",
    "Household",
    "Kinship",
    "LeftBehindStatus",
    "Person",
    "Revealed",
    "WomanProfile",
]
