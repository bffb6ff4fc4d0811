"""Starting and cancelling census imports. The work itself runs in the job process."""

from datetime import date
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.access import Access
from domain.commands import EARLIEST, Command, Id
from domain.errors import Conflict, Fault, InvalidInput, NotFound
from domain.events import Event
from domain.imports.model import ImportMode, OperationStatus, RosterForm
from domain.imports.operations import FrozenAccess, ImportParameters
from domain.people.model import Population, Remit
from domain.people.remits import HOUSEHOLD, OWN
from domain.unit_of_work import Saved, UnitOfWork

KIND: Final = "import"
INPUT: Final = "input"
REPORT: Final = "report"
WRITE: Final = "imports:write"
READ: Final = "imports:read"


class StartImport(BaseModel):
    """A roster to import: its bytes, which form it is, whether to look only, the day it describes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: RosterForm = RosterForm.AUTO
    mode: ImportMode
    as_of: date | None = None  # default today
    content: bytes


class CancelOperation(Command):
    """Stop long work. What is merged stays and is counted; nothing more is begun."""

    operation_id: Id


async def start_import(access: Access, uow: UnitOfWork, command: StartImport) -> Saved:
    """Keep the file, queue the work: both with this commit, or neither."""
    async with uow.begin(access, WRITE) as work:
        as_of = command.as_of or work.today
        if as_of > work.today:  # it would stand above every true survey until then
            raise InvalidInput(Fault("/as_of", "date.future"))
        if as_of < EARLIEST:
            raise InvalidInput(Fault("/as_of", "date.too_early"))
        parameters = ImportParameters(form=command.form, mode=command.mode, as_of=as_of)
        values = {
            "kind": KIND,
            "status": OperationStatus.QUEUED,
            "actor": access.sub,
            "client_id": access.client_id,
            "agency_id": access.agency_id,
            "region_code": access.regions[0].lo,
            "access": FrozenAccess.of(access).model_dump(mode="json"),
            "parameters": parameters.model_dump(mode="json"),
        }
        row = await work.insert("operation", values)
        await work.keep_file(row["id"], INPUT, command.content)
        await work.queue_import(row["id"])
        asked = {"form": parameters.form, "mode": parameters.mode, "as_of": parameters.as_of.isoformat()}
        await work.append(Event("operation.started", "operation", row["id"], row["region_code"], data=asked))
        return await work.commit(Saved("operation", row["id"], row["version"]))


def may_enter(remit: int, population: Population) -> bool:
    """Tell whether a remit reaches the subjects of a form and the families entered with them."""
    needed = OWN[population] | HOUSEHOLD[population]
    return bool(remit & Remit.ANYONE) or remit & needed == needed


async def read_report(access: Access, uow: UnitOfWork, operation_id: UUID) -> bytes:
    """Return the report of an ended import of one's own agency."""
    async with uow.begin(access, READ) as work:
        row = await work.load("operation", operation_id)
        report = await work.read_file(operation_id, REPORT) if row["agency_id"] == access.agency_id else None
        if report is None:
            raise NotFound
        return await work.commit(report)


async def cancel_operation(access: Access, uow: UnitOfWork, command: CancelOperation) -> Saved:
    """Ask a queued or running operation of one's own agency to stop; ``Conflict`` when it has ended."""
    async with uow.begin(access, WRITE) as work:
        row = await work.load("operation", command.operation_id)
        if row["agency_id"] != access.agency_id:
            raise NotFound
        if row["status"] not in {OperationStatus.QUEUED, OperationStatus.RUNNING}:
            raise Conflict("operation.ended")
        changed = await work.update("operation", row, {"cancel_requested": True})
        await work.append(Event("operation.cancel_requested", "operation", row["id"], row["region_code"]))
        return await work.commit(Saved("operation", changed["id"], changed["version"]))


__all__ = ["CancelOperation", "StartImport", "cancel_operation", "may_enter", "read_report", "start_import"]
