"""Families as rows of the ledger's tables, their secrets sealed column by column."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from domain.codes.phone import tail
from domain.people.model import Population, Remit
from domain.people.priority import priority_of
from domain.people.remits import own_bits, remit_bits
from domain.pinyin import name_keys
from domain.regions.codes import padded
from persistence.crypto import FieldCipher
from persistence.demo.numbers import Numbers
from persistence.demo.people import Family, Guarded, Someone
from persistence.writing.records import SECRETS

Row = dict[str, Any]
PROFILES = {one.value: f"{one}_profile" for one in Population}
PERSON_COLUMNS = (
    "ethnicity", "education", "marital_status", "health", "disability_category", "disability_grade", "illness",
    "hardship", "capable", "situation", "died_on",
)  # fmt: skip
PROFILE_COLUMNS = {
    "woman": (
        "children_in_care", "elders_in_care", "land_contract_registered", "income_band", "income_sources", "skills",
        "training_wanted", "employment_wanted", "loan_wanted", "screened_on", "screening_result", "rights_problems",
        "activities_wanted", "counselling_wanted", "husband_away", "husband_away_since", "husband_away_reason",
    ),
    "child": (
        "household_registered", "schooling", "boarding", "both_parents_away", "one_away_other_incapable",
        "incapable_parent", "entrusted", "care_class", "income_sources", "relief",
    ),
    "elder": (
        "living_arrangement", "self_care", "dementia", "chronic_diseases", "living_children", "children_away",
        "pension", "grandchildren_raised", "last_seen_on", "last_seen_by",
    ),
}  # fmt: skip


def tables(families: Sequence[Family], cipher: FieldCipher, keys: Numbers) -> dict[str, list[Row]]:
    """Return rows by table, in an order that satisfies the foreign keys."""
    rows: dict[str, list[Row]] = {"household": [], "person": []}
    rows |= {name: [] for name in (*PROFILES.values(), "kinship", "guardianship", "absence", "person_access")}
    for family in families:
        populations = {Population(one) for person in family.people for one in person.profiles}
        rows["household"].append(_household(family, populations))
        for person in family.people:
            rows["person"].append(_person(person, family, populations))
            for population, form in person.profiles.items():
                rows[PROFILES[population]].append(_profile(person, population, form, keys))
            if person.away:
                rows["absence"].append(_absence(person, keys))
        rows["kinship"] += [
            _bound(one, keys) | {"person_id": one.id, "relative_id": other.id, "relation": relation}
            for one, other, relation in family.kin
        ]
        for guarded in family.guardianships:
            guardianship = _guardianship(guarded, keys)
            rows["guardianship"].append(guardianship)
            rows["person_access"].append(_opened(guardianship, keys))
    for table in ("household", "person"):
        seal(cipher, table, rows[table])
    return rows


def seal(
    cipher: FieldCipher, table: str, rows: Sequence[Row], blind: Iterable[str] = ("identity_number", "phone")
) -> None:
    """Replace the plain secrets of rows by cipher text, masked form and, in table person, blind index."""
    for name in [one for one in SECRETS if rows and one in rows[0]]:
        plain = [(row, row.pop(name)) for row in rows]
        present = [(row, text) for row, text in plain if text is not None]
        for row, _ in plain:
            row |= {f"{name}_cipher": None, f"{name}_masked": None}
        sealed = cipher.seal_many(table, f"{name}_cipher", [(row["id"], text) for row, text in present])
        for (row, text), hidden in zip(present, sealed, strict=True):
            row |= {f"{name}_cipher": hidden, f"{name}_masked": SECRETS[name](text)}
        if table == "person" and name in blind:
            blinds = cipher.blind_many(name, [text for _, text in present])
            for row, _ in plain:
                row[f"{name}_blind"] = None
            for (row, _), index in zip(present, blinds, strict=True):
                row[f"{name}_blind"] = index
        if table == "person" and name == "phone":
            tails = cipher.blind_many("phone_tail", [tail(text) for _, text in present])
            for row, _ in plain:
                row["phone_tail_blind"] = None
            for (row, _), index in zip(present, tails, strict=True):
                row["phone_tail_blind"] = index


def _stamped(row_id: UUID, one: Someone | Family) -> Row:
    return {"id": row_id, "created_at": one.at, "updated_at": one.at, "region_code": one.village.code}


def _bound(person: Someone, keys: Numbers) -> Row:
    return _stamped(keys.key(person.at), person)


def _household(family: Family, populations: set[Population]) -> Row:
    head = next((one for one in family.people if one.phone and one.away is None), family.people[0])
    remit = own_bits(populations) | int(Remit.ANYONE)
    return _stamped(family.id, family) | {"version": 1, "remit": remit, "head_id": head.id, "address": family.address}


def _person(person: Someone, family: Family, populations: set[Population]) -> Row:
    pinyin, initials = name_keys(person.name)
    columns: Row = {name: person.columns.get(name) for name in PERSON_COLUMNS}
    return (
        _stamped(person.id, person)
        | {
            "version": 1,
            "remit": remit_bits({Population(one) for one in person.profiles}, populations),
            "household_id": family.id,
            "registered_region_code": person.village.code,
            "name": person.name,
            "name_pinyin": pinyin,
            "name_initials": initials,
            "sex": person.sex,
            "birth_date": person.birth_date,
            "identity_number": person.identity_number,
            "phone": person.phone,
            "address": family.address,
            "surveyed_on": person.at.date(),
            "priority": priority_of(
                columns["hardship"], columns["disability_category"], columns["health"], columns["illness"]
            ),
        }
        | columns
    )


def _profile(person: Someone, population: str, form: Row, keys: Numbers) -> Row:
    answers = {name: form.get(name) for name in PROFILE_COLUMNS[population]}
    return _bound(person, keys) | {"person_id": person.id, "valid_from": person.at.date()} | answers


def _absence(person: Someone, keys: Numbers) -> Row:
    away = person.away
    assert away is not None
    return _bound(person, keys) | {
        "person_id": person.id,
        "since": away.since,
        "reason": away.reason,
        "destination": away.destination,
        "destination_code": padded(away.destination_code),
        "expected_return": away.expected_return,
        "contact_frequency": away.contact_frequency,
    }


def _guardianship(guarded: Guarded, keys: Numbers) -> Row:
    surveyed = guarded.ward.at.date()
    return _bound(guarded.ward, keys) | {
        "ward_id": guarded.ward.id,
        "guardian_id": guarded.guardian.id,
        "kind": guarded.kind,
        "relation": guarded.relation,
        "capability": guarded.capability,
        "commitment_signed_on": surveyed if guarded.signed else None,
        "valid_from": surveyed,
    }


def _opened(guardianship: Row, keys: Numbers) -> Row:
    """A guardian sees her ward's file."""
    return {
        "id": keys.key(guardianship["created_at"]),
        "grantee_id": guardianship["guardian_id"],
        "person_id": guardianship["ward_id"],
        "via": "guardianship",
        "via_id": guardianship["id"],
    }
