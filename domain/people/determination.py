"""Left-behind determination (留守认定): who is left behind on a day, and why.

Pure: everything it needs is in ``Facts``, everything that may differ between regions is in
``RuleParameters``. Definitions:

* woman: her husband is away for work or business, continuously, half a year or more, while she
  lives in the village (document 002, 广西 2020);
* child: under 16 (ending on the 16th birthday) and both parents are away, or one is away and the
  other unable to act as guardian (国发〔2016〕13号 and the census form; no minimum absence there);
* elder: 60 or over, has living adult children, and all of them are away half a year or more.

A dead, missing or imprisoned parent is unable to act. What time alone changes is read off by
asking the same rule on other days, so ``since`` and ``next_review_on`` cannot disagree with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from domain.people.days import add_months, birthday
from domain.people.facts import (
    ChildClaims,
    ElderClaims,
    Facts,
    Individual,
    RuleParameters,
    Spell,
    WomanClaims,
    alive,
    away_since,
    gone,
    situation_on,
)
from domain.people.kin import NOT_MARRIED
from domain.people.model import AbsenceReason, IncapableParent, LeftBehind, Population, Situation

__all__ = [
    "ChildClaims",
    "Determination",
    "ElderClaims",
    "Facts",
    "Individual",
    "Reason",
    "RuleParameters",
    "Spell",
    "WomanClaims",
    "determine",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code and the open facts behind it (dates, counts, whose), never a name."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Determination:
    """The outcome for one population.

    ``since``: the day the status began to hold, None when it always did as far as is known.
    ``next_review_on``: the next day on which time alone changes it, None when it never does.
    """

    population: Population
    status: LeftBehind
    reasons: tuple[Reason, ...]
    flags: tuple[str, ...]
    since: date | None
    next_review_on: date | None

    @property
    def left_behind(self) -> bool:
        """Tell whether the person is left behind."""
        return self.status is LeftBehind.LEFT_BEHIND


class _Outcome(NamedTuple):
    """One population on one day."""

    status: LeftBehind
    reasons: tuple[Reason, ...]
    flags: tuple[str, ...] = ()


def determine(facts: Facts, as_of: date, rules: RuleParameters) -> tuple[Determination, ...]:
    """Return one determination per population of the person, none for the dead."""
    if not alive(facts.person, as_of):
        return ()
    return tuple(
        _over_time(population, facts, as_of, rules, sorted(set(_turning_points(population, facts, rules))))
        for population in sorted(facts.populations)
    )


def _over_time(
    population: Population, facts: Facts, as_of: date, rules: RuleParameters, turns: list[date]
) -> Determination:
    """Ask the population's rule today, then on the days around on which its answer can turn."""
    rule = _RULES[population]
    now = rule(facts, as_of, rules)
    since = None
    for turn in reversed([one for one in turns if one <= as_of]):
        if rule(facts, turn - timedelta(days=1), rules).status is not now.status:
            since = turn
            break
    later = ((turn, rule(facts, turn, rules)) for turn in turns if turn > as_of and alive(facts.person, turn))
    review = next((turn for turn, then in later if (then.status, then.flags) != (now.status, now.flags)), None)
    return Determination(population, now.status, now.reasons, now.flags, since, review)


# --- the three rules ---------------------------------------------------------------------------


def _woman(facts: Facts, day: date, rules: RuleParameters) -> _Outcome:
    if (outside := _outside_ages(facts.person.birth_date, day, rules.woman_min_age, rules.woman_max_age)) is not None:
        return _no(outside)
    if gone(facts.person, day) is not None:
        return _no(Reason("woman_away"))
    claimed = _claimed_spell(facts)
    husband = facts.spouse if claimed is None else replace(facts.spouse or _NOBODY, spells=(claimed,))
    if husband is None or facts.person.marital_status in NOT_MARRIED:
        return _no(Reason("no_husband"))
    if (situation := situation_on(husband, day)) is not Situation.LIVING:
        return _no(Reason(f"husband_{situation}"))
    since = away_since(husband, day, rules.woman_reasons, rules)
    if since is None:
        spell = gone(husband, day)
        return _no(
            Reason("husband_home") if spell is None else Reason("husband_absence_not_counted", {"since": spell.since})
        )
    facts_of = {"since": since, "months": rules.months}
    away = "husband_away" if claimed is None else "husband_away_by_form"
    if add_months(since, rules.months) > day:
        return _no(Reason(f"{away}_under_{rules.months}_months", facts_of))
    return _yes(Reason(f"{away}_{rules.months}_months", facts_of))


def _claimed_spell(facts: Facts) -> Spell | None:
    """Return the husband's absence as the woman claims it, None where the record speaks or she says nothing."""
    claims, husband = facts.woman_claims, facts.spouse
    if not claims.husband_away or claims.husband_away_since is None or (husband is not None and husband.spells):
        return None
    return Spell(claims.husband_away_since, None, claims.husband_away_reason or AbsenceReason.WORK)


def _child(facts: Facts, day: date, rules: RuleParameters) -> _Outcome:
    born = facts.person.birth_date
    if born is None:
        return _no(Reason("birth_date_unknown"))
    if birthday(born, rules.child_under) <= day:
        return _no(Reason("child_too_old", {"on": birthday(born, rules.child_under)}))
    own = gone(facts.person, day)
    if own is not None and own.reason is not AbsenceReason.STUDY:
        return _no(Reason("child_away", {"since": own.since}))  # gone along with the parents
    father = _parent("father", facts.father, facts.child_claims, day, rules)
    mother = _parent("mother", facts.mother, facts.child_claims, day, rules)
    parents = (father, mother)
    reasons = tuple(parent.reason for parent in parents)
    if father.state is _State.UNABLE and mother.state is _State.UNABLE:
        both_dead = all(parent.reason.code.endswith("_dead") for parent in parents)
        # 民发〔2019〕62号: a child whose parents live but cannot act is de facto unsupported.
        return _no(*reasons, flags=("orphan",) if both_dead else ("de_facto_unsupported",))
    if father.state in _GONE and mother.state in _GONE:
        return _yes(*reasons)
    return _no(*reasons)


def _elder(facts: Facts, day: date, rules: RuleParameters) -> _Outcome:
    born = facts.person.birth_date
    if born is None:
        return _no(Reason("birth_date_unknown"))
    if birthday(born, rules.elder_from) > day:
        return _no(Reason("elder_too_young", {"on": birthday(born, rules.elder_from)}))
    living = [one for one in facts.children if alive(one, day)]
    adults = [one for one in living if one.birth_date is None or birthday(one.birth_date, rules.adult_from) <= day]
    away = [one for one in adults if _away_long_enough(one, day, rules)]
    claims = facts.elder_claims if _claimed(facts.elder_claims.claimed_on, day) else ElderClaims()
    # Children the form counts and the ledger does not know: they count as the form says.
    unnamed = max((claims.living_children or 0) - len(living), 0)
    unnamed_away = min(max((claims.children_away or 0) - len(away), 0), unnamed)
    total, absent = len(adults) + unnamed, len(away) + unnamed_away
    counted = {"children": total, "away": absent, "months": rules.months}
    if not living and not unnamed:
        if not facts.children and claims.living_children is None:
            return _no(Reason("children_unknown"))
        return _no(Reason("no_living_children"), flags=("alone",))
    if (own := gone(facts.person, day)) is not None:
        return _no(Reason("elder_away", {"since": own.since}))
    if total == 0:
        return _no(Reason("no_adult_children"))
    if absent < total:
        return _no(Reason("child_at_home", counted))
    return _yes(Reason(f"all_children_away_{rules.months}_months", counted))


_RULES: dict[Population, Callable[[Facts, date, RuleParameters], _Outcome]] = {
    Population.WOMAN: _woman,
    Population.CHILD: _child,
    Population.ELDER: _elder,
}


# --- what the rules are made of ----------------------------------------------------------------


class _State(Enum):
    """What a parent is to the child's rule."""

    AWAY = "away"
    UNABLE = "unable"
    ONE_OF_BOTH = "one_of_both"  # the form says "one away, the other incapable" and not which
    PRESENT = "present"
    UNKNOWN = "unknown"


_GONE = (_State.AWAY, _State.UNABLE, _State.ONE_OF_BOTH)
_NOBODY, _NO_CLAIMS = Individual(), ChildClaims()


class _Parent(NamedTuple):
    state: _State
    reason: Reason


def _parent(who: str, parent: Individual | None, claims: ChildClaims, day: date, rules: RuleParameters) -> _Parent:
    """Say what a parent is on a day: by the record, and by the form where the record is silent."""
    claims = claims if _claimed(claims.claimed_on, day) else _NO_CLAIMS
    person = parent or _NOBODY
    situation = situation_on(person, day)
    if situation is not Situation.LIVING:
        when = {"on": person.died_on} if person.died_on else {}
        return _Parent(_State.UNABLE, Reason(f"{who}_{situation}", when))
    since = away_since(person, day, rules.child_reasons, rules)
    if since is not None and add_months(since, rules.child_months) <= day:
        return _Parent(_State.AWAY, Reason(f"{who}_away", {"since": since}))
    if person.capable is False:
        return _Parent(_State.UNABLE, Reason(f"{who}_incapable"))
    one_incapable = claims.one_away_other_incapable is True
    if one_incapable and person.capable is None and claims.incapable_parent == who:
        return _Parent(_State.UNABLE, Reason(f"{who}_incapable_by_form"))
    if person.spells:  # the record speaks: whoever came back, or left later, is at home on this day
        return _Parent(_State.PRESENT, Reason(f"{who}_home"))
    if claims.both_parents_away or (one_incapable and claims.incapable_parent in _OTHER[who]):
        return _Parent(_State.AWAY, Reason(f"{who}_away_by_form"))
    if one_incapable and claims.incapable_parent in {None, IncapableParent.BOTH}:
        return _Parent(_State.ONE_OF_BOTH, Reason(f"{who}_away_or_incapable_by_form"))
    if parent is None:
        return _Parent(_State.UNKNOWN, Reason(f"{who}_unknown"))
    return _Parent(_State.PRESENT, Reason(f"{who}_home"))


_OTHER = {"father": {IncapableParent.MOTHER}, "mother": {IncapableParent.FATHER}}


def _away_long_enough(child: Individual, day: date, rules: RuleParameters) -> bool:
    """Tell whether a grown child is away from the elder; who is missing or in prison is."""
    if situation_on(child, day) is not Situation.LIVING:
        return True
    since = away_since(child, day, rules.elder_reasons, rules)
    return since is not None and add_months(since, rules.months) <= day


def _claimed(claimed_on: date | None, day: date) -> bool:
    return claimed_on is None or claimed_on <= day


def _outside_ages(born: date | None, day: date, lowest: int | None, highest: int | None) -> Reason | None:
    """Return why a woman is outside the age bounds, where any are set."""
    if lowest is None and highest is None:
        return None
    if born is None:
        return Reason("birth_date_unknown")
    if lowest is not None and birthday(born, lowest) > day:
        return Reason("woman_too_young", {"on": birthday(born, lowest)})
    if highest is not None and birthday(born, highest + 1) <= day:
        return Reason("woman_too_old", {"on": birthday(born, highest + 1)})
    return None


def _yes(*reasons: Reason) -> _Outcome:
    return _Outcome(LeftBehind.LEFT_BEHIND, reasons)


def _no(*reasons: Reason, flags: tuple[str, ...] = ()) -> _Outcome:
    return _Outcome(LeftBehind.NOT_LEFT_BEHIND, reasons, flags)


def _turning_points(population: Population, facts: Facts, rules: RuleParameters) -> Iterator[date]:
    """Yield every day on which a population's answer can change with nothing but time passing."""
    person = facts.person
    born, months = person.birth_date, rules.months
    kin: tuple[Individual | None, ...] = (facts.spouse,)
    ages: tuple[int | None, ...]
    if population is Population.WOMAN:
        ages = (rules.woman_min_age, None if rules.woman_max_age is None else rules.woman_max_age + 1)
        claimed = _claimed_spell(facts)
        yield from () if claimed is None else (claimed.since, add_months(claimed.since, months))
    elif population is Population.CHILD:
        ages, months, kin = (rules.child_under,), rules.child_months, (facts.father, facts.mother)
        yield from _given(facts.child_claims.claimed_on)
    else:
        ages, kin = (rules.elder_from,), facts.children
        yield from (birthday(one.birth_date, rules.adult_from) for one in facts.children if one.birth_date is not None)
        yield from _given(facts.elder_claims.claimed_on)
    if born is not None:
        yield from (birthday(born, age) for age in ages if age is not None)
    for one in (person, *kin):
        if one is None:
            continue
        yield from _given(one.died_on)
        for spell in one.spells:
            yield from _given(spell.since, spell.returned_on)
            yield add_months(spell.since, months)


def _given(*days: date | None) -> Iterable[date]:
    return (day for day in days if day is not None)
