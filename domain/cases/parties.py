"""Who takes part in a case, and whose files that opens to them.

One open row for each agency. Whoever works the case (lead, co, overseer, NGO) has the files of its people open
on the ground of that row; when the row ends, so does what it opened, with the next statement of anybody.
"""

from typing import Final
from uuid import UUID

from domain.cases.model import WORKING, CaseState, PartyRole, PersonRole
from domain.errors import Forbidden
from domain.unit_of_work import Row, Work

VIA: Final = "case"
OVER: Final = (CaseState.CLOSED, CaseState.MERGED)
OPENS: Final = (*WORKING, PartyRole.NGO)  # the files of the people of the case
_STRENGTH: Final = {role: at for at, role in enumerate((
    PartyRole.INFORMED, PartyRole.REPORTER, PartyRole.ASKED, PartyRole.NGO, PartyRole.OVERSEER, PartyRole.CO,
    PartyRole.LEAD,
))}  # fmt: skip


async def enlist(work: Work, case: Row, agency_id: UUID, role: PartyRole) -> Row:
    """Let an agency take part; who takes part already in a stronger role keeps it. Inside ``as_system``."""
    found = await work.find("case_party", where={"case_id": case["id"], "agency_id": agency_id}, open_until="ended_at")
    if not found:
        values = {"case_id": case["id"], "region_code": case["region_code"], "agency_id": agency_id, "role": role}
        party = await work.insert("case_party", values)
    elif _STRENGTH[PartyRole(found[0]["role"])] < _STRENGTH[role]:
        party = await work.update("case_party", found[0], {"role": role})
    else:
        return found[0]
    await _open_files(work, case, party)
    return party


async def step_back(work: Work, case: Row, agency_id: UUID, to: PartyRole | None) -> None:
    """Bring an agency down to a weaker role, or let it take no part any more. Inside ``as_system``."""
    for party in await work.find(
        "case_party", where={"case_id": case["id"], "agency_id": agency_id}, open_until="ended_at"
    ):
        await work.end_access(VIA, party["id"])
        changes = {"role": to} if to else {"ended_at": await work.now()}
        changed = await work.update("case_party", party, changes)
        if to in OPENS:
            await _open_files(work, case, changed)


async def part_of(work: Work, case_id: UUID, *, lock: bool = True) -> PartyRole | None:
    """Return as what the caller's agency takes part in a case now; locked, it stays so until the transaction ends."""
    if work.access.agency_id is None:
        return None
    where = {"case_id": case_id, "agency_id": work.access.agency_id}
    found = await work.find("case_party", where=where, open_until="ended_at", lock=lock)
    return PartyRole(found[0]["role"]) if found else None


async def works(work: Work, case: Row, *, or_as: PartyRole | None = None) -> PartyRole:
    """Refuse whoever does not work a case (or take part in it in one more role); return the caller's role."""
    role = await part_of(work, case["id"])
    if role is None or (role not in WORKING and role is not or_as):
        raise Forbidden("case.no_part")
    return role


async def involve(work: Work, case: Row, person_id: UUID, role: PersonRole) -> Row:
    """Name a person of a case and open her file to those who work it. Inside ``as_system``."""
    values = {"case_id": case["id"], "region_code": case["region_code"], "person_id": person_id, "role": role}
    row = await work.insert("case_person", values)
    for party in await work.find("case_party", where={"case_id": case["id"]}, open_until="ended_at"):
        if party["role"] in OPENS:
            await work.open_access(party["agency_id"], person_id, VIA, party["id"])
    return row


async def close_files(work: Work, case: Row) -> None:
    """End what a closed case opened. Who took part still sees the case. Inside ``as_system``."""
    for party in await work.find("case_party", where={"case_id": case["id"]}, lock=False):
        await work.end_access(VIA, party["id"])


async def open_files(work: Work, case: Row) -> None:
    """Open the files again to those who work a reopened case. Inside ``as_system``."""
    for party in await work.find("case_party", where={"case_id": case["id"]}, open_until="ended_at", lock=False):
        await _open_files(work, case, party)


async def _open_files(work: Work, case: Row, party: Row) -> None:
    if party["role"] not in OPENS or case["state"] in OVER:
        return
    for one in await work.find("case_person", where={"case_id": case["id"]}, lock=False):
        await work.open_access(party["agency_id"], one["person_id"], VIA, party["id"])


__all__ = [
    "OPENS", "OVER", "VIA", "close_files", "enlist", "involve", "open_files", "part_of", "step_back", "works",
]  # fmt: skip
