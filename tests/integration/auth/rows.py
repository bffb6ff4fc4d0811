"""A door with real tables behind it: an agency, its system, one of its staff, a resident."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from auth.oauth import AuthorizationServer, Credentials
from auth.secrets import hash_secret, new_secret
from auth.tokens import Realm
from domain.clients.model import Client
from domain.events import Origin
from domain.ids import new_id
from persistence.auth_store import AuthStore

REALM = Realm("https://shouwang.example", "shouwang")
ORIGIN = Origin("rest", "req-1", "203.0.113.7")
SECRET = new_secret()
SHISHOU = 421081000000


@dataclass
class Ids:
    """Keys of the rows that ``ids`` makes."""

    agency: UUID
    staff: UUID
    person: UUID


async def insert(owner: asyncpg.Connection, table: str, **columns: Any) -> UUID:
    """Insert a row as the owner; returns its id."""
    columns = {"id": new_id()} | columns
    slots = ", ".join(f"${at + 1}" for at in range(len(columns)))
    await owner.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({slots})", *columns.values())
    made = columns["id"]
    assert isinstance(made, UUID)
    return made


async def add_client(owner: asyncpg.Connection, client_id: str, kind: str = "system", **columns: Any) -> UUID:
    """Insert a client whose secret is ``SECRET`` unless told otherwise."""
    hashes = columns.pop("secret_hashes", None)
    given = {
        "client_id": client_id,
        "kind": kind,
        "name": "测试系统",
        "roles": ["integration"],
        "scope": "",
        "secret_hashes": [await hash_secret(SECRET)] if hashes is None else hashes,
        "active": True,
    }
    return await insert(owner, "client", **given | columns)


async def add_all(owner: asyncpg.Connection) -> Ids:
    day = date(2024, 1, 1)
    agency = await insert(
        owner, "agency", type="civil_affairs", level=3, name="石首市民政局", region_code=SHISHOU, valid_from=day
    )
    staff = await insert(
        owner, "staff", agency_id=agency, region_code=421081104000, name="工作人员甲", posts=["officer"], valid_from=day
    )
    person = await insert(
        owner, "person", region_code=421081104201, remit=128, name="居民甲", name_pinyin="", name_initials="", sex="2",
        priority=0, situation="living", hardship=[],
    )  # fmt: skip
    await add_client(owner, "welfare", agency_id=agency)
    await add_client(owner, "officer", "staff", staff_id=staff, roles=["county_officer"])
    await add_client(owner, "resident", "person", person_id=person, roles=["resident"])
    return Ids(agency, staff, person)


async def token_of(server: AuthorizationServer, client_id: str, scope: str | None = None) -> str:
    """Return an access token for one of the clients."""
    client = await server.authenticate_client(Credentials(client_id, SECRET), ORIGIN)
    return (await server.issue(client, scope, ORIGIN)).access_token


async def client_of(store: AuthStore, client_id: str) -> Client:
    """Return a stored client that is known to be there."""
    found = await store.client(client_id)
    assert found is not None
    return found


def bearer(token: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request that carries a token."""
    return [(b"host", b"x"), (b"authorization", b"Bearer " + token.encode())]
