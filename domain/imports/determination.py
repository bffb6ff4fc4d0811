"""The determination of a roster row: its statements turned into the facts of ``domain.people.determination``."""

from datetime import date

from domain.imports.faults import RowFault, Severity
from domain.imports.forms import ELDER_CHILDREN
from domain.imports.model import RosterForm
from domain.imports.roster import Individual, RosterRow
from domain.people import determination as rule
from domain.people.days import birthday
from domain.people.determination import (
    ChildClaims,
    Determination,
    ElderClaims,
    Facts,
    RuleParameters,
    Spell,
    WomanClaims,
)
from domain.people.model import AbsenceReason, IncapableParent, Population

POPULATION = {
    RosterForm.CHILD: Population.CHILD,
    RosterForm.WOMAN: Population.WOMAN,
    RosterForm.ELDER: Population.ELDER,
}
_NO_WOMAN_CLAIMS = WomanClaims()
_COUNTY = 1_000_000  # 12-digit code → first six digits


def determine(row: RosterRow, form: RosterForm, as_of: date, rules: RuleParameters) -> Determination | None:
    """Return whether the subject is left behind on ``as_of`` by what the row says, None for the dead."""
    found = rule.determine(facts_of(row, form, as_of), as_of, rules)
    return found[0] if found else None


def age_fault(row: RosterRow, form: RosterForm, as_of: date, rules: RuleParameters) -> RowFault | None:
    """Return the warning of a subject whose age is outside what a form is for; the row is taken all the same."""
    born = row.subject.birth_date
    if born is None:
        return None
    least, under = {
        RosterForm.CHILD: (None, rules.child_under),
        RosterForm.WOMAN: (rules.woman_min_age, None if rules.woman_max_age is None else rules.woman_max_age + 1),
        RosterForm.ELDER: (rules.elder_from, None),
    }[form]
    young = least is not None and as_of < birthday(born, least)
    old = under is not None and birthday(born, under) <= as_of
    return RowFault("", "", "age.outside_form", Severity.WARNING) if young or old else None


def facts_of(row: RosterRow, form: RosterForm, as_of: date) -> Facts:
    """Return the row as facts."""
    county = row.region_code // _COUNTY
    told = row.profile
    children = tuple(_individual(one.person, county) for one in row.relatives if one.role in ELDER_CHILDREN)
    incapable = told.get("incapable_parent")
    return Facts(
        person=_individual(row.subject, county),
        populations=frozenset({POPULATION[form]}),
        spouse=_optional(row.relative("spouse"), county),
        father=_optional(row.relative("father"), county),
        mother=_optional(row.relative("mother"), county),
        children=children,
        child_claims=ChildClaims(
            both_parents_away=_flag(told.get("both_parents_away")),
            one_away_other_incapable=_flag(told.get("one_away_other_incapable")),
            incapable_parent=IncapableParent(incapable) if isinstance(incapable, str) else None,
            claimed_on=as_of,
        ),
        elder_claims=ElderClaims(
            living_children=_count(told.get("living_children")),
            children_away=_count(told.get("children_away")),
            claimed_on=as_of,
        ),
        woman_claims=_woman_claims(row) if form is RosterForm.WOMAN else _NO_WOMAN_CLAIMS,
    )


def _woman_claims(row: RosterRow) -> WomanClaims:
    husband = row.relative("spouse")
    away = None if husband is None else husband.away
    return (
        _NO_WOMAN_CLAIMS
        if away is None
        else WomanClaims(husband_away=True, husband_away_since=away.since, husband_away_reason=away.reason)
    )


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _optional(one: Individual | None, county: int) -> rule.Individual | None:
    return None if one is None else _individual(one, county)


def _individual(one: Individual, county: int) -> rule.Individual:
    away = one.away
    spells: tuple[Spell, ...] = ()
    if away is not None:
        there = None if away.destination_code is None else away.destination_code // _COUNTY != county
        spells = (Spell(away.since, None, away.reason or AbsenceReason.WORK, there),)
    return rule.Individual(
        birth_date=one.birth_date,
        situation=one.situation,
        died_on=one.died_on,
        capable=one.capable,
        marital_status=one.marital_status,
        spells=spells,
    )


__all__ = ["POPULATION", "age_fault", "determine", "facts_of"]
