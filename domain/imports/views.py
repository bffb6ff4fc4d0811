"""Read models of long operations and of the event log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.imports.model import ImportMode, OperationStatus, RosterForm, RowOutcome
from domain.people.model import LeftBehind
from domain.scopes import OfAgency
from domain.view import between, division, document, embedded, eq, many, view


@view(
    "operation", plural="operations", permission="imports:read", scope=OfAgency(),
    actions={"cancel": "imports:write"},
    stages={"cancel": ("status", (OperationStatus.QUEUED, OperationStatus.RUNNING))},
)  # fmt: skip
class Operation:
    """Long work of the caller's agency: how far it is and how it ended."""

    id: UUID
    version: int
    kind: str
    status: OperationStatus
    region: str | None = division("region_code")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: Progress = embedded("operation_progress")
    parameters: OperationParameters = embedded("parameters")
    result: OperationResult = embedded("result")
    problem: OperationProblem = embedded("problem")
    rows: list[ImportRow] = many("operation_id", order="row_number")
    __filters__ = (eq("kind", "status"), between("created_at"))
    __orders__ = ("-id", "id")


@document()
class Progress:
    """Rows done of the total, rows a second, seconds to go."""

    done: int
    total: int | None
    rate: int | None
    eta: int | None


@document()
class OperationParameters:
    """What was asked: a mode and a day of an import; a region, a status, columns and a purpose of an export."""

    form: RosterForm | None
    mode: ImportMode | None
    as_of: str | None
    region: str | None
    status: LeftBehind | None
    fields: list[str] | None
    purpose: str | None
    reveal: bool | None


@document()
class OperationResult:
    """Counts in roster rows, not in relatives."""

    form: str | None
    as_of: str | None
    rows: int | None
    created: int | None
    updated: int | None
    unchanged: int | None
    duplicate: int | None
    rejected: int | None
    left_behind: int | None
    not_left_behind: int | None
    warnings: list[ImportNotice] = embedded("warnings")


@document()
class ImportNotice:
    """Something the file holds that was not understood, and was left alone."""

    code: str
    message: str


@document()
class OperationProblem:
    """Why an operation failed."""

    code: str
    message: str


@view("import_row", permission="imports:read", scope=OfAgency(), key="row_number", versioned=False)
class ImportRow:
    """How one roster row ended, with the cell, the code and a sentence for each fault."""

    operation_id: UUID
    row_number: int
    sheet: str
    sheet_row: int
    form: str
    outcome: RowOutcome
    person_id: UUID | None
    first_row: int | None
    left_behind: bool | None
    repaired: list[str]
    faults: list[ImportFault] = embedded("faults")
    __filters__ = (eq("outcome"),)
    __orders__ = ("row_number",)


@document()
class ImportFault:
    """One fault of a row."""

    cell: str | None
    column: str | None
    code: str
    message: str
