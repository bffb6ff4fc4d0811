"""Starting a roster export, and handing the finished file out. The work itself runs in the job process.

An export is the ledger leaving the house, so it is logged twice before anything is released: when
the roster is made (``export.made``, in the job), and at each download.
"""

from uuid import UUID

from domain.access import Access
from domain.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from domain.events import Event
from domain.exports.commands import StartExport
from domain.exports.operations import (
    FILE,
    KIND,
    READ,
    REVEAL,
    SEE,
    WRITE,
    ExportParameters,
    Standing,
    may_export,
)
from domain.exports.roster import FIELDS
from domain.imports.model import OperationStatus
from domain.people.model import Remit
from domain.people.remits import OWN
from domain.regions.codes import padded
from domain.unit_of_work import Saved, UnitOfWork


async def start_export(access: Access, uow: UnitOfWork, command: StartExport) -> Saved:
    """Queue a roster of a region; the answer is the operation, read and cancelled like an import's.

    Numbers are masked unless ``reveal`` asks for them and the caller may reveal.
    """
    async with uow.begin(access, WRITE) as work:
        code = await work.region(command.region, work.today)
        if code is None:
            raise InvalidInput(Fault("/region", "region.unknown"))
        unknown = [name for name in command.fields or () if name not in FIELDS[command.form]]
        if unknown:
            raise InvalidInput(Fault("/fields", "export.field_unknown"))
        if not access.covers(code):
            raise Forbidden("region.outside_scope")
        access.grant(SEE)
        if command.reveal:
            access.grant(REVEAL)
        if not access.remit & (OWN[command.form] | Remit.ANYONE):
            raise Forbidden("export.outside_remit")
        asked = ExportParameters(
            form=command.form,
            region=command.region,
            status=command.status,
            fields=None if command.fields is None else tuple(dict.fromkeys(command.fields)),
            purpose=command.purpose,
            reveal=command.reveal,
        )
        row = await work.insert(
            "operation",
            {
                "kind": KIND,
                "status": OperationStatus.QUEUED,
                "actor": access.sub,
                "client_id": access.client_id,
                "agency_id": access.agency_id,
                "region_code": access.regions[0].lo,
                "access": Standing.of(access).model_dump(mode="json"),
                "parameters": asked.model_dump(mode="json"),
            },
        )
        await work.queue_export(row["id"])
        await work.append(
            Event(
                "operation.started", "operation", row["id"], row["region_code"], purpose=asked.purpose,
                data={"kind": KIND, **asked.told()},
            )
        )  # fmt: skip
        return await work.commit(Saved("operation", row["id"], row["version"]))


async def download_export(access: Access, uow: UnitOfWork, operation_id: UUID) -> bytes:
    """Return a finished roster to whoever asked for it, once the log durably says so.

    Raises ``NotFound`` (no export of her agency, or its file is deleted), ``Forbidden`` (somebody
    else's, or more than she may see now), ``Conflict`` (not finished).
    """
    async with uow.begin(access, READ) as work:
        row = await work.load("operation", operation_id)
        if row["agency_id"] != access.agency_id or row["kind"] != KIND:
            raise NotFound
        asked = ExportParameters.model_validate(row["parameters"])
        if row["actor"] != access.sub or not may_export(access, asked, padded(asked.region)):
            raise Forbidden("export.not_yours")
        if row["status"] in {OperationStatus.QUEUED, OperationStatus.RUNNING}:
            raise Conflict("export.not_finished")
        content = await work.read_file(operation_id, FILE)
        if content is None:
            raise NotFound
        data = {"rows": row["done"], **asked.told()}
        event = Event(
            "export.downloaded", "operation", row["id"], padded(asked.region), purpose=asked.purpose, data=data
        )
        await work.append(event)
        return await work.commit(content)


__all__ = ["download_export", "start_export"]
