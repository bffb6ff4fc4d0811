from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from domain.events import Event, Origin
from domain.ids import new_id
from persistence.crypto import FieldCipher
from persistence.engine import RUNTIME_ROLE, connect
from persistence.sealing.sealer import seal
from persistence.sealing.verify import Report, verify
from persistence.writing.events import append_events

ACCESS = Access(sub="staff:1", client_id="console", roles=(), grants={}, agency_id=UUID(int=7))
PERSON = UUID("01890000-0000-7000-8000-00000000c001")


@dataclass
class House:
    """A database with its sealer and its roots outside."""

    owner: asyncpg.Connection
    sealer: asyncpg.Connection
    cipher: FieldCipher
    roots: Path

    async def write(self, *versions: int | None, aggregate: UUID = PERSON) -> list[UUID]:
        """Append an event for each version, in a transaction of its own each."""
        made = []
        for version in versions:
            event = Event("person.updated", "person", aggregate, 421081100201, aggregate, version)
            async with self.owner.transaction():
                made += await append_events(self.owner, ACCESS, Origin("rest"), [event])
        return made

    async def seal(self, batch: int = 4096) -> int:
        """Run a round of the sealer, as the runtime role."""
        return await seal(self.sealer, self.cipher, self.roots, batch=batch)

    async def verify(self, *, with_roots: bool = True, since: int = 1) -> Report:
        """Check everything, as the runtime role."""
        return await verify(self.sealer, self.cipher, self.roots if with_roots else None, since=since)

    async def found(self, **how: bool) -> set[tuple[str, int | None, int | None]]:
        """Return the findings as (kind, batch, position)."""
        return {(str(one.kind), one.batch, one.position) for one in (await self.verify(**how)).findings}

    async def order(self) -> list[UUID]:
        """Return the ids of the sealed events in the order of their positions."""
        rows = await self.owner.fetch("SELECT position, event_id FROM event_position ORDER BY position")
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        return [row["event_id"] for row in rows]

    async def tamper(self, *statements: str) -> None:
        """Do as an owner of the database can: without triggers."""
        async with self.owner.transaction():
            await self.owner.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                await self.owner.execute(statement)


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))


@pytest.fixture
async def house(database: str, owner: asyncpg.Connection, cipher: FieldCipher, tmp_path: Path) -> AsyncIterator[House]:
    sealer = await connect(database, role=RUNTIME_ROLE)
    yield House(owner, sealer, cipher, tmp_path / "outside" / "roots.jsonl")
    await sealer.close()


Another = Callable[[], Awaitable[asyncpg.Connection]]


@pytest.fixture
async def another(database: str) -> AsyncIterator[Another]:
    """More writers' connections."""
    opened = []

    async def make() -> asyncpg.Connection:
        opened.append(await connect(database))
        return opened[-1]

    yield make
    for one in opened:
        await one.close()


__all__ = ["ACCESS", "PERSON", "Another", "House", "new_id"]
