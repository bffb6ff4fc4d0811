"""From a clerk's words to what the statement compares: places by name, blind indexes, and the event of it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import asyncpg

from domain.access import Access, RegionRange
from domain.codes.phone import tail
from domain.events import Event, Origin
from domain.ids import new_id
from domain.people.days import today as business_date
from domain.people.search import Reading, Said, Search, SearchPeople, Word, permitted, words_of
from domain.regions.codes import padded
from persistence.crypto import FieldCipher
from persistence.engine import ranges_text
from persistence.reading.parameters import after_prefix
from persistence.writing.events import append_events

PERMISSION: Final = "people:read"
MOST_PLACES: Final = 50
LEAST_LETTERS: Final = 2  # one character begins the name of too many places to mean one
_NAMED = (Reading.NAME, Reading.PINYIN)
# Villages and townships, and counties for whoever looks after several, by the name or one they had before.
_PLACES = """
SELECT r.lo, r.hi FROM region r
WHERE r.code IN (
  SELECT code FROM region WHERE name >= $1 AND name < $2 AND level >= 3 AND lo <@ $3::text::int8multirange
  UNION ALL
  SELECT a.region_code FROM region_alias a WHERE a.name >= $1 AND a.name < $2
) AND r.level >= 3 AND r.lo <@ $3::text::int8multirange
ORDER BY r.level, r.lo LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """A search made ready: its structure, and the values of its words by argument."""

    search: Search
    values: dict[str, object]


class Questions:
    """Makes searches ready, and writes down who searched."""

    def __init__(self, pool: asyncpg.Pool, cipher: FieldCipher, *, today: Callable[[], date] = business_date) -> None:
        self._pool, self._cipher, self._today = pool, cipher, today

    async def __call__(
        self, access: Access, asked: SearchPeople, origin: Origin, *, in_address: bool, prefix: str = ""
    ) -> Sought:
        """Return a question as the statement takes it; the log has it before any row is read.

        ``prefix`` goes before the arguments' names. Raises ``InvalidInput`` and ``Forbidden`` before
        anything is looked up.
        """
        grant = access.grant(PERMISSION)
        said = [permitted(one, grant.clearance) for one in words_of(asked, self._today(), in_address=in_address)]
        async with self._pool.acquire() as connection:
            found = [await self._placed(connection, access, one, said) for one in said]
            words, values = self._ready(found, prefix)
            await self._note(connection, access, origin, asked, words)
        return Sought(Search(tuple(words), f"{prefix}words"), values)

    async def _placed(
        self, connection: asyncpg.Connection, access: Access, one: Said, others: Iterable[Said]
    ) -> tuple[Said, list[RegionRange]]:
        """Return a word with the places it may name. Beside a word that is a name it is a place alone."""
        if Reading.NAME not in one.readings or len(one.text) < LEAST_LETTERS:
            return one, []
        row_ranges = ranges_text(access.regions)
        rows = await connection.fetch(_PLACES, one.text, after_prefix(one.text), row_ranges, MOST_PLACES)
        places: list[RegionRange] = []
        for row in rows:
            if not any(row["lo"] in place for place in places):  # a village of a township found already
                places.append(RegionRange(row["lo"], row["hi"]))
        if not places:
            return one, []
        villages = all(place.hi - place.lo == 1 for place in places)
        reading = Reading.VILLAGE if villages else Reading.PLACE
        named = any(other is not one and set(other.readings) & {*_NAMED} for other in others)
        kept = (reading,) if named else (*one.readings, reading)
        return Said(one.number, one.text, one.spelled, one.born, kept), places

    def _ready(
        self, found: Iterable[tuple[Said, list[RegionRange]]], prefix: str
    ) -> tuple[list[Word], dict[str, object]]:
        words: list[Word] = []
        values: dict[str, object] = {}
        for number, (one, places) in enumerate(found):
            key = f"{prefix}word{number}"
            values |= {f"{key}.{part}": value for part, value in self._values(one, places)}
            words.append(Word(key, one.readings, bool(one.spelled and one.spelled.head)))
        digest = hashlib.blake2b(digest_size=16)
        for name, value in sorted(values.items()):
            digest.update(f"{name.removeprefix(prefix)}={value!r};".encode())
        values[f"{prefix}words"] = digest.hexdigest()
        return words, values

    def _values(self, one: Said, places: list[RegionRange]) -> Iterable[tuple[str, object]]:
        if Reading.IDENTITY in one.readings:
            yield "blind", self._cipher.blinds("identity_number", one.number)
        if Reading.PHONE in one.readings:
            yield "blind", self._cipher.blinds("phone", one.number)
        if one.readings and {Reading.PHONE, Reading.TAIL} & {*one.readings}:
            yield "tail", self._cipher.blinds("phone_tail", tail(one.number))
        if one.born:
            yield from zip(("first", "last"), one.born, strict=True)
        if one.text:
            yield "name", one.text
        if one.spelled:
            yield "pinyin", one.spelled.letters
            yield "head", one.spelled.head
            yield "initials", one.spelled.initials
        if places:
            yield "lo", [place.lo for place in places]
            yield "hi", [place.hi for place in places]

    async def _note(
        self, connection: asyncpg.Connection, access: Access, origin: Origin, asked: SearchPeople, words: list[Word]
    ) -> None:
        """Write down that she searched and by which kinds of words, never the words."""
        kinds = sorted({str(reading) for word in words for reading in word.readings})
        data: dict[str, Any] = {"by": kinds, "next_page": asked.page_token is not None}
        data |= {name: getattr(asked, name) for name in ("region", "population") if getattr(asked, name) is not None}
        region = padded(access.region) if access.region else None
        event = Event("search.made", "search", new_id(), region, data=data)
        async with connection.transaction():
            await append_events(connection, access, origin, [event])


__all__ = ["Questions", "Sought"]
