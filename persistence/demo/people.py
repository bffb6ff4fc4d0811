"""People of the demo county, before they become rows; and how one of them is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain.people.days import age_on
from persistence.demo import names, shapes
from persistence.demo.numbers import Clock, Numbers

MALE, FEMALE = "1", "2"
ADULT = 18


@dataclass(frozen=True, slots=True)
class Village:
    """Where a family lives."""

    code: int  # 12 digits
    path: str  # from the province down


@dataclass(slots=True)
class Away:
    """An absence that goes on."""

    since: date
    reason: str
    destination: str
    destination_code: str
    expected_return: date | None
    contact_frequency: str


@dataclass(slots=True)
class Someone:
    """One person; ``profiles`` holds what her census forms say, by population."""

    id: UUID
    at: datetime  # when the census entered her
    village: Village
    name: str
    sex: str
    birth_date: date
    identity_number: str | None  # none in a second file that nobody has checked yet
    columns: dict[str, Any] = field(default_factory=dict)
    phone: str | None = None
    away: Away | None = None
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Guarded:
    """Who guards whom."""

    ward: Someone
    guardian: Someone
    kind: str
    relation: str
    capability: str | None
    signed: bool


@dataclass(slots=True)
class Family:
    """A household with what ties its people."""

    id: UUID
    at: datetime
    village: Village
    address: str
    people: list[Someone] = field(default_factory=list)
    kin: list[tuple[Someone, Someone, str]] = field(default_factory=list)  # relative is the relation of person
    guardianships: list[Guarded] = field(default_factory=list)


class Maker:
    """Makes people and families: all chance of the demo county comes from here."""

    def __init__(self, seed: int, as_of: date, clock: Clock) -> None:
        self.chance = Random(f"{seed}:{as_of}")  # noqa: S311 - invented people need no cryptographic chance
        self.as_of = as_of
        self.clock = clock
        self.numbers = Numbers(self.chance)

    def one_of(self, weights: Mapping[Any, float]) -> Any:
        """Return a key by its weight."""
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def happens(self, share: float) -> bool:
        """Tell whether something of a share is the case."""
        return self.chance.random() < share

    def age_in(self, bands: dict[tuple[int, int], float]) -> int:
        """Return an age by the weight of its band."""
        low, high = self.one_of(bands)
        return self.chance.randint(low, high)

    def born(self, age: int) -> date:
        """Return a birth date of somebody of so many completed years."""
        birthday = date(self.as_of.year - age, self.as_of.month, min(self.as_of.day, 28))
        return birthday - timedelta(days=self.chance.randrange(365))

    def family(self, village: Village) -> Family:
        """Return an empty household of a village."""
        at = self.clock.tick()
        address = f"{village.path}{self.chance.randint(1, 9)}组{self.chance.randint(1, 60)}号"
        return Family(self.numbers.key(at), at, village, address)

    def someone(
        self,
        family: Family,
        sex: str,
        age: int,
        *,
        surname: str | None = None,
        education: dict[str, float] | None = None,
    ) -> Someone:
        """Return a person of a family, entered in the census, with health and hardship by chance."""
        birth_date = self.born(age)
        at = self.clock.tick()
        person = Someone(
            id=self.numbers.key(at),
            at=at,
            village=family.village,
            name=(surname or names.surname(self.chance)) + names.given(self.chance, sex, birth_date.year),
            sex=sex,
            birth_date=birth_date,
            identity_number=self.numbers.identity_number(birth_date, sex),
            columns={
                "ethnicity": self.one_of(shapes.ETHNICITY),
                "education": self.one_of(education) if education else None,
                "marital_status": "20" if age >= ADULT else "10",
                "hardship": [],
                "situation": "living",
                **self._health(age),
            },
        )
        if age >= ADULT:
            person.phone = self.numbers.phone()
        family.people.append(person)
        return person

    def goes_away(self, person: Someone, *, longest_years: int = 6, months: int | None = None) -> Away:
        """Send somebody away: for years, or for so many months at most."""
        if months is None:
            year = self.as_of.year - self.chance.randint(0, longest_years)
            since = date(year, self.one_of(shapes.LEAVING_MONTH), self.chance.randint(1, 28))
            if since > self.as_of - timedelta(days=200):
                since = since.replace(year=year - 1)
        else:
            since = self.as_of - timedelta(days=self.chance.randint(10, months * 30 - 12))
        place, code = self.one_of(shapes.DESTINATIONS)
        spring = date(self.as_of.year + 1, 2, 1) + timedelta(days=self.chance.randrange(14))
        person.away = Away(
            since=since,
            reason=self.one_of(shapes.REASONS),
            destination=place,
            destination_code=code,
            expected_return=spring if self.happens(0.7) else None,
            contact_frequency=self.one_of(shapes.CONTACT),
        )
        return person.away

    def age(self, person: Someone) -> int:
        """Return completed years on the census day."""
        return age_on(person.birth_date, self.as_of)

    def _health(self, age: int) -> dict[str, Any]:
        """Return the health columns: illness grows with age."""
        found: dict[str, Any] = {
            "health": "healthy",
            "disability_category": None,
            "disability_grade": None,
            "illness": None,
        }
        if self.happens(0.015 + age / 2500):
            return found | {
                "health": "disabled",
                "disability_category": self.one_of(shapes.DISABILITY),
                "disability_grade": self.one_of({1: 10, 2: 25, 3: 35, 4: 30}),
            }
        if self.happens(age / 4000):
            return found | {"health": "serious_illness", "illness": self.one_of(shapes.ILLNESS)}
        if age >= 40 and self.happens((age - 35) / 90):  # noqa: PLR2004 - chronic illness begins in middle age
            return found | {"health": "chronic", "illness": self.one_of(shapes.CHRONIC)}
        return found
