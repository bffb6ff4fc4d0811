from collections import Counter
from datetime import date
from statistics import mean

import pytest

from domain.codes.identity_number import parse
from domain.codes.phone import normalise
from domain.people.days import age_on
from domain.people.priority import priority_of
from persistence.demo.callers import people_of
from persistence.demo.people import Family, Someone, Village
from persistence.demo.population import PILOT_VILLAGE, maker, populate

AS_OF = date(2026, 11, 1)
VILLAGES = [Village(421081101200 + at, f"湖北省荆州市石首市横沟市镇{at}村") for at in range(100)] + [
    Village(PILOT_VILLAGE, "湖北省荆州市石首市桃花山镇李花山村委会")
]
NEIGHBOURS = [Village(421022100201 + at, f"湖北省荆州市公安县埠河镇{at}村") for at in range(30)]


def county(seed: int, as_of: date = AS_OF) -> tuple[list[Family], list[Someone]]:
    return populate(maker(seed, as_of), VILLAGES, NEIGHBOURS)


@pytest.fixture(scope="module")
def families() -> list[Family]:
    return county(1)[0]


@pytest.fixture(scope="module")
def people(families: list[Family]) -> list[Someone]:
    return [person for family in families for person in family.people]


def test_the_same_seed_and_day_give_the_same_county() -> None:
    assert county(7) == county(7)
    assert county(7) != county(8)
    assert county(7) != county(7, date(2026, 11, 2))


def test_its_size_is_a_county_offices(people: list[Someone]) -> None:
    by_county = Counter(str(person.village.code)[:6] for person in people)
    assert 3_000 <= by_county["421081"] <= 5_000
    assert 300 <= by_county["421022"] <= 600


def test_numbers_are_valid_and_given_once(people: list[Someone]) -> None:
    for person in people:
        assert person.identity_number is not None
        read = parse(person.identity_number, today=AS_OF)
        assert (read.number, read.birth_date, read.sex) == (person.identity_number, person.birth_date, person.sex)
        assert person.phone is None or (person.phone.startswith("19") and normalise(person.phone) == person.phone)
    assert len({person.identity_number for person in people}) == len(people)
    assert len({person.id for person in people}) == len(people)
    assert all(person.id.version == 7 for person in people)


def test_women_are_shaped_as_the_survey_found_them(people: list[Someone]) -> None:
    women = [person for person in people if "woman" in person.profiles]
    ages = [age_on(woman.birth_date, AS_OF) for woman in women]
    middle = sum(31 <= age <= 50 for age in ages) / len(ages)
    assert 0.55 <= middle <= 0.8  # 67.6% in Wuhan
    junior = sum(woman.columns["education"] == "71" for woman in women) / len(women)
    assert 0.7 <= junior <= 0.9  # 79.8% in Wuhan
    caring = sum(bool(woman.profiles["woman"]["children_in_care"]) for woman in women) / len(women)
    assert 0.8 <= caring <= 0.97  # about 90%


def test_children_are_with_grandparents(families: list[Family]) -> None:
    entrusted = [one for family in families for one in family.guardianships if one.kind == "entrusted"]
    grandparents = [one for one in entrusted if one.relation in {"61", "62", "63", "64"}]
    assert 0.92 <= len(grandparents) / len(entrusted) <= 1  # about 95%
    assert 57 <= mean(age_on(one.guardian.birth_date, AS_OF) for one in grandparents) <= 60  # 58
    elders = {one.guardian.id: one.guardian for one in grandparents if age_on(one.guardian.birth_date, AS_OF) > 60}
    little = sum(elder.columns["education"] in {"81", "90"} for elder in elders.values()) / len(elders)
    assert 0.6 <= little <= 0.8  # 70% primary school or less


def test_families_hang_together(families: list[Family]) -> None:
    for family in families:
        for one, other, relation in family.kin:
            if relation in {"51", "52"}:
                assert (one.birth_date - other.birth_date).days > 17 * 365, family
                assert other.sex == ("1" if relation == "51" else "2")
        for guarded in family.guardianships:
            assert age_on(guarded.ward.birth_date, AS_OF) < 16
            assert guarded.guardian.columns["situation"] != "dead"
            if guarded.kind == "entrusted":
                assert guarded.guardian.away is None
                assert guarded.guardian.columns["situation"] == "living"
    for person in (one for family in families for one in family.people):
        assert set(person.profiles) <= {"woman", "child", "elder"}
        assert person.away is None or person.away.since < AS_OF
        assert person.at.date() <= AS_OF
        columns = person.columns
        assert 0 <= priority_of(columns["hardship"], columns["disability_category"], columns["health"]) <= 3


def test_living_parents_guard_their_children(families: list[Family]) -> None:
    for family in families:
        named = {
            (child.id, parent.id)
            for child, parent, relation in family.kin
            if relation in {"51", "52"} and "child" in child.profiles and parent.columns["situation"] != "dead"
        }
        guarding = [(one.ward.id, one.guardian.id) for one in family.guardianships if one.kind == "parent"]
        assert sorted(guarding) == sorted(named)


def test_callers_are_people_of_the_pilot_village() -> None:
    families, volunteers = county(1)
    bound = people_of(families, volunteers)
    assert bound.keys() == {"resident", "guardian", "volunteer"}
    assert len({person.id for person in bound.values()}) == 3
    assert {person.village.code for person in bound.values()} == {PILOT_VILLAGE}
    assert bound["resident"].profiles["woman"]["children_in_care"] >= 1
    assert bound["volunteer"].profiles == {}
