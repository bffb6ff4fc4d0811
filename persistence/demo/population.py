"""The population: so many families of each kind, spread over the villages of two counties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.people.days import SHANGHAI
from persistence.demo import shapes
from persistence.demo.families import (
    elders_alone,
    family_at_home,
    guarded_by_parents,
    left_behind_woman,
    raised_by_grandparents,
    raised_by_others,
)
from persistence.demo.numbers import OPENING_HOUR, Clock
from persistence.demo.people import FEMALE, Family, Maker, Someone, Village

PILOT_TOWNSHIP = 421081104  # 桃花山镇, where document 003 began
PILOT_VILLAGE = 421081104209  # 李花山村: the demo's village worker, resident and guardian live here
PILOT_WEIGHT = 6
CENSUS_DAYS = 50  # some 5,200 households and people, 135 a working day
MINUTES_A_PERSON = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Mix:
    """How many families of each kind."""

    grandparents: int
    women: int
    elders: int
    shortly_away: int
    at_home: int
    elders_with_child: int


SHISHOU = Mix(grandparents=280, women=270, elders=150, shortly_away=30, at_home=45, elders_with_child=25)
GONGAN = Mix(grandparents=30, women=30, elders=16, shortly_away=4, at_home=5, elders_with_child=3)
PILOT = Mix(grandparents=8, women=8, elders=5, shortly_away=1, at_home=2, elders_with_child=1)
VOLUNTEERS = 3


def maker(seed: int, as_of: date) -> Maker:
    """Return the source of all chance; the census ends some days before ``as_of``."""
    first = datetime.combine(as_of - timedelta(days=CENSUS_DAYS), time(OPENING_HOUR), SHANGHAI)
    return Maker(seed, as_of, Clock(first, MINUTES_A_PERSON))


def populate(
    make: Maker, villages: Sequence[Village], neighbours: Sequence[Village]
) -> tuple[list[Family], list[Someone]]:
    """Return the families of both counties, and the volunteers of the pilot village among them."""
    pilot = [village for village in villages if village.code == PILOT_VILLAGE]
    families = _families(make, PILOT, pilot)
    families += _families(make, SHISHOU, villages)
    families += _families(make, GONGAN, neighbours)
    volunteers = [_volunteer(make, families) for _ in range(VOLUNTEERS)]
    return families, volunteers


def _families(make: Maker, mix: Mix, villages: Sequence[Village]) -> list[Family]:
    weights = [PILOT_WEIGHT if village.code // 1000 == PILOT_TOWNSHIP else 1 for village in villages]

    def somewhere() -> Village:
        return make.chance.choices(villages, weights)[0]

    families = []
    for _ in range(mix.grandparents):
        carer = make.one_of(shapes.CARERS)
        by_grandparents = carer == "grandparents"
        made = (
            raised_by_grandparents(make, somewhere()) if by_grandparents else raised_by_others(make, somewhere(), carer)
        )
        families.append(made)
    families += [left_behind_woman(make, somewhere()) for _ in range(mix.women)]
    families += [elders_alone(make, somewhere()) for _ in range(mix.elders)]
    families += [left_behind_woman(make, somewhere(), months=6) for _ in range(mix.shortly_away)]
    families += [family_at_home(make, somewhere()) for _ in range(mix.at_home)]
    families += [elders_alone(make, somewhere(), child_at_home=True) for _ in range(mix.elders_with_child)]
    for family in families:
        guarded_by_parents(family)
    return families


def _volunteer(make: Maker, families: list[Family]) -> Someone:
    """Return a volunteer of the pilot village: nobody's profile, a household of her own."""
    village = next(family.village for family in families if family.village.code == PILOT_VILLAGE)
    family = make.family(village)
    families.append(family)
    return make.someone(family, FEMALE, make.chance.randint(32, 50), education=shapes.PARENTS_EDUCATION)
