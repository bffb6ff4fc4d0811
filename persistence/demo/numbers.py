"""Made-up identity numbers, telephone numbers and keys: valid in form, given to nobody."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from stdnum.cn import ric

OPENING_HOUR, CLOSING_HOUR = 9, 18
# 监利, a county the demo has nobody in: no roster of the demo's own counties, invented or real, can
# hold a number of one of its people, so an import into the demo finds what is in its file alone.
DIVISION = "421023"


class Numbers:
    """Hands out numbers and keys, each once; the same chance gives the same ones."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._given: set[str] = set()

    def identity_number(self, birth_date: object, sex: str) -> str:
        """Return an identity number of a birth date and a sex."""
        while True:
            sequence = self._chance.randrange(1, 500) * 2 - (sex == "1")
            number = f"{DIVISION}{birth_date:%Y%m%d}{sequence:03}"
            number += ric.calc_check_digit(number + "0")
            if number not in self._given:
                self._given.add(number)
                return number

    def phone(self) -> str:
        """Return a mobile number of the prefixes 190–199."""
        while True:
            number = f"19{self._chance.choice('01356789')}{self._chance.randrange(10**8):08}"
            if number not in self._given:
                self._given.add(number)
                return number

    def key(self, at: datetime) -> UUID:
        """Return a UUIDv7 (RFC 9562) of a moment."""
        milliseconds = int(at.timestamp() * 1000)
        bits = milliseconds << 80 | self._chance.getrandbits(80)
        bits = bits & ~(0xF << 76) | 0x7 << 76
        return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


class Clock:
    """The census's working days, from 9 to 18 o'clock: a moment later with every act."""

    def __init__(self, start: datetime, step: timedelta) -> None:
        self._now = start
        self._step = step

    def tick(self) -> datetime:
        """Return the next moment."""
        self._now += self._step
        if self._now.hour >= CLOSING_HOUR:
            self._now = (self._now + timedelta(days=1)).replace(hour=OPENING_HOUR, minute=0)
        return self._now
