"""Files of cases at the door: what they must be, who puts them there, who gets them out, what the log says."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from api.rest import attachments
from domain.ids import new_id
from tests.api.acts import OFFICE, Stage
from tests.api.case_acts import case
from tests.api.running import Caller, Service, graphql_problem, is_problem
from tests.unit.cases.test_media import DOCUMENT, FILES, box

ROSTER = Path(__file__).resolve().parents[2] / "data" / "rosters" / "woman-roster.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.7\n" + "调查笔录".encode()


@pytest.fixture
async def officer(service: Service) -> Caller:
    return await service.caller(OFFICE)


async def attach(caller: Caller, key: str, content: bytes = PDF, **given: Any) -> Any:
    """Send a file to a case."""
    name, said = given.pop("name", "笔录.pdf"), given.pop("said", "application/octet-stream")
    path = f"/v1/cases/{key}/attachments"
    return await caller.ask("POST", path, files={"file": (name, content, said)}, **given)


async def takes_part(service: Service, made: dict[str, Any], name: str, role: str) -> None:
    """Let a demo caller's agency take part in a case."""
    agency = (await (await service.caller(name)).get("/v1/me")).json()["agency"]["id"]
    row = await service.owner.fetchrow("SELECT region_code FROM care_case WHERE id = $1", made["id"])
    await service.owner.execute(
        "INSERT INTO case_party (id, case_id, region_code, agency_id, role) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (case_id, agency_id) WHERE ended_at IS NULL DO UPDATE SET role = excluded.role",
        new_id(), made["id"], row["region_code"], agency, role,
    )  # fmt: skip


async def test_a_file_is_kept_and_handed_out_again(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "甲"), "accept")
    content = ROSTER.read_bytes()
    answer = await attach(officer, made["id"], content, name="王某某 名册（一）.xlsx", said=XLSX)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    expected = {
        "case_id": made["id"], "name": "王某某 名册（一）.xlsx", "media_type": XLSX, "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(), "confidential": False, "scanned": False, "version": 1,
        "agency_id": made["agency_id"],
    }  # fmt: skip
    assert expected.items() <= row.items()
    assert answer.headers["etag"].startswith('"1-')
    shown = await officer.get(f"/v1/case_attachments/{row['id']}")
    assert (shown.json(), shown.headers["etag"]) == (row, answer.headers["etag"])
    (event,) = await service.events_of(answer)
    assert (event["type"], str(event["aggregate_id"])) == ("case.attached", made["id"])
    assert orjson.loads(event["data"]) == {
        "category": "relief", "state": "accepted", "attachment": row["id"], "digest": expected["digest"],
        "confidential": False,
    }  # fmt: skip
    by_graphql = await officer.graphql(
        "query($id: ID!) { case(id: $id) { attachments(first: 5) { edges { node { id name size scanned } } } "
        "timeline(first: 9) { edges { node { act } } } } }", {"id": made["id"]},
    )  # fmt: skip
    found = by_graphql.json()["data"]["case"]
    node = {"id": row["id"], "name": row["name"], "size": len(content), "scanned": False}
    assert found["attachments"]["edges"] == [{"node": node}]
    assert [one["node"]["act"] for one in found["timeline"]["edges"]] == ["register", "accept", "attach"]

    got = await officer.get(f"/v1/case_attachments/{row['id']}/content")
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, content, XLSX)
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"attachment.xlsx\"; filename*=UTF-8''"
        "%E7%8E%8B%E6%9F%90%E6%9F%90%20%E5%90%8D%E5%86%8C%EF%BC%88%E4%B8%80%EF%BC%89.xlsx"
    )
    assert got.headers["cache-control"] == "private, no-store"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    (read,) = await service.events_of(got)
    assert (read["type"], orjson.loads(read["data"])["attachment"]) == ("case.attachment_read", row["id"])
    assert "王某某" not in str([dict(event), dict(read)])


async def test_every_kind_is_taken_for_what_it_is(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "乙"))
    for kind, content in FILES.items():
        answer = await attach(officer, made["id"], content, name="附件", said=kind)
        assert (answer.status_code, answer.json().get("media_type")) == (201, kind), answer.text


async def test_equal_bytes_stand_once_and_sealed(service: Service, officer: Caller) -> None:
    stage = Stage(service, "丙")
    one, other = await case(stage), await case(stage)
    content = b"%PDF-1.4 " + uuid4().bytes
    rows = [(await attach(officer, made["id"], content)).json() for made in (one, other)]
    assert rows[0]["digest"] == rows[1]["digest"]
    (kept,) = await service.owner.fetch("SELECT * FROM attachment_content WHERE digest = $1", rows[0]["digest"])
    assert content not in kept["content_cipher"]
    assert b"%PDF" not in kept["content_cipher"]
    for row in rows:
        assert (await officer.get(f"/v1/case_attachments/{row['id']}/content")).content == content


async def test_an_upload_is_taken_once(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "丁"))
    headers = {"idempotency-key": str(uuid4())}
    first = await attach(officer, made["id"], headers=headers)
    before = await service.state()
    again = await attach(officer, made["id"], headers=headers)
    assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), first.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    is_problem(await attach(officer, made["id"], PDF + b"x", headers=headers), 422, "idempotency.mismatch")
    is_problem(await attach(officer, made["id"], name="别.pdf", headers=headers), 422, "idempotency.mismatch")
    assert await service.state() == before


@pytest.mark.parametrize(
    ("content", "given", "status", "code"),
    [
        (b"MZ\x90\0", {}, 415, "attachment.type"),
        (b"", {}, 415, "attachment.type"),
        (PDF, {"name": "照片.jpg"}, 422, "attachment.mismatch"),
        (PDF, {"said": "image/png"}, 422, "attachment.mismatch"),
        (DOCUMENT, {"name": "名册.xlsx"}, 422, "attachment.mismatch"),
        (box(b"M4A "), {"name": "a.mp4", "said": "video/mp4"}, 422, "attachment.mismatch"),
        (b"<html><script>alert(1)</script>", {"name": "a.html"}, 422, "attachment.mismatch"),
        (PDF, {"name": " .. "}, 422, "text.blank"),
        (PDF, {"name": "好" * 197 + ".pdf"}, 422, "field.too_long"),
        (PDF, {"name": "a\u202efdp.pdf"}, 422, "text.control_character"),
    ],
)
async def test_what_is_not_taken(
    service: Service, officer: Caller, content: bytes, given: dict[str, Any], status: int, code: str
) -> None:
    made = await case(Stage(service, "戊"))
    before = await service.state()
    problem = (await attach(officer, made["id"], content, **given)).json()
    assert problem["status"] == status, problem
    assert [one["code"] for one in problem["errors"]] == [code]
    assert await service.state() == before


async def test_what_is_no_form_with_one_file(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "己"))
    path, before = f"/v1/cases/{made['id']}/attachments", await service.state()
    is_problem(await officer.post(path, {}), 415, "media_type.not_a_file_form")
    none = is_problem(await officer.ask("POST", path, files={"confidential": (None, "true")}), 422, "input.invalid")
    assert [one["pointer"] for one in none["errors"]] == ["/file"]
    two = [("file", ("a.pdf", PDF, "")), ("file", ("b.pdf", PDF, ""))]
    assert (await officer.ask("POST", path, files=two)).status_code == 400
    is_problem(await attach(officer, made["id"], data={"confidential": "yes"}), 400, "input.invalid")
    is_problem(await attach(officer, made["id"], data={"confidential": ["true", "true"]}), 400, "http.bad_request")
    is_problem(await attach(officer, made["id"], data={"note": "x"}), 400, "input.invalid")
    is_problem(await attach(officer, made["id"], params={"name": "x"}), 400, "parameter.unknown")
    assert await service.state() == before


async def test_one_that_is_too_large(service: Service, officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await case(Stage(service, "庚"))
    before = await service.state()
    is_problem(await attach(officer, made["id"], b"%PDF-" + bytes(21 * 2**20)), 413, "http.body_too_large")
    monkeypatch.setattr(attachments, "LARGEST", 1000)
    is_problem(await attach(officer, made["id"], b"%PDF-" + b"x" * 996), 413, "http.body_too_large")
    assert await service.state() == before
    assert (await attach(officer, made["id"], b"%PDF-" + b"x" * 995)).status_code == 201


async def test_more_than_a_body_of_json_may_hold(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "辛"))
    answer = await attach(officer, made["id"], b"%PDF-" + bytes(2 * 2**20))
    assert (answer.status_code, answer.json()["size"]) == (201, 2 * 2**20 + 5)


async def test_who_works_the_case_attaches(service: Service) -> None:
    made = await case(Stage(service, "壬"), "accept")
    before = await service.state()
    for name in ("neighbour_county", "ngo_partner", "police_county", "womens_federation_county"):
        is_problem(await attach(await service.caller(name), made["id"]), 404, "not_found")
    for name in ("resident", "volunteer", "auditor", "city_supervisor", "welfare_system", "platform_admin"):
        is_problem(await attach(await service.caller(name), made["id"]), 403, "access.forbidden")
    worker = await service.caller("village_worker")  # she raised it; others work it
    is_problem(await attach(worker, made["id"]), 403, "case.no_part")
    assert await service.state() == before
    for name, role in (("police_county", "co"), ("ngo_partner", "ngo"), ("womens_federation_county", "overseer")):
        await takes_part(service, made, name, role)
        assert (await attach(await service.caller(name), made["id"])).status_code == 201
    await service.owner.execute(
        "UPDATE case_party SET ended_at = now() WHERE case_id = $1 AND role = 'ngo'", made["id"]
    )
    is_problem(await attach(await service.caller("ngo_partner"), made["id"]), 404, "not_found")


async def test_who_reads_a_file(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "癸"), "accept")
    row = (await attach(officer, made["id"])).json()
    path, before = f"/v1/case_attachments/{row['id']}/content", await service.state()
    absent = await officer.get(f"/v1/case_attachments/{uuid4()}/content")
    problem = is_problem(absent, 404, "not_found")
    for name in ("neighbour_county", "ngo_partner", "police_county"):
        refused = is_problem(await (await service.caller(name)).get(path), 404, "not_found")
        assert refused | {"request_id": ""} == problem | {"request_id": ""}
    for name in ("resident", "auditor", "platform_admin", "welfare_system"):
        is_problem(await (await service.caller(name)).get(path), 403, "access.forbidden")
    is_problem(await officer.get("/v1/case_attachments/x/content"), 404, "not_found")
    is_problem(await officer.get(path, params={"x": "1"}), 400, "parameter.unknown")
    assert await service.state() == before
    for name in ("village_worker", "city_supervisor"):
        assert (await (await service.caller(name)).get(path)).content == PDF


async def test_a_confidential_file_goes_to_who_works_the_case(service: Service, officer: Caller) -> None:
    made = await case(Stage(service, "子"), category="violence", restricted=False)
    await takes_part(service, made, OFFICE, "co")
    row = (await attach(officer, made["id"])).json()
    assert row["confidential"] is True
    path = f"/v1/case_attachments/{row['id']}/content"
    assert (await officer.get(path)).status_code == 200
    before = await service.state()
    worker = await service.caller("village_worker")
    assert (await worker.get(f"/v1/case_attachments/{row['id']}")).json() == row
    is_problem(await worker.get(path), 403, "attachment.confidential")
    assert await service.state() == before
    await takes_part(service, made, "ngo_partner", "ngo")
    ngo = await service.caller("ngo_partner")
    is_problem(await ngo.get(path), 404, "not_found")  # of a case assigned to it, it sees its own
    own = (await attach(ngo, made["id"], PDF + b"2")).json()
    assert (await ngo.get(f"/v1/case_attachments/{own['id']}/content")).content == PDF + b"2"
    opened = (await attach(officer, made["id"], data={"confidential": "false"})).json()
    assert opened["confidential"] is False
    assert (await worker.get(f"/v1/case_attachments/{opened['id']}/content")).status_code == 200


async def test_graphql_takes_no_file(officer: Caller) -> None:
    refused = await officer.graphql('mutation { attachFile(input: {caseId: "x"}) { __typename } }')
    graphql_problem(refused, 400, "graphql.invalid")
