"""The definitions of the left-behind determination, edge by edge."""

from dataclasses import replace
from datetime import date

import pytest

from domain.people.determination import (
    ChildClaims,
    Determination,
    ElderClaims,
    Facts,
    Individual,
    RuleParameters,
    Spell,
    WomanClaims,
    determine,
)
from domain.people.model import AbsenceReason, IncapableParent, LeftBehind, Population, Situation
from domain.people.reasons import sentence

RULES = RuleParameters()
DAY = date(2026, 11, 1)
AWAY = (Spell(date(2025, 1, 1)),)
WOMAN, CHILD, ELDER = Population.WOMAN, Population.CHILD, Population.ELDER


def one(facts: Facts, day: date = DAY, rules: RuleParameters = RULES) -> Determination:
    (found,) = determine(facts, day, rules)
    return found


def codes(found: Determination) -> list[str]:
    return [reason.code for reason in found.reasons]


def woman(*spells: Spell, person: Individual | None = None, **husband: object) -> Facts:
    spouse = Individual(spells=spells, **husband)  # type: ignore[arg-type]
    return Facts(person or Individual(birth_date=date(1985, 3, 1)), frozenset({WOMAN}), spouse=spouse)


def child(
    father: Individual | None,
    mother: Individual | None,
    born: date = date(2016, 5, 5),
    claims: ChildClaims | None = None,
) -> Facts:
    return Facts(
        Individual(birth_date=born),
        frozenset({CHILD}),
        father=father,
        mother=mother,
        child_claims=claims or ChildClaims(),
    )


def elder(*children: Individual, born: date = date(1950, 1, 1), claims: ElderClaims | None = None) -> Facts:
    return Facts(
        Individual(birth_date=born), frozenset({ELDER}), children=children, elder_claims=claims or ElderClaims()
    )


def test_woman_husband_away_six_months_to_the_day() -> None:
    facts = woman(Spell(date(2026, 5, 1)))
    found = one(facts)
    assert found.status is LeftBehind.LEFT_BEHIND
    assert found.since == DAY
    assert found.next_review_on is None
    assert codes(found) == ["husband_away_6_months"]
    assert found.reasons[0].facts == {"since": date(2026, 5, 1), "months": 6}


def test_woman_a_day_short_of_six_months_is_reviewed_the_next_day() -> None:
    found = one(woman(Spell(date(2026, 5, 2))))
    assert found.status is LeftBehind.NOT_LEFT_BEHIND
    assert codes(found) == ["husband_away_under_6_months"]
    assert found.next_review_on == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("since", "reached"), [(date(2025, 8, 31), date(2026, 2, 28)), (date(2027, 8, 31), date(2028, 2, 29))]
)
def test_woman_a_day_the_month_lacks_becomes_its_last(since: date, reached: date) -> None:
    assert one(woman(Spell(since)), since).next_review_on == reached


@pytest.mark.parametrize("known", [True, False])
def test_woman_by_form_where_no_absence_is_on_record(known: bool) -> None:
    claims = WomanClaims(husband_away=True, husband_away_since=date(2026, 1, 15))
    facts = replace(woman(), woman_claims=claims) if known else replace(woman(), woman_claims=claims, spouse=None)
    found = one(facts, date(2026, 7, 15))
    assert (found.left_behind, found.since, codes(found)) == (
        True, date(2026, 7, 15), ["husband_away_by_form_6_months"]
    )  # fmt: skip
    found = one(facts, date(2026, 7, 14))
    assert (found.left_behind, found.next_review_on) == (False, date(2026, 7, 15))
    assert codes(found) == ["husband_away_by_form_under_6_months"]
    assert sentence(found.reasons[0]) == "登记表载明丈夫自2026年1月15日起外出，未满6个月"


def test_woman_by_form_a_return_on_record_outweighs_the_form() -> None:
    claims = WomanClaims(husband_away=True, husband_away_since=date(2025, 1, 1))
    found = one(replace(woman(Spell(date(2025, 1, 1), date(2026, 6, 1))), woman_claims=claims), date(2026, 11, 1))
    assert (found.left_behind, codes(found)) == (False, ["husband_home"])


def test_woman_study_is_neither_work_nor_business() -> None:
    found = one(woman(Spell(date(2025, 1, 1), reason=AbsenceReason.STUDY)))
    assert (found.status, codes(found)) == (LeftBehind.NOT_LEFT_BEHIND, ["husband_absence_not_counted"])


@pytest.mark.parametrize(("gap_from", "left_behind"), [(date(2026, 7, 2), True), (date(2026, 7, 1), False)])
def test_woman_a_visit_of_thirty_days_does_not_break_the_absence(gap_from: date, *, left_behind: bool) -> None:
    facts = woman(Spell(date(2026, 1, 1), gap_from), Spell(date(2026, 8, 1)))
    assert one(facts).left_behind is left_behind


def test_woman_a_return_ends_it_the_same_day() -> None:
    found = one(woman(Spell(date(2026, 1, 1), DAY)))
    assert (found.left_behind, found.since, codes(found)) == (False, DAY, ["husband_home"])


def test_woman_she_must_live_in_the_village() -> None:
    facts = woman(*AWAY, person=Individual(spells=(Spell(date(2026, 10, 1)),)))
    assert codes(one(facts)) == ["woman_away"]


@pytest.mark.parametrize("situation", [Situation.DEAD, Situation.MISSING, Situation.IMPRISONED])
def test_woman_a_husband_who_is_not_out_working(situation: Situation) -> None:
    found = one(woman(*AWAY, situation=situation))
    assert (found.left_behind, codes(found)) == (False, [f"husband_{situation}"])


@pytest.mark.parametrize("marital_status", ["10", "30", "40"])
def test_woman_unmarried_widowed_divorced(marital_status: str) -> None:
    facts = woman(*AWAY, person=Individual(marital_status=marital_status))
    assert codes(one(facts)) == ["no_husband"]


def test_woman_age_bounds_are_a_parameter() -> None:
    rules = RuleParameters(woman_min_age=20, woman_max_age=55)
    facts = woman(*AWAY, person=Individual(birth_date=date(1970, 11, 2)))
    assert one(facts, DAY, rules).left_behind
    assert one(facts, DAY, rules).next_review_on == date(2026, 11, 2)
    assert codes(one(facts, date(2026, 11, 2), rules)) == ["woman_too_old"]
    assert one(facts, date(2026, 11, 2)).left_behind


def test_woman_cross_county_where_the_rule_asks_for_it() -> None:
    rules = RuleParameters(cross_county_required=True)
    assert one(woman(Spell(date(2025, 1, 1), cross_county=True)), DAY, rules).left_behind
    assert not one(woman(Spell(date(2025, 1, 1), cross_county=False)), DAY, rules).left_behind
    assert not one(woman(Spell(date(2025, 1, 1))), DAY, rules).left_behind


def test_woman_a_death_to_come_does_not_count_yet() -> None:
    facts = woman(*AWAY, situation=Situation.DEAD, died_on=date(2026, 11, 5))
    assert one(facts).left_behind
    assert one(facts).next_review_on == date(2026, 11, 5)


def test_child_both_parents_away_from_the_first_day() -> None:
    facts = child(Individual(spells=(Spell(date(2025, 3, 1)),)), Individual(spells=(Spell(DAY),)))
    found = one(facts)
    assert (found.status, found.since, codes(found)) == (
        LeftBehind.LEFT_BEHIND,
        DAY,
        ["father_away", "mother_away"],
    )
    assert found.next_review_on == date(2032, 5, 5)


def test_child_one_parent_at_home() -> None:
    found = one(child(Individual(spells=AWAY), Individual()))
    assert (found.left_behind, found.flags, codes(found)) == (False, (), ["father_away", "mother_home"])


def test_child_a_minimum_of_months_where_a_region_sets_one() -> None:
    facts = child(Individual(spells=(Spell(date(2026, 6, 1)),)), Individual(spells=AWAY))
    assert one(facts).left_behind
    found = one(facts, DAY, RuleParameters(child_months=6))
    assert (found.left_behind, found.next_review_on) == (False, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("mother", "reason"),
    [
        (Individual(capable=False), "mother_incapable"),
        (Individual(situation=Situation.DEAD, died_on=date(2024, 1, 1)), "mother_dead"),
        (Individual(situation=Situation.MISSING), "mother_missing"),
        (Individual(situation=Situation.IMPRISONED), "mother_imprisoned"),
    ],
)
def test_child_one_away_the_other_unable(mother: Individual, reason: str) -> None:
    found = one(child(Individual(spells=AWAY), mother))
    assert (found.left_behind, codes(found)) == (True, ["father_away", reason])


def test_child_ends_on_the_sixteenth_birthday() -> None:
    parents = (Individual(spells=AWAY), Individual(spells=AWAY))
    facts = child(*parents, born=date(2010, 11, 2))
    assert one(facts).left_behind
    assert one(facts).next_review_on == date(2026, 11, 2)
    after = one(facts, date(2026, 11, 2))
    assert (after.left_behind, after.since, codes(after)) == (False, date(2026, 11, 2), ["child_too_old"])


def test_child_both_dead_is_an_orphan() -> None:
    dead = Individual(situation=Situation.DEAD)
    assert one(child(dead, dead)).flags == ("orphan",)
    found = one(child(dead, Individual(situation=Situation.IMPRISONED)))
    assert (found.left_behind, found.flags) == (False, ("de_facto_unsupported",))


def test_child_a_child_gone_along_with_the_parents() -> None:
    away = Individual(spells=AWAY)
    person = Individual(birth_date=date(2016, 1, 1), spells=(Spell(date(2026, 1, 1), reason=AbsenceReason.OTHER),))
    facts = Facts(person, frozenset({CHILD}), father=away, mother=away)
    assert codes(one(facts)) == ["child_away"]


def test_child_a_birth_date_is_needed() -> None:
    assert codes(one(Facts(Individual(), frozenset({CHILD})))) == ["birth_date_unknown"]


def test_child_by_form_both_away() -> None:
    found = one(child(None, None, claims=ChildClaims(both_parents_away=True, claimed_on=date(2026, 9, 1))))
    assert (found.left_behind, found.since) == (True, date(2026, 9, 1))
    assert codes(found) == ["father_away_by_form", "mother_away_by_form"]


def test_child_by_form_a_return_on_record_outweighs_the_form() -> None:
    back = Individual(spells=(Spell(date(2025, 1, 1), date(2026, 10, 1)),))
    found = one(child(back, None, claims=ChildClaims(both_parents_away=True)))
    assert (found.left_behind, codes(found)) == (False, ["father_home", "mother_away_by_form"])


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (IncapableParent.FATHER, ["father_incapable_by_form", "mother_away_by_form"]),
        (IncapableParent.MOTHER, ["father_away_by_form", "mother_incapable_by_form"]),
        (IncapableParent.BOTH, ["father_away_or_incapable_by_form", "mother_away_or_incapable_by_form"]),
        (None, ["father_away_or_incapable_by_form", "mother_away_or_incapable_by_form"]),
    ],
)
def test_child_by_form_one_away_the_other_incapable(who: IncapableParent | None, expected: list[str]) -> None:
    claims = ChildClaims(one_away_other_incapable=True, incapable_parent=who)
    found = one(child(None, None, claims=claims))
    assert (found.left_behind, codes(found)) == (True, expected)


def test_child_by_form_the_form_with_the_spell_it_names() -> None:
    claims = ChildClaims(
        both_parents_away=False, one_away_other_incapable=True, incapable_parent=IncapableParent.MOTHER
    )
    found = one(child(Individual(spells=AWAY), Individual(), claims=claims))
    assert (found.left_behind, codes(found)) == (True, ["father_away", "mother_incapable_by_form"])


def test_child_by_form_an_assessed_capability_outweighs_the_form() -> None:
    claims = ChildClaims(one_away_other_incapable=True, incapable_parent=IncapableParent.MOTHER)
    assert not one(child(Individual(spells=AWAY), Individual(capable=True), claims=claims)).left_behind


def test_elder_all_children_away_half_a_year() -> None:
    found = one(elder(Individual(spells=AWAY), Individual(spells=(Spell(date(2026, 4, 1)),))))
    assert (found.left_behind, found.since, found.next_review_on) == (True, date(2026, 10, 1), None)
    assert codes(found) == ["all_children_away_6_months"]
    assert found.reasons[0].facts == {"children": 2, "away": 2, "months": 6}


def test_elder_one_child_at_home() -> None:
    found = one(elder(Individual(spells=AWAY), Individual()))
    assert (found.left_behind, codes(found)) == (False, ["child_at_home"])


def test_elder_sixty_on_the_birthday() -> None:
    facts = elder(Individual(spells=AWAY), born=date(1966, 11, 2))
    assert (one(facts).left_behind, one(facts).next_review_on) == (False, date(2026, 11, 2))
    assert one(facts, date(2026, 11, 2)).since == date(2026, 11, 2)


def test_elder_without_living_children_alone() -> None:
    dead = Individual(situation=Situation.DEAD)
    for facts in (elder(dead), elder(claims=ElderClaims(living_children=0))):
        found = one(facts)
        assert (found.left_behind, found.flags, codes(found)) == (False, ("alone",), ["no_living_children"])


def test_elder_children_nobody_asked_about() -> None:
    found = one(elder())
    assert (found.left_behind, found.flags, codes(found)) == (False, (), ["children_unknown"])


def test_elder_a_minor_child_is_nobody_to_be_away() -> None:
    found = one(elder(Individual(birth_date=date(2010, 1, 1), spells=AWAY)))
    assert (codes(found), found.next_review_on) == (["no_adult_children"], date(2028, 1, 1))


@pytest.mark.parametrize(("count", "away", "left_behind"), [(2, 2, True), (2, 1, False), (1, 1, True)])
def test_elder_children_the_form_counts(count: int, away: int, *, left_behind: bool) -> None:
    assert one(elder(claims=ElderClaims(count, away))).left_behind is left_behind


def test_elder_the_form_counts_a_child_the_ledger_does_not_know() -> None:
    known = Individual(spells=AWAY)
    assert one(elder(known, claims=ElderClaims(living_children=2, children_away=2))).left_behind
    assert not one(elder(known, claims=ElderClaims(living_children=2, children_away=1))).left_behind


def test_one_determination_per_population() -> None:
    facts = Facts(
        Individual(birth_date=date(1960, 1, 1)),
        frozenset({ELDER, WOMAN}),
        spouse=Individual(spells=AWAY),
        children=(Individual(spells=AWAY),),
    )
    assert [(one.population, one.left_behind) for one in determine(facts, DAY, RULES)] == [(ELDER, True), (WOMAN, True)]


def test_none_for_the_dead() -> None:
    dead = Individual(situation=Situation.DEAD, died_on=DAY)
    facts = Facts(dead, frozenset({ELDER}), children=(Individual(spells=AWAY),))
    assert determine(facts, DAY, RULES) == ()


def test_parameters_are_told_in_one_order() -> None:
    told = RuleParameters.model_validate({"child_reasons": ["work", "study", "business", "other"]}).model_dump()
    assert told["child_reasons"] == [AbsenceReason(one) for one in ("business", "other", "study", "work")]
