"""What is under way in the demo county is what the use cases would have left behind."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.people.days import SHANGHAI
from persistence.crypto import FieldCipher
from persistence.demo.load import load_demo
from persistence.duplicates.jobs import look_through
from persistence.loading.regions import load_regions
from persistence.writing.unit_of_work import FILE

AS_OF = date(2026, 11, 1)
CIPHER = FieldCipher(bytes(range(32)))


async def hashed(secret: str) -> str:
    return f"hash of {secret}"


@pytest.fixture(autouse=True)
async def demo(owner: asyncpg.Connection) -> None:
    await load_regions(owner, only=("421081", "421022"))
    await load_demo(owner, CIPHER, hashed, as_of=AS_OF)


async def types_of(owner: asyncpg.Connection, aggregate_id: Any) -> list[tuple[str, int]]:
    rows = await owner.fetch("SELECT type, county FROM event WHERE aggregate_id = $1 ORDER BY at, id", aggregate_id)
    return sorted((row["type"], row["county"]) for row in rows)


async def test_one_family_is_offered_and_one_came_last_month(owner: asyncpg.Connection) -> None:
    came, offered = await owner.fetch("SELECT * FROM transfer ORDER BY created_at")
    assert (came["state"], offered["state"]) == ("accepted", "requested")
    assert came["decided_at"].astimezone(SHANGHAI).date() == date(2026, 10, 24)
    assert offered["due_on"] > AS_OF
    both = [("transfer.requested", 421022), ("transfer.requested", 421081)]
    assert await types_of(owner, offered["id"]) == both
    assert await types_of(owner, came["id"]) == [
        ("transfer.accepted", 421022), ("transfer.accepted", 421081), *both,
    ]  # fmt: skip
    for transfer, place in ((came, 421081), (offered, 421022)):
        people = await owner.fetch("SELECT * FROM person WHERE household_id = $1", transfer["household_id"])
        listed = await owner.fetch("SELECT * FROM transfer_person WHERE transfer_id = $1", transfer["id"])
        assert {one["id"] for one in people} == {one["person_id"] for one in listed}
        assert {one["county"] for one in people} == {place}
        assert {one["open"] for one in listed} == {transfer is offered}
        for one in listed:
            held = [
                await owner.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", one["person_id"])
                for table, column in FILE.items()
            ]
            assert one["records"] == sum(held)
        for person in people if transfer is came else ():
            kinds = await types_of(owner, person["id"])
            assert kinds == [("person.moved_in", 421081), ("person.moved_out", 421022), ("person.registered", 421022)]


async def test_a_doubtful_pair_waits_and_another_is_two_people(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    rows = await owner.fetch("SELECT * FROM duplicate_candidate ORDER BY created_at")
    assert [(row["state"], row["reasons"], row["score"]) for row in rows] == [
        ("distinct", ["name_birth_village"], 80), ("open", ["name_birth_village"], 80),
    ]  # fmt: skip
    numbers = [
        await owner.fetchval(
            "SELECT count(identity_number_blind) FROM person WHERE id IN ($1, $2)", row["person_id"], row["other_id"]
        )
        for row in rows
    ]
    assert numbers == [2, 1]
    assert await look_through(pool, CIPHER, AS_OF) == 0  # the night finds nothing that is not there


async def test_an_opening_of_last_week_waits_for_its_review(owner: asyncpg.Connection) -> None:
    row = await owner.fetchrow("SELECT * FROM break_glass")
    assert (row["state"], row["region_code"] // 1_000_000, row["opener_region_code"]) == (
        "unreviewed", 421022, 421081000000,
    )  # fmt: skip
    assert row["expires_at"] < datetime.combine(AS_OF - timedelta(days=6), datetime.min.time(), SHANGHAI)
    supervisor = await owner.fetchval("SELECT name FROM agency WHERE id = $1", row["supervisor_agency_id"])
    assert supervisor == "荆州市民政局"
    access = await owner.fetchrow("SELECT * FROM person_access WHERE via = 'break_glass'")
    assert (access["grantee_id"], access["person_id"], access["expires_at"]) == (
        row["id"], row["person_id"], row["expires_at"],
    )  # fmt: skip
    assert await types_of(owner, row["id"]) == [
        ("break_glass.opened", 421022), ("break_glass.opened", 421081), ("break_glass.read", 421081),
    ]  # fmt: skip


async def test_every_step_of_the_campaign_is_in_the_log(owner: asyncpg.Connection) -> None:
    villages = await owner.fetch("SELECT * FROM campaign_village")
    expected: Counter[str] = Counter()
    for row in villages:
        expected["started"] += row["started_on"] is not None
        expected["submitted"] += row["submitted_on"] is not None or row["returned_times"]
        expected["checked"] += row["checked_on"] is not None
        expected["accepted"] += row["accepted_on"] is not None
        expected["returned"] += row["returned_times"]
    rows = await owner.fetch("SELECT type, count(*) AS n FROM event WHERE aggregate = 'campaign_village' GROUP BY type")
    assert {row["type"].partition(".")[2]: row["n"] for row in rows} == expected
    wrong = await owner.fetch(
        "SELECT v.state, v.version FROM campaign_village v WHERE v.version <> coalesce((SELECT max(aggregate_version) "
        "FROM event e WHERE e.aggregate_id = v.id), 1) LIMIT 5"
    )
    assert wrong == []
    late = await owner.fetchval("SELECT max(at) FROM event WHERE aggregate LIKE 'campaign%'")
    assert late.astimezone(SHANGHAI).date() < AS_OF
