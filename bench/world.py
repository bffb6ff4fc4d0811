"""The world the bench asks about: 200,000 people in 1,000 villages of ten counties, or more of the same.

One county is made family by family, as the demo county is (same generator, same shapes, secrets
really sealed, everybody really determined), village by village as a census goes: in each township
one village at a time. The other counties are its copies under keys and codes of their own, written
by SQL. All counties are entered at the same time, so their rows lie mixed in the tables, as they
would. Only the first county's sealed fields can be opened; nobody here asks for the others'.

A built world is kept under ``bench/out`` and used again until the schema, the divisions or this file
changes. Runs work on a copy of the database, never on the world itself.
"""

import hashlib
import json
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from api.cli.keyring import cipher_of
from api.embedded import OWNER, EmbeddedPostgres
from api.settings import Mode, Settings
from auth.secrets import hash_secret
from domain.ids import new_id
from domain.people.days import today
from persistence.demo import families
from persistence.demo.history import Census, copy_events, registrations, statuses
from persistence.demo.numbers import Clock
from persistence.demo.people import Family, Maker, Village
from persistence.demo.rows import tables
from persistence.engine import connect
from persistence.loading.bulk import copy_rows
from persistence.loading.codes import load_codes
from persistence.loading.regions import load_regions
from persistence.migrate import migrate

OUT = Path(__file__).parent / "out"
PERSISTENCE = Path(__file__).parents[1] / "persistence"
COUNTY = 421081  # 石首
VILLAGES_PER_COUNTY = 100
PEOPLE_PER_VILLAGE = 200
WORLD, RUN = "world", "bench"  # databases
SEED = 20
CENSUS_DAYS = 50
KINDS: dict[Any, float] = {  # of families, by how many of a hundred
    families.left_behind_woman: 34,
    families.elders_alone: 19,
    families.family_at_home: 12,
    families.raised_by_grandparents: 35,
}
FILE = (
    "household", "person", "woman_profile", "child_profile", "elder_profile", "kinship", "guardianship", "absence",
    "person_access", "left_behind_status", "event",
)  # fmt: skip
SAME_EVERYWHERE = {"rule_set_id", "actor_agency_id"}  # columns that hold keys of other things than people

CHOSEN = """
CREATE TABLE bench_place AS
WITH village AS (
  SELECT lo, path, lo / 1000000 AS county, row_number() OVER (PARTITION BY lo / 1000000 ORDER BY lo) AS number
  FROM region WHERE level = 5 AND valid_to IS NULL AND lo % 1000 BETWEEN 200 AND 399
), chosen AS (
  SELECT county, row_number() OVER (ORDER BY abs(county - {county})) - 1 AS copy
  FROM village GROUP BY county HAVING count(*) >= {villages} ORDER BY abs(county - {county}) LIMIT {counties}
)
SELECT copy, number, lo, path, county FROM village JOIN chosen USING (county) WHERE number <= {villages}
"""
# The time a key was made at stays, so that the counties' rows lie mixed; its last group is another for each copy.
FUNCTIONS = """
CREATE FUNCTION bench_key(id uuid, copy bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
  CASE WHEN copy = 0 THEN id ELSE (left(id::text, 24) || left(md5(id::text || copy), 12))::uuid END;
CREATE FUNCTION bench_blind(blind bytea, copy bigint) RETURNS bytea LANGUAGE sql IMMUTABLE RETURN
  CASE WHEN copy = 0 THEN blind ELSE sha256(blind || int8send(copy)) END;
"""
CALLERS = (
    ("bench-civil-affairs", "civil_affairs", "石首市民政局"),
    ("bench-womens-federation", "womens_federation", "石首市妇女联合会"),
)


@dataclass(frozen=True, slots=True)
class World:
    """A running server with the world on it; ``people`` is how many there are."""

    server: EmbeddedPostgres
    settings: Settings  # for the copy that runs work on
    people: int
    secrets: dict[str, str]  # of the callers, by client id
    run: str = RUN  # name of the copy

    @property
    def owner_dsn(self) -> str:
        """DSN of the copy's owner."""
        return self.server.dsn(OWNER, RUN)


async def opened(people: int) -> World:
    """Start the server of a world, build the world where there is none, and copy it for a run."""
    folder = OUT / f"world-{people}"
    stamp, wanted = folder / "world.json", _fingerprint(people)
    known: dict[str, Any] = json.loads(stamp.read_text()) if stamp.exists() else {}
    if known.get("made_from") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
    server = EmbeddedPostgres(folder)
    await server.start()
    settings = Settings(mode=Mode.DEMO, data_dir=folder, database_url=server.dsn(database=RUN))
    try:
        if known.get("made_from") != wanted:
            known = {"made_from": wanted, **await _build(server, settings, people)}
            stamp.write_text(json.dumps(known) + "\n")
        await _copy(server)
    except BaseException:
        await server.stop()
        raise
    return World(server, settings, known["people"], known["secrets"])


async def _copy(server: EmbeddedPostgres) -> None:
    admin = await connect(server.dsn(OWNER, "postgres"))
    await admin.execute(f"DROP DATABASE IF EXISTS {RUN} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {RUN} TEMPLATE {WORLD} STRATEGY file_copy")
    await admin.execute("CHECKPOINT")
    await admin.close()


async def _build(server: EmbeddedPostgres, settings: Settings, people: int) -> dict[str, Any]:
    began = time.perf_counter()
    counties = max(1, round(people / VILLAGES_PER_COUNTY / PEOPLE_PER_VILLAGE))
    admin = await connect(server.dsn(OWNER, "postgres"))
    await admin.execute(f"CREATE DATABASE {WORLD} ENCODING 'UTF8' TEMPLATE template0")
    await admin.close()
    await migrate(server.dsn(OWNER, WORLD))
    owner = await connect(server.dsn(OWNER, WORLD))
    await load_regions(owner)
    await load_codes(owner)
    await owner.execute(CHOSEN.format(county=COUNTY, villages=VILLAGES_PER_COUNTY, counties=counties) + ";" + FUNCTIONS)
    async with owner.transaction():
        staff = [await _office(owner, kind, name) for _, kind, name in CALLERS]
        await _first_county(owner, settings, staff[0])
    async with owner.transaction():
        await _copies(owner)
        given = {
            client_id: await _client(owner, client_id, one)
            for (client_id, _, _), one in zip(CALLERS, staff, strict=True)
        }
    await owner.execute("DROP TABLE bench_place; DROP FUNCTION bench_key, bench_blind")
    await owner.execute("VACUUM (FREEZE, ANALYZE)")
    count = await owner.fetchval("SELECT count(*) FROM person")
    await owner.close()
    print(f"world: {count} people in {counties} counties, built in {time.perf_counter() - began:.0f} s")
    return {"people": count, "secrets": given}


async def _office(owner: asyncpg.Connection, kind: str, name: str) -> dict[str, Any]:
    """Enter an agency of the county and one officer, and return the officer."""
    place = {"region_code": COUNTY * 1_000_000, "valid_from": date(2020, 1, 1)}
    agency = {"id": new_id(), "type": kind, "level": 3, "name": name} | place
    staff = {"id": new_id(), "agency_id": agency["id"], "name": "王"} | place
    await copy_rows(owner, "agency", [agency])
    await copy_rows(owner, "staff", [staff])
    return staff


async def _client(owner: asyncpg.Connection, client_id: str, staff: dict[str, Any]) -> str:
    """Give an officer a client to call with, and return its secret."""
    secret = secrets.token_urlsafe(32)
    client = {
        "id": new_id(), "client_id": client_id, "name": client_id, "kind": "staff", "agency_id": staff["agency_id"],
        "staff_id": staff["id"], "roles": ["county_officer"], "scope": "", "active": True,
        "secret_hashes": [await hash_secret(secret)],
    }  # fmt: skip
    await copy_rows(owner, "client", [client])
    return secret


async def _first_county(owner: asyncpg.Connection, settings: Settings, staff: dict[str, Any]) -> None:
    as_of = today()
    places = await owner.fetch("SELECT lo, path FROM bench_place WHERE copy = 0 ORDER BY number")
    begin = datetime.combine(as_of, datetime.min.time()).astimezone() - timedelta(days=CENSUS_DAYS)
    acts = VILLAGES_PER_COUNTY * PEOPLE_PER_VILLAGE * 1.25  # people and households
    make = Maker(SEED, as_of, Clock(begin.replace(hour=9), timedelta(hours=9) * (CENSUS_DAYS - 2) / acts))
    found = list(_census(make, [Village(place["lo"], place["path"]) for place in places]))
    rows = tables(found, cipher_of(settings), make.numbers)
    for table, listed in rows.items():
        await copy_rows(owner, table, listed)
    census = Census(make.numbers, {}, staff, {}, {})
    registered, others = registrations(census, rows)
    determined, changes = await statuses(owner, census, make.numbers, registered, as_of)
    await copy_rows(owner, "left_behind_status", determined)
    await copy_events(owner, [*registered.values(), *others, *changes])


def _census(make: Maker, villages: Sequence[Village]) -> Iterator[Family]:
    """Make families until every village is full, all townships at work on one village each."""
    townships: dict[int, list[Village]] = {}
    for village in villages:
        townships.setdefault(village.code // 1000, []).append(village)
    at_work, entered = list(townships.values()), Counter[int]()
    while at_work:
        for waiting in at_work:
            family = make.one_of(KINDS)(make, waiting[0])
            entered[waiting[0].code] += len(family.people)
            if entered[waiting[0].code] >= PEOPLE_PER_VILLAGE:
                waiting.pop(0)
            yield family
        at_work = [waiting for waiting in at_work if waiting]


async def _copies(owner: asyncpg.Connection) -> None:
    """Replace the rows of the first county by those of all counties, mixed by time."""
    for table in FILE:
        await owner.execute(f"CREATE TEMP TABLE one_{table} ON COMMIT DROP AS SELECT * FROM {table}")
    await owner.execute("SET LOCAL session_replication_role = replica")  # the copies refer to each other rightly
    await owner.execute(f"TRUNCATE client, {', '.join(FILE)} CASCADE")  # clients, transfers and more may name people
    for table in FILE:
        kinds = await owner.fetch(
            "SELECT attname AS name, atttypid::regtype::text AS type FROM pg_attribute WHERE attrelid = $1::regclass "
            "AND attnum > 0 AND attgenerated = '' AND NOT attisdropped ORDER BY attnum",
            table,
        )
        columns = {kind["name"]: _copied(kind["name"], kind["type"]) for kind in kinds}
        await owner.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM one_{table} t "
            f"JOIN bench_place was ON was.copy = 0 AND was.lo = {_place(table)} JOIN bench_place p USING (number) "
            "ORDER BY t.id, p.copy"
        )


def _place(table: str) -> str:
    if table == "person_access":
        return "(SELECT s.region_code FROM one_person s WHERE s.id = t.person_id)"
    return "t.region_code"


def _copied(name: str, kind: str) -> str:
    if kind == "uuid" and name not in SAME_EVERYWHERE:
        return f"bench_key(t.{name}, p.copy)"
    if name in ("region_code", "registered_region_code"):
        return "p.lo"
    if name == "county":
        return "p.county"
    if name.endswith("_blind"):
        return f"bench_blind(t.{name}, p.copy)"
    return f"t.{name}"


def _fingerprint(people: int) -> str:
    """Return a digest of what decides whether a world still fits: the schema, the divisions, this file."""
    digest = hashlib.sha256(str(people).encode())
    for folder in ("migrations/versions", "data/regions"):
        for file in sorted((PERSISTENCE / folder).glob("*.*")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()
