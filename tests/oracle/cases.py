"""The world's cases, and by whom they are seen: written a second time, from the conventions."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from domain.cases.model import CaseAct, CaseSource, PartyRole, PersonRole
from domain.cases.records import AssignmentState, NoteKind, ReferralKind, ReferralState, Satisfaction, StepKind
from domain.policy.model import Audience, CaseCategory
from tests.oracle.directory import VILLAGES
from tests.oracle.ids import AGENCIES, PEOPLE, key

if TYPE_CHECKING:
    from tests.oracle.data import Data, Row
    from tests.oracle.kinds import Kind
    from tests.oracle.model import Eyes
    from tests.oracle.world import World

LONG_AGO, FAR = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2099, 1, 2, 3, 4, 5, 600, tzinfo=UTC)
STATES = ("received", "accepted", "in_progress", "resolved", "refused", "replied", "closed", "merged", "redirected")
OUTCOME, REPLY = ("resolved", "refused", "replied", "closed"), ("replied", "closed")
HELD_BY = ("civil", "federation", "police", "neighbour", "education")


# ---- whose eyes reach them ------------------------------------------------------------------------


def sees(eyes: "Eyes", row: "Row") -> bool:
    """Tell whether a caller sees a case in one way or another."""
    rows = eyes.access.grants["cases:read"].rows
    if rows == "self":
        me = eyes.access.person_id
        wards = {
            one["person_id"]
            for one in eyes.data.where("person_access", "grantee_id", me)
            if one["via"] == "guardianship" and one["ended_at"] is None
        }
        about = not row["restricted"] and row["person_id"] is not None and row["person_id"] in wards | {me}
        return me not in row["barred"] and (row["reporter_id"] == me or about)
    return open_here(eyes, row) or bool(parts(eyes, row["id"]))


def lists(eyes: "Eyes", row: "Row") -> bool:
    """Tell whether a case seen stands in a list: of a region's caller only what lies in her region."""
    return eyes.access.grants["cases:read"].rows != "region" or eyes.here(row)


def sees_beside(eyes: "Eyes", kind: "Kind", row: "Row") -> bool:
    """Tell whether a caller sees a row beside a case."""
    if eyes.access.grants[kind.permission].rows not in {"region", "assigned"}:
        return False
    agency = eyes.access.agency_id
    if any(row[column] == agency for column in kind.parties):
        return True
    (case,) = eyes.data.where("care_case", "id", row["case_id"])
    if open_here(eyes, case):
        return True
    roles = parts(eyes, row["case_id"])
    mine = not kind.own or row[kind.own] == agency
    return bool(roles & {"lead", "co", "overseer"}) or ("ngo" in roles and mine and not kind.offices)


def open_here(eyes: "Eyes", case: "Row") -> bool:
    """Tell whether a case lies in the caller's region and remit and is open to all there."""
    by_region = eyes.access.grants["cases:read"].rows == "region"
    return by_region and eyes.here(case) and eyes.in_remit(case) and not case["restricted"]


def parts(eyes: "Eyes", case_id: object) -> set[str]:
    """Return the roles in which the caller's agency takes part now."""
    found = eyes.data.where("case_party", "case_id", case_id)
    agency = eyes.access.agency_id
    return {one["role"] for one in found if agency and one["agency_id"] == agency and one["ended_at"] is None}


def may_reopen(data: "Data", step: "Row") -> bool:
    """Tell whether a call-back found somebody not satisfied with a case that was not taken up again since."""
    (case,) = data.where("care_case", "id", step["case_id"])
    return step["satisfaction"] == "unsatisfied" and case["state"] in REPLY


# ---- rows -----------------------------------------------------------------------------------------


def cases(world: "World", people: "list[Row]") -> None:
    """Make cases in every state, of villages, townships and counties, open and restricted, with what stands beside."""
    made = [_case(world, people, at) for at in range(54)]
    for at, case in enumerate(made):
        _beside(world, people, case, made[(at + 5) % len(made)], at)


def _case(world: "World", people: "list[Row]", at: int) -> "Row":
    village, state = VILLAGES[at % len(VILLAGES)], STATES[at % len(STATES)]
    person = people[at * 5 % len(people)] if at % 4 else None
    due = None if state in {"replied", "closed", "merged"} else (LONG_AGO, FAR)[at % 2]
    at_last = world.moment()
    return world.add("care_case", {
        "id": world.id(40), "region_code": village // (1, 10**3, 10**6)[at % 3] * (1, 10**3, 10**6)[at % 3],
        "number": f"421081-20260102-{at:06}", "source": [*CaseSource][at % 8], "category": [*CaseCategory][at % 15],
        "audience": [*Audience][at % 4], "state": state, "urgent": at % 7 == 0, "restricted": at % 5 == 0,
        "priority_class": ("normal", "priority", "urgent")[at % 3], "work_order": at * 3 % 20,
        "remit": (128, 129, 130, 132, 144)[at % 5], "title": world.chance.choice(world.names),
        "description": world.chance.choice(world.names), "person_id": person and person["id"],
        "household_id": person and person["household_id"],
        "reporter_id": (None, PEOPLE["resident"], PEOPLE["guardian"])[at % 3],
        "reporter_agency_id": AGENCIES["village"], "reporter_name": world.maybe(world.names),
        "reporter_phone_masked": world.maybe(("138****1234",)), "barred": [PEOPLE["guardian"]] if at % 8 == 0 else [],
        "agency_id": AGENCIES[HELD_BY[at % len(HELD_BY)]], "department_id": None,
        "handler_id": world.maybe([key(14, 0), key(14, 1)]), "measure_id": None,
        "route": {"basis": ("default", "measure")[at % 2], "mode": None, "measure_code": None, "lead": '妇联"',
                  "co": ["甲", "乙"][: at % 3], "informed": [], "missing": [], "why": ["x"]},
        "received_at": world.moment(), "accept_by": at_last, "accepted_at": world.maybe([at_last]),
        "finish_by": at_last + timedelta(days=60), "due_at": due, "days_flagged": at % 2 == 0, "extensions": at % 2,
        "extension_reason": world.chance.choice(world.texts), "escalation_level": at % 3,
        "outcome": "solved" if state in OUTCOME else None, "outcome_note": "好" if state in OUTCOME else None,
        "resolved_at": at_last if state in OUTCOME else None, "reply": "复" if state in REPLY else None,
        "reply_channel": "phone" if state in REPLY else None, "replied_at": at_last if state in REPLY else None,
        "closed_at": at_last if state == "closed" else None, "reopened": at % 2,
        "merged_into_id": world.tables["care_case"][0]["id"] if state == "merged" else None, **world.versioned(),
    })  # fmt: skip


def _beside(world: "World", people: "list[Row]", case: "Row", other: "Row", at: int) -> None:
    own = {"case_id": case["id"], "region_code": case["region_code"]}
    names = ("civil", "federation", "police", "ngo", "village", "education", "neighbour")
    for number, name in enumerate(names):
        if (at + number) % 3 == 0:
            role = "ngo" if name == "ngo" else [*PartyRole][(at + number * 2) % 6]
            ended = LONG_AGO if (at + number) % 4 == 0 else None
            row = {"id": world.id(41), "agency_id": AGENCIES[name], "role": role, "ended_at": ended}
            world.add("case_party", own | row | world.versioned())
    for number in range(at % 3):
        row = {"id": world.id(42), "person_id": people[(at * 3 + number) % len(people)]["id"]}
        world.add("case_person", own | row | {"role": [*PersonRole][at % 5]} | world.versioned())
    who = {"agency_id": AGENCIES[names[at % 7]], "staff_id": world.maybe([key(14, 0)])}
    world.add("case_entry", own | who | {
        "id": world.id(43), "at": world.moment(), "act": [*CaseAct][at % 20], "state": case["state"],
        "remark": world.chance.choice(world.texts),
    })  # fmt: skip
    sent = {"from_agency_id": AGENCIES[names[at % 3]], "to_agency_id": AGENCIES[names[at % 3 + 1]]}
    world.add("case_referral", own | sent | {
        "id": world.id(44), "kind": [*ReferralKind][at % 2], "state": [*ReferralState][at % 5],
        "to_department_id": None, "reason": world.chance.choice(world.names), "respond_by": FAR,
        "answered_at": None, "answer": world.chance.choice(world.texts), **world.versioned(),
    })  # fmt: skip
    contracts = world.tables["service_contract"]
    if at % 2:
        world.add("case_assignment", own | {
            "id": world.id(45), "agency_id": AGENCIES[("ngo", "idle_ngo")[at % 4 // 2]],
            "contract_id": contracts[at % 3]["id"],
            "assigned_by_id": AGENCIES["civil"], "state": [*AssignmentState][at % 5],
            "task": world.chance.choice(world.names), "until": FAR, "ended_at": None,
            "end_reason": world.chance.choice(world.texts), **world.versioned(),
        })  # fmt: skip
    confidential = at % 2 == 0
    world.add("case_note", own | who | {
        "id": world.id(46), "kind": NoteKind.CONFIDENTIAL if confidential else NoteKind.NORMAL,
        "body": None if confidential else "记", "secret_note_cipher": b"x" if confidential else None,
        "secret_note_masked": "" if confidential else None, **world.versioned(),
    })  # fmt: skip
    called = at % 5 == 4
    world.add("case_step", own | who | {
        "id": world.id(47), "kind": [*StepKind][at % 5], "done_on": world.day(), "minutes": world.maybe((30,)),
        "place": world.chance.choice(world.texts), "with_whom": None, "content": world.chance.choice(world.names),
        "result": world.chance.choice(world.texts), "satisfaction": [*Satisfaction][at % 4] if called else None,
        **world.versioned(),
    })  # fmt: skip
    if at % 3 == 0:
        world.add("attachment_content", {
            "id": world.id(53), "digest": f"{at:064x}", "content_cipher": b"x", "scanned": (None, "clean")[at % 2],
        })  # fmt: skip
        world.add("case_attachment", own | {
            "id": world.id(48), "agency_id": who["agency_id"], "staff_id": None, "name": '照片".jpg',
            "media_type": "image/jpeg", "size": at, "digest": f"{at:064x}", "confidential": at % 2 == 0,
            **world.versioned(),
        })  # fmt: skip
        world.add("case_link", own | {
            "id": world.id(49), "other_id": other["id"], "reason": world.chance.choice(world.names),
            **world.versioned(),
        })  # fmt: skip


__all__ = ["cases", "lists", "may_reopen", "sees", "sees_beside"]
