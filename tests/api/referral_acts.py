"""Acts about referrals between departments (``tests.api.acts``)."""

from typing import Any

from tests.api.acts import OFFICE, Prepared, Stage, act
from tests.api.case_acts import case

FEDERATION, COUNTY_LEVEL = "womens_federation_county", "421081"


async def agency(stage: Stage, kind: str) -> str:
    """Return the county's agency of a type."""
    found = await stage.one(f"/v1/agencies?type={kind}&region={COUNTY_LEVEL}")
    (key,) = [one["id"] for one in found["items"] if one["region"] == COUNTY_LEVEL]
    return str(key)


async def referred(stage: Stage, kind: str = "transfer", to: str = "womens_federation", **more: Any) -> dict[str, Any]:
    """Refer an accepted case of the county's office to another of its offices; returns the referral."""
    made = await case(stage, "accept")
    body = {"agency_id": await agency(stage, to), "kind": kind, "reason": "属其职责范围", **more}
    office = await stage.service.caller(OFFICE)
    answer = await office.post(f"/v1/cases/{made['id']}:refer", body, headers={"if-match": f'"{made["version"]}"'})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@act(OFFICE, "case.referred")
async def refer_case(stage: Stage) -> Prepared:
    made = await case(stage, "accept")
    body = {
        "agency_id": await agency(stage, "womens_federation"),
        "kind": "transfer",
        "reason": "属妇联职责",
        "days": 3,
    }
    return Prepared(body, made["id"], made["version"])


@act(FEDERATION, "case.referral_accepted")
async def accept_referral(stage: Stage) -> Prepared:
    return Prepared({"remark": "同意接收"}, (await referred(stage))["id"])


@act(FEDERATION, "case.referral_rejected")
async def reject_referral(stage: Stage) -> Prepared:
    return Prepared({"reason": "属民政职责"}, (await referred(stage))["id"])


@act(OFFICE, "case.referral_withdrawn")
async def withdraw_referral(stage: Stage) -> Prepared:
    return Prepared({"reason": "已自行解决"}, (await referred(stage, "cooperation", "public_security"))["id"])


@act(OFFICE, "case.referral_ended")
async def end_referral(stage: Stage) -> Prepared:
    made = await referred(stage, "cooperation", "public_security")
    answer = await (await stage.service.caller("police_county")).post(f"/v1/case_referrals/{made['id']}:accept", {})
    assert answer.status_code == 200, answer.text
    return Prepared({"reason": "协办事项已完成"}, made["id"])


__all__ = ["FEDERATION", "agency", "referred"]
