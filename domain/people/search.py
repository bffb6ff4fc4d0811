"""Finding people: what a clerk types, and the ways each word of it may be meant.

A word is a name or a part of one (张, 张小红, 小红), its pinyin (``zhangwei``, ``zhang wei``), initials
(``zw``) or both (``zhangxh``), an identity number, a telephone number or its last four digits, a day,
month or year of birth (20150312, 2015-03-12, 2015年3月12日, 2015), or a place of the caller's region.
Every word must match something; ``2015`` may be a year or the end of a number, and either will do.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StringConstraints

from domain.access import Clearance, FieldClass, Sight
from domain.codes import identity_number
from domain.codes.phone import TAIL_DIGITS
from domain.codes.phone import normalise as normalise_phone
from domain.commands import Command, Day, RegionCode, choice, folded
from domain.errors import Fault, Forbidden, InvalidInput
from domain.people.model import Population
from domain.people.syllables import Spelling, spelling

MOST_WORDS: Final = 6
LONGEST_QUESTION: Final = 64
MOST_PER_PAGE: Final = 100
FIRST_YEAR: Final = 1900


class Reading(StrEnum):
    """One way a word may be meant; the log names these, never the word."""

    IDENTITY = "identity_number"
    PHONE = "phone"
    TAIL = "phone_tail"
    DAY = "birth_date"
    PERIOD = "birth_period"  # a month or a year
    NAME = "name"
    PINYIN = "pinyin"
    VILLAGE = "village"  # villages alone
    PLACE = "place"  # townships or counties among them


# A number in the hand is compared as a whole and shows nothing that was not known, so the class
# that is seen masked may be asked for it; the end of a telephone number is what a masked one shows.
NEEDED: Final[dict[Reading, tuple[FieldClass, Sight, str]]] = {
    Reading.IDENTITY: (FieldClass.IDENTITY, Sight.MASKED, "identity_number"),
    Reading.PHONE: (FieldClass.CONTACT, Sight.MASKED, "phone"),
    Reading.TAIL: (FieldClass.CONTACT, Sight.MASKED, "phone"),
    Reading.DAY: (FieldClass.PERSONAL, Sight.FULL, "birth_date"),
    Reading.PERIOD: (FieldClass.PERSONAL, Sight.FULL, "birth_date"),
    Reading.NAME: (FieldClass.PERSONAL, Sight.FULL, "name"),
    Reading.PINYIN: (FieldClass.PERSONAL, Sight.FULL, "name"),
}
SECRET: Final = frozenset({Reading.IDENTITY, Reading.PHONE})  # no address, log or cursor ever holds these


class SearchPeople(Command):
    """Find people; at least ``q`` or ``birth_date`` is needed."""

    q: Annotated[str, StringConstraints(max_length=LONGEST_QUESTION), BeforeValidator(folded)] = ""
    birth_date: Day | None = None
    region: RegionCode | None = None
    population: Annotated[Population, choice(Population)] | None = None
    page_size: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = 20
    page_token: Annotated[str, StringConstraints(max_length=200)] | None = None
    fields: Annotated[str, StringConstraints(max_length=500)] = ""
    count: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One word with all it may mean."""

    number: str = field(default="", repr=False)  # an identity or telephone number, or the end of one
    text: str = field(default="", repr=False)
    spelled: Spelling | None = field(default=None, repr=False)
    born: tuple[date, date] | None = field(default=None, repr=False)
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word's structure, for the plan: its readings, and the key its values stand under."""

    key: str
    readings: tuple[Reading, ...]
    mixed: bool = False  # the pinyin ends in initials


@dataclass(frozen=True, slots=True)
class Search:
    """The structure of a search. ``seal`` names the argument that ties page tokens to the words."""

    words: tuple[Word, ...]
    seal: str


def words_of(asked: SearchPeople, today: date, *, in_address: bool) -> list[Said]:
    """Read a question. Raises ``InvalidInput``; a number that may be personal is refused in an address."""
    found = [_read(word, today, in_address=in_address) for word in _split(asked.q)]
    if asked.birth_date is not None:
        found.append(Said(born=(asked.birth_date, asked.birth_date), readings=(Reading.DAY,)))
    if not found:
        raise InvalidInput(Fault("/q", "search.empty"))
    if len(found) > MOST_WORDS:
        raise InvalidInput(Fault("/q", "search.too_many_words", {"most": MOST_WORDS}))
    return found


def permitted(said: Said, clearance: Clearance) -> Said:
    """Return a word with the readings the caller's clearance allows; ``Forbidden`` where none is left."""
    kept = tuple(one for one in said.readings if clearance.sight(NEEDED[one][0]) >= NEEDED[one][1])
    if not kept:
        raise Forbidden("field.withheld", field=NEEDED[said.readings[0]][2])
    return Said(said.number, said.text, said.spelled, said.born, kept)


# ---- words ------------------------------------------------------------------------------------------

_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?")
_YEAR = re.compile(r"([0-9]{4})年")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
_IDENTITY = re.compile(r"[0-9]{15}|[0-9]{17}[0-9xX]")
_NUMBER = re.compile(r"\+?[0-9][0-9()-]*[0-9xX]")
_LATIN = re.compile(r"[a-zA-ZüÜ'’-]+")
_LONGEST_PLAIN: Final = 6  # digits that cannot yet be a telephone number


def _split(question: str) -> Iterator[str]:
    """Give the words; Latin ones beside each other are one name: ``zhang wei``."""
    latin: list[str] = []
    for word in unicodedata.normalize("NFKC", question).replace(",", " ").replace("、", " ").split():
        if _LATIN.fullmatch(word):
            latin.append(word)
            continue
        if latin:
            yield "".join(latin)
            latin = []
        yield word
    if latin:
        yield "".join(latin)


def _read(word: str, today: date, *, in_address: bool) -> Said:
    if (born := _birth(word, today)) is not None:
        first, last = born
        reading = Reading.DAY if first == last else Reading.PERIOD
        if len(word) == TAIL_DIGITS:
            return Said(number=word, born=born, readings=(Reading.TAIL, reading))
        return Said(born=born, readings=(reading,))
    if _NUMBER.fullmatch(word):
        return _number(word, today, in_address=in_address)
    if _LATIN.fullmatch(word):
        return Said(spelled=spelling(word), readings=(Reading.PINYIN,))
    return Said(text=word, readings=(Reading.NAME,))


def _number(word: str, today: date, *, in_address: bool) -> Said:
    digits = sum(one.isdigit() for one in word)
    if digits == TAIL_DIGITS == len(word):
        return Said(number=word, readings=(Reading.TAIL,))
    if digits <= _LONGEST_PLAIN:
        raise InvalidInput(Fault("/q", "search.number"))
    if in_address:
        raise InvalidInput(Fault("/q", "search.number_in_address"), malformed=True)
    if _IDENTITY.fullmatch(word):
        try:
            number = identity_number.parse(word, today=today).number
        except identity_number.BadIdentityNumber as error:
            raise InvalidInput(Fault("/q", error.code)) from None
        return Said(number=number, readings=(Reading.IDENTITY,))
    phone = normalise_phone(word)
    if phone is None:
        raise InvalidInput(Fault("/q", "phone.format"))
    return Said(number=phone, readings=(Reading.PHONE,))


def _birth(word: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day that a word may mean as a time of birth."""
    found = _DATE.fullmatch(word) or _YEAR.fullmatch(word) or _COMPACT.fullmatch(word)
    plain = word.isdigit() and len(word) == TAIL_DIGITS
    if found is None and not plain:
        return None
    year, month, day = (*(int(one) for one in (found.groups() if found else (word,)) if one), 0, 0)[:3]
    if not FIRST_YEAR <= year <= today.year:
        return None
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), _before(date(year + month // 12, month % 12 + 1, 1))
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        return None


def _before(day: date) -> date:
    return day - timedelta(days=1)


__all__ = ["NEEDED", "SECRET", "Reading", "Said", "Search", "SearchPeople", "Word", "permitted", "words_of"]
