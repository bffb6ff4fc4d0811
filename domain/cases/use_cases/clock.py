"""What time alone does to cases: a deadline comes near, passes, and is told level by level up the agency tree.

A job calls this for each row whose ``look_at`` has come, in a transaction of its own; each step says when the next
one is due, so that nothing is told twice and nothing is looked through in vain. After an outage every level that
was missed is told at once.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from domain.cases.acts import CASE, record, tell
from domain.cases.deadlines import reminded_from, warned_from
from domain.cases.model import CaseAct, PartyRole
from domain.cases.parties import enlist
from domain.cases.records import ReferralAct, ReferralState
from domain.cases.referring import REFERRAL, give_up, tell_of
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Row, Work

A_LEVEL: Final = timedelta(days=1)
A_LEVEL_URGENT: Final = timedelta(hours=6)


async def attend_case(work: Work, case_id: UUID) -> list[NoticeKind]:
    """Warn of a deadline, tell that it passed, escalate; returns what was told, in order."""
    case, now = await work.claim(CASE, case_id), await work.now()
    if case is None or case["look_at"] is None or case["look_at"] > now:
        return []
    due = case["due_at"]
    if due is None:
        await work.mark_case(case_id, {"look_at": None})
        return []
    return await (_near(work, case, due, now) if now < due else _passed(work, case, due, now))


async def attend_referral(work: Work, referral_id: UUID) -> list[NoticeKind]:
    """Remind the agency that was asked, or end a referral that nobody answered; returns what was told."""
    now = await work.now()
    found = await work.find(REFERRAL, where={"id": referral_id}, lock=False)
    case = await work.claim(CASE, found[0]["case_id"]) if found else None  # the case first, as everywhere
    referral = await work.claim(REFERRAL, referral_id) if case else None
    if case is None or referral is None or referral["state"] != ReferralState.SENT or referral["look_at"] is None:
        return []
    if referral["respond_by"] <= now:
        await give_up(work, case, referral, ReferralAct.EXPIRE)
        return [NoticeKind.REFERRAL_EXPIRED]
    near = reminded_from(referral["created_at"], referral["respond_by"])
    if near > now:  # a row that did not say when to look at it
        await work.update(REFERRAL, referral, {"look_at": near})
        return []
    if referral["look_at"] > now:
        return []
    await work.update(REFERRAL, referral, {"look_at": referral["respond_by"]})
    await tell_of(work, case, referral, NoticeKind.REFERRAL_DUE, referral["to_agency_id"])
    return [NoticeKind.REFERRAL_DUE]


async def _near(work: Work, case: Row, due: datetime, now: datetime) -> list[NoticeKind]:
    near = warned_from(case["received_at"], due)
    if near > now:  # a row that did not say when to look at it
        await work.mark_case(case["id"], {"look_at": near})
        return []
    await work.mark_case(case["id"], {"look_at": due, "warned_for": due})
    if case["warned_for"] == due:
        return []
    await record(work, case, CaseAct.WARN)
    await tell(work, case, NoticeKind.CASE_DUE_SOON, case["agency_id"], case["handler_id"], slot=_slot(due))
    return [NoticeKind.CASE_DUE_SOON]


async def _passed(work: Work, case: Row, due: datetime, now: datetime) -> list[NoticeKind]:
    """Tell handler and desk once; then, with each further day (urgent: six hours), one office further up."""
    told: list[NoticeKind] = []
    level = case["escalation_level"] if case["escalated_for"] == due else 0
    if case["escalated_for"] != due:
        for staff_id in dict.fromkeys((case["handler_id"], None)):
            await tell(work, case, NoticeKind.CASE_OVERDUE, case["agency_id"], staff_id, slot=_slot(due))
        told.append(NoticeKind.CASE_OVERDUE)
    step = A_LEVEL_URGENT if case["urgent"] else A_LEVEL
    above = await work.offices_above(case["agency_id"])
    reached = min((now - due) // step, len(above))
    for at in range(level, reached):
        await _escalate(work, case, above[at], at + 1, due)
        told.append(NoticeKind.CASE_ESCALATED)
    level = max(level, reached)
    changes: dict[str, Any] = {
        "escalated_for": due, "escalation_level": level,
        "look_at": due + (level + 1) * step if level < len(above) else None,
    }  # fmt: skip
    await work.mark_case(case["id"], changes)
    return told


async def _escalate(work: Work, case: Row, agency_id: UUID, level: int, due: datetime) -> None:
    await enlist(work, case, agency_id, PartyRole.OVERSEER)
    await record(work, case, CaseAct.ESCALATE, level=level, to=str(agency_id))
    await tell(work, case, NoticeKind.CASE_ESCALATED, agency_id, slot=f"{_slot(due)}/{level}")


def _slot(due: datetime) -> str:
    return due.astimezone(UTC).isoformat()


__all__ = ["A_LEVEL", "A_LEVEL_URGENT", "attend_case", "attend_referral"]
