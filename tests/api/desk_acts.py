"""Acts of an NGO's desk, and about the notes and steps of cases (``tests.api.acts``)."""

from typing import Any

from tests.api.acts import OFFICE, Prepared, Stage, act
from tests.api.case_acts import case
from tests.api.contract_acts import in_effect

NGO, OTHER_NGO = "ngo_partner", "ngo_partner_2"
OTHER_NAME = "石首市邻里守望社会工作服务社"
TASK = "每周入户一次，陪伴孩子并辅导祖母照护"
WHY = "核实情况以便安排走访"


async def covering(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Return a contract in effect that covers matters of relief in the county."""
    return await in_effect(stage, **({"categories": ["relief", "mental_health", "violence"]} | changed))


async def assigned(stage: Stage, made: dict[str, Any] | None = None, **contract: Any) -> dict[str, Any]:
    """Return an open assignment of a case."""
    made = made or await case(stage, "accept", "start")
    under = await covering(stage, **contract)
    office = await stage.service.caller(OFFICE)
    answer = await office.post(
        f"/v1/cases/{made['id']}:assign", {"contract_id": under["id"], "task": TASK},
        headers={"if-match": f'"{made["version"]}"'},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@act(OFFICE, "case.assigned")
async def assign_case(stage: Stage) -> Prepared:
    made, under = await case(stage, "accept", "start"), await covering(stage)
    body = {"contract_id": under["id"], "task": TASK, "until": "2099-06-30"}
    return Prepared(body, made["id"], made["version"])


@act(NGO, "case.handed_back")
async def hand_back_assignment(stage: Stage) -> Prepared:
    made = await assigned(stage)
    return Prepared({"reason": "社工离职，无人承接", "note": "已入户三次，孩子情绪好转"}, made["id"], made["version"])


@act(OFFICE, "case.assignment_withdrawn")
async def withdraw_assignment(stage: Stage) -> Prepared:
    made = await assigned(stage)
    return Prepared({"reason": "改由妇联直接办理"}, made["id"], made["version"])


@act(OFFICE, "case.noted")
async def add_note(stage: Stage) -> Prepared:
    made = await case(stage, "accept")
    return Prepared({"kind": "confidential", "body": f"{stage.sign}某称夜里不敢回家"}, made["id"])


async def sealed(stage: Stage, by: str = OFFICE, made: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a confidential note."""
    made = made or await case(stage, "accept")
    return await stage.create(by, f"/v1/cases/{made['id']}:add_note", {"kind": "confidential", "body": "某不敢回家"})


@act(OFFICE, "case.note_read")
async def read_note(stage: Stage) -> Prepared:
    return Prepared({"purpose": WHY}, (await sealed(stage))["id"])


@act(OFFICE, "case.step_recorded")
async def record_step(stage: Stage) -> Prepared:
    made = await case(stage, "accept", "start", "resolve", "reply")
    body = {"kind": "call_back", "done_on": made["replied_at"][:10], "content": "电话回访", "satisfaction": "satisfied"}
    return Prepared(body, made["id"])


@act(OFFICE, "case.reporter_revealed")
async def reveal_reporter(stage: Stage) -> Prepared:
    made = await case(stage, "accept", reporter_name=f"王{stage.sign}", reporter_phone="19012345678")
    return Prepared({"purpose": WHY}, made["id"])


__all__ = ["NGO", "OTHER_NAME", "OTHER_NGO", "TASK", "WHY", "assigned", "covering", "sealed"]
