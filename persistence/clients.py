"""Registering OAuth2 clients from the command line: the first one has nobody to ask."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from domain.access import Access
from domain.errors import Conflict, Fault, InvalidInput, NotFound
from domain.events import Event, Origin
from domain.ids import new_id
from domain.regions.codes import is_code, padded, range_of
from persistence.engine import uuid_or_none
from persistence.writing.events import append_events

OPERATOR: Final = Access(sub="system:cli", client_id="system", roles=(), grants={})
CLIENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")

_AGENCY: Final = """
SELECT id, region_code FROM agency
WHERE (id = $1 OR credit_code = $2 OR name = $2) AND (valid_to IS NULL OR valid_to >= current_date)
"""
_INSERT: Final = """
INSERT INTO client (id, client_id, name, kind, agency_id, region_code, roles, scope, secret_hashes, active)
VALUES ($1, $2, $3, 'system', $4, $5, $6, $7, $8, true) ON CONFLICT (client_id) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class NewClient:
    """A system of an agency. ``agency`` is its id, credit code or exact name; ``region`` 2–12 digits."""

    client_id: str
    name: str
    agency: str
    roles: tuple[str, ...]
    region: str | None = None
    scope: tuple[str, ...] = ()


async def register_client(connection: asyncpg.Connection, client: NewClient, secret_hash: str) -> UUID:
    """Insert a client and its event in one transaction; returns its id.

    Raises ``InvalidInput`` for a malformed id or a region outside the agency's, ``NotFound`` for an
    unknown (or not unique) agency, ``Conflict`` for a client id that is taken.
    """
    if not CLIENT_ID.fullmatch(client.client_id):
        raise InvalidInput(Fault("/client_id", "client.id_malformed"))
    async with connection.transaction():
        found = await connection.fetch(_AGENCY, uuid_or_none(client.agency), client.agency)
        if len(found) != 1:
            raise NotFound("agency.not_found")
        agency, place = found[0]["id"], found[0]["region_code"]
        _check_region(client.region, place)
        key = await connection.fetchval(
            _INSERT, new_id(), client.client_id, client.name, agency, client.region, list(client.roles),
            " ".join(client.scope), [secret_hash],
        )  # fmt: skip
        if key is None:
            raise Conflict("client.exists")
        where = padded(client.region) if client.region else place
        data = {"client_id": client.client_id, "roles": list(client.roles)}
        await append_events(
            connection, OPERATOR, Origin("cli"), [Event("client.registered", "client", key, where, data=data)]
        )
    return UUID(str(key))


def _check_region(region: str | None, place: int) -> None:
    """A client may be narrower than its agency, never wider. Place 0 is the whole country."""
    if region is None:
        return
    if not is_code(region):
        raise InvalidInput(Fault("/region", "region.malformed"))
    digits = next(size for size in (2, 4, 6, 9, 12) if place % 10 ** (12 - size) == 0)
    if place and padded(region) not in range_of(str(place)[:digits]):
        raise InvalidInput(Fault("/region", "region.outside_agency"))
