"""What the ledger is counted by, and how a person's dimensions are packed into one number, her *cell*.

A cell is a bigint. Each dimension has its bits: a *coded* one holds the position of its value,
0 for "not stated"; a *flags* one holds a bit for each value, of which several may hold. The SQL
that packs it is ``figure_of`` of migration 0013; a test compares the two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.people.model import Hardship, Health, LivingArrangement, Population, Schooling, SelfCare, Situation


class AgeBand(StrEnum):
    """年龄段: those of the census summaries of all three populations, which nest in each other."""

    UNDER_6 = "0-5"
    SCHOOL_AGE = "6-13"
    TEENS = "14-15"
    YOUTH = "16-19"
    TWENTIES = "20-29"
    THIRTIES = "30-39"
    FORTIES = "40-49"
    FIFTIES = "50-59"
    SIXTIES = "60-69"
    SEVENTIES = "70-79"
    EIGHTY = "80+"


class Sex(StrEnum):
    """GB/T 2261.1, without "unknown", which is "not stated" here."""

    MALE = "1"
    FEMALE = "2"
    UNSPECIFIED = "9"


class Away(StrEnum):
    """外出情况 of a left-behind child's parents: the two ways in which a child is left behind."""

    BOTH = "both"  # 父母双方外出
    ONE_OTHER_INCAPABLE = "one_other_incapable"  # 一方外出，另一方无监护能力


class Carer(StrEnum):
    """Who looks after a child, by what the guardian in force (not a parent first) is to the ward, GB/T 4761."""

    GRANDPARENTS = "grandparents"
    OTHER_KIN = "other_kin"
    OTHERS = "others"
    PARENT = "parent"  # a parent at home; of a left-behind child's, one who cannot act as guardian
    NOBODY = "nobody"


class Rating(StrEnum):
    """监护评定: definitions of the census form; nobody or an incapable parent is poor."""

    GOOD = "good"
    AVERAGE = "average"
    POOR = "poor"


class Relief(StrEnum):
    """享受救助 of the child form."""

    SUBSISTENCE_ALLOWANCE = "subsistence_allowance"
    TEMPORARY = "temporary"
    MEDICAL = "medical"
    HOUSING = "housing"
    OTHER = "other"


class Education(StrEnum):
    """Levels of GB/T 4658, by the first digit; its 5 is not in use."""

    POSTGRADUATE = "10"
    UNDERGRADUATE = "20"
    COLLEGE = "30"
    VOCATIONAL = "40"
    SENIOR = "60"
    JUNIOR = "70"
    PRIMARY = "80"
    OTHER = "90"


class Priority(StrEnum):
    """重点对象: how many of hardship, disability, serious illness hold."""

    ONE = "1"
    TWO = "2"
    THREE = "3"


NOT_STATED: Final = "not_stated"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing to count by: ``values[i]`` is stored as ``codes[i]``, or as bit ``i`` of the flags."""

    name: str
    shift: int
    width: int
    values: tuple[str, ...]
    flags: bool = False
    rest: str = NOT_STATED  # what 0 is called
    codes: tuple[int, ...] = ()
    of: Population | None = None  # only this population has it

    @property
    def mask(self) -> int:
        """The dimension's bits, in place."""
        return ((1 << self.width) - 1) << self.shift

    @property
    def categories(self) -> tuple[str, ...]:
        """All it may be counted as, the rest last."""
        return (*self.values, self.rest)

    def stored(self, value: str) -> int:
        """Return the number, in place, that a coded value is stored as, or a flag's bit."""
        if value == self.rest:
            return 0
        place = self.values.index(value)
        return (1 << place if self.flags else self.codes[place]) << self.shift

    def read(self, number: int) -> Iterator[str]:
        """Give what a stored number (shifted down) stands for: one value, or several flags."""
        if self.flags and number:
            yield from (value for place, value in enumerate(self.values) if number >> place & 1)
        else:
            yield self.values[self.codes.index(number)] if number in self.codes else self.rest


def _dimensions() -> Iterator[Dimension]:
    at = 0
    for name, kind, width, more in _LAYOUT:
        values = tuple(one.value for one in kind)
        codes = more.pop("codes", tuple(range(1, len(values) + 1)))
        yield Dimension(name, at, width, values, codes=() if more.get("flags") else codes, **more)
        at += width


# In the order of their bits. Never reorder: stored cells are made of it.
_LAYOUT: list[tuple[str, type[StrEnum], int, dict]] = [  # type: ignore[type-arg]
    ("population", Population, 3, {"flags": True, "rest": NONE}),
    ("left_behind", Population, 3, {"flags": True, "rest": NONE}),
    ("sex", Sex, 2, {}),
    ("age_band", AgeBand, 4, {}),
    ("education", Education, 4, {"codes": (1, 2, 3, 4, 6, 7, 8, 9)}),
    ("schooling", Schooling, 4, {"of": Population.CHILD}),
    ("away", Away, 2, {"of": Population.CHILD}),
    ("carer", Carer, 3, {"of": Population.CHILD}),
    ("rating", Rating, 2, {"of": Population.CHILD}),
    ("health", Health, 3, {}),
    ("priority", Priority, 2, {"rest": NONE}),
    ("hardship", Hardship, 4, {"flags": True, "rest": NONE}),
    ("relief", Relief, 5, {"flags": True, "rest": NONE, "of": Population.CHILD}),
    ("living", LivingArrangement, 3, {"of": Population.ELDER}),
    ("self_care", SelfCare, 2, {"of": Population.ELDER}),
    ("situation", Situation, 2, {}),
]
DIMENSIONS: Final[Mapping[str, Dimension]] = {one.name: one for one in _dimensions()}
POPULATIONS: Final = DIMENSIONS["population"].mask
BITS: Final[Mapping[Population, int]] = {one: 1 << place for place, one in enumerate(Population)}
LEFT_BEHIND_SHIFT: Final = DIMENSIONS["left_behind"].shift


def packed(values: Mapping[str, str | tuple[str, ...]]) -> int:
    """Return the cell of a person's values by dimension; what is not named is not stated."""
    cell = 0
    for name, value in values.items():
        dimension = DIMENSIONS[name]
        for one in (value,) if isinstance(value, str) else value:
            cell |= dimension.stored(one)
    return cell


__all__ = [
    "BITS",
    "DIMENSIONS",
    "LEFT_BEHIND_SHIFT",
    "NONE",
    "NOT_STATED",
    "POPULATIONS",
    "Dimension",
    "packed",
]
