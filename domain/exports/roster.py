"""From a person of the ledger, as a view shows her, to the cells of her row on a census form.

What is written here is what ``domain.imports`` reads: a roster that is exported and imported again
changes nothing. A field the caller does not see, or that is not on file, is a blank cell, and a
blank cell never erases.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from domain.imports.cells import Cell
from domain.imports.forms import FATHER, HUSBAND, MOTHER, SPOUSE, WIFE
from domain.imports.model import RosterForm
from domain.imports.vocabulary import Vocabulary
from domain.people.model import Capability, CareClass, GuardianshipKind, Population

Person = Mapping[str, Any]  # as the compiled read answers: names of the views
GRADES: Final = {1: "一", 2: "二", 3: "三", 4: "四"}
CHILDREN: Final = ("20", "21", "22", "23", "24", "25", "29", "30", "31", "32", "33", "34", "35", "39")
CAPABILITY: Final = {
    CareClass.GOOD: Capability.GOOD,
    CareClass.AVERAGE: Capability.AVERAGE,
    CareClass.ENTRUSTED_POOR: Capability.POOR,
    CareClass.INCAPABLE_PARENT: Capability.POOR,
    CareClass.NOBODY: Capability.POOR,
}
SITUATIONS: Final = {"dead": "已故", "missing": "失踪", "imprisoned": "服刑"}
# Codes are written as labels of the list that bears the name of the field's last part.
_LISTED: Final = frozenset({
    "sex", "ethnicity", "education", "marital_status", "health", "schooling", "care_class", "incapable_parent",
    "living_arrangement", "self_care", "reason", "relation", "hardship", "income_sources", "relief",
})  # fmt: skip
_SUBJECT: Final = ("name", "sex", "ethnicity", "birth_date", "identity_number", "registered_place", "place", "health")
_PARENT: Final = ("name", "identity_number", "phone", "place", "since")
_CHILD_OF_ELDER: Final = ("name", "sex", "identity_number", "phone", "place", "since")


def _of(who: str, parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{who}.{part}" for part in parts)


FIELDS: Final[dict[Population, tuple[str, ...]]] = {
    Population.CHILD: (
        *_SUBJECT, "disability", "illness", "household_registered", "boarding", "schooling", *_of("father", _PARENT),
        *_of("mother", _PARENT), "both_parents_away", "one_away_other_incapable", "incapable_parent", "entrusted",
        *_of("guardian", ("name", "phone", "identity_number", "relation")), "care_class", "income_sources", "relief",
    ),
    Population.WOMAN: (
        *_SUBJECT, "phone", "education", *_of("spouse", (*_PARENT, "reason")), "children_in_care", "elders_in_care",
        "hardship", "screened_on", "employment_wanted", "loan_wanted", "land_contract_registered",
    ),
    Population.ELDER: (
        *_SUBJECT, "phone", "marital_status", "disability", "living_arrangement", "self_care", "chronic_diseases",
        "dementia", *_of("spouse", ("name", "identity_number")), "living_children", "children_away",
        *_of("child_1", _CHILD_OF_ELDER), *_of("child_2", _CHILD_OF_ELDER), "pension", "hardship",
        "grandchildren_raised", "emergency_contact", "key_holder", "last_seen_on", "last_seen_by",
    ),
}  # fmt: skip
"""The fields of each form's columns, in no order: a test compares them with the blank forms."""


class Roster:
    """Writes people as rows of one form. ``places``: the full name of a division by its published code."""

    def __init__(self, form: Population, words: Vocabulary, places: Mapping[str, str]) -> None:
        self._form = form
        self._words = words
        self._places = places
        self._labels: dict[tuple[str, str, str], str | None] = {}
        self._choices = {one.field: one.choices for one in words.forms[RosterForm(form)].columns}

    def row(self, person: Person) -> dict[str, Cell]:
        """Return a person's cells by field; fields that are blank may be left out."""
        profile = person[self._form] or {}
        told = {**self._subject(person), **self._profile(profile), **_READERS[self._form](person, profile)}
        return {field: self._cell(field, told.get(field)) for field in FIELDS[self._form]}

    def _subject(self, person: Person) -> dict[str, Any]:
        registered = person["registered_region"]
        return {
            **{name: person[name] for name in ("name", "identity_number", "phone", "sex", "ethnicity", "education")},
            **{name: person[name] for name in ("birth_date", "marital_status", "health", "illness", "hardship")},
            "place": self._places.get(person["region"]),
            "registered_place": self._places.get(registered) if registered else None,
            "disability": _disability(person),
        }

    def _profile(self, profile: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in profile.items() if name in FIELDS[self._form]}

    def _cell(self, field: str, value: Any) -> Cell:
        part = field.rpartition(".")[2]
        if value is None or value == []:
            return None
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list):
            return "、".join(self._written(field, part, one) for one in value)
        if part in {"birth_date", "since", "screened_on", "last_seen_on"}:
            return date.fromisoformat(value)
        return self._written(field, part, value) if isinstance(value, str) else value

    def _written(self, field: str, part: str, code: str) -> str:
        """Return how a code is written on this form, a free text as it is."""
        if part not in _LISTED:
            return code
        known = self._labels.get((field, part, code))
        if known is None:
            listed = self._words.labels[part]
            choices = (one for one in self._choices.get(field, ()) if self._words.code(part, one) == code)
            found = next(choices, None) or next((label for label, of in listed.items() if of == code), code)
            known = self._labels[field, part, code] = f"{found}族" if part == "ethnicity" and code < "97" else found
        return known


def _child(person: Person, profile: Mapping[str, Any]) -> dict[str, Any]:
    guarding = [one for one in person["guardianships"]["items"] if one["guardian"]]
    entrusted = [one for one in guarding if one["kind"] == GuardianshipKind.ENTRUSTED]
    told: dict[str, Any] = {}
    for who, relation in (("father", FATHER), ("mother", MOTHER)):
        told |= _relative(who, next(iter(_kin(person, relation)), None))
    if entrusted:
        told |= _relative("guardian", entrusted[0]["guardian"]) | {"guardian.relation": entrusted[0]["relation"]}
    care = profile.get("care_class")
    rated = CAPABILITY[CareClass(care)] if care else None  # the form has one rating for whoever cares
    carers = entrusted[:1] or [one for one in guarding if one["kind"] == GuardianshipKind.PARENT]
    if any(one["capability"] not in {None, rated} for one in carers):
        told["care_class"] = None  # assessed anew since the form was filled in
    return told


def _woman(person: Person, profile: Mapping[str, Any]) -> dict[str, Any]:
    del profile
    return _relative("spouse", next(iter(_kin(person, HUSBAND, SPOUSE)), None))


def _elder(person: Person, profile: Mapping[str, Any]) -> dict[str, Any]:
    del profile
    told = _relative("spouse", next(iter(_kin(person, HUSBAND, WIFE, SPOUSE)), None))
    for who, child in zip(("child_1", "child_2"), _kin(person, *CHILDREN), strict=False):
        told |= _relative(who, child)
    return told


_READERS: Final[dict[Population, Callable[[Person, Mapping[str, Any]], dict[str, Any]]]] = {
    Population.CHILD: _child,
    Population.WOMAN: _woman,
    Population.ELDER: _elder,
}


def _kin(person: Person, *relations: str) -> list[Person]:
    """Return the visible relatives of some relations, in the order they were entered."""
    return [one["relative"] for one in person["kin"]["items"] if one["relation"] in relations and one["relative"]]


def _relative(who: str, one: Person | None) -> dict[str, Any]:
    if one is None or not one["name"]:
        return {}
    situation = SITUATIONS.get(one["situation"])
    if situation is not None:  # the form has no other place for it, and the import reads it there
        return {f"{who}.name": f"{one['name']}（{situation}）", f"{who}.identity_number": one["identity_number"]}
    away: Mapping[str, Any] = next(iter(one["absences"]["items"]), {})
    return {
        f"{who}.name": one["name"],
        f"{who}.sex": one["sex"] if one["sex"] in {"1", "2"} else None,
        f"{who}.identity_number": one["identity_number"],
        f"{who}.phone": one["phone"],
        f"{who}.place": away.get("destination"),
        f"{who}.since": away.get("since"),
        f"{who}.reason": away.get("reason"),
    }


def _disability(person: Person) -> str | None:
    category, grade = person["disability_category"], GRADES.get(person["disability_grade"] or 0)
    if category is None:
        return f"{grade}级" if grade else None
    return f"{category.removesuffix('残疾')}残疾{f'{grade}级' if grade else ''}"


__all__ = ["FIELDS", "Roster"]
