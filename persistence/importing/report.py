"""The rows a report shows, handed to the parser process that still holds the sheets."""

from typing import Final
from uuid import UUID

import asyncpg
import orjson

from domain.imports.operations import ImportResult
from persistence.engine import SYSTEM_SCOPE, set_scope
from persistence.importing.child import Child
from persistence.sheets.report import WHOLE_UP_TO

_ROWS: Final = """
SELECT sheet, sheet_row, outcome, first_row, faults, repaired FROM import_row
WHERE operation_id = $1 AND ($2 OR outcome IN ('rejected', 'duplicate') OR faults <> '[]') ORDER BY row_number
"""


async def make_report(
    connection: asyncpg.Connection, operation_id: UUID, running: Child, result: ImportResult, status: str
) -> bytes:
    """Return the report of an import that has ended, as XLSX."""
    async with connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        rows = await connection.fetch(_ROWS, operation_id, result.rows <= WHOLE_UP_TO)
    listed = orjson.dumps([tuple(row) for row in rows])
    return await running.report(listed, result=result.model_dump(mode="json"), status=status)


__all__ = ["make_report"]
