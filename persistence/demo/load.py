"""Load the demo county into a migrated database that holds the divisions and nobody yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from domain.people.days import today
from persistence.crypto import FieldCipher
from persistence.demo import affairs, campaigns, cases, contracts, docket, surveys, venues
from persistence.demo.callers import CALLERS, Caller, Hasher, people_of, register, renew
from persistence.demo.directory import COUNTY, NEIGHBOUR, PILOT_TOWNSHIP, Directory, directory
from persistence.demo.elsewhere import elsewhere
from persistence.demo.history import Census, copy_events, registrations, statuses
from persistence.demo.people import Village
from persistence.demo.population import maker, populate
from persistence.demo.rows import seal, tables
from persistence.engine import set_today
from persistence.loading.bulk import copy_rows, insert_rows, unforced
from persistence.statistics.upkeep import move_bands, publish

SEED = 421081
WITH_JSON = frozenset({"venue", "questionnaire", "care_case"})

_PLACES = """
SELECT r.code, r.name, p.name AS above FROM region r JOIN region p ON p.code = r.parent_code
WHERE r.valid_to IS NULL AND (r.parent_code = $1 OR r.parent_code = $2) ORDER BY r.level, r.code
"""
# Last three digits by the NBS's rule: 001–199 are 居委会 of towns, 200–399 村委会.
_VILLAGES = """
SELECT lo, path FROM region
WHERE level = 5 AND valid_to IS NULL AND lo >= $1 AND lo < $2 AND lo % 1000 BETWEEN 200 AND 399 ORDER BY lo
"""
_SURVEYED = """
SELECT lo FROM region WHERE level = 5 AND valid_to IS NULL AND lo >= $1 AND lo < $1 + 1000000 ORDER BY lo
"""


class NotEmpty(RuntimeError):
    """The database holds people and is no demo: nothing invented is ever mixed with them."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What a load did: rows by table (empty when the county was there already), and the callers."""

    rows: dict[str, int]
    callers: list[Caller]


async def load_demo(
    conn: asyncpg.Connection, cipher: FieldCipher, hasher: Hasher, *, seed: int = SEED, as_of: date | None = None
) -> Demo:
    """Load the demo county as the database's owner, in one transaction.

    The same ``seed`` and ``as_of`` (default: today) give the same county, but for secrets and
    sealed bytes. Where it is loaded already, only the callers' secrets are renewed. Raises
    ``NotEmpty`` on a ledger that holds other people, ``LookupError`` when the divisions of 石首 and
    公安 are not loaded.
    """
    async with conn.transaction():
        if await conn.fetchval("SELECT EXISTS (SELECT FROM client WHERE client_id = $1)", CALLERS[0].client_id):
            return Demo({}, await renew(conn, hasher))
        if await conn.fetchval("SELECT EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM agency)"):
            raise NotEmpty
        demo = await _load(conn, cipher, hasher, seed, as_of or today())
    await publish(conn, as_of or today())
    await move_bands(conn, as_of or today())
    return demo


async def _load(conn: asyncpg.Connection, cipher: FieldCipher, hasher: Hasher, seed: int, as_of: date) -> Demo:
    make = maker(seed, as_of)
    made = directory(make, await conn.fetch(_PLACES, COUNTY, PILOT_TOWNSHIP))
    for table, listed in elsewhere(maker(seed + 1, as_of)).rows.items():  # of a chance of their own
        made.rows[table] += listed
    villages, neighbours = await _villages(conn, COUNTY), await _villages(conn, NEIGHBOUR)
    if not villages or not neighbours:
        message = "the divisions of 石首 and 公安 are not loaded"
        raise LookupError(message)
    families, volunteers = populate(make, villages, neighbours)
    bound = people_of(families, volunteers)
    chosen = affairs.choose(make, families, bound.values())
    seal(cipher, "staff", made.rows["staff"])
    rows = made.rows | tables(families, cipher, make.numbers)
    affairs.arrive(rows, chosen, as_of)
    surveyed = [row["lo"] for row in await conn.fetch(_SURVEYED, int(COUNTY) * 1_000_000)]
    rows |= campaigns.census(make.numbers, made, surveyed, as_of)
    rows |= venues.venues(make.numbers, made, families, as_of)
    rows |= surveys.surveys(make.numbers, made, families, as_of)
    rows |= contracts.contracts(make.numbers, made, as_of)
    await set_today(conn, as_of.replace(day=1) - timedelta(days=1))  # counted since last month: there is one to publish
    async with unforced(conn, *rows, *affairs.TABLES, *docket.TABLES, "left_behind_status", "rule_set", "event"):
        for table, listed in rows.items():
            await (insert_rows if table in WITH_JSON else copy_rows)(conn, table, listed)
        default = made.staff["neighbour_civil_affairs", "officer"]
        census = Census(make.numbers, _census_takers(made), default, _clients(made), affairs.origins(chosen))
        registered, others = registrations(census, rows)
        rows["left_behind_status"], changes = await statuses(conn, census, make.numbers, registered, as_of)
        await copy_rows(conn, "left_behind_status", rows["left_behind_status"])
        under_way = affairs.affairs(make.numbers, census, made, chosen, rows, as_of)
        for table, listed in under_way.rows.items():
            await copy_rows(conn, table, listed)
            rows[table] = [*rows.get(table, ()), *listed]
        steps = campaigns.events(census, made, rows)
        load = await cases.caseload(
            conn,
            cipher,
            maker(seed + 2, as_of),
            census,
            made,
            affairs.undisturbed(families, chosen),
            bound,
            rows,
            as_of,
        )
        for table, listed in load.rows.items():
            await (insert_rows if table in WITH_JSON else copy_rows)(conn, table, listed)
            rows[table] = [*rows.get(table, ()), *listed]
        rows["event"] = [*registered.values(), *others, *changes, *steps, *under_way.events, *load.events]
        await copy_events(conn, rows["event"])
    callers = await register(conn, hasher, made, bound)
    for table in (*rows, "person_figure"):
        await conn.execute(f"ANALYZE {table}")
    return Demo({table: len(listed) for table, listed in rows.items()}, callers)


async def _villages(conn: asyncpg.Connection, county: str) -> Sequence[Village]:
    low = int(county) * 1_000_000
    rows = await conn.fetch(_VILLAGES, low, low + 1_000_000)
    return [Village(row["lo"], row["path"]) for row in rows]


def _clients(made: Directory) -> dict[UUID, str]:
    """Return what members of staff sign in through, by their ids."""
    return {made.staff[one.agency, one.post]["id"]: one.client_id for one in CALLERS if one.agency and one.post}


def _census_takers(made: Directory) -> dict[int, dict[str, Any]]:
    """Return the child supervisor of each township, by its nine digits."""
    return {int(key): row for (key, post), row in made.staff.items() if post == "child_supervisor"}


__all__ = ["SEED", "Demo", "NotEmpty", "load_demo"]
