import importlib
import pkgutil
from enum import StrEnum

import domain
from domain.access import RowScope
from domain.codes.lists import ENUMERATIONS, STANDARDS, is_known
from persistence.loading.codes import items, lists

NOT_PUBLISHED = {RowScope}  # how a grant reaches rows: no caller meets these words


def published(list_id: str) -> list[str]:
    return [code for of, code, *_ in items() if of == list_id]


def test_every_member_of_every_enum_has_a_label() -> None:
    for list_id, enum in ENUMERATIONS.items():
        assert published(list_id) == [member.value for member in enum], list_id


def test_no_enum_of_the_domain_is_forgotten() -> None:
    modules = [name for _, name, _ in pkgutil.walk_packages(domain.__path__, "domain.")]
    found = {
        value
        for name in modules
        if name.endswith((".model", ".records", ".access"))
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    }
    assert found - NOT_PUBLISHED == set(ENUMERATIONS.values())


def test_the_national_lists_are_the_ones_the_domain_checks_with() -> None:
    for list_id, codes in STANDARDS.items():
        assert set(published(list_id)) == codes, list_id
        assert published(list_id) == sorted(published(list_id))
    assert is_known("kinship", "51")
    assert not is_known("ethnicity", "57")


def test_every_list_is_whole() -> None:
    ids = [list_id for list_id, *_ in lists()]
    assert set(ids) == ENUMERATIONS.keys() | STANDARDS.keys()
    assert len(ids) == len(set(ids))
    keys = [(list_id, code) for list_id, code, *_ in items()]
    assert len(keys) == len(set(keys))
    assert all(zh.strip() == zh != "" and en.strip() == en != "" for _, _, zh, en, _ in items())
    assert len(published("ethnicity")) == 58
    assert len(published("kinship")) == 84
