"""The auditor's desk: what was read and changed, by whom, and the proof that none of it was altered."""

import base64
from pathlib import Path

import pytest

from api.cli.keyring import cipher_of
from persistence.engine import RUNTIME_ROLE, connect
from persistence.sealing.keys import verifies
from persistence.sealing.merkle import root_from
from persistence.sealing.sealer import seal
from tests.api.acts import Stage
from tests.api.fixtures import County
from tests.api.mutating import snaked
from tests.api.running import Service, graphql_problem, is_problem

PROOF = """query($id: ID!) { eventProof(id: $id) { eventId digest position index path seal {
  batch first count root previous sealedAt kid publicKey signature statement } } }"""
SENTENCES = "query { events(first: 3) { nodes { sentence kind revealed changed } } }"


async def seal_now(service: Service, county: County, roots: Path) -> None:
    connection = await connect(service.dsn, role=RUNTIME_ROLE)
    await seal(connection, cipher_of(county.settings(service.dsn)), roots / "roots.jsonl")
    await connection.close()


async def test_an_auditor_gets_a_proof_that_stands_by_itself(service: Service, county: County, tmp_path: Path) -> None:
    auditor, office = await service.caller("auditor"), await service.caller("civil_affairs_county")
    person = await Stage(service, "梅").person()
    (event,) = (await auditor.get(f"/v1/events?type=person.registered&subject_id={person['id']}")).json()["items"]
    path = f"/v1/events/{event['id']}/proof"
    is_problem(await auditor.get(path), 409, "event.not_sealed")
    graphql_problem(await auditor.graphql(PROOF, {"id": event["id"]}), 409, "event.not_sealed")
    await seal_now(service, county, tmp_path)
    found = (await auditor.get(path)).json()
    assert found["event_id"] == event["id"]
    seal_ = found["seal"]
    leaf, steps = bytes.fromhex(found["digest"]), [bytes.fromhex(one) for one in found["path"]]
    assert (root_from(leaf, found["index"], seal_["count"], steps) or b"").hex() == seal_["root"]
    public, signature = (base64.b64decode(seal_[name]) for name in ("public_key", "signature"))
    assert verifies(public, signature, seal_["statement"].encode())
    assert seal_["root"] in seal_["statement"]
    by_graphql = await auditor.graphql(PROOF, {"id": event["id"]})
    assert snaked(by_graphql.json()["data"]["eventProof"]) == found
    assert (await office.get(path)).json() == found  # who sees the event may prove it
    is_problem(await (await service.caller("neighbour_county")).get(path), 404, "not_found")
    is_problem(await (await service.caller("resident")).get(path), 403, "access.forbidden")
    is_problem(await auditor.get(f"{path}?x=1"), 400, "parameter.unknown")
    is_problem(await auditor.get("/v1/events/none/proof"), 404, "not_found")
    unseen = await (await service.caller("neighbour_county")).graphql(PROOF, {"id": event["id"]})
    assert unseen.json() == {"data": {"eventProof": None}}


async def test_what_was_read_stands_beside_what_was_changed(service: Service) -> None:
    office, auditor = await service.caller("civil_affairs_county"), await service.caller("auditor")
    person = await Stage(service, "兰").person(phone="19012345678")
    path = f"/v1/people/{person['id']}"
    await office.patch(path, {"phone": "19012345679"}, 1)
    await office.post(f"{path}:reveal", {"purpose": "核对身份", "fields": ["phone"]})
    reads = (await auditor.get(f"/v1/events?kind=read&subject_id={person['id']}")).json()["items"]
    assert [(one["type"], one["revealed"], one["changed"]) for one in reads] == [("person.revealed", ["phone"], [])]
    history = (await office.get(f"{path}/history?kind=change")).json()["items"]
    assert [one["type"] for one in history] == ["person.updated", "person.registered"]
    assert history[0]["sentence"].endswith("更新了人员档案（更改：联系电话）")
    in_english = (await office.get(f"{path}/history?kind=change", headers={"accept-language": "en"})).json()["items"]
    assert in_english[0]["sentence"].endswith("updated the person's file (changed: phone)")
    again = (await office.get(f"{path}/history?kind=change")).json()["items"]
    assert again[0]["sentence"] == history[0]["sentence"]
    latest = (await auditor.graphql(SENTENCES, headers={"accept-language": "en"})).json()["data"]["events"]["nodes"]
    assert latest[0]["sentence"].endswith("saw full details (seen: phone)")
    assert (latest[0]["kind"], latest[0]["revealed"]) == ("read", ["phone"])


@pytest.mark.parametrize(
    "query",
    ["actor_agency_id=01890000-0000-7000-8000-00000000dead", "at_from=2999-01-01T00:00:00Z", "type_prefix=zz",
     "actor=staff:none", "region=4404"],
)  # fmt: skip
async def test_an_auditor_filters_the_log(service: Service, query: str) -> None:
    auditor = await service.caller("auditor")
    assert (await auditor.get(f"/v1/events?{query}&count=true")).json()["total"] == 0
    assert (await auditor.get("/v1/events?count=true")).json()["total"] > 0


async def test_the_platforms_administrator_reads_what_befell_the_platform(service: Service) -> None:
    admin = await service.caller("platform_admin")
    await service.owner.execute(
        "INSERT INTO event (id, at, type, aggregate, aggregate_id, actor, channel, digest) VALUES "
        "(uuidv7(), now(), 'signing_key.rotated', 'signing_key', uuidv7(), 'system:keys', 'cli', '')"
    )
    shown = (await admin.get("/v1/events?page_size=200")).json()["items"]
    assert "signing_key.rotated" in {one["type"] for one in shown}
    assert {one["region"] for one in shown} == {None}
    auditor = await service.caller("auditor")  # of one county
    assert (await auditor.get("/v1/events?type=signing_key.rotated")).json()["items"] == []
