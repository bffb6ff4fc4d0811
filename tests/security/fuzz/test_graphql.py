"""Documents made from the schema: no accident, every error carries a published problem."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from api.messages import MESSAGES
from tests.api.mutating import SCHEMA
from tests.security.fuzz.conftest import CALLERS
from tests.security.fuzz.served import Target

FEW, MANY = 300, 2_000
PROFILE = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)  # fmt: skip
TEXT = SCHEMA.read_text(encoding="utf-8")
SCALARS = {
    "Date": st.sampled_from(['"2020-02-29"', '"9999-12-31"', '"x"', "7", "null"]),
    "DateTime": st.sampled_from(['"2020-02-29T00:00:00+08:00"', '"2020-02-29"', '"x"', "null"]),
    "UUID": st.sampled_from(['"01890000-0000-7000-8000-00000000dead"', '"x"', "null"]),
}
DEFINED = {name: one for name, one in SCALARS.items() if f"scalar {name}" in TEXT}


def node(literal: str) -> Any:
    """Return the syntax node of a literal."""
    from graphql import parse_value

    return parse_value(literal)


DOCUMENTS = from_schema(TEXT, custom_scalars={name: one.map(node) for name, one in DEFINED.items()})


def test_no_document_is_an_accident(target: Target) -> None:
    shoot(target, FEW)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_no_document_of_many_is_an_accident(target: Target) -> None:
    shoot(target, MANY)


def shoot(target: Target, count: int) -> None:
    """Send so many generated documents as several callers and check every answer."""
    met: Counter[str] = Counter()
    with httpx.Client(base_url=target.address, timeout=30) as client:

        @settings(PROFILE, max_examples=count)
        @given(
            document=DOCUMENTS,
            caller=st.sampled_from(CALLERS),
            media=st.sampled_from(["json", "graphql-response+json"]),
        )
        def one(document: str, caller: str, media: str) -> None:
            headers = {"authorization": f"Bearer {target.tokens[caller]}", "accept": f"application/{media}"}
            answer = client.post("/graphql", json={"query": document}, headers=headers)
            met.update(checked(answer))

        one()
    assert met["data"] > count // 20
    assert met["error"] > 0


def checked(answer: httpx.Response) -> list[str]:
    """Check an answer; returns which of data and errors it holds."""
    assert answer.status_code < 500, answer.text
    document = json.loads(answer.content)
    assert document.keys() <= {"data", "errors"}, answer.text
    for error in document.get("errors", ()):
        problem = error["extensions"]
        assert {"type", "title", "status", "detail", "code", "request_id"} <= problem.keys()
        assert problem["code"] in MESSAGES, problem
        assert 400 <= problem["status"] < 500, problem
        assert all(one["code"] in MESSAGES for one in problem.get("errors", ()))
    if answer.status_code != 200:
        assert document.get("data") is None
        assert document["errors"]
    return [*(["data"] if document.get("data") else []), *(["error"] if document.get("errors") else [])]
