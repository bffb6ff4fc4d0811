"""Every write, done by REST and by GraphQL side by side: one effect, one answer, one trace in the log."""

import re
from typing import Any

import httpx
import pytest

from api.operations import WRITES
from domain.writes import Write
from tests.api.acts import ACTS, Stage, rest
from tests.api.mutating import graphql, payload
from tests.api.running import Service

BY_NAME = {write.name: write for write in WRITES}
# What differs between any two records.
OWN = frozenset({
    "id", "created_at", "updated_at", "last_used_at", "expires_at", "ended_at", "decided_at", "reviewed_at",
    "undone_at", "identity_number", "credit_code", "login", "initial_password", "client_secret", "secret",
    "otpauth_uri", "recovery_codes", "read_at", "acknowledged_at",
    "number", "received_at", "accept_by", "accepted_at", "finish_by", "due_at", "resolved_at", "replied_at",
    "closed_at", "respond_by", "answered_at",
})  # fmt: skip
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_every_write_has_its_act() -> None:
    assert ACTS.keys() == BY_NAME.keys()


def alike(value: Any) -> Any:
    """Return an answer without what any two records differ in."""
    if isinstance(value, dict):
        return {name: alike(one) for name, one in value.items() if name not in OWN and not name.endswith("_id")}
    if isinstance(value, list):
        return [alike(one) for one in value]
    return re.sub("第[0-9]+|2099-[0-9-]+", "", re.sub("[梅兰]", "某", value)) if isinstance(value, str) else value


async def trace(service: Service, answer: httpx.Response) -> list[Any]:
    """Return what a request left in the log, ids blanked out."""
    return [
        (
            one["type"],
            one["aggregate_version"],
            one["purpose"],
            one["actor"],
            one["client_id"],
            ID.sub("·", one["data"]),
        )
        for one in await service.events_of(answer)
    ]


@pytest.mark.parametrize("name", BY_NAME)
async def test_both_transports_do_and_say_the_same(service: Service, name: str) -> None:
    write: Write = BY_NAME[name]
    act = ACTS[name]
    caller = await service.caller(act.by)

    prepared = await act.make(Stage(service, "梅"))
    before = await service.state()
    by_rest = await rest(service, write, prepared, caller)
    assert by_rest.status_code == write.status, by_rest.text
    grown = {table: one[0] - before[table][0] for table, one in (await service.state()).items()}

    prepared = await act.make(Stage(service, "兰"))
    before = await service.state()
    by_graphql = await graphql(write, prepared, caller)
    assert by_graphql.status_code == 200, by_graphql.text
    assert {table: one[0] - before[table][0] for table, one in (await service.state()).items()} == grown

    left = await trace(service, by_rest)
    assert [one[0] for one in left] == list(act.events)
    assert left == await trace(service, by_graphql)
    assert {one["channel"] for one in await service.events_of(by_rest)} == ({"rest"} if act.events else set())
    assert {one["channel"] for one in await service.events_of(by_graphql)} == ({"graphql"} if act.events else set())
    if name in {"remove_kinship", "hand_back_assignment"}:  # what is gone is not shown
        assert (by_rest.json().keys(), payload(by_graphql)) == ({"id"}, None)
    else:
        assert alike(by_rest.json()) == alike(payload(by_graphql))
