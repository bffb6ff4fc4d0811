"""Referral between departments: who reads what while it waits, what an answer changes, and who is too late."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.acts import OFFICE, Stage
from tests.api.case_acts import BODIES, case
from tests.api.referral_acts import FEDERATION, agency, referred
from tests.api.running import Service, is_problem
from tests.api.venue_acts import step

POLICE = "police_county"


async def act(service: Service, by: str, referral: dict[str, Any], verb: str, **body: Any) -> httpx.Response:
    return await (await service.caller(by)).post(f"/v1/case_referrals/{referral['id']}:{verb}", body)


async def done(service: Service, by: str, referral: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    answer = await act(service, by, referral, verb, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def parties(service: Service, key: str) -> dict[str, str]:
    """Return who takes part now, by the type of agency."""
    rows = await service.owner.fetch(
        "SELECT a.type, y.role FROM case_party y JOIN agency a ON a.id = y.agency_id "
        "WHERE y.case_id = $1 AND y.ended_at IS NULL", key,
    )  # fmt: skip
    return {row["type"]: row["role"] for row in rows}


async def led_by_its_agency(service: Service, key: str) -> None:
    """Nobody's case is readable by nobody: exactly one lead party, and it is the case's agency."""
    rows = await service.owner.fetch(
        "SELECT y.agency_id = c.agency_id AS same FROM case_party y JOIN care_case c ON c.id = y.case_id "
        "WHERE c.id = $1 AND y.role = 'lead' AND y.ended_at IS NULL", key,
    )  # fmt: skip
    assert [row["same"] for row in rows] == [True]


async def told(service: Service, referral: dict[str, Any]) -> list[tuple[str, str]]:
    """Return who was told what about a referral, by the type of agency."""
    rows = await service.owner.fetch(
        "SELECT a.type, n.kind FROM notification n JOIN agency a ON a.id = n.agency_id "
        "WHERE n.record_id = $1 ORDER BY n.id", referral["id"],
    )  # fmt: skip
    return [(row["type"], row["kind"]) for row in rows]


async def status(service: Service, by: str, path: str) -> int:
    return (await (await service.caller(by)).get(path)).status_code


async def test_a_transfer_passes_the_lead_and_leaves_the_sender_a_trace(service: Service) -> None:
    sent = await referred(Stage(service, "梅"), "transfer", "public_security")
    key = sent["case_id"]
    assert (sent["state"], sent["kind"], sent["version"]) == ("sent", "transfer", 1)
    assert (await parties(service, key))["public_security"] == "asked"
    assert await status(service, POLICE, f"/v1/cases/{key}") == 200

    accepted = await done(service, POLICE, sent, "accept", remark="同意接收")
    assert (accepted["state"], accepted["answer"], accepted["version"]) == ("accepted", "同意接收", 2)
    found = await parties(service, key)
    assert (found["public_security"], found["civil_affairs"]) == ("lead", "informed")
    await led_by_its_agency(service, key)
    read = (await (await service.caller(OFFICE)).get(f"/v1/cases/{key}")).json()
    assert (read["agency_id"], read["state"], read["handler_id"]) == (sent["to_agency_id"], "accepted", None)
    assert read["access"]["start"] is False
    assert await told(service, sent) == [
        ("public_security", "case_referred"), ("civil_affairs", "referral_accepted"),
    ]  # fmt: skip
    # The sender changes nothing any more, and is told so.
    office = await service.caller(OFFICE)
    answer = await office.post(f"/v1/cases/{key}:start", {}, headers={"if-match": f'"{read["version"]}"'})
    is_problem(answer, 403, "case.not_yours")


async def test_whoever_says_no_sees_the_case_no_more(service: Service) -> None:
    sent = await referred(Stage(service, "兰"), "cooperation", "public_security")
    key = sent["case_id"]
    await done(service, POLICE, sent, "reject", reason="不属公安职责")
    assert "public_security" not in await parties(service, key)
    assert await status(service, POLICE, f"/v1/cases/{key}") == 404
    assert await status(service, POLICE, f"/v1/case_referrals/{sent['id']}") == 200
    assert (await told(service, sent))[1:] == [("civil_affairs", "referral_rejected")]
    await led_by_its_agency(service, key)


async def test_a_co_operation_opens_the_case_until_it_ends(service: Service) -> None:
    sent = await referred(Stage(service, "竹"), "cooperation", "public_security")
    key = sent["case_id"]
    answer = await act(service, POLICE, sent, "accept", region="421081")
    assert is_problem(answer, 422, "input.invalid")["errors"][0]["pointer"] == "/region"
    await done(service, POLICE, sent, "accept")
    assert (await parties(service, key))["public_security"] == "co"
    assert await status(service, POLICE, f"/v1/case_entries?case_id={key}") == 200
    ended = await done(service, POLICE, sent, "end", reason="协办完成")
    assert (ended["state"], ended["answer"]) == ("ended", None)
    assert await status(service, POLICE, f"/v1/cases/{key}") == 404
    assert (await told(service, sent))[1:] == [
        ("civil_affairs", "referral_accepted"), ("civil_affairs", "referral_ended"),
    ]  # fmt: skip
    is_problem(await act(service, OFFICE, sent, "end", reason="再次"), 409, "case_referral.not_allowed")


async def test_who_took_part_before_goes_back_to_that(service: Service) -> None:
    stage = Stage(service, "菊")
    made = await case(stage, "accept")
    village = (await stage.one("/v1/me", "village_worker"))["agency"]["id"]
    sent = await _refer(service, made, village, "cooperation")
    assert (await parties(service, made["id"]))["village_committee"] == "asked"
    await done(service, OFFICE, sent, "withdraw")
    assert (await parties(service, made["id"]))["village_committee"] == "reporter"
    made = await stage.one(f"/v1/cases/{made['id']}")
    sent = await _refer(service, made, village, "cooperation")
    await done(service, "village_worker", sent, "accept")
    assert (await parties(service, made["id"]))["village_committee"] == "co"
    await done(service, OFFICE, sent, "end", reason="已完成")
    assert (await parties(service, made["id"]))["village_committee"] == "reporter"


@pytest.mark.parametrize(("first", "second"), [("accept", "withdraw"), ("withdraw", "accept"), ("reject", "accept")])
async def test_of_two_opposite_acts_one_wins_and_the_other_is_told(service: Service, first: str, second: str) -> None:
    sent = await referred(Stage(service, "松"), "transfer", "public_security")
    by = {"accept": POLICE, "reject": POLICE, "withdraw": OFFICE}
    words = {"accept": {}, "reject": {"reason": "否"}, "withdraw": {}}
    answers = await asyncio.gather(*(act(service, by[verb], sent, verb, **words[verb]) for verb in (first, second)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    lost = next(one for one in answers if one.status_code != 200)
    is_problem(lost, 409, "case_referral.not_allowed")
    await led_by_its_agency(service, sent["case_id"])


async def test_what_cannot_be_asked(service: Service) -> None:
    stage = Stage(service, "柏")
    made = await case(stage)
    federation, police = await agency(stage, "womens_federation"), await agency(stage, "public_security")
    civil = made["agency_id"]
    before = await service.state()
    is_problem(await _ask(service, made, federation, "transfer"), 409, "case.not_accepted")
    answer = await _ask(service, made, civil, "cooperation")
    assert is_problem(answer, 422, "input.invalid")["errors"][0]["code"] == "case.same_agency"
    ngo = (await stage.one("/v1/agencies?type=ngo"))["items"][0]["id"]
    for kind, code in (("cooperation", "case.assign_instead"),):
        answer = await _ask(service, made, ngo, kind)
        assert is_problem(answer, 422, "input.invalid")["errors"][0]["code"] == code
    answer = await _ask(service, made, police, "cooperation", days=16)
    assert is_problem(answer, 422, "input.invalid")["errors"][0]["pointer"] == "/days"
    is_problem(await _ask(service, made, police, "cooperation", by=FEDERATION), 404, "not_found")
    assert await service.state() == before

    made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:accept", made, BODIES["accept"])
    answer = await _ask(service, made, ngo, "transfer")
    assert is_problem(answer, 422, "input.invalid")["errors"][0]["code"] == "case.not_an_office"
    await _refer(service, made, police, "transfer")
    made = await stage.one(f"/v1/cases/{made['id']}")
    is_problem(await _ask(service, made, police, "cooperation"), 409, "case.referral_open")
    is_problem(await _ask(service, made, federation, "transfer"), 409, "case.transfer_open")


async def test_a_case_that_is_over_waits_for_no_answer(service: Service) -> None:
    stage = Stage(service, "桃")
    sent = await referred(stage, "cooperation", "public_security")
    made = await stage.one(f"/v1/cases/{sent['case_id']}")
    for verb in ("start", "resolve", "reply", "close"):
        made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:{verb}", made, BODIES[verb])
        if verb == "resolve":
            is_problem(await act(service, POLICE, sent, "accept"), 409, "case.not_allowed")
    assert (await stage.one(f"/v1/case_referrals/{sent['id']}"))["state"] == "withdrawn"
    assert "public_security" not in await parties(service, made["id"])
    assert (await told(service, sent))[-1] == ("public_security", "referral_withdrawn")
    is_problem(await act(service, POLICE, sent, "accept"), 409, "case_referral.not_allowed")


async def test_a_redirected_case_asks_nothing_of_its_new_lead(service: Service) -> None:
    stage = Stage(service, "杏")
    made = await case(stage)
    federation = await agency(stage, "womens_federation")
    sent = await _refer(service, made, federation, "cooperation")
    made = await stage.one(f"/v1/cases/{made['id']}")
    body = {"agency_id": federation, "reason": "属妇联职责"}
    await step(stage, OFFICE, f"/v1/cases/{made['id']}:redirect", made, body)
    assert (await stage.one(f"/v1/case_referrals/{sent['id']}"))["state"] == "withdrawn"
    assert (await parties(service, made["id"]))["womens_federation"] == "lead"
    await led_by_its_agency(service, made["id"])


async def test_strangers_do_not_learn_of_a_referral(service: Service) -> None:
    sent = await referred(Stage(service, "柳"), "transfer", "public_security")
    before = await service.state()
    answers = [await act(service, by, sent, "accept") for by in ("neighbour_county", "ngo_partner", "resident")]
    assert [one.status_code for one in answers] == [404, 403, 403]
    is_problem(await act(service, "village_worker", sent, "reject", reason="否"), 403, "case_referral.not_yours")
    assert await service.state() == before


async def _ask(
    service: Service, made: dict[str, Any], to: str, kind: str, by: str = OFFICE, **more: Any
) -> httpx.Response:
    body = {"agency_id": to, "kind": kind, "reason": "请协助", **more}
    headers = {"if-match": f'"{made["version"]}"'}
    return await (await service.caller(by)).post(f"/v1/cases/{made['id']}:refer", body, headers=headers)


async def _refer(service: Service, made: dict[str, Any], to: str, kind: str) -> dict[str, Any]:
    answer = await _ask(service, made, to, kind)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
