"""Acts about service contracts (``tests.api.acts``)."""

from typing import Any

from tests.api.acts import COUNTY, OFFICE, Prepared, Stage, act


async def partner(stage: Stage, name: str = "石首市春苗社会工作服务中心") -> str:
    """Return the id of an organisation of the demo county."""
    (found,) = (await stage.one(f"/v1/agencies?name={name}"))["items"]
    key: str = found["id"]
    return key


@act(OFFICE, "service_contract.created")
async def create_contract(stage: Stage) -> Prepared:
    return Prepared({
        "ngo_agency_id": await partner(stage), "title": f"{stage.sign}字留守儿童关爱服务", "starts_on": "2026-01-01",
        "ends_on": "2099-12-31", "categories": ["guardianship", "mental_health", "guardianship"],
        "regions": [COUNTY, "421081104"], "quota": 40, "amount_fen": 1_200_000_00,
    })  # fmt: skip


async def contract(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Return a draft of the civil affairs bureau."""
    return await stage.create(OFFICE, "/v1/service_contracts", (await create_contract(stage)).body | changed)


async def in_effect(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Return a contract in effect."""
    made = await contract(stage, **changed)
    office = await stage.service.caller(OFFICE)
    answer = await office.post(f"/v1/service_contracts/{made['id']}:activate", {}, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@act(OFFICE, "service_contract.updated")
async def update_contract(stage: Stage) -> Prepared:
    body = {"quota": 60, "amount_fen": None, "categories": ["education"], "ends_on": "2098-12-31"}
    return Prepared(body, (await contract(stage))["id"], 1)


@act(OFFICE, "service_contract.activated")
async def activate_contract(stage: Stage) -> Prepared:
    return Prepared({}, (await contract(stage))["id"], 1)


@act(OFFICE, "service_contract.ended")
async def end_contract(stage: Stage) -> Prepared:
    return Prepared({"reason": "承接方人员不足，双方协商终止"}, (await in_effect(stage))["id"], 2)
