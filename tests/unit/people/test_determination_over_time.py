"""Whatever the facts: between ``since`` and ``next_review_on`` the answer stands still."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.people.days import add_months, age_on, birthday
from domain.people.determination import (
    ChildClaims,
    ElderClaims,
    Facts,
    Individual,
    RuleParameters,
    Spell,
    determine,
)
from domain.people.model import AbsenceReason, IncapableParent, Population, Situation
from domain.people.reasons import sentence

RECENT = st.dates(date(2022, 1, 1), date(2027, 12, 31))
BIRTHS = (
    st.none() | st.dates(date(1950, 1, 1), date(2026, 12, 31)) | st.sampled_from([date(2008, 2, 29), date(1964, 2, 29)])
)


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    since = draw(RECENT)
    stay = draw(st.none() | st.integers(0, 500))
    returned = None if stay is None else since + timedelta(days=stay)
    return Spell(since, returned, draw(st.sampled_from(AbsenceReason)), draw(st.none() | st.booleans()))


@st.composite
def individuals(draw: st.DrawFn) -> Individual:
    situation = draw(st.sampled_from(Situation))
    return Individual(
        birth_date=draw(BIRTHS),
        situation=situation,
        died_on=draw(st.none() | RECENT) if situation is Situation.DEAD else None,
        capable=draw(st.none() | st.booleans()),
        marital_status=draw(st.sampled_from([None, "20", "30"])),
        spells=tuple(draw(st.lists(spells(), max_size=3))),
    )


MAYBE = st.none() | individuals()
COUNT = st.none() | st.integers(0, 4)
FACTS = st.builds(
    Facts,
    person=individuals(),
    populations=st.frozensets(st.sampled_from(Population), min_size=1),
    spouse=MAYBE,
    father=MAYBE,
    mother=MAYBE,
    children=st.lists(individuals(), max_size=3).map(tuple),
    child_claims=st.builds(
        ChildClaims,
        both_parents_away=st.none() | st.booleans(),
        one_away_other_incapable=st.none() | st.booleans(),
        incapable_parent=st.none() | st.sampled_from(IncapableParent),
        claimed_on=st.none() | RECENT,
    ),
    elder_claims=st.builds(ElderClaims, living_children=COUNT, children_away=COUNT, claimed_on=st.none() | RECENT),
)
RULES = st.builds(
    RuleParameters,
    months=st.integers(0, 12),
    child_months=st.sampled_from([0, 3, 6]),
    woman_min_age=st.sampled_from([None, 20]),
    woman_max_age=st.sampled_from([None, 55, 59]),
    tolerated_home_visit_days=st.sampled_from([0, 15, 30]),
    cross_county_required=st.booleans(),
)


@given(FACTS, RULES, RECENT, st.integers(1, 2000))
def test_nothing_changes_before_the_review_and_something_on_it(
    facts: Facts, rules: RuleParameters, day: date, days: int
) -> None:
    for found in determine(facts, day, rules):
        later = day + timedelta(days=days)
        review = found.next_review_on
        assert review is None or review > day
        if review is not None:
            (then,) = (one for one in determine(facts, review, rules) if one.population is found.population)
            assert (then.status, then.flags) != (found.status, found.flags)
        if review is None or later < review:
            for then in determine(facts, later, rules):
                if then.population is found.population:
                    assert (then.status, then.flags) == (found.status, found.flags)


@given(FACTS, RULES, RECENT, st.integers(0, 2000))
def test_since_is_the_day_the_status_began(facts: Facts, rules: RuleParameters, day: date, days: int) -> None:
    for found in determine(facts, day, rules):
        earlier = day - timedelta(days=days)
        for then in determine(facts, earlier, rules):
            if then.population is found.population and (found.since is None or earlier >= found.since):
                assert then.status is found.status
        if found.since is not None:
            assert found.since <= day
            for then in determine(facts, found.since - timedelta(days=1), rules):
                if then.population is found.population:
                    assert then.status is not found.status


@given(RECENT, RECENT, RECENT)
def test_with_an_unbroken_absence_a_woman_once_left_behind_stays_so(since: date, first: date, second: date) -> None:
    facts = Facts(Individual(), frozenset({Population.WOMAN}), spouse=Individual(spells=(Spell(since),)))
    (before,), (after,) = (determine(facts, day, RuleParameters()) for day in sorted((first, second)))
    assert after.left_behind or not before.left_behind


@given(FACTS, RULES, RECENT)
def test_what_comes_later_does_not_change_the_answer_then(facts: Facts, rules: RuleParameters, day: date) -> None:
    later = Spell(day + timedelta(days=1))
    spouse = facts.spouse and Individual(
        facts.spouse.id,
        facts.spouse.birth_date,
        facts.spouse.situation,
        facts.spouse.died_on,
        facts.spouse.capable,
        facts.spouse.marital_status,
        (*facts.spouse.spells, later),
    )
    told = Facts(
        facts.person,
        facts.populations,
        spouse,
        facts.father,
        facts.mother,
        facts.children,
        facts.child_claims,
        facts.elder_claims,
    )
    answers = [[(one.status, one.reasons) for one in determine(each, day, rules)] for each in (facts, told)]
    assert answers[0] == answers[1]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 110))
def test_age_and_birthday_agree(born: date, age: int) -> None:
    turns = birthday(born, age)
    assert age_on(born, turns) == age
    assert age_on(born, turns - timedelta(days=1)) == age - 1
    assert (turns.year, turns.month) == (born.year + age, born.month)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    then = add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@given(FACTS, RULES, RECENT)
def test_every_reason_has_its_sentence(facts: Facts, rules: RuleParameters, day: date) -> None:
    for found in determine(facts, day, rules):
        assert found.reasons
        for reason in found.reasons:
            assert sentence(reason)
            assert "{" not in sentence(reason)
