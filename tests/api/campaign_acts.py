"""Acts about census campaigns (``tests.api.acts``)."""

from itertools import count
from typing import Any

from tests.api.acts import COUNTY, LAST_YEAR, OFFICE, VILLAGE, Prepared, Stage, act

_numbers = count(1)


@act(OFFICE, "campaign.created")
async def create_campaign(stage: Stage) -> Prepared:
    return Prepared({
        "region": COUNTY, "title": f"2026年{stage.sign}字第{next(_numbers)}次摸底排查", "season": "winter",
        "forms": ["child"], "opens_on": LAST_YEAR, "due_on": "2099-12-31",
    })  # fmt: skip


async def _campaign(stage: Stage) -> dict[str, Any]:
    """Open a campaign; the one that is open in the demo county, and those of earlier acts, are ended first."""
    for one in (await stage.one("/v1/campaigns?state=open"))["items"]:
        office = await stage.service.caller(OFFICE)
        headers = {"if-match": f'"{one["version"]}"'}
        closed = await office.post(f"/v1/campaigns/{one['id']}:close", {"note": "另行安排"}, headers=headers)
        assert closed.status_code == 200, closed.text
    made = await stage.create(OFFICE, "/v1/campaigns", (await create_campaign(stage)).body)
    return await _step(stage, OFFICE, f"/v1/campaigns/{made['id']}:open", made, {})


async def _step(stage: Stage, by: str, path: str, row: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    caller = await stage.service.caller(by)
    answer = await caller.post(path, body, headers={"if-match": f'"{row["version"]}"'})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _survey(stage: Stage, *steps: str) -> dict[str, Any]:
    """Return the pilot village's row of a new campaign after some steps."""
    campaign = await _campaign(stage)
    page = await stage.one(f"/v1/campaign_villages?campaign_id={campaign['id']}&region={VILLAGE}")
    row: dict[str, Any] = page["items"][0]
    for step in steps:
        by = "township_worker" if step == "check" else "village_worker"
        row = await _step(stage, by, f"/v1/campaign_villages/{row['id']}:{step}", row, {})
    return row


@act(OFFICE, "campaign.opened")
async def open_campaign(stage: Stage) -> Prepared:
    ended = await _campaign(stage)
    await _step(stage, OFFICE, f"/v1/campaigns/{ended['id']}:close", ended, {"note": "改期"})
    made = await stage.create(OFFICE, "/v1/campaigns", (await create_campaign(stage)).body)
    return Prepared({}, made["id"], 1)


@act(OFFICE, "campaign_village.accepted", "campaign.township_accepted")
async def accept_township(stage: Stage) -> Prepared:
    row = await _survey(stage, "start", "submit", "check")
    # The other villages of the township, as if they had gone the same way.
    await stage.service.owner.execute(
        "DELETE FROM campaign_village WHERE campaign_id = $1 AND township = $2 AND id <> $3",
        row["campaign_id"], int(VILLAGE[:9]), row["id"],
    )  # fmt: skip
    return Prepared({"township": VILLAGE[:9]}, row["campaign_id"])


@act(OFFICE, "campaign.closed")
async def close_campaign(stage: Stage) -> Prepared:
    campaign = await _campaign(stage)
    return Prepared({"note": "多数村尚未提交，另行安排"}, campaign["id"], campaign["version"])


@act("township_worker", "campaign_village.assigned")
async def assign_village(stage: Stage) -> Prepared:
    row = await _survey(stage)
    staff = await stage.one(f"/v1/staff?region={VILLAGE}&posts=child_director")
    return Prepared({"responsible_id": staff["items"][0]["id"]}, row["id"], row["version"])


@act("village_worker", "campaign_village.started")
async def start_village(stage: Stage) -> Prepared:
    row = await _survey(stage)
    return Prepared({}, row["id"], row["version"])


@act("village_worker", "campaign_village.submitted")
async def submit_village(stage: Stage) -> Prepared:
    row = await _survey(stage, "start")
    return Prepared({"note": "已逐户走访，无遗漏"}, row["id"], row["version"])


@act("township_worker", "campaign_village.checked")
async def check_village(stage: Stage) -> Prepared:
    row = await _survey(stage, "start", "submit")
    return Prepared({}, row["id"], row["version"])


@act("township_worker", "campaign_village.returned")
async def return_village(stage: Stage) -> Prepared:
    row = await _survey(stage, "start", "submit")
    return Prepared({"reason": "三组有两户未登记"}, row["id"], row["version"])
