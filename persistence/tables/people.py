"""The ledger: people, their dated profiles, households, kin, guardianships, absences, statuses."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field

from domain.people.model import (
    AbsenceReason,
    Capability,
    CareClass,
    GuardianshipKind,
    Health,
    IncapableParent,
    LeftBehind,
    LivingArrangement,
    Population,
    Schooling,
    SelfCare,
    Situation,
)
from persistence.tables.columns import (
    CODE_COLLATION,
    Keyed,
    PersonBound,
    blob,
    json_object,
    made_key,
    moment,
    one_of,
    small,
    sort_key,
    text_array,
)

DATED = CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dated")


class Household(PersonBound, table=True):
    """A household (家庭户). ``remit`` is the union of its members' own bits (``domain.people.model.Remit``)."""

    __tablename__ = "household"
    __table_args__: Any = (
        Index("household_county_idx", "county", "id"),
        Index("household_township_idx", "township", "id"),
        Index("household_region_idx", "region_code", "id"),
    )

    remit: int = small(0)
    head_id: UUID | None = Field(default=None, index=True)
    address_cipher: bytes | None = blob()
    address_masked: str | None = None


class Person(PersonBound, table=True):
    """One person, whoever she becomes: woman, child and elder are dated profiles beside this row."""

    __tablename__ = "person"
    __table_args__: Any = (
        one_of("situation", Situation, name="person_situation_known"),
        one_of("health", Health, name="person_health_known"),
        CheckConstraint("sex IN ('0', '1', '2', '9')", name="person_sex_known"),
        CheckConstraint("disability_grade BETWEEN 1 AND 4", name="person_disability_grade_known"),
        CheckConstraint("(situation = 'dead') = (died_on IS NOT NULL)", name="person_death_dated"),
        Index("person_county_idx", "county", "id"),
        Index("person_township_idx", "township", "id"),
        Index("person_region_idx", "region_code", "id"),
        Index("person_county_priority_idx", "county", "priority", "id"),
        Index("person_household_idx", "household_id", "id"),
        Index(
            "person_identity_number_key",
            "identity_number_blind",
            unique=True,
            postgresql_where="identity_number_blind IS NOT NULL",
        ),
        Index(
            "person_source_key", "source_system", "external_id", unique=True, postgresql_where="external_id IS NOT NULL"
        ),
        Index("person_name_birth_idx", "county", "name", "birth_date"),
        Index("person_merged_idx", "merged_into", postgresql_where="merged_into IS NOT NULL"),
        CheckConstraint("merged_into IS NULL OR deregistered_on IS NOT NULL", name="person_merged_closed"),
        # What a search walks: persistence.searching.
        Index("person_pinyin_idx", "county", "name_pinyin", "id"),
        Index("person_initials_idx", "county", "name_initials", "id"),
        Index("person_given_idx", "county", "name_given", "id"),
        Index("person_rest_idx", "county", "name_rest", "id"),
        Index("person_birth_idx", "county", "birth_date", "id"),
        Index("person_phone_tail_idx", "phone_tail_blind", "county", postgresql_where="phone_tail_blind IS NOT NULL"),
        Index(
            "person_phone_tail_due_idx",
            "id",
            postgresql_where="phone_cipher IS NOT NULL AND phone_tail_blind IS NULL",
        ),
    )

    remit: int = small(128)
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    registered_region_code: int | None = Field(default=None, sa_type=BigInteger)  # 户籍所在地
    name: str = Field(sa_type=Text(collation=CODE_COLLATION))
    name_pinyin: str = sort_key()
    name_initials: str = sort_key()
    name_given: str = made_key("substr(name, surname_length(name) + 1)")  # without the surname
    name_rest: str = made_key("substr(name, surname_length(name) + 2)")  # after the given name's first character
    sex: str = "0"  # GB/T 2261.1
    birth_date: date | None = None
    ethnicity: str | None = None  # GB/T 3304, two digits
    education: str | None = None  # GB/T 4658
    marital_status: str | None = None  # GB/T 2261.2
    identity_number_cipher: bytes | None = blob()
    identity_number_blind: bytes | None = blob()
    identity_number_masked: str | None = None
    phone_cipher: bytes | None = blob()
    phone_blind: bytes | None = blob()
    phone_tail_blind: bytes | None = blob()  # of its last four digits
    phone_masked: str | None = None
    address_cipher: bytes | None = blob()
    address_masked: str | None = None
    health: str | None = None
    disability_category: str | None = None
    disability_grade: int | None = small()
    illness: str | None = None
    hardship: list[str] = text_array()
    priority: int = small(0)  # how many priority classes hold: domain.people.priority
    capable: bool | None = None  # capability to act as guardian; None: not assessed
    situation: str = Situation.LIVING
    died_on: date | None = None
    deregistered_on: date | None = None
    merged_into: UUID | None = Field(default=None, foreign_key="person.id")  # the file that this one leads to
    source_system: str | None = None
    external_id: str | None = None
    surveyed_on: date | None = None  # as_of of the last census row that wrote here


class Profile(PersonBound):
    """What the three dated profiles share."""

    person_id: UUID = Field(foreign_key="person.id")
    valid_from: date
    valid_to: date | None = None
    end_reason: str | None = None


class WomanProfile(Profile, table=True):
    """妇女 profile: the woman census form."""

    __tablename__ = "woman_profile"
    __table_args__: Any = (
        DATED,
        Index("woman_profile_current_key", "person_id", unique=True, postgresql_where="valid_to IS NULL"),
        Index("woman_profile_person_idx", "person_id", "valid_from"),
        Index("woman_profile_county_idx", "county", "id"),
        Index("woman_profile_township_idx", "township", "id"),
        Index("woman_profile_region_idx", "region_code", "id"),
    )

    children_in_care: int | None = small()
    elders_in_care: int | None = small()
    land_contract_registered: bool | None = None  # 土地承包经营权登记: is her name on it
    income_band: str | None = None
    income_sources: list[str] = text_array()
    skills: str | None = None
    training_wanted: str | None = None
    employment_wanted: str | None = None
    business_wanted: str | None = None
    loan_wanted: bool | None = None
    screened_on: date | None = None  # 两癌筛查最近日期
    screening_result: str | None = None
    rights_problems: list[str] = text_array()
    activities_wanted: str | None = None
    counselling_wanted: bool | None = None
    # What she says of her husband; counts where no absence of his is on record.
    husband_away: bool | None = None
    husband_away_since: date | None = None
    husband_away_reason: str | None = None


class ChildProfile(Profile, table=True):
    """儿童 profile: the child census form."""

    __tablename__ = "child_profile"
    __table_args__: Any = (
        DATED,
        one_of("schooling", Schooling, name="child_profile_schooling_known"),
        one_of("care_class", CareClass, name="child_profile_care_class_known"),
        one_of("incapable_parent", IncapableParent, name="child_profile_incapable_parent_known"),
        Index("child_profile_current_key", "person_id", unique=True, postgresql_where="valid_to IS NULL"),
        Index("child_profile_person_idx", "person_id", "valid_from"),
        Index("child_profile_county_idx", "county", "id"),
        Index("child_profile_township_idx", "township", "id"),
        Index("child_profile_region_idx", "region_code", "id"),
    )

    household_registered: bool | None = None  # 是否登记户口
    schooling: str | None = None
    boarding: bool | None = None
    both_parents_away: bool | None = None
    one_away_other_incapable: bool | None = None
    incapable_parent: str | None = None
    entrusted: bool | None = None  # 有无委托其他监护人
    care_class: str | None = None
    income_sources: list[str] = text_array()
    relief: list[str] = text_array()


class ElderProfile(Profile, table=True):
    """老年人 profile: the elder census form."""

    __tablename__ = "elder_profile"
    __table_args__: Any = (
        DATED,
        one_of("living_arrangement", LivingArrangement, name="elder_profile_living_arrangement_known"),
        one_of("self_care", SelfCare, name="elder_profile_self_care_known"),
        Index("elder_profile_current_key", "person_id", unique=True, postgresql_where="valid_to IS NULL"),
        Index("elder_profile_person_idx", "person_id", "valid_from"),
        Index("elder_profile_county_idx", "county", "id"),
        Index("elder_profile_township_idx", "township", "id"),
        Index("elder_profile_region_idx", "region_code", "id"),
    )

    living_arrangement: str | None = None
    self_care: str | None = None
    dementia: bool | None = None
    chronic_diseases: list[str] = text_array()
    living_children: int | None = small()  # how many children are alive, as the form counts them
    children_away: int | None = small()  # how many of them are away half a year or more
    pension: str | None = None
    grandchildren_raised: int | None = small()
    emergency_contact_cipher: bytes | None = blob()
    emergency_contact_masked: str | None = None
    key_holder: str | None = None  # 持有钥匙的邻居
    last_seen_on: date | None = None
    last_seen_by: str | None = None


class Kinship(PersonBound, table=True):
    """``relative`` is the ``relation`` (GB/T 4761) of ``person``: 51 father, 52 mother, 10 spouse …"""

    __tablename__ = "kinship"
    __table_args__: Any = (
        Index("kinship_pair_key", "person_id", "relative_id", "relation", unique=True),
        Index("kinship_relative_idx", "relative_id"),
        Index("kinship_county_idx", "county", "id"),
        Index("kinship_township_idx", "township", "id"),
        Index("kinship_region_idx", "region_code", "id"),
        CheckConstraint("person_id <> relative_id", name="kinship_not_self"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    relative_id: UUID = Field(foreign_key="person.id")
    relation: str


class Guardianship(PersonBound, table=True):
    """监护: who guards the ward, by which title, how well; the region is the ward's."""

    __tablename__ = "guardianship"
    __table_args__: Any = (
        DATED,
        one_of("kind", GuardianshipKind, name="guardianship_kind_known"),
        one_of("capability", Capability, name="guardianship_capability_known"),
        CheckConstraint("ward_id <> guardian_id", name="guardianship_not_self"),
        Index("guardianship_ward_idx", "ward_id", "id"),
        Index("guardianship_guardian_idx", "guardian_id"),
        Index("guardianship_county_idx", "county", "id"),
        Index("guardianship_township_idx", "township", "id"),
        Index("guardianship_region_idx", "region_code", "id"),
        Index(
            "guardianship_current_key",
            "ward_id",
            "guardian_id",
            "kind",
            unique=True,
            postgresql_where="valid_to IS NULL",
        ),
    )

    ward_id: UUID = Field(foreign_key="person.id")
    guardian_id: UUID = Field(foreign_key="person.id")
    kind: str
    relation: str | None = None  # GB/T 4761: what the guardian is to the ward
    capability: str | None = None
    commitment_signed_on: date | None = None  # 承诺书 / 责任确认书
    valid_from: date
    valid_to: date | None = None
    end_reason: str | None = None


class Absence(PersonBound, table=True):
    """外出: a spell away from the village; the region is that of the person who is away."""

    __tablename__ = "absence"
    __table_args__: Any = (
        one_of("reason", AbsenceReason, name="absence_reason_known"),
        CheckConstraint("returned_on IS NULL OR returned_on >= since", name="absence_ordered"),
        Index("absence_person_idx", "person_id", "since"),
        Index("absence_current_key", "person_id", unique=True, postgresql_where="returned_on IS NULL"),
        Index("absence_county_idx", "county", "id"),
        Index("absence_township_idx", "township", "id"),
        Index("absence_region_idx", "region_code", "id"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    since: date
    reason: str = AbsenceReason.WORK
    destination: str | None = None  # province and city as written
    destination_code: int | None = Field(default=None, sa_type=BigInteger)
    expected_return: date | None = None
    returned_on: date | None = None
    contact_frequency: str | None = None


class LeftBehindStatus(PersonBound, table=True):
    """留守认定: a dated outcome of the determination, with its reasons and its cause."""

    __tablename__ = "left_behind_status"
    __table_args__: Any = (
        DATED,
        one_of("population", Population, name="left_behind_status_population_known"),
        one_of("status", LeftBehind, name="left_behind_status_status_known"),
        Index(
            "left_behind_status_current_key",
            "person_id",
            "population",
            unique=True,
            postgresql_where="valid_to IS NULL",
        ),
        Index("left_behind_status_person_idx", "person_id", "id"),
        Index("left_behind_status_county_idx", "county", "id"),
        Index("left_behind_status_township_idx", "township", "id"),
        Index("left_behind_status_region_idx", "region_code", "id"),
        Index("left_behind_status_review_idx", "next_review_on", postgresql_where="valid_to IS NULL"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    population: str
    status: str
    flags: list[str] = text_array()  # e.g. alone
    reasons: list[str] = text_array()  # codes of domain.people.determination
    rule_set_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None
    evaluated_on: date
    next_review_on: date | None = None  # when time alone may change it
    cause: str  # the event type, or "time"
    cause_event_id: UUID | None = None


class RuleSet(Keyed, table=True):
    """Parameters of the determination in force for a region (0: everywhere) from a day on."""

    __tablename__ = "rule_set"
    __table_args__: Any = (Index("rule_set_region_idx", "region_code", "valid_from", unique=True),)

    region_code: int = Field(sa_type=BigInteger)
    valid_from: date
    valid_to: date | None = None
    source: str  # the law or document it follows
    parameters: dict[str, Any] = json_object()


class PersonAccess(Keyed, table=True):
    """A person opened to somebody outside the region rule: an agency by a case, a guardian by her ward.

    ``grantee_id`` is an agency or a person. ``via`` names the ground (``case``, ``guardianship``,
    ``pairing``, ``break_glass``), ``via_id`` its record; ended, not deleted.
    """

    __tablename__ = "person_access"
    __table_args__: Any = (
        Index("person_access_current_idx", "grantee_id", "person_id", postgresql_where="ended_at IS NULL"),
        Index("person_access_person_idx", "person_id"),
    )

    grantee_id: UUID
    person_id: UUID = Field(foreign_key="person.id")
    via: str
    via_id: UUID | None = None
    expires_at: Any = moment()  # ends by itself; none: until it is ended
    ended_at: Any = moment()


__all__ = [
    "Absence",
    "ChildProfile",
    "ElderProfile",
    "Guardianship",
    "Household",
    "Kinship",
    "LeftBehindStatus",
    "Person",
    "PersonAccess",
    "RuleSet",
    "WomanProfile",
]
