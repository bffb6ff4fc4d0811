"""What is asked, as bytes for the service and as SQL for the bare side.

The SQL is not written here: each request is run once through the service's own readers on a
connection that only takes notes, for the same caller.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random
from typing import Any
from urllib.parse import quote

import asyncpg
import orjson
from stdnum.cn import ric

from api.bootstrap import Wired
from api.cli.keyring import cipher_of
from api.graphql.endpoint import Endpoint
from api.graphql.executor import Executor
from api.rest.reads import Read, read_list, read_one
from bench.world import World
from domain.access import Access
from domain.view import VIEWS
from persistence.engine import connect, scope_settings
from persistence.reading.reader import Reader

PREPARED = 4_000  # requests of each read, asked again and again in their order
REGISTRATIONS = 4_000  # for one round; none is sent twice
NOBODYS = "421099"  # division part of made-up identity numbers: no county has it
GRAPHQL = """
query ($region: String!) {
  people(first: 20, filter: {region: $region}) {
    nodes {
      id name sex birthDate phone situation priority
      household { id address members(first: 10) { nodes { id name sex birthDate } } }
      guardianships(first: 10) { nodes { id kind capability validFrom guardian { id name phone } } }
    }
  }
}
"""
# The least a durable change with its event can be: one statement, where the service asks whether
# she may, locks the family, decides, and reads the answer back.
BARE_UPDATE = """
WITH eyes AS MATERIALIZED (
  SELECT set_config('shouwang.ranges', $1, true) || set_config('shouwang.remit', $2, true)
    || set_config('shouwang.grantee', $3, true) AS set
), changed AS (
  UPDATE person p SET phone_masked = $5, version = version + 1, updated_at = now()
  FROM eyes WHERE set IS NOT NULL AND p.id = $4 RETURNING p.id, p.version, p.region_code, p.county
)
INSERT INTO event (id, at, type, aggregate, aggregate_id, subject_id, aggregate_version, region_code, county, actor, channel, data, digest)
SELECT gen_random_uuid(), now(), 'person.updated', 'person', id, id, version, region_code, county, 'bench', 'rest',
  '{"changed": ["phone"]}', sha256('bench') FROM changed RETURNING id::text
"""  # noqa: E501 - the columns of one row
Call = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Goal:
    """What the service promises on a quiet machine with two cores."""

    per_second: float | None = None
    against_bare: bool = False  # CPU within 1.5 times the bare side's and 150 µs


@dataclass(frozen=True, slots=True)
class Workload:
    """One line of the table. ``requests`` and ``calls`` are made for a round; no calls: no bare side."""

    name: str
    caller: str
    goal: Goal
    requests: Callable[[int], list[bytes]]
    calls: list[Call] | None = None
    once: bool = False


class Notes:
    """Stands for a pool: notes the statement instead of running it."""

    def __init__(self) -> None:
        self.call: Call = ("", ())

    async def fetchval(self, query: str, *arguments: object) -> bytes:
        """Note a statement; what is read is as good as empty."""
        self.call = (query, arguments)
        return b"1 {}"


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes requests of one caller."""

    name: str
    port: int
    token: str
    access: Access

    def http(self, method: str, path: str, body: object = None, **headers: str) -> bytes:
        """Return the bytes of a request, sent as a program's HTTP client would."""
        content = b"" if body is None else orjson.dumps(body)
        lines = [
            f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "User-Agent: bench",
            "Accept: application/json", f"Authorization: Bearer {self.token}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]  # fmt: skip
        if content:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


async def workloads(world: World, running: Wired, port: int, tokens: dict[str, str], rounds: int) -> list[Workload]:
    """Return every workload of every caller."""
    owner = await connect(world.owner_dsn)
    asked: list[Workload] = []
    for name, token in tokens.items():
        access = await running.authenticator.authenticate([(b"authorization", b"Bearer " + token.encode())])
        asker = Asker(name, port, token, access)
        asked += await _reads(world, running, asker, owner)
        if name == next(iter(tokens)):
            asked = [*_floor(asker), *asked, *await _writes(asker, owner, rounds)]
    await owner.close()
    return asked


def _floor(asker: Asker) -> list[Workload]:
    alive, me = asker.http("GET", "/healthz"), asker.http("GET", "/v1/me")
    return [
        Workload("floor: /healthz", asker.name, Goal(), lambda _: [alive]),
        Workload("floor: /v1/me", asker.name, Goal(), lambda _: [me]),
    ]


async def _reads(world: World, running: Wired, asker: Asker, owner: asyncpg.Connection) -> list[Workload]:
    chance = Random(20)
    notes = Notes()
    secret = cipher_of(world.settings).key_for("page_token").hex()
    reader, person, access = Reader(notes, secret), VIEWS["Person"], asker.access
    served = running.graphql
    executor = Executor(served.executor.documents, reader, served.executor.providers, running.services.search)
    graphql = Endpoint(executor, None, served.registered, introspection=False)
    people = await _people(owner, asker)
    ids = [str(one["id"]) for one in chance.choices(people, k=PREPARED)]
    villages = sorted({one["region_code"] for one in people})
    places = [str(chance.choice(villages)) for _ in range(PREPARED)]
    pages = await _pages(running, access)

    async def one(key: str) -> Call:
        await read_one(reader, access, person, key, b"")
        return notes.call

    async def listed(query: str) -> Call:
        await read_list(reader, access, Read("list", person), None, query.encode())
        return notes.call

    async def nested(body: bytes) -> Call:
        await graphql.answer(access, "POST", {b"content-type": b"application/json"}, b"", body, _refused)
        return notes.call

    by_village = [f"page_size=50&region={place}" for place in places]
    by_township = [f"page_size=50&region={place[:9]}" for place in places]
    by_page = [f"page_size=50&page_token={quote(token)}" for token in chance.choices(pages, k=PREPARED)]
    bodies = [{"query": GRAPHQL, "variables": {"region": place}} for place in places]
    return [
        _read(asker, "a: a person by id", Goal(2500, against_bare=True),
              [asker.http("GET", f"/v1/people/{key}") for key in ids], [await one(key) for key in ids]),
        _read(asker, "b: 50 people of a village", Goal(800, against_bare=True),
              [asker.http("GET", f"/v1/people?{query}") for query in by_village],
              [await listed(query) for query in by_village]),
        _read(asker, "b: 50 people of a township", Goal(800, against_bare=True),
              [asker.http("GET", f"/v1/people?{query}") for query in by_township],
              [await listed(query) for query in by_township]),
        _read(asker, "b: 50 people, any page of the county", Goal(800, against_bare=True),
              [asker.http("GET", f"/v1/people?{query}") for query in by_page],
              [await listed(query) for query in by_page]),
        _read(asker, "c: GraphQL, 20 people with household, members, guardianships", Goal(500, against_bare=True),
              [asker.http("POST", "/graphql", body) for body in bodies],
              [await nested(orjson.dumps(body)) for body in bodies]),
    ]  # fmt: skip


def _read(asker: Asker, name: str, goal: Goal, requests: list[bytes], calls: list[Call]) -> Workload:
    return Workload(name, asker.name, goal, lambda _: requests, calls)


def _refused(error: Exception) -> dict[str, Any]:
    raise error


async def _people(owner: asyncpg.Connection, asker: Asker) -> Sequence[asyncpg.Record]:
    """Return the people the caller sees."""
    first = asker.access.regions[0]
    found: Sequence[asyncpg.Record] = await owner.fetch(
        "SELECT id, region_code, version, situation FROM person "
        "WHERE region_code >= $1 AND region_code < $2 AND remit & $3 <> 0 ORDER BY id",
        first.lo,
        first.hi,
        asker.access.remit,
    )
    return found


async def _pages(running: Wired, access: Access) -> list[str]:
    """Return the tokens of pages all through the county, by turning them."""
    tokens: list[str] = []
    token: str | None = ""
    while token is not None and len(tokens) < 200:
        query = f"page_size=50&fields=id&page_token={quote(token)}"
        found = await read_list(running.services.reads, access, Read("list", VIEWS["Person"]), None, query.encode())
        token = orjson.loads(found.body)["next_page_token"]
        tokens += [token] if token else []
    return tokens


async def _writes(asker: Asker, owner: asyncpg.Connection, rounds: int) -> list[Workload]:
    """Return the writes. Nobody is updated twice; the bare side changes other people than the service."""
    people = [one for one in await _people(owner, asker) if one["situation"] != "dead"]  # a closed file takes no change
    Random(22).shuffle(people)
    mine, bare = people[::2], people[1::2]
    each = len(mine) // rounds
    sequence = count()

    def updates(round_number: int) -> list[bytes]:
        return [
            asker.http(
                "POST", f"/v1/people/{one['id']}:update", {"phone": f"190{next(sequence):08}"},
                If_Match=f'"{one["version"]}-0"', Idempotency_Key=f"update-{one['id']}",
            )
            for one in mine[round_number * each : (round_number + 1) * each]
        ]  # fmt: skip

    def registrations(round_number: int) -> list[bytes]:
        requests = []
        for number in range(REGISTRATIONS):
            serial = next(sequence)
            born = date(1975 + serial % 20, 1 + serial % 12, 1 + serial % 28)
            identity = f"{NOBODYS}{born:%Y%m%d}{serial // 420 % 499 * 2 + 2:03}"
            body = {
                "region": str(people[number]["region_code"]), "name": "张秀英", "sex": "2", "birth_date": str(born),
                "identity_number": identity + ric.calc_check_digit(identity + "0"), "phone": f"191{serial:08}",
                "woman": {"children_in_care": 2}, "new_household": True,
            }  # fmt: skip
            key = f"register-{round_number}-{number}"
            requests.append(asker.http("POST", "/v1/people", body, Idempotency_Key=key))
        return requests

    scope = scope_settings(asker.access, "people:write")
    calls = [(BARE_UPDATE, (*scope[:3], one["id"], "190****0000")) for one in bare]
    return [
        Workload("d: update with event, durable", asker.name, Goal(), updates, calls, once=True),
        Workload("d: register with household, profile, events", asker.name, Goal(), registrations, once=True),
    ]
