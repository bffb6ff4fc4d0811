"""What an auditor reads of cases: that something was done, where, by which office; of whom and what, nothing."""

from typing import Any

import orjson

from tests.api.acts import COUNTY, OFFICE, VILLAGE, Stage
from tests.api.case_acts import STORY, case
from tests.api.rest.test_attachments import attach, takes_part
from tests.api.running import Service

VERBS = ["case.registered", "case.attached", "case.attachment_read"]


async def events(service: Service, made: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a case as the auditor sees them, oldest first."""
    auditor = await service.caller("auditor")
    return await auditor.everything("/v1/events", aggregate_id=made["id"], order_by="id")


async def worked(service: Service, sign: str, **more: Any) -> tuple[dict[str, Any], str]:
    """Raise a case about a child, attach a file to it and read that."""
    stage, officer = Stage(service, sign), await service.caller(OFFICE)
    child = await stage.person(child={"schooling": "primary"}, birth_date="2016-05-05")
    made = await case(stage, person_id=child["id"], audience="child", **more)
    await takes_part(service, made, OFFICE, "lead")
    row = (await attach(officer, made["id"], name=f"王{sign}诊断书.pdf")).json()
    assert (await officer.get(f"/v1/case_attachments/{row['id']}/content")).status_code == 200
    return made, child["id"]


async def test_an_auditor_reads_what_was_done_about_a_case(service: Service) -> None:
    made, child = await worked(service, "辰")  # the child by her key alone, as in all events
    found = await events(service, made)
    assert [one["type"] for one in found] == VERBS
    assert {one["region"] for one in found} == {VILLAGE}
    assert {one["subject_id"] for one in found} == {child}
    told = orjson.dumps(found).decode()
    assert not [one for one in ("王辰", "陈辰", STORY) if one in told]


async def test_of_a_restricted_case_the_county_is_all_that_is_said_of_the_place(service: Service) -> None:
    made, child = await worked(service, "巳", category="guardianship", restricted=True)
    found = await events(service, made)
    assert [one["type"] for one in found] == VERBS
    assert {one["region"] for one in found} == {COUNTY}
    told = orjson.dumps(found).decode()
    assert not [one for one in ("王巳", "陈巳", STORY, child, VILLAGE) if one in told]
