"""Connections: asyncpg pools for the runtime role, and one way to say whose eyes a transaction has.

Row-level security stands behind every compiled predicate. Its policies read settings that
are local to the transaction; unset or empty, no row is visible.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

import asyncpg
import orjson

from domain.access import EVERYWHERE, PLATFORM, Access, RegionRange, RowScope
from domain.people.model import Remit
from persistence.reading.connections import ReadConnections

RUNTIME_ROLE = "shouwang_app"
SESSION = {
    "TimeZone": "Asia/Shanghai",  # times leave with +08:00, business dates are those of Shanghai
    "application_name": "shouwang",
    "jit": "off",
    "lock_timeout": "5s",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "30s",
}


class ScopeSettings(NamedTuple):
    """What row-level security asks of a transaction, as texts; empty, each of them opens nothing.

    ``agency`` and ``staff`` say whom the caller acts for and who she is, whatever the permission.
    """

    ranges: str = ""
    remit: str = ""
    grantee: str = ""
    agency: str = ""
    staff: str = ""


SET_SCOPE = "SELECT " + ", ".join(
    f"set_config('shouwang.{name}', ${number}, true)" for number, name in enumerate(ScopeSettings._fields, 1)
)


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """An asyncpg connection that resets by rollback alone.

    asyncpg's own reset also runs ``UNLISTEN``, ``RESET ALL`` and more on every release: a third of
    the time of a short read. Our settings are transaction-local, so nothing is left to reset.
    """

    def get_reset_query(self) -> str:
        """Return an empty query: the pool rolls back by itself where a transaction is open."""
        return ""


async def _prepare(connection: asyncpg.Connection) -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads
        )


async def open_pool(
    dsn: str, *, role: str | None = None, size: int = 10, statement_cache: int = 512, **session: str
) -> asyncpg.Pool:
    """Open a pool; ``role`` is taken on at connection time (the embedded server trusts its socket).

    Behind pgbouncer pass ``statement_cache=0``.
    """
    settings = SESSION | session | ({"role": role} if role else {})
    return await asyncpg.create_pool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        connection_class=Connection,
        init=_prepare,
        server_settings=settings,
        statement_cache_size=statement_cache,
        max_cached_statement_lifetime=0,
        max_inactive_connection_lifetime=0,
    )


async def connect(dsn: str, *, role: str | None = None, **session: str) -> asyncpg.Connection:
    """Open one connection of the same kind as the pool's (LISTEN, migrations, scripts)."""
    return await _connected(dsn, SESSION | {"statement_timeout": "0", "lock_timeout": "0"} | session, role)


def open_reads(dsn: str, *, role: str | None, size: int, statement_cache: int = 512) -> ReadConnections:
    """Return the connections of compiled reads, none open yet; their session is the pool's."""
    return ReadConnections(partial(_connected, dsn, SESSION, role, statement_cache), size)


async def _connected(
    dsn: str, session: dict[str, str], role: str | None, statement_cache: int = 512
) -> asyncpg.Connection:
    connection = await asyncpg.connect(
        dsn,
        connection_class=Connection,
        server_settings=session | ({"role": role} if role else {}),
        statement_cache_size=statement_cache,
        max_cached_statement_lifetime=0,
    )
    try:
        await _prepare(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


def ranges_text(ranges: Sequence[RegionRange]) -> str:
    """Return PostgreSQL's text form of an ``int8multirange``; ``{}`` holds nothing."""
    return "{" + ",".join(f"[{one.lo},{one.hi})" for one in ranges) + "}"


def scope_settings(access: Access, permission: str) -> ScopeSettings:
    """Return the settings for what a caller may see under a permission."""
    grant = access.grant(permission)
    by_region = grant.rows in (RowScope.REGION, RowScope.EVENTS)
    # An office with a part of the people in its remit reads those whom a case opens to it, and changes nothing there.
    in_part = grant.rows is RowScope.REGION and permission == "people:read" and not access.remit & Remit.ANYONE
    by_grant = in_part or grant.rows in (RowScope.ASSIGNED, RowScope.SELF)
    ranges = access.regions if by_region else ()
    if grant.rows is RowScope.PLATFORM or (grant.rows is RowScope.EVENTS and EVERYWHERE in access.regions):
        ranges = (PLATFORM, *ranges)
    return ScopeSettings(
        ranges_text(ranges),
        str(int(access.remit)) if grant.rows is RowScope.REGION else "0",
        str(access.grantee_id) if by_grant and access.grantee_id else "",
        str(access.agency_id or ""),
        str(access.staff_id or ""),
    )


SYSTEM_SCOPE = ScopeSettings(ranges_text((PLATFORM, EVERYWHERE)), str(int(Remit.ANYONE)))
"""What scheduled jobs see: all rows, by the same policies as everybody."""


async def set_scope(connection: asyncpg.Connection, scope: ScopeSettings) -> None:
    """Say whose eyes the open transaction has."""
    await connection.execute(SET_SCOPE, *scope)


async def begin(connection: asyncpg.Connection, scope: ScopeSettings) -> None:
    """Begin a transaction and say whose eyes it has, in one round trip; to be ended by COMMIT or ROLLBACK."""
    quoted = zip(scope._fields, (setting.replace("'", "''") for setting in scope), strict=True)
    settings = ", ".join(f"set_config('shouwang.{name}', '{setting}', true)" for name, setting in quoted)
    await connection.execute(f"BEGIN; SELECT {settings}")


async def set_today(connection: asyncpg.Connection, today: date) -> None:
    """Say which business day the open transaction's figures are of, where it is not the clock's."""
    await connection.execute("SELECT set_config('shouwang.today', $1, true)", today.isoformat())


def uuid_or_none(text: str | None) -> UUID | None:
    """Parse a UUID in its canonical form, or return None: an id that is none is an absent row."""
    if text is None or len(text) != 36:  # noqa: PLR2004 - the length of the canonical form
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
