"""What becomes of a referral, whoever brings it about: one of the two agencies, the clock, or the end of the case."""

from typing import Final
from uuid import UUID

from domain.cases.acts import record
from domain.cases.model import CaseAct, PartyRole
from domain.cases.parties import step_back
from domain.cases.records import REFERRAL_STATES, ReferralAct, ReferralKind, ReferralState
from domain.errors import Conflict
from domain.notifications.model import NoticeKind
from domain.notifications.notices import Notice, notify
from domain.unit_of_work import Row, Work

REFERRAL: Final = "case_referral"
LINES: Final = {
    ReferralAct.ACCEPT: CaseAct.ACCEPT_REFERRAL,
    ReferralAct.REJECT: CaseAct.REJECT_REFERRAL,
    ReferralAct.WITHDRAW: CaseAct.WITHDRAW_REFERRAL,
    ReferralAct.EXPIRE: CaseAct.EXPIRE_REFERRAL,
    ReferralAct.END: CaseAct.END_REFERRAL,
}
"""Act on a referral → the line it leaves in the timeline of its case."""
_NEWS: Final = {
    ReferralAct.ACCEPT: NoticeKind.REFERRAL_ACCEPTED,
    ReferralAct.REJECT: NoticeKind.REFERRAL_REJECTED,
    ReferralAct.WITHDRAW: NoticeKind.REFERRAL_WITHDRAWN,
    ReferralAct.EXPIRE: NoticeKind.REFERRAL_EXPIRED,
    ReferralAct.END: NoticeKind.REFERRAL_ENDED,
}


def state_after(referral: Row, act: ReferralAct) -> ReferralState:
    """Return the state after an act. Raises ``Conflict`` (``case_referral.not_allowed``); a transfer has no end."""
    state = ReferralState(referral["state"])
    if act is ReferralAct.END and state is ReferralState.ACCEPTED and referral["kind"] == ReferralKind.TRANSFER:
        raise Conflict(REFERRAL_STATES.refusal, state=state, allowed=())
    return REFERRAL_STATES.after(state, act)


async def answer(work: Work, case: Row, referral: Row, act: ReferralAct, words: str | None = None) -> Row:
    """Write what became of a referral, and tell both sides of it but whoever did it."""
    changes: dict[str, object] = {"state": state_after(referral, act), "look_at": None}
    if act is not ReferralAct.END:  # the reason of an end stands in the timeline, beside the answer
        changes |= {"answered_at": await work.now(), "answer": words}
    async with work.as_system():
        changed = await work.update(REFERRAL, referral, changes)
    sides = {referral["from_agency_id"], referral["to_agency_id"], case["agency_id"]} - {work.access.agency_id}
    await tell_of(work, case, changed, _NEWS[act], *sorted(sides))
    return changed


async def give_up(work: Work, case: Row, referral: Row, act: ReferralAct, words: str | None = None) -> Row:
    """Write that a referral came to nothing, or is over: the other agency is again what it was before."""
    changed = await answer(work, case, referral, act, words)
    async with work.as_system():
        where = {"case_id": case["id"], "agency_id": referral["to_agency_id"]}
        parties = await work.find("case_party", where=where, open_until="ended_at")
        given = PartyRole.CO if act is ReferralAct.END else PartyRole.ASKED
        if parties and parties[0]["role"] == given:
            former = referral["former_role"]
            await step_back(work, case, referral["to_agency_id"], PartyRole(former) if former else None)
    await record(work, case, LINES[act], words, referral=str(referral["id"]))
    return changed


async def end_waiting(work: Work, case: Row) -> None:
    """Take back what still waits for an answer about a case that is over."""
    for one in await _of_case(work, case):
        if one["state"] == ReferralState.SENT:
            await give_up(work, case, one, ReferralAct.WITHDRAW)


async def settle(work: Work, case: Row) -> None:
    """End what was asked of an agency that leads the case now."""
    for one in await _of_case(work, case):
        if one["to_agency_id"] != case["agency_id"]:
            continue
        if one["state"] == ReferralState.SENT:
            await give_up(work, case, one, ReferralAct.WITHDRAW)
        elif one["state"] == ReferralState.ACCEPTED and one["kind"] == ReferralKind.COOPERATION:
            await give_up(work, case, one, ReferralAct.END)


async def tell_of(work: Work, case: Row, referral: Row, kind: NoticeKind, *agencies: UUID) -> None:
    """Put a notice about a referral into the inboxes of agencies."""
    await notify(work, *(
        Notice(
            kind, agency, REFERRAL, referral["id"], case["region_code"], urgent=case["urgent"],
            due_at=referral["respond_by"] if referral["state"] == ReferralState.SENT else None,
        )
        for agency in agencies
    ))  # fmt: skip


async def _of_case(work: Work, case: Row) -> list[Row]:
    async with work.as_system():
        return await work.find(REFERRAL, where={"case_id": case["id"]})


__all__ = ["LINES", "REFERRAL", "answer", "end_waiting", "give_up", "settle", "state_after", "tell_of"]
