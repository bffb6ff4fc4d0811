"""Field keys are changed while the service runs: nothing is lost, nobody registered twice, nothing left behind."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import LargeBinary

from api.cli import masters
from api.cli.keyring import cipher_of
from api.cli.masters import KeysRefused, retire, rotate_fields, status
from api.settings import Mode, Settings
from auth.rotation import ensure_key
from domain.access import EVERYWHERE, Access, Clearance, Grant, RowScope
from domain.errors import Conflict
from domain.events import Origin
from domain.ids import new_id
from domain.people.commands import RegisterPerson
from domain.people.model import Remit
from domain.people.use_cases import register_person
from persistence.auth_store import AuthStore
from persistence.crypto import FieldCipher, KeyRing
from persistence.engine import RUNTIME_ROLE, open_pool
from persistence.importing import files
from persistence.jobs.resealing import while_keys_rest
from persistence.keys import reseal as resealing
from persistence.keys.reseal import reseal, settled, usage
from persistence.keys.sealed_columns import sealed_columns
from persistence.sealing.keys import signing_key
from persistence.tables import metadata
from persistence.writing import records
from persistence.writing.unit_of_work import PostgresUnitOfWork

REGION = 421081100201
OLD, NEW = bytes(range(32)), bytes(range(100, 132))
NUMBERS = ["110101199003074477", "110101199003072877", "110101199003074119", "110101199003077475"]
OFFICE = Access(
    "staff:1", "c", (), {"people:write": Grant(RowScope.REGION, Clearance())}, (EVERYWHERE,), remit=int(Remit.ANYONE)
)


def ring(active: int, *, profile: Any = "aes") -> FieldCipher:
    return FieldCipher(KeyRing(active, {1: OLD, 2: NEW}, active), profile)


async def enter(owner: asyncpg.Connection, cipher: FieldCipher, count: int) -> list[UUID]:
    made = []
    for at in range(count):
        row = await records.insert(owner, cipher, "person", {
            "region_code": REGION, "remit": 128, "name": "某", "name_pinyin": "mou", "name_initials": "m", "sex": "2",
            "birth_date": date(1990, 1, 1), "situation": "living", "priority": 0, "identity_number": f"{at:018}",
            "phone": f"139{at:08}",
        })  # fmt: skip
        made.append(row["id"])
    return made


async def opened(owner: asyncpg.Connection, cipher: FieldCipher, key: UUID) -> dict[str, str | None]:
    row = await owner.fetchrow("SELECT * FROM person WHERE id = $1", key)
    return records.opened(cipher, "person", row, ["identity_number", "phone"])


def test_every_sealed_column_is_known() -> None:
    declared = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and ("cipher" in column.name or column.name == "body")
    }
    assert {one.name for one in sealed_columns()} == declared
    assert "person.identity_number_cipher" in declared
    blind = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_blind") and table.name != "import_row"  # of one import, which waits
    }
    assert {f"{one.table}.{name}" for one in sealed_columns() for name, *_ in one.blinds} == blind


@pytest.mark.parametrize(("before", "after"), [("aes", "aes"), ("sm4", "sm4"), ("aes", "sm4")])
async def test_all_is_sealed_anew(owner: asyncpg.Connection, pool: asyncpg.Pool, before: Any, after: Any) -> None:
    old, new = ring(1, profile=before), ring(2, profile=after)
    people = await enter(owner, old, 7)
    store = AuthStore(pool, old)
    await ensure_key(store, Origin("cli"))
    kid = (await signing_key(owner, old)).kid
    operation = new_id()
    await owner.execute(
        "INSERT INTO operation (id, kind, status, actor, region_code, done, attempts, cancel_requested) "
        "VALUES ($1, 'import', 'succeeded', 'staff:1', $2, 0, 0, false)", operation, REGION,
    )  # fmt: skip
    await files.keep(owner, old, operation, "input", b"x" * (files.PIECE + 5))
    versions = await owner.fetch("SELECT id, version, updated_at FROM person ORDER BY id")
    assert not await settled(owner, new)
    assert await reseal(pool, new, batch=2) == 7 * 2 + 1 + 1 + 2
    assert await settled(owner, new)
    assert await reseal(pool, new) is None
    assert {key for one in (await usage(owner)).values() for key in one} == {(new.mark[0], 2)}
    only = FieldCipher(KeyRing(2, {2: NEW}), after)
    for at, key in enumerate(people):
        assert await opened(owner, only, key) == {"identity_number": f"{at:018}", "phone": f"139{at:08}"}
    row = await owner.fetchrow("SELECT * FROM person WHERE id = $1", people[3])
    assert row["identity_number_blind"] == only.blind("identity_number", f"{3:018}")
    assert row["phone_blind"] == only.blind("phone", f"139{3:08}")
    assert row["phone_tail_blind"] == only.blind("phone_tail", "0003")
    assert len(await AuthStore(pool, only).signing_keys()) == 1
    assert (await signing_key(owner, only)).kid == kid
    assert await files.fetch(owner, only, operation, "input") == b"x" * (files.PIECE + 5)
    assert await owner.fetch("SELECT id, version, updated_at FROM person ORDER BY id") == versions


async def test_a_killed_pass_goes_on_where_it_was(
    owner: asyncpg.Connection, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await enter(owner, ring(1), 9)
    writing, calls = resealing._write, []

    async def failing(*arguments: Any) -> int:
        if arguments[3]:
            calls.append(arguments)
        if len(calls) == 4:
            raise OSError
        return await writing(*arguments)

    monkeypatch.setattr(resealing, "_write", failing)
    with pytest.raises(OSError, match=r"^$"):
        await reseal(pool, ring(2), batch=2)
    done = await owner.fetchval("SELECT done FROM field_key_change")
    assert done == 6
    assert not await settled(owner, ring(2))
    for at, key in enumerate(people):
        assert (await opened(owner, ring(2), key))["identity_number"] == f"{at:018}"
    monkeypatch.undo()
    assert await reseal(pool, ring(2), batch=2) == 18
    assert await settled(owner, ring(2))


async def test_files_of_cases_are_sealed_anew_a_few_at_once(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    for at in range(9):
        key = UUID(int=at)
        sealed = ring(1).seal_bytes("attachment_content", "content_cipher", key.bytes, b"%PDF" + bytes((at,)))
        insert = "INSERT INTO attachment_content (id, digest, content_cipher) VALUES ($1, $2, $3)"
        await owner.execute(insert, key, f"{at:064x}", sealed)
    assert await reseal(pool, ring(2)) == 9
    for row in await owner.fetch("SELECT * FROM attachment_content ORDER BY id"):
        assert ring(2).is_current(row["content_cipher"])
        opened = ring(2).open_bytes("attachment_content", "content_cipher", row["id"].bytes, row["content_cipher"])
        assert opened == b"%PDF" + bytes((row["id"].int,))


async def test_what_comes_in_behind_the_walk_is_found(
    owner: asyncpg.Connection, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that had begun under the old key commits when the walk has passed its row."""
    await enter(owner, ring(1), 3)
    batch = resealing._batch
    late: list[dict[str, Any]] = []

    async def slow(connection: Any, cipher: Any, column: Any, after: Any, *rest: Any) -> Any:
        found = await batch(connection, cipher, column, after, *rest)
        if found is None and column.name == "person.identity_number_cipher" and not late:
            late.append(await records.insert(owner, ring(1), "person", {
                "id": UUID(int=1), "region_code": REGION, "remit": 128, "name": "某", "name_pinyin": "mou",
                "name_initials": "m", "sex": "2", "birth_date": date(1990, 1, 1), "situation": "living",
                "priority": 0, "identity_number": NUMBERS[0],
            }))  # fmt: skip
        return found

    monkeypatch.setattr(resealing, "_batch", slow)
    await reseal(pool, ring(2), batch=2)
    row = await owner.fetchrow("SELECT * FROM person WHERE id = $1", UUID(int=1))
    assert ring(2).is_current(row["identity_number_cipher"])
    assert row["identity_number_blind"] == ring(2).blind("identity_number", NUMBERS[0])


async def test_nobody_is_registered_twice_meanwhile(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    await owner.execute(
        "INSERT INTO region (code, lo, hi, name, path, level, pinyin, initials, valid_from, source) VALUES "
        "('421081100201', 421081100201, 421081100202, '村', '村', 5, 'c', 'c', '2020-01-01', 'test')"
    )

    async def register(cipher: FieldCipher, number: str) -> None:
        command = RegisterPerson.model_validate({"name": "何竹", "region": str(REGION), "identity_number": number})
        await register_person(OFFICE, PostgresUnitOfWork(pool, cipher, today=lambda: date(2026, 3, 2)), command)

    await register(ring(1), NUMBERS[0])
    with pytest.raises(Conflict):
        await register(ring(2), NUMBERS[0])
    await register(ring(2), NUMBERS[1])
    with pytest.raises(Conflict):
        await register(ring(1), NUMBERS[1])
    assert await owner.fetchval("SELECT count(*) FROM person") == 2


async def test_a_field_that_does_not_open_keeps_its_key_in_use(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    people = await enter(owner, ring(1), 3)
    await owner.execute("UPDATE person SET phone_cipher = $2 WHERE id = $1", people[1], bytes((1, 1)) + bytes(40))
    assert await reseal(pool, ring(2)) == 5
    assert (await usage(owner))["person.phone_cipher"] == {(1, 2): 2, (1, 1): 1}


async def test_imports_wait_while_keys_change(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    async with while_keys_rest(pool, FieldCipher(OLD)) as at_rest:
        assert at_rest
        assert not await owner.fetchval("SELECT pg_try_advisory_lock($1)", resealing.LOCK)
    async with while_keys_rest(pool, ring(2)) as at_rest:
        assert not at_rest
    await reseal(pool, ring(2))
    async with while_keys_rest(pool, ring(2)) as at_rest:
        assert at_rest


@pytest.fixture
async def installation(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Settings, asyncpg.Pool]]:
    settings = Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path)
    monkeypatch.setattr(masters, "LOOK_AFTER", 0.0)
    pool = await open_pool(database, role=RUNTIME_ROLE, size=3)
    yield settings, pool
    await pool.close()


async def test_an_operator_changes_the_key(
    installation: tuple[Settings, asyncpg.Pool], owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, pool = installation
    monkeypatch.setattr("persistence.crypto.LOOK_AFTER", 0.0)
    running = cipher_of(settings)  # of a process that has long been started
    people = await enter(owner, running, 4)
    assert (await status(settings))["columns"]["person.phone_cipher"] == {"aes:1": 4}
    assert await rotate_fields(settings) == 2
    assert (settings.data_dir / "keys.json").stat().st_mode & 0o777 == 0o600
    assert running.mark == bytes((1, 2))
    assert (await opened(owner, running, people[0]))["phone"] == "13900000000"
    found = await status(settings)
    assert (found["active"], found["index"], found["keys"], found["settled"]) == (2, 2, [1, 2], False)
    with pytest.raises(KeysRefused, match="not finished"):
        await rotate_fields(settings)
    with pytest.raises(KeysRefused, match="not finished"):
        await retire(settings, 1)
    await reseal(pool, running)
    found = await status(settings)
    assert (found["settled"], found["fields"], found["fields_current"]) == (True, 8, 8)
    with pytest.raises(KeysRefused, match="in use"):
        await retire(settings, 2)
    await retire(settings, 1)
    assert running.ring.masters.keys() == {2}
    assert (await opened(owner, running, people[3]))["identity_number"] == f"{3:018}"
    kinds = [row["type"] for row in await owner.fetch("SELECT type FROM event ORDER BY at, id")]
    assert kinds == ["field_key.rotated", "field_key.retired"]


async def test_a_key_in_use_is_not_retired(
    installation: tuple[Settings, asyncpg.Pool], owner: asyncpg.Connection
) -> None:
    settings, pool = installation
    await enter(owner, cipher_of(settings), 1)
    await owner.execute("UPDATE person SET phone_cipher = $1", bytes((1, 1)) + bytes(40))
    await rotate_fields(settings)
    await reseal(pool, cipher_of(settings))
    with pytest.raises(KeysRefused, match=r"person\.phone_cipher"):
        await retire(settings, 1)


async def test_keys_of_the_environment_are_changed_there(database: str, tmp_path: Path) -> None:
    key = "Z2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY3ODkwQUI="
    settings = Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path, master_key=key)  # type: ignore[arg-type]
    with pytest.raises(KeysRefused, match="environment"):
        await rotate_fields(settings)
