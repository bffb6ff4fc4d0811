"""Files of a case: put beside it, and handed out, each time on record."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from domain.access import Access
from domain.cases.acts import CASE, WORK, of_case, record
from domain.cases.commands import AttachFile
from domain.cases.media import agrees, sniff
from domain.cases.model import WORKING, CaseAct, PartyRole
from domain.cases.parties import part_of, works
from domain.errors import Fault, Forbidden, InvalidInput, NotFound
from domain.policy.model import CaseCategory
from domain.unit_of_work import Saved, UnitOfWork

READ_WORK = "case_work:read"
RECORD = "case_attachment"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it is handed out."""

    name: str
    media_type: str
    content: bytes


def checked(command: AttachFile) -> str:
    """Return the media type of a file that a case may hold.

    Raises ``InvalidInput`` (``attachment.type``: no case holds such files; ``attachment.mismatch``: it is
    something else than its name or its caller says).
    """
    media_type = sniff(command.content)
    if media_type is None:
        raise InvalidInput(Fault("/file", "attachment.type"), code="attachment.type")
    if not agrees(media_type, command.name, command.said):
        raise InvalidInput(Fault("/file", "attachment.mismatch", {"found": media_type}))
    return media_type


async def attach_file(access: Access, uow: UnitOfWork, command: AttachFile) -> Saved:
    """Put a file beside a case: who works it may, and the organisation that it is assigned to.

    Equal bytes are stored once. Of a case of violence it is confidential unless the caller says otherwise.
    Raises ``Forbidden`` (``case.no_part``) and what ``checked`` does.
    """
    media_type = checked(command)
    async with uow.begin(access, WORK) as work:
        case = await work.load(CASE, command.case_id, lock=False)
        await works(work, case, or_as=PartyRole.NGO)
        digest = hashlib.sha256(command.content).hexdigest()
        confidential = command.confidential
        if confidential is None:
            confidential = case["category"] == CaseCategory.VIOLENCE
        async with work.as_system():
            await work.keep_content(digest, command.content, scanned=command.scanned)
            row = await work.insert(RECORD, {
                "case_id": case["id"], "region_code": case["region_code"], "agency_id": access.agency_id,
                "staff_id": access.staff_id, "name": command.name, "media_type": media_type,
                "size": len(command.content), "digest": digest, "confidential": confidential,
            })  # fmt: skip
        await record(work, case, CaseAct.ATTACH, attachment=str(row["id"]), digest=digest, confidential=confidential)
        return await work.commit(Saved(RECORD, row["id"], row["version"]))


async def read_attachment(access: Access, uow: UnitOfWork, attachment_id: UUID) -> Attached:
    """Return a file of a case that the caller sees, once the log durably says so.

    A confidential one goes to who works the case, and to the organisation that attached it.
    Raises ``NotFound``, ``Forbidden`` (``attachment.confidential``).
    """
    async with uow.begin(access, READ_WORK) as work:
        row = await work.load(RECORD, attachment_id, lock=False)
        async with work.as_system():
            (case,) = await work.find(CASE, where={"id": row["case_id"]}, lock=False)
        role = await part_of(work, case["id"], lock=False)
        own = role is PartyRole.NGO and row["agency_id"] == access.agency_id
        if row["confidential"] and not (own or role in WORKING):
            raise Forbidden("attachment.confidential")
        content = await work.content_of(row["digest"])
        if content is None:
            raise NotFound
        await work.append(of_case(case, "attachment_read", {"attachment": str(row["id"]), "digest": row["digest"]}))
        return await work.commit(Attached(row["name"], row["media_type"], content))


__all__ = ["Attached", "attach_file", "checked", "read_attachment"]
