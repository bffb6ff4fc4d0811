"""Load the divisions: all at once into an empty table, or a newer list over the one in force.

A newer list changes the table the way the map changed: new codes are inserted, a changed name is
kept as a dated alias of its division, a code that vanished is closed on the new list's day and
points at its successor where one is known. No division is ever deleted: people and events keep
the code they were written under.

Dates are half-open: ``valid_to`` is the first day a division (or a name) is no longer in force.
"""

import csv
import lzma
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg

from domain.ids import new_id
from domain.regions.codes import LEVELS, range_of
from persistence.loading.bulk import unforced

FOLDER = Path(__file__).parent.parent / "data" / "regions"

# Cities that stand for no place (直辖市的"市辖区"、省直辖): no paper writes them into an address.
UNWRITTEN_CITIES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

COLUMNS = ("code", "name", "path", "level", "parent_code", "lo", "hi", "pinyin", "initials", "valid_from", "source")
_PARENT_DIGITS = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
_CITY_DIGITS = 4
_VILLAGE_DIGITS = 12
_ZEROS = {digits: "0" * (_VILLAGE_DIGITS - digits) for digits in LEVELS}
_CHUNK_LINES = 8_000
NULL = "\\N"


@dataclass(frozen=True, slots=True)
class Divisions:
    """A list of divisions as ``persistence.data.build_regions`` writes it, and the day it holds from."""

    file: Path
    as_of: date
    source: str


SHIPPED = Divisions(FOLDER / "divisions-2023-06-30.tsv.xz", date(2023, 6, 30), "NBS 2023-06-30")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in numbers of divisions."""

    inserted: int = 0
    renamed: int = 0
    closed: int = 0
    reopened: int = 0


async def load_regions(
    conn: asyncpg.Connection,
    divisions: Divisions = SHIPPED,
    *,
    only: Sequence[str] = (),
    successors: Mapping[str, str] | None = None,
) -> Loaded:
    """Bring the table ``region`` to a list of divisions; runs as the owner, in one transaction.

    ``only`` restricts the load to some divisions with all below and above them, plus every
    province and city: ``("4210",)`` is what tests want. ``successors`` maps codes that vanish to
    the code that follows them. Loading the same list again changes nothing. Raises ``ValueError``
    when a successor is unknown.
    """
    async with conn.transaction():
        if await conn.fetchval("SELECT NOT EXISTS (SELECT FROM region)"):
            done = Loaded(inserted=await _fill(conn, divisions, only))
        else:
            done = await _merge(conn, divisions, only, successors or {})
        await _supplement(conn)
    await conn.execute("ANALYZE region")
    return done


def lines(divisions: Divisions, only: Sequence[str] = ()) -> Iterator[str]:
    """Yield the divisions as lines of COPY's text format, parents before their children."""
    above_only = {one[:digits] for one in only for digits in LEVELS}
    below_only = tuple(only)
    tail = f"\t{divisions.as_of.isoformat()}\t{divisions.source}\n"
    trails: dict[str, tuple[str, str]] = {"": ("", "")}  # code -> (path its children go on from, name)
    with lzma.open(divisions.file) as file:
        for line in file.read().decode().splitlines():
            code, name, syllables = line.split("\t")
            digits = len(code)
            if only and digits > _CITY_DIGITS and not code.startswith(below_only) and code not in above_only:
                continue
            parent, zeros = code[: _PARENT_DIGITS[digits]], _ZEROS[digits]
            above, parent_name = trails[parent]
            # 东莞, 中山, 儋州 and 金门 hold themselves as their only county or township: written once.
            path = above if name == parent_name and int(code[len(parent) :]) == 0 else above + name
            if digits != _VILLAGE_DIGITS:
                unwritten = digits == _CITY_DIGITS and name in UNWRITTEN_CITIES
                trails[code] = (above if unwritten else path, name)
            words = syllables.split(" ")
            yield (
                f"{code}\t{name}\t{path}\t{LEVELS[digits]}\t{parent or NULL}\t{code}{zeros}\t{int(code) + 1}{zeros}"
                f"\t{''.join(words)}\t{''.join([word[:1] for word in words])}{tail}"
            )


async def _pieces(divisions: Divisions, only: Sequence[str]) -> AsyncIterator[bytes]:
    rest = lines(divisions, only)
    while piece := "".join(islice(rest, _CHUNK_LINES)):
        yield piece.encode()


async def _copy(conn: asyncpg.Connection, table: str, divisions: Divisions, only: Sequence[str]) -> int:
    answer = await conn.copy_to_table(table, source=_pieces(divisions, only), columns=COLUMNS)
    return int(answer.split()[1])


async def _fill(conn: asyncpg.Connection, divisions: Divisions, only: Sequence[str]) -> int:
    """COPY into the empty table and build its search indexes afterwards: half the time of keeping them."""
    indexes = await conn.fetch(
        "SELECT indexname AS name, indexdef AS definition FROM pg_indexes "
        "WHERE tablename = 'region' AND schemaname = current_schema() AND indexname <> 'region_pkey'"
    )
    for index in indexes:
        await conn.execute(f"DROP INDEX {index['name']}")
    async with unforced(conn, "region"):
        inserted = await _copy(conn, "region", divisions, only)
    for index in indexes:
        await conn.execute(index["definition"])
    return inserted


async def _merge(
    conn: asyncpg.Connection, divisions: Divisions, only: Sequence[str], successors: Mapping[str, str]
) -> Loaded:
    await conn.execute("CREATE TEMP TABLE newer (LIKE region) ON COMMIT DROP")
    await _copy(conn, "newer", divisions, only)
    await conn.execute("ALTER TABLE newer ADD PRIMARY KEY (code)")
    await conn.execute("ANALYZE newer")
    renamed = await conn.fetch(_RENAMED)
    await conn.executemany(
        _KEEP_NAME, [(new_id(), row["code"], row["name"], row["valid_from"], divisions.as_of) for row in renamed]
    )
    reopened = await conn.execute(_REOPEN)
    await conn.execute(_UPDATE)
    inserted = await conn.execute(_INSERT)
    closed = await conn.execute(_CLOSE, divisions.as_of, list(only))
    await _succeed(conn, successors)
    return Loaded(inserted=_count(inserted), renamed=len(renamed), closed=_count(closed), reopened=_count(reopened))


async def _succeed(conn: asyncpg.Connection, successors: Mapping[str, str]) -> None:
    unknown = await conn.fetchval(_UNKNOWN, list(successors.values()))
    if unknown:
        message = f"successors that are no divisions: {unknown}"
        raise ValueError(message)
    await conn.executemany(_SUCCEED, list(successors.items()))


async def _supplement(conn: asyncpg.Connection) -> None:
    """Add what no published list holds: earlier divisions that the documents name, and other names."""
    for row in _read("predecessors.csv"):
        reach = range_of(row["code"])
        words = row["pinyin"].split(" ")
        await conn.execute(
            _PREDECESSOR,
            row["code"],
            row["name"],
            LEVELS[len(row["code"])],
            row["code"][: _PARENT_DIGITS[len(row["code"])]],
            reach.lo,
            reach.hi,
            "".join(words),
            "".join(word[:1] for word in words),
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]),
            row["successor_code"] or None,
            row["source"],
        )
    await conn.executemany(_ALIAS, [(new_id(), row["region_code"], row["name"]) for row in _read("aliases.csv")])


def _read(name: str) -> list[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])


_RENAMED = """
SELECT r.code, r.name, greatest(r.valid_from, (SELECT max(valid_to) FROM region_alias a WHERE a.region_code = r.code))
    AS valid_from
FROM region r JOIN newer n USING (code) WHERE r.name <> n.name
"""

_KEEP_NAME = """
INSERT INTO region_alias (id, region_code, name, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (region_code, name) DO UPDATE SET valid_to = excluded.valid_to
"""

_REOPEN = """
UPDATE region r SET valid_to = NULL, successor_code = NULL FROM newer n WHERE n.code = r.code AND r.valid_to IS NOT NULL
"""

# A new name of a county is a new path of all its villages.
_UPDATE = """
UPDATE region r SET name = n.name, path = n.path, pinyin = n.pinyin, initials = n.initials, source = n.source
FROM newer n WHERE n.code = r.code AND (n.name, n.path, n.pinyin) IS DISTINCT FROM (r.name, r.path, r.pinyin)
"""

_INSERT = f"""
INSERT INTO region ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM newer n
WHERE NOT EXISTS (SELECT FROM region r WHERE r.code = n.code)
"""

_CLOSE = """
UPDATE region r SET valid_to = $1
WHERE valid_to IS NULL AND NOT EXISTS (SELECT FROM newer n WHERE n.code = r.code)
  AND (cardinality($2::text[]) = 0 OR level <= 2
       OR EXISTS (SELECT FROM unnest($2::text[]) one WHERE starts_with(r.code, one) OR starts_with(one, r.code)))
"""

_UNKNOWN = """
SELECT array_agg(wanted) FROM unnest($1::text[]) wanted WHERE NOT EXISTS (SELECT FROM region r WHERE r.code = wanted)
"""

_SUCCEED = "UPDATE region SET successor_code = $2 WHERE code = $1 AND valid_to IS NOT NULL"

_PREDECESSOR = """
INSERT INTO region (code, name, path, level, parent_code, lo, hi, pinyin, initials, valid_from, valid_to,
                    successor_code, source)
SELECT $1, $2, parent.path || $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM region parent WHERE parent.code = $4
ON CONFLICT (code) DO NOTHING
"""

_ALIAS = """
INSERT INTO region_alias (id, region_code, name) SELECT $1, code, $3 FROM region WHERE code = $2
ON CONFLICT (region_code, name) DO NOTHING
"""
