"""Input is strict: nothing coerced, nothing unknown, nothing dangerous."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.people.commands import (
    OpenProfile,
    RecordAbsence,
    RegisterPerson,
    Reveal,
    UpdatePerson,
)
from domain.people.days import today

BASE: dict[str, Any] = {"name": "王小花", "region": "421081100201"}
ID = "01900000-0000-7000-8000-000000000001"


def faults(model: Any, data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(data)
    return [(".".join(str(part) for part in one["loc"]), one["type"]) for one in refused.value.errors()]


def test_texts_become_what_they_mean() -> None:
    found = RegisterPerson.model_validate(
        BASE
        | {
            "name": "  王 小花 ",
            "region": "４２１０８１１００２０１",
            "birth_date": "1990-02-28",
            "phone": "+86 138-1234-1234",
            "household_id": ID,
            "health": "chronic",
            "hardship": ["destitute"],
        }
    )
    assert (found.name, found.region) == ("王 小花", "421081100201")
    assert (found.birth_date, found.phone, found.household_id) == (date(1990, 2, 28), "13812341234", UUID(ID))
    assert (found.health, found.hardship) == ("chronic", ["destitute"])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("surname", "王", "extra_forbidden"),
        ("name", "", "string_too_short"),
        ("name", "   ", "string_too_short"),
        ("name", "王" * 65, "string_too_long"),
        ("name", "王\x00", "text.control_character"),
        ("name", "王\ud800", "text.control_character"),
        ("name", "王\u202e芳", "text.control_character"),
        ("name", "王\u200b芳", "text.invisible"),
        ("name", "\ufeff王芳", "text.invisible"),
        ("illness", "肺炎\u202e", "text.control_character"),
        ("illness", "\u3000 。", "text.blank"),
        ("name", 7, "string_type"),
        ("region", "42108", "region.format"),
        ("region", "٤٢١٠٨١", "region.format"),
        ("region", 421081, "string_type"),
        ("birth_date", "1990-2-28", "date.format"),
        ("birth_date", "1990-02-30", "date.unknown"),
        ("birth_date", "1899-12-31", "date.too_early"),
        ("birth_date", 0, "date_type"),
        ("birth_date", "１９９０-02-28", "date.format"),
        ("sex", 1, "literal_error"),
        ("sex", "3", "literal_error"),
        ("ethnicity", "1", "string_pattern_mismatch"),
        ("ethnicity", "01\x1b", "text.control_character"),
        ("capable", 1, "bool_type"),
        ("capable", "true", "bool_type"),
        ("disability_grade", True, "int_type"),
        ("disability_grade", 5, "less_than_equal"),
        ("disability_grade", "2", "int_type"),
        ("health", "HEALTHY", "field.choice"),
        ("health", 1, "is_instance_of"),
        ("identity_number", "421081199001010129", "identity_number.checksum"),
        ("identity_number", "42108119900101", "identity_number.format"),
        ("phone", "12345", "phone.format"),
        ("household_id", "not-an-id", "field.id"),
        ("household_id", ID.replace("-", ""), "field.id"),
        ("situation", "dead", "person.dead"),
    ],
)
def test_what_is_refused(field: str, value: object, code: str) -> None:
    assert [kind for _, kind in faults(RegisterPerson, BASE | {field: value})] == [code]


def test_tomorrow_has_not_happened() -> None:
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert faults(RegisterPerson, BASE | {"birth_date": tomorrow}) == [("birth_date", "date.future")]
    spell = RecordAbsence.model_validate({"person_id": ID, "since": "2026-01-01", "expected_return": tomorrow})
    assert spell.expected_return == today() + timedelta(days=1)


def test_nothing_refused_is_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        RegisterPerson.model_validate(BASE | {"identity_number": "421081199001010129"})
    (error,) = refused.value.errors(include_input=False, include_url=False)
    assert "421081199001010129" not in str(error)


def test_combinations() -> None:
    assert faults(RegisterPerson, BASE | {"household_id": ID, "new_household": True}) == [("", "household.two")]
    assert faults(RegisterPerson, BASE | {"external_id": "7"}) == [("", "person.source_incomplete")]
    assert faults(OpenProfile, {"person_id": ID}) == [("", "profile.exactly_one")]
    assert faults(OpenProfile, {"person_id": ID, "child": {}, "elder": {}}) == [("", "profile.exactly_one")]
    spell = {"person_id": ID, "since": "2026-02-01", "returned_on": "2026-01-01"}
    assert faults(RecordAbsence, spell) == [("", "absence.return_before_departure")]
    assert faults(Reveal, {"person_id": ID}) == [("purpose", "missing")]
    assert faults(Reveal, {"person_id": ID, "purpose": "看", "fields": []})[0][0] == "purpose"


def test_a_patch_knows_absent_from_null() -> None:
    patch = UpdatePerson.model_validate({"person_id": ID, "version": 1, "phone": None})
    assert patch.given("person_id", "version") == {"phone": None}
    assert faults(UpdatePerson, {"person_id": ID, "version": 1, "name": None}) == [("", "field.required")]
    assert faults(UpdatePerson, {"person_id": ID, "version": 0}) == [("version", "greater_than_equal")]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=4))
def test_anything_is_taken_or_refused_and_nothing_else(value: object) -> None:
    for field in RegisterPerson.model_fields:
        try:
            RegisterPerson.model_validate(BASE | {field: value})
        except ValidationError:
            continue
