"""The demo county in a real database: whole, consistent with the rules, and scoped."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.clients.model import ClientKind
from domain.codes.credit_code import parse
from domain.people.determination import determine
from persistence.auth_store import AuthStore
from persistence.crypto import FieldCipher
from persistence.demo.callers import CALLERS
from persistence.demo.load import Demo, NotEmpty, load_demo
from persistence.loading.regions import load_regions
from persistence.writing.events import digest_of
from persistence.writing.facts import load_facts, load_rules

AS_OF = date(2026, 11, 1)
CIPHER = FieldCipher(bytes(range(32)))


async def hashed(secret: str) -> str:
    return f"hash of {secret}"


@pytest.fixture
async def demo(owner: asyncpg.Connection) -> Demo:
    await load_regions(owner, only=("421081", "421022"))
    return await load_demo(owner, CIPHER, hashed, as_of=AS_OF)


async def counts(owner: asyncpg.Connection) -> dict[str, int]:
    tables = ("agency", "staff", "person", "household", "guardianship", "left_behind_status", "event", "client")
    return {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_it_is_whole(owner: asyncpg.Connection, demo: Demo) -> None:
    kinds = {
        row[0] for row in await owner.fetch("SELECT DISTINCT type FROM agency WHERE region_code / 1000000 = 421081")
    }
    assert len(kinds) == 21  # every type but the platform operator, who is the province's
    townships = await owner.fetchval("SELECT count(*) FROM agency WHERE type = 'township_government'")
    assert townships == 15
    assert await owner.fetchval("SELECT count(*) FROM agency WHERE type = 'village_committee'") == 10
    for code in await owner.fetch("SELECT credit_code FROM agency"):
        parse(code[0])
    departments = await owner.fetch(
        "SELECT d.kind FROM department d JOIN agency a ON a.id = d.agency_id "
        "WHERE a.name = '石首市妇女联合会' ORDER BY d.kind"
    )
    assert [row[0] for row in departments] == ["children_family", "development", "organisation", "publicity", "rights"]
    outside = await owner.fetchval(
        "SELECT count(*) FROM agency c JOIN agency p ON p.id = c.parent_id JOIN region r ON r.lo = p.region_code "
        "AND r.level = p.level WHERE c.region_code < r.lo OR c.region_code >= r.hi OR c.level < p.level"
    )
    assert outside == 0
    assert (
        await owner.fetchval(
            "SELECT count(*) FROM agency a WHERE NOT EXISTS (SELECT FROM staff s WHERE s.agency_id = a.id)"
        )
        == 0
    )
    assert demo.rows["person"] == await owner.fetchval("SELECT count(*) FROM person")


async def test_statuses_are_the_rules_own(owner: asyncpg.Connection, demo: Demo) -> None:
    ids = [row[0] for row in await owner.fetch("SELECT id FROM person ORDER BY id")]
    facts = await load_facts(owner, ids, AS_OF)
    rules = await load_rules(owner, 421081000000, AS_OF)
    expected = {
        (person, str(one.population)): (str(one.status), [reason.code for reason in one.reasons], one.next_review_on)
        for person, (_, known) in facts.items()
        for one in determine(known, AS_OF, rules.parameters)
    }
    stored = await owner.fetch("SELECT person_id, population, status, reasons, next_review_on FROM left_behind_status")
    found: dict[Any, Any] = {
        (row["person_id"], row["population"]): (row["status"], row["reasons"], row["next_review_on"]) for row in stored
    }
    assert found == expected
    outcomes = {
        row[0]: row[1] for row in await owner.fetch("SELECT status, count(*) FROM left_behind_status GROUP BY 1")
    }
    assert outcomes["left_behind"] > 3 * outcomes["not_left_behind"] > 600
    assert demo.rows["left_behind_status"] == len(stored)


async def test_remits_follow_the_household(owner: asyncpg.Connection, demo: Demo) -> None:
    wrong = await owner.fetchval(
        """
        WITH own AS (
          SELECT p.id, p.household_id, p.remit,
            (EXISTS (SELECT FROM woman_profile x WHERE x.person_id = p.id))::int
            + 2 * (EXISTS (SELECT FROM child_profile x WHERE x.person_id = p.id))::int
            + 4 * (EXISTS (SELECT FROM elder_profile x WHERE x.person_id = p.id))::int AS bits
          FROM person p)
        SELECT count(*)
        FROM own JOIN (SELECT household_id, bit_or(bits) AS bits FROM own GROUP BY 1) h USING (household_id)
        JOIN household on household.id = own.household_id
        WHERE own.remit <> own.bits + 16 * h.bits + 128 OR household.remit <> h.bits + 128
        """
    )
    assert wrong == 0


async def test_secrets_are_sealed_and_found_again(owner: asyncpg.Connection, demo: Demo) -> None:
    row = await owner.fetchrow("SELECT * FROM person WHERE phone_cipher IS NOT NULL ORDER BY id LIMIT 1")
    number = CIPHER.open("person", "identity_number_cipher", row["id"], row["identity_number_cipher"])
    phone = CIPHER.open("person", "phone_cipher", row["id"], row["phone_cipher"])
    address = CIPHER.open("person", "address_cipher", row["id"], row["address_cipher"])
    assert row["identity_number_masked"] == f"{number[:4]}**********{number[-4:]}"
    assert row["phone_masked"] == f"{phone[:3]}****{phone[-4:]}"
    assert address.startswith("湖北省荆州市石首市桃花山镇李花山村委会")
    assert row["identity_number_blind"] == CIPHER.blind("identity_number", number)
    assert row["phone_blind"] == CIPHER.blind("phone", phone)
    assert demo.rows["household"] == await owner.fetchval(
        "SELECT count(*) FROM household WHERE address_cipher IS NOT NULL"
    )


async def test_every_person_has_a_history_without_a_personal_value(owner: asyncpg.Connection, demo: Demo) -> None:
    silent = await owner.fetchval(
        "SELECT count(*) FROM person p WHERE NOT EXISTS (SELECT FROM event e WHERE e.subject_id = p.id)"
    )
    assert silent == 0
    events = await owner.fetch("SELECT * FROM event WHERE channel = 'import' ORDER BY id LIMIT 500")
    events += await owner.fetch("SELECT * FROM event WHERE channel <> 'import'")
    assert all(digest_of(event) == event["digest"] for event in events)
    assert {event["purpose"] for event in events if event["channel"] == "import"} == {"农村留守人员摸底排查"}
    names = {row[0] for row in await owner.fetch("SELECT name FROM person")}
    texts = [str(row[0]) for row in await owner.fetch("SELECT DISTINCT data::text FROM event")]
    assert not any(name in text for text in texts for name in names)
    assert demo.rows["event"] == await owner.fetchval("SELECT count(*) FROM event")


async def test_every_caller_can_sign_in(owner: asyncpg.Connection, pool: asyncpg.Pool, demo: Demo) -> None:
    store = AuthStore(pool, CIPHER)
    assert [caller["name"] for caller in demo.callers] == [one.name for one in CALLERS]
    for declared, caller in zip(CALLERS, demo.callers, strict=True):
        client = await store.client(caller["client_id"])
        assert client is not None, caller["name"]
        assert client.secret_hashes == (f"hash of {caller['client_secret']}",)
        assert (list(client.roles), client.kind) == (caller["roles"], ClientKind(declared.kind))
        assert client.agency_name == caller["agency"]
        if declared.region:
            assert client.region == declared.region
    assert len({caller["client_secret"] for caller in demo.callers}) == len(CALLERS)
    ward = await owner.fetchval(
        "SELECT p.region_code FROM client c JOIN person_access a ON a.grantee_id = c.person_id "
        "JOIN person p ON p.id = a.person_id WHERE c.client_id = 'demo-guardian' LIMIT 1"
    )
    assert ward == 421081104209


async def test_row_level_security_keeps_the_counties_apart(pool: asyncpg.Pool, demo: Demo) -> None:
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM person") == 0
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('shouwang.ranges', '{[421022000000,421023000000)}', true), "
                "set_config('shouwang.remit', '128', true), set_config('shouwang.grantee', '', true)"
            )
            seen = await connection.fetch("SELECT county, count(*) AS n FROM person GROUP BY 1")
    assert [(row["county"], row["n"] > 300) for row in seen] == [(421022, True)]
    assert demo.callers


async def test_loading_again_renews_secrets_and_nothing_else(owner: asyncpg.Connection, demo: Demo) -> None:
    before = await counts(owner)
    again = await load_demo(owner, CIPHER, hashed, as_of=date(2027, 1, 1))
    assert again.rows == {}
    assert await counts(owner) == before
    assert [one["client_id"] for one in again.callers] == [one["client_id"] for one in demo.callers]
    assert not {one["client_secret"] for one in again.callers} & {one["client_secret"] for one in demo.callers}
    stored = await owner.fetchval("SELECT secret_hashes FROM client WHERE client_id = 'demo-auditor'")
    assert stored == [f"hash of {next(one['client_secret'] for one in again.callers if one['name'] == 'auditor')}"]


async def test_invented_people_are_never_mixed_with_others(owner: asyncpg.Connection) -> None:
    with pytest.raises(LookupError):
        await load_demo(owner, CIPHER, hashed, as_of=AS_OF)
    await load_regions(owner, only=("421081", "421022"))
    await owner.execute("INSERT INTO household (id, region_code, remit) VALUES (gen_random_uuid(), 421081000000, 128)")
    await owner.execute(
        "INSERT INTO person (id, region_code, remit, name, name_pinyin, name_initials, sex, priority, situation) "
        "VALUES (gen_random_uuid(), 421081104209, 128, '某人', 'mouren', 'mr', '2', 0, 'living')"
    )
    with pytest.raises(NotEmpty):
        await load_demo(owner, CIPHER, hashed, as_of=AS_OF)
    assert await owner.fetchval("SELECT count(*) FROM person") == 1
    assert await owner.fetchval("SELECT count(*) FROM agency") == 0


async def test_venues_are_open_and_their_activities_add_up(owner: asyncpg.Connection, demo: Demo) -> None:
    assert demo.rows["venue"] == await owner.fetchval("SELECT count(*) FROM venue WHERE state = 'open'") == 11
    rows = await owner.fetch(
        "SELECT a.taken, a.waiting, a.attended, a.arrivals, "
        "count(s.id) FILTER (WHERE s.state = 'registered') AS seated, "
        "count(s.id) FILTER (WHERE s.state = 'waiting') AS queued, "
        "count(s.id) FILTER (WHERE s.attendance = 'present') AS came, count(s.id) AS all_of_them "
        "FROM activity a LEFT JOIN sign_up s ON s.activity_id = a.id GROUP BY a.id"
    )
    assert len(rows) == 6
    assert sum(row["waiting"] for row in rows) > 0
    for row in rows:
        assert tuple(row)[:4] == (row["seated"], row["queued"], row["came"], row["all_of_them"])


async def test_the_survey_s_tallies_are_those_of_its_answers(owner: asyncpg.Connection, demo: Demo) -> None:
    counted = await owner.fetch(
        "SELECT region_code, count(*) AS n FROM survey_answer GROUP BY region_code ORDER BY region_code"
    )
    kept = await owner.fetch(
        "SELECT region_code, people AS n FROM survey_tally WHERE level = 5 AND question = '' ORDER BY region_code"
    )
    assert [tuple(row) for row in counted] == [tuple(row) for row in kept]
    whole = await owner.fetchval("SELECT people FROM survey_tally WHERE level = 3 AND question = ''")
    assert whole == demo.rows["survey_answer"] == sum(row["n"] for row in counted)
    assert await owner.fetchval("SELECT count(*) FROM survey_tally WHERE people_safe BETWEEN 1 AND 4") == 0
    assert await owner.fetchval("SELECT count(people_safe) FROM survey_tally WHERE level = 3") > 0
