"""A county with its villages, and imports run on it as a caller of that county would."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.access import RegionRange
from domain.ids import new_id
from domain.imports.model import ImportMode, RosterForm
from domain.imports.operations import INPUT, FrozenAccess, ImportParameters
from domain.people.model import Remit
from persistence.crypto import FieldCipher
from persistence.engine import connect
from persistence.importing import files, run_import
from persistence.loading.regions import load_regions
from tests.conftest import copied, dropped

ROSTERS = Path(__file__).parents[2] / "data" / "rosters"
COUNTY = RegionRange(421081000000, 421082000000)
AS_OF = date(2026, 11, 1)
WRITTEN = (
    "person", "household", "child_profile", "woman_profile", "elder_profile", "kinship", "guardianship", "absence",
    "left_behind_status", "person_access",
)  # fmt: skip


@pytest.fixture(scope="session")
async def county_template(postgres: str, template: str) -> str:
    """A migrated database with the divisions of one county; returns its name."""
    dsn = await copied(postgres, template)
    connection = await connect(dsn)
    await load_regions(connection, only=("421081",))
    await connection.close()
    return dsn.partition("@/")[2].partition("?")[0]


@pytest.fixture
async def database(postgres: str, county_template: str) -> Any:
    """A fresh database with the county."""
    dsn = await copied(postgres, county_template)
    yield dsn
    await dropped(postgres, dsn)


@pytest.fixture(scope="session")
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))


@dataclass
class Imports:
    """Starts and runs imports; ``owner`` sees everything."""

    pool: asyncpg.Pool
    owner: asyncpg.Connection
    cipher: FieldCipher

    async def queue(
        self,
        content: bytes,
        *,
        mode: ImportMode = ImportMode.APPLY,
        form: RosterForm = RosterForm.AUTO,
        as_of: date = AS_OF,
        ranges: tuple[RegionRange, ...] = (COUNTY,),
        remit: int = Remit.ANYONE,
        agency_id: UUID | None = None,
    ) -> UUID:
        """Store an operation as the use case does."""
        operation_id = new_id()
        access = FrozenAccess(
            sub="staff:test",
            client_id="test",
            agency_id=agency_id,
            ranges=tuple((one.lo, one.hi) for one in ranges),
            remit=remit,
        )
        asked = ImportParameters(form=form, mode=mode, as_of=as_of)
        await self.owner.execute(
            "INSERT INTO operation (id, kind, status, actor, region_code, access, parameters, done, attempts, "
            "cancel_requested) VALUES ($1, 'import', 'queued', $2, $3, $4, $5, 0, 0, false)",
            operation_id,
            "staff:test",
            ranges[0].lo,
            access.model_dump(mode="json"),
            asked.model_dump(mode="json"),
        )
        await files.keep(self.owner, self.cipher, operation_id, INPUT, content)
        return operation_id

    async def run(self, content: bytes, **asked: Any) -> asyncpg.Record:
        """Import a file to its end; returns the operation."""
        operation_id = await self.queue(content, **asked)
        await run_import(self.pool, self.cipher, operation_id)
        return await self.operation(operation_id)

    async def everything(self) -> dict[str, list[asyncpg.Record]]:
        """Return all rows an import could have written, but the operation's own."""
        return {table: await self.owner.fetch(f"SELECT * FROM {table} ORDER BY id") for table in WRITTEN}

    async def operation(self, operation_id: UUID) -> asyncpg.Record:
        return await self.owner.fetchrow("SELECT * FROM operation WHERE id = $1", operation_id)


@pytest.fixture
def imports(pool: asyncpg.Pool, owner: asyncpg.Connection, cipher: FieldCipher) -> Imports:
    return Imports(pool, owner, cipher)


__all__ = ["AS_OF", "COUNTY", "ROSTERS", "Imports"]
