"""Acts about files that may be one person's (``tests.api.acts``)."""

from typing import Any

from tests.api.acts import ADDRESS, DETERMINED, OFFICE, PHONE, VILLAGE, Prepared, Stage, act, identity_number


@act(OFFICE, "check.made")
async def check_person(stage: Stage) -> Prepared:
    person = await stage.person()
    return Prepared({
        "region": VILLAGE, "name": person["name"], "birth_date": person["birth_date"],
        "identity_number": identity_number(),
    })  # fmt: skip


async def pair(stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
    """Register two people whom nothing but a clerk takes for one."""
    return await stage.person(phone=PHONE), await stage.person(name=f"孙{stage.sign}", address=ADDRESS, woman={})


@act(OFFICE, "duplicate.raised")
async def propose_duplicate(stage: Stage) -> Prepared:
    one, other = await pair(stage)
    return Prepared({"person_id": other["id"], "other_id": one["id"], "reason": "村干部反映是同一人"})


async def question(stage: Stage) -> dict[str, Any]:
    """Raise a question about two files."""
    return await stage.create(OFFICE, "/v1/duplicates", (await propose_duplicate(stage)).body)


@act(OFFICE, "duplicate.taken_up")
async def review_duplicate(stage: Stage) -> Prepared:
    return Prepared({}, (await question(stage))["id"], 1)


@act(OFFICE, "duplicate.held_distinct")
async def mark_distinct(stage: Stage) -> Prepared:
    return Prepared({"reason": "同名不同人，已入户核实"}, (await question(stage))["id"], 1)


@act(OFFICE, "person.absorbed", "person.merged", DETERMINED, "left_behind_status.ended")
async def merge_people(stage: Stage) -> Prepared:
    asked = await question(stage)
    return Prepared({"survivor_id": asked["person_id"], "take": ["address", "name"]}, asked["id"], 1)


@act(OFFICE, "person.unmerged", "person.released", "left_behind_status.ended")
async def undo_merge(stage: Stage) -> Prepared:
    merging = await merge_people(stage)
    office = await stage.service.caller(OFFICE)
    headers = {"if-match": '"1"'}
    merged = await office.ask("POST", f"/v1/duplicates/{merging.key}:merge", json=merging.body, headers=headers)
    assert merged.status_code == 201, merged.text
    return Prepared({"reason": "合并有误"}, merged.json()["id"], 1)
