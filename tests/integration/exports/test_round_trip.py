"""A roster that is exported and imported again changes nothing, with numbers in full and with them masked."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import python_calamine

from auth.policy import grants_of
from domain.access import Access, RegionRange
from domain.exports.operations import FILE, ExportParameters, Standing
from domain.ids import new_id
from domain.imports.model import RosterForm
from domain.people.model import Remit
from persistence.exporting import run_export
from persistence.importing import files
from tests.integration.imports.conftest import COUNTY, ROSTERS, Imports
from tests.integration.imports.papers import ELDER, paper

LATER = date(2026, 11, 2)


def officer(region: str = "421081", remit: int = Remit.ANYONE) -> Access:
    lo = int(region.ljust(12, "0"))
    return Access(
        sub="staff:test", client_id="test", roles=("county_officer",), region=region, remit=int(remit),
        grants=grants_of(["county_officer"], "civil_affairs"),
        regions=(RegionRange(lo, lo + 10 ** (12 - len(region))),),
    )  # fmt: skip


class Exports:
    """Queues and runs exports as the use case and the worker do."""

    def __init__(self, imports: Imports) -> None:
        self.pool, self.owner, self.cipher = imports.pool, imports.owner, imports.cipher

    async def queue(self, form: str, access: Access, **asked: Any) -> UUID:
        operation_id = new_id()
        parameters = ExportParameters.model_validate({"form": form, "region": "421081", "purpose": "入户核对"} | asked)
        await self.owner.execute(
            "INSERT INTO operation (id, kind, status, actor, client_id, region_code, access, parameters, done, "
            "attempts, cancel_requested) VALUES ($1, 'export', 'queued', $2, $3, $4, $5, $6, 0, 0, false)",
            operation_id, access.sub, access.client_id, COUNTY.lo, Standing.of(access).model_dump(mode="json"),
            parameters.model_dump(mode="json"),
        )  # fmt: skip
        return operation_id

    async def run(self, operation_id: UUID, *answers: Access | None) -> asyncpg.Record:
        """Run it; ``answers`` are what the door says of the caller, time after time."""
        said = list(answers)

        async def access_now(_: Standing, __: datetime) -> Access | None:
            return said.pop(0) if len(said) > 1 else said[0]

        await run_export(self.pool, self.cipher, operation_id, access_now)
        return await self.owner.fetchrow("SELECT * FROM operation WHERE id = $1", operation_id)

    async def file(self, operation_id: UUID) -> bytes | None:
        return await files.fetch(self.owner, self.cipher, operation_id, FILE)

    async def roster(self, form: str, access: Access | None = None, **asked: Any) -> bytes:
        caller = access or officer()
        operation_id = await self.queue(form, caller, **asked)
        ended = await self.run(operation_id, caller)
        assert ended["status"] == "succeeded", ended["problem"]
        content = await self.file(operation_id)
        assert content is not None
        return content


@pytest.fixture
def exports(imports: Imports) -> Exports:
    return Exports(imports)


def sheet(content: bytes) -> list[list[Any]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name("花名册").to_python()


def source(form: str) -> bytes:
    return paper([ELDER]) if form == "elder" else (ROSTERS / f"{form}-roster.xlsx").read_bytes()


@pytest.mark.parametrize("reveal", [True, False], ids=["in full", "masked"])
@pytest.mark.parametrize("form", ["child", "woman", "elder"])
async def test_what_is_exported_comes_back_unchanged(
    imports: Imports, exports: Exports, form: str, reveal: bool
) -> None:
    taken = (await imports.run(source(form)))["result"]["created"]
    content = await exports.roster(form, reveal=reveal)
    before = await imports.everything()

    operation = await imports.run(content, form=RosterForm(form), as_of=LATER)

    rows = await imports.owner.fetch("SELECT outcome, faults FROM import_row WHERE operation_id = $1", operation["id"])
    result = operation["result"]
    assert (result["rows"], result["unchanged"]) == (taken, taken), [
        dict(row) for row in rows if row["outcome"] != "unchanged"
    ][:3]
    codes = {one["code"] for row in rows for one in row["faults"]}
    assert ("value.masked" in codes) is not reveal
    assert unsurveyed(await imports.everything()) == unsurveyed(before)


def unsurveyed(tables: Mapping[str, Sequence[asyncpg.Record]]) -> dict[str, list[dict[str, Any]]]:
    """Return the ledger without what a later survey moves on by itself: its day, and the statuses it confirms."""
    moving = {"surveyed_on", "evaluated_on"}
    return {
        table: [{name: one for name, one in row.items() if name not in moving} for row in rows]
        for table, rows in tables.items()
    }
