"""Thousands of requests made from the contract, good ones and broken ones: no accident, every answer as published."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.messages import MESSAGES
from tests.security.fuzz.conftest import CALLERS, CONTRACT
from tests.security.fuzz.served import Target

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Tokens are ours to give: told of the security scheme, the generator would leave half of the requests without one.
UNSECURED = {
    path: {
        method: {name: part for name, part in one.items() if name != "security"} for method, one in operations.items()
    }
    for path, operations in CONTRACT["paths"].items()
}
SCHEMA = schemathesis.openapi.from_dict({**CONTRACT, "paths": UNSECURED})
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
FEW, MANY = 2_000, 20_000
SHOTS = [
    pytest.param(label, mode, id=f"{label} {mode.value}")
    for label, one in OPERATIONS.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or one.body or one.query  # an id or a header may be any text
]
# Streams until its operation ends; over HTTP/1.1 nothing more would come down this connection.
STREAM = "GET /v1/operations/{id}/progress"
PROFILE = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
)  # fmt: skip


STATUSES: Counter[int] = Counter()  # what the shots met; all of them 404 would prove little


def some(count: int) -> int:
    """Return how many examples one kind of request to an operation gets, of so many for all."""
    return max(count // len(SHOTS), 2)


@pytest.mark.parametrize(("label", "mode"), SHOTS)
def test_no_request_is_an_accident(target: Target, label: str, mode: GenerationMode) -> None:
    shoot(target, label, mode, some(FEW))


@pytest.mark.prove
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("label", "mode"), SHOTS)
def test_no_request_of_many_is_an_accident(target: Target, label: str, mode: GenerationMode) -> None:
    shoot(target, label, mode, some(MANY))


def shoot(target: Target, label: str, mode: GenerationMode, count: int) -> None:
    """Send so many generated requests of an operation and check every answer."""
    operation = OPERATIONS[label]
    known = target.ids.get(operation.path.split("/")[2] if operation.path.startswith("/v1/") else "", [])
    session = requests.Session()

    @settings(PROFILE, max_examples=count)
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def one(case: Case[Any], data: st.DataObject) -> None:
        headers = {"authorization": f"Bearer {target.tokens[data.draw(st.sampled_from(CALLERS))]}"}
        if known and "id" in case.path_parameters and label != STREAM and data.draw(st.booleans()):
            case.path_parameters["id"] = data.draw(st.sampled_from(known))
        if "If-Match" in case.headers and data.draw(st.booleans()):
            headers["If-Match"] = '"1"'
        if isinstance(case.body, dict) and data.draw(st.booleans()):
            case.body = grounded(case.body, target, data)
        try:
            answer = case.call(base_url=target.address, session=session, headers=headers, timeout=30)
        except requests.exceptions.InvalidHeader:
            return  # not even the client would send it
        STATUSES[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            is_a_problem(answer.status_code, answer.headers["content-type"][0], answer.content)

    one()


def grounded(body: dict[str, Any], target: Target, data: st.DataObject) -> dict[str, Any]:
    """Return a body that speaks of places and records that are there, without what chance cannot make valid."""
    kept = {name: one for name, one in body.items() if name not in {"identity_number", "credit_code", "phone"}}
    for name in kept:
        if name == "region":
            kept[name] = data.draw(st.sampled_from(["421081104209", "421081", "42"]))
        elif name == "name":
            kept[name] = data.draw(st.text("甲乙丙丁戊己庚辛壬癸", min_size=2, max_size=20))
        elif name.endswith("_id"):
            plural = {"agency_id": "agencies", "department_id": "departments", "household_id": "households"}.get(name)
            kept[name] = data.draw(st.sampled_from(target.ids[plural or "people"]))
    return kept


def is_a_problem(status: int, media_type: str, body: bytes) -> None:
    """Check an error against RFC 9457 and the published codes."""
    assert media_type == "application/problem+json"
    document: dict[str, Any] = json.loads(body)
    assert {"type", "title", "status", "detail", "code", "request_id"} <= document.keys()
    assert document["status"] == status
    assert document["code"] in MESSAGES
    for fault in document.get("errors", ()):
        assert fault.keys() == {"pointer", "code", "message"}
        assert fault["code"] in MESSAGES
        assert fault["message"]


def test_the_service_still_stands(target: Target) -> None:
    assert sum(STATUSES.values()) == 0 or {200, 201, 400, 403, 404, 422} <= STATUSES.keys()
    assert httpx.get(f"{target.address}/readyz").status_code == 200
    assert httpx.get(f"{target.address}/v1/me", headers={"authorization": f"Bearer {target.tokens['resident']}"}).json()
