"""Census imports at the door: what an upload must be, where its progress stands, who sees it; not the work itself."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.api.running import Caller, Service, is_problem

ROSTER = Path(__file__).resolve().parents[2] / "data" / "rosters" / "woman-roster.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller("civil_affairs_county")


async def upload(caller: Caller, fields: dict[str, Any] | None = None, **given: Any) -> Any:
    """Send a roster."""
    content = given.pop("content", ROSTER.read_bytes())
    data = {"mode": "validate"} if fields is None else fields
    return await caller.ask("POST", "/v1/imports", data=data, files={"file": ("名册.xlsx", content, XLSX)}, **given)


async def test_an_upload_is_accepted_and_followed(service: Service, officer: Caller) -> None:
    before = await service.state()
    answer = await upload(officer, {"mode": "validate", "form": "woman", "as_of": "2026-01-31"})
    assert answer.status_code == 202
    operation = answer.json()
    assert answer.headers["operation-location"] == f"/v1/operations/{operation['id']}"
    assert (operation["status"], operation["kind"], operation["region"]) == ("queued", "import", "421081")
    of_exports = dict.fromkeys(("region", "status", "fields", "purpose", "reveal"))
    assert operation["parameters"] == {"form": "woman", "mode": "validate", "as_of": "2026-01-31"} | of_exports
    assert operation["progress"] == {"done": 0, "total": None, "rate": None, "eta": None}
    assert (await officer.get(answer.headers["operation-location"])).json() == operation
    (event,) = await service.events_of(answer)
    assert event["type"] == "operation.started"
    after = await service.state()
    assert after["person"] == before["person"]
    assert after["operation"][0] == before["operation"][0] + 1
    by_graphql = await officer.graphql(
        "query($id: ID!) { operation(id: $id) { status access { cancel } } }", {"id": operation["id"]}
    )
    assert by_graphql.json()["data"]["operation"] == {"status": "queued", "access": {"cancel": True}}


async def test_the_roster_at_rest_is_sealed(service: Service, officer: Caller) -> None:
    operation = (await upload(officer)).json()
    pieces = await service.owner.fetch("SELECT cipher FROM operation_file WHERE operation_id = $1", operation["id"])
    assert pieces
    assert not any(b"PK\x03\x04" in piece["cipher"] for piece in pieces)


async def test_an_upload_is_taken_once(service: Service, officer: Caller) -> None:
    headers = {"idempotency-key": str(uuid4())}
    first = await upload(officer, headers=headers)
    before = await service.state()
    second = await upload(officer, headers=headers)
    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["operation-location"] == first.headers["operation-location"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    is_problem(await upload(officer, {"mode": "apply"}, headers=headers), 422, "idempotency.mismatch")
    is_problem(await upload(officer, headers=headers, content=b"another"), 422, "idempotency.mismatch")
    assert await service.state() == before


@pytest.mark.parametrize(
    ("fields", "status", "pointer", "code"),
    [
        ({}, 422, "/mode", "field.required"),
        ({"mode": "look"}, 422, "/mode", "value.unknown"),
        ({"mode": "apply", "form": "men"}, 422, "/form", "value.unknown"),
        ({"mode": "apply", "as_of": "31.1.2026"}, 400, "/as_of", "date.malformed"),
        ({"mode": "apply", "as_of": "2099-01-31"}, 422, "/as_of", "date.future"),
        ({"mode": "apply", "as_of": "1899-12-31"}, 422, "/as_of", "date.too_early"),
        ({"mode": ["apply", "validate"]}, 400, "/mode", "parameter.repeated"),
    ],
)
async def test_a_field_that_does_not_fit(
    service: Service, officer: Caller, fields: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    before = await service.state()
    problem = is_problem(await upload(officer, fields), status, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, code)]
    assert await service.state() == before


async def test_an_upload_that_is_none(service: Service, officer: Caller) -> None:
    before = await service.state()
    as_json = is_problem(await officer.post("/v1/imports", {"mode": "apply"}), 415, "media_type.not_a_form")
    assert "multipart/form-data" in as_json["detail"]
    no_file = await officer.ask("POST", "/v1/imports", files={"mode": (None, "apply")})
    assert is_problem(no_file, 422, "input.invalid")["errors"][0]["pointer"] == "/file"
    two = [("file", ("a.csv", b"x", "text/csv")), ("file", ("b.csv", b"x", "text/csv"))]
    assert (await officer.ask("POST", "/v1/imports", data={"mode": "apply"}, files=two)).status_code == 400
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        broken = await officer.ask("POST", "/v1/imports", content=b"--y\r\nnonsense", headers={"content-type": kind})
        assert broken.status_code in {400, 422}, broken.text
        assert broken.headers["content-type"] == "application/problem+json"
    unknown = await upload(officer, {"mode": "apply", "dry_run": "1"})
    assert unknown.status_code == 400
    assert await service.state() == before


async def test_work_is_seen_by_its_agency_alone(service: Service, officer: Caller) -> None:
    operation = (await upload(officer)).json()
    path = f"/v1/operations/{operation['id']}"
    system = await service.caller("welfare_system")  # of the same agency
    assert (await system.get(path)).status_code == 200
    for name in ("neighbour_county", "womens_federation_county", "village_worker", "city_supervisor"):
        other, before = await service.caller(name), await service.state()
        for below in ("", "/rows", "/report", "/progress"):
            is_problem(await other.get(path + below), 404, "not_found")
        if name != "city_supervisor":
            is_problem(await other.post(f"{path}:cancel", {}), 404, "not_found")
        assert operation["id"] not in (await other.get("/v1/operations?page_size=200")).text
        assert await service.state() == before
    for name in ("resident", "ngo_partner", "auditor", "platform_admin", "police_county"):
        is_problem(await (await service.caller(name)).get(path), 403, "access.forbidden")


async def test_what_has_not_ended_has_no_report(officer: Caller) -> None:
    operation = (await upload(officer)).json()
    is_problem(await officer.get(f"/v1/operations/{operation['id']}/report"), 404, "not_found")
    assert (await officer.get(f"/v1/operations/{operation['id']}/rows")).json()["items"] == []


async def test_what_has_ended_is_not_cancelled(service: Service, officer: Caller) -> None:
    operation = (await upload(officer)).json()
    cancelled = await officer.post(f"/v1/operations/{operation['id']}:cancel", {})
    assert (cancelled.status_code, cancelled.json()["version"]) == (200, 2)
    await service.owner.execute("UPDATE operation SET status = 'cancelled' WHERE id = $1", operation["id"])
    before = await service.state()
    is_problem(await officer.post(f"/v1/operations/{operation['id']}:cancel", {}), 409, "operation.ended")
    assert (await officer.get(f"/v1/operations/{operation['id']}")).json()["access"] == {"cancel": False}
    assert await service.state() == before


async def test_progress_comes_as_events_until_the_end(service: Service, officer: Caller) -> None:
    operation = (await upload(officer)).json()
    following = asyncio.create_task(officer.get(f"/v1/operations/{operation['id']}/progress"))
    await asyncio.sleep(0.7)
    await service.owner.execute(
        "UPDATE operation SET status = 'succeeded', done = 3, total = 3, finished_at = now() WHERE id = $1",
        operation["id"],
    )
    answer = await asyncio.wait_for(following, 10)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [one for one in answer.text.split("\n\n") if one]
    assert all(one.startswith("event: operation\ndata: {") for one in events)
    assert '"status":"queued"' in events[0]
    assert '"status":"succeeded"' in events[-1]
    assert len(events) == 2


@pytest.mark.parametrize("form", ["child", "woman", "elder"])
async def test_a_blank_is_there_for_every_form(service: Service, form: str) -> None:
    resident = await service.caller("resident")
    answer = await resident.get(f"/v1/forms/{form}/template.xlsx")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert answer.content.startswith(b"PK\x03\x04")
    is_problem(await resident.get("/v1/forms/auto/template.xlsx"), 404, "not_found")
    is_problem(await resident.get(f"/v1/forms/{form}/template.xlsx?x=1"), 400, "parameter.unknown")
