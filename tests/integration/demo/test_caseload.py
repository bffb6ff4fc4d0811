"""The demo county's cases are what the use cases would have left behind: replayed act by act."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.cases.acts import PAST, due_at, work_order
from domain.cases.deadlines import extended, to_accept, to_finish
from domain.cases.model import CASE_STATES, CaseAct, CaseSource, CaseState
from domain.cases.parties import OPENS
from domain.cases.records import AssignmentState, ReferralKind, ReferralState, StepKind
from domain.policy.model import CaseCategory
from persistence.crypto import FieldCipher
from persistence.demo.docket import MOVES
from persistence.demo.load import load_demo
from persistence.engine import connect
from persistence.loading.policies import load_policies
from persistence.loading.regions import load_regions
from persistence.writing.events import digest_of
from tests.conftest import copied, dropped

AS_OF = date(2026, 11, 1)
CIPHER = FieldCipher(bytes(range(32)))
Rows = dict[str, list[Any]]


async def hashed(secret: str) -> str:
    return f"hash of {secret}"


@pytest.fixture(scope="module")
async def county(postgres: str, template: str) -> AsyncIterator[asyncpg.Connection]:
    """The demo county, loaded once for the module: it is only read."""
    dsn = await copied(postgres, template)
    conn = await connect(dsn)
    await load_regions(conn, only=("421081", "421022"))
    await load_policies(conn)
    await load_demo(conn, CIPHER, hashed, as_of=AS_OF)
    yield conn
    await conn.close()
    await dropped(postgres, dsn)


async def by_case(conn: asyncpg.Connection, table: str) -> dict[UUID, list[Any]]:
    """Return a table's rows by case, oldest first."""
    found: dict[UUID, list[Any]] = {}
    for row in await conn.fetch(f"SELECT * FROM {table} ORDER BY id"):
        found.setdefault(row["case_id"], []).append(row)
    return found


async def test_there_is_something_of_everything(county: asyncpg.Connection) -> None:
    async def values(table: str, column: str, where: str = "true") -> set[str]:
        return {row[0] for row in await county.fetch(f"SELECT DISTINCT {column} FROM {table} WHERE {where}")}

    assert await values("care_case", "category") == {*CaseCategory}
    assert await values("care_case", "source") == {*CaseSource}
    assert await values("care_case", "state") >= {*CaseState} - {CaseState.REDIRECTED, CaseState.REFUSED}
    assert await values("case_step", "kind") == {*StepKind}
    assert await values("case_entry", "act") >= {*CaseAct} - {
        CaseAct.INVOLVE, CaseAct.HAND_TO, CaseAct.ATTACH, CaseAct.EXPIRE_ASSIGNMENT, CaseAct.END_REFERRAL,
    }  # fmt: skip
    referrals = {tuple(row) for row in await county.fetch("SELECT DISTINCT kind, state FROM case_referral")}
    assert {state for _, state in referrals} == {*ReferralState} - {ReferralState.ENDED}
    assert referrals >= {(kind, state) for kind in ReferralKind for state in ("sent", "accepted")}
    overdue = await county.fetchval(
        "SELECT count(*) FROM case_referral WHERE state = 'sent' AND respond_by < $1", AS_OF
    )
    waiting = await county.fetchval(
        "SELECT count(*) FROM case_referral WHERE state = 'sent' AND respond_by > $1", AS_OF
    )
    assert overdue >= 1 <= waiting
    for ngo in ("石首市春苗社会工作服务中心", "石首市邻里守望社会工作服务社"):
        states = await values(
            "case_assignment", "state", f"agency_id = (SELECT id FROM agency WHERE name = '{ngo}')"
        )  # fmt: skip
        assert states >= {AssignmentState.OPEN, AssignmentState.HANDED_BACK, AssignmentState.COMPLETED}
    leads = await values("agency", "type", "id IN (SELECT agency_id FROM care_case)")
    assert leads >= {
        "civil_affairs", "womens_federation", "public_security", "justice", "health", "education", "human_resources",
        "agriculture", "disabled_federation", "township_government",
    }  # fmt: skip
    assert 780 <= await county.fetchval("SELECT count(*) FROM care_case") <= 880
    assert await county.fetchval("SELECT count(*) FROM care_case WHERE escalation_level > 0") > 0
    assert await county.fetchval("SELECT count(*) FROM case_note WHERE kind = 'confidential'") > 0


async def test_every_timeline_is_a_legal_walk_with_the_rules_deadlines(county: asyncpg.Connection) -> None:
    entries = await by_case(county, "case_entry")
    for case in await county.fetch("SELECT * FROM care_case"):
        category, urgent = CaseCategory(case["category"]), case["urgent"]
        first, *rest = entries[case["id"]]
        assert (first["act"], first["at"]) == ("register", case["received_at"])
        state, last = CaseState.RECEIVED, first["at"]
        accept, finish = (
            to_accept(category, first["at"], urgent=urgent).at,
            to_finish(category, first["at"]).at,
        )
        finish = max(finish, accept)
        for entry in rest:
            act = CaseAct(entry["act"])
            assert entry["at"] > last, "the order of ids is that of the acts"
            last = entry["at"]
            taken_in = act is CaseAct.MERGE and entry["state"] != CaseState.MERGED  # another was merged into it
            if act in MOVES and not taken_in:
                state = CASE_STATES.after(state, act)
            assert entry["state"] == state
            if act is CaseAct.REDIRECT:
                accept = min(to_accept(category, entry["at"], urgent=urgent).at, max(finish, accept))
            elif act is CaseAct.EXTEND:
                finish = extended(category, finish).at
            elif act is CaseAct.REOPEN:
                finish = max(to_finish(category, entry["at"]).at, finish)
        assert (case["state"], case["accept_by"], case["finish_by"]) == (state, accept, finish)
        assert case["due_at"] is not None or case["look_at"] is None
        assert (case["due_at"], case["work_order"]) == (due_at(case), work_order(case))
        assert last < county_opens(), "nothing lies in the future"


def county_opens() -> Any:
    from persistence.demo.cases import _opening

    return _opening(AS_OF)


async def test_one_agency_leads_and_the_files_are_open_to_who_works_it(county: asyncpg.Connection) -> None:
    parties, people = await by_case(county, "case_party"), await by_case(county, "case_person")
    opened = {
        (row["via_id"], row["grantee_id"], row["person_id"])
        for row in await county.fetch("SELECT * FROM person_access WHERE via = 'case' AND ended_at IS NULL")
    }
    expected = set()
    for case in await county.fetch("SELECT * FROM care_case"):
        current = [one for one in parties[case["id"]] if one["ended_at"] is None]
        assert [one["agency_id"] for one in current if one["role"] == "lead"] == [case["agency_id"]]
        named = {one["person_id"] for one in people.get(case["id"], ())}
        assert case["person_id"] is None or case["person_id"] in named
        accused = {one["person_id"] for one in people.get(case["id"], ()) if one["role"] == "alleged"}
        assert {*case["barred"]} == accused
        if case["state"] not in {"closed", "merged"}:
            working = [one for one in current if one["role"] in OPENS]
            expected |= {(one["id"], one["agency_id"], person) for one in working for person in named}
    assert opened == expected


async def test_what_stands_beside_a_case_agrees_with_it(county: asyncpg.Connection) -> None:
    parties = await by_case(county, "case_party")
    states = {row["id"]: row["state"] for row in await county.fetch("SELECT id, state FROM care_case")}

    def roles(case: UUID, agency: UUID) -> set[str]:
        return {one["role"] for one in parties[case] if one["agency_id"] == agency and one["ended_at"] is None}

    for row in await county.fetch("SELECT * FROM case_referral"):
        assert (row["answered_at"] is None) == (row["state"] == "sent")
        if row["state"] == "sent":
            assert roles(row["case_id"], row["to_agency_id"]) == {"asked"}
    used: Counter[UUID] = Counter()
    contracts = {row["id"]: row for row in await county.fetch("SELECT * FROM service_contract")}
    for row in await county.fetch("SELECT a.*, c.category FROM case_assignment a JOIN care_case c ON c.id = a.case_id"):
        contract = contracts[row["contract_id"]]
        used[contract["id"]] += 1
        assert row["category"] in contract["categories"]
        assert (contract["ngo_agency_id"], contract["buyer_agency_id"]) == (row["agency_id"], row["assigned_by_id"])
        assert contract["starts_on"] <= row["created_at"].date() <= row["until"].date() <= contract["ends_on"]
        is_open = row["state"] == "open"
        assert (row["ended_at"] is None) == is_open
        assert ("ngo" in roles(row["case_id"], row["agency_id"])) == is_open
        assert not is_open or states[row["case_id"]] in {"accepted", "in_progress", "resolved", "replied"}
    assert {one["id"]: one["assigned"] for one in contracts.values() if one["assigned"]} == used
    for row in await county.fetch("SELECT * FROM case_note WHERE kind = 'confidential'"):
        text = CIPHER.open("case_note", "secret_note_cipher", row["id"], row["secret_note_cipher"])
        assert (row["body"], row["secret_note_masked"], len(text) > 10) == (None, "", True)
    one_way = await county.fetchval(
        "SELECT count(*) FROM case_link a WHERE NOT EXISTS "
        "(SELECT FROM case_link b WHERE b.case_id = a.other_id AND b.other_id = a.case_id)"
    )
    assert one_way == 0


async def test_every_act_is_in_the_log_and_says_nothing_personal(county: asyncpg.Connection) -> None:
    events = await county.fetch("SELECT * FROM event WHERE type LIKE 'case.%' ORDER BY at, id")
    lines = await county.fetch("SELECT * FROM case_entry ORDER BY at, id")
    logged = sorted((event["aggregate_id"], event["at"], event["type"]) for event in events)
    assert logged == sorted((line["case_id"], line["at"], f"case.{PAST[CaseAct(line['act'])]}") for line in lines)
    assert all(digest_of(event) == event["digest"] for event in events)
    versions = {row["id"]: row["version"] for row in await county.fetch("SELECT id, version FROM care_case")}
    latest: dict[UUID, int] = {}
    for event in events:
        assert latest.get(event["aggregate_id"], 1) <= event["aggregate_version"]
        latest[event["aggregate_id"]] = event["aggregate_version"]
    assert latest == versions
    restricted = {row["id"] for row in await county.fetch("SELECT id FROM care_case WHERE restricted")}
    for event in events:
        if event["aggregate_id"] in restricted:
            hidden = (event["aggregate"], event["subject_id"], event["region_code"])
            assert hidden == ("restricted_case", None, 421081000000)  # for auditors alone
    early = await county.fetchval(
        "SELECT count(*) FROM event e JOIN person p ON p.id = e.subject_id "
        "WHERE e.aggregate = 'case' AND e.at < p.created_at"
    )
    assert early == 0, "no file is spoken of before it was entered"
