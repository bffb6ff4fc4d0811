"""The drill of docs/operations.md: back up, lose everything, restore, check, change the keys, back up again."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.cli.backups import program
from api.cli.keyring import cipher_of
from api.settings import Mode, Settings
from auth.rotation import ensure_key
from domain.events import Event, Origin
from domain.ids import new_id
from persistence.auth_store import AuthStore
from persistence.backup import programs
from persistence.backup.dump import back_up, counts
from persistence.backup.manifest import BackupError
from persistence.backup.restore import bring_back
from persistence.engine import RUNTIME_ROLE, connect, open_pool
from persistence.keys.reseal import reseal
from persistence.sealing.sealer import seal
from persistence.writing import records
from persistence.writing.events import append_events
from tests.integration.sealing.conftest import ACCESS

runner = CliRunner()
WORDS = "three places, never one"


class Place:
    """An installation: a database and a data directory."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.settings = Settings(mode=Mode.DEMO, database_url=dsn, data_dir=folder)
        self.dsn = dsn

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        environment = {
            "SHOUWANG_MODE": "demo", "SHOUWANG_DATABASE_URL": self.dsn, "SHOUWANG_PASSPHRASE": WORDS,
            "SHOUWANG_DATA_DIR": str(self.settings.data_dir),
        }  # fmt: skip
        result = await asyncio.to_thread(runner.invoke, app, list(arguments), env=environment)
        return result.exit_code, result.stdout, result.stderr

    async def write(self, number: str) -> None:
        """Enter a person with her event, and seal."""
        connection = await connect(self.dsn)
        cipher = cipher_of(self.settings)
        async with connection.transaction():
            row = await records.insert(connection, cipher, "person", {
                "region_code": 421081100201, "remit": 128, "name": "某", "name_pinyin": "mou", "name_initials": "m",
                "sex": "2", "situation": "living", "priority": 0, "identity_number": number,
            })  # fmt: skip
            event = Event("person.registered", "person", row["id"], 421081100201, row["id"], 1)
            await append_events(connection, ACCESS, Origin("rest"), [event])
            platform = Event("signing_key.rotated", "signing_key", new_id())
            await append_events(connection, ACCESS, Origin("cli"), [platform])
        await seal(connection, cipher, self.settings.roots_file)
        await connection.close()

    async def numbers(self) -> set[str | None]:
        connection = await connect(self.dsn)
        cipher = cipher_of(self.settings)
        rows = await connection.fetch("SELECT * FROM person")
        await connection.close()
        return {records.opened(cipher, "person", row, ["identity_number"])["identity_number"] for row in rows}


@pytest.fixture
async def empty(postgres: str) -> AsyncIterator[str]:
    admin = await asyncpg.connect(postgres.format("postgres"))
    await admin.execute("CREATE DATABASE restored")
    yield postgres.format("restored")
    await admin.execute("DROP DATABASE restored WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def place(database: str, tmp_path: Path) -> Place:
    made = Place(database, tmp_path / "here")
    pool = await open_pool(database, role=RUNTIME_ROLE, size=1)
    await ensure_key(AuthStore(pool, cipher_of(made.settings)), Origin("cli"))
    await pool.close()
    await made.write("110101199003074477")
    await made.write("110101199003072877")
    return made


async def test_the_drill(place: Place, empty: str, tmp_path: Path) -> None:
    backup, exported = tmp_path / "backup", tmp_path / "keys.locked"
    code, out, said = await place.run("backup", str(backup))
    assert code == 0, said
    manifest = json.loads(out)
    assert (manifest["tables"]["person"], manifest["batch"]) == (2, 2)
    assert {path.name for path in backup.iterdir()} == {"database.dump", "sealed-roots.jsonl", "manifest.json"}
    assert (await place.run("keys", "export", str(exported)))[0] == 0
    secret = cipher_of(place.settings).ring.masters[1]
    assert not any(secret in path.read_bytes() for path in (*backup.iterdir(), exported))
    await place.write("110101199003074119")  # lost: after the backup

    there = Place(empty, tmp_path / "there")
    code, _, said = await there.run("restore", str(backup))
    assert (code, "keys import" in said) == (1, True)
    (there.settings.data_dir / "master.key").unlink()
    assert (await there.run("keys", "import", str(exported)))[0] == 0
    code, out, said = await there.run("restore", str(backup))
    assert code == 0, said
    report = json.loads(out)
    assert (report["found"], report["batches"], report["roots_outside"]) == (0, 2, 2)
    assert await there.numbers() == {"110101199003074477", "110101199003072877"}
    code, _, said = await there.run("restore", str(backup))
    assert (code, "not empty" in said) == (1, True)

    await there.write("110101199003077475")  # life goes on, in positions that follow
    assert (await there.run("seal", "verify"))[0] == 0
    code, _, said = await there.run("keys", "rotate", "--fields")
    assert code == 0, said
    pool = await open_pool(empty, role=RUNTIME_ROLE, size=2)
    await reseal(pool, cipher_of(there.settings))
    await pool.close()
    assert (await there.run("keys", "retire", "1"))[0] == 0
    assert len(await there.numbers()) == 3
    code, out, _ = await there.run("seal", "verify")
    checked = json.loads(out)  # the change of keys itself waits for the next round of the sealer
    assert (code, checked["events"], checked["waiting"]) == (0, 7, 2)
    assert (await there.run("backup", str(tmp_path / "second")))[0] == 0


async def test_the_runtime_role_works_on_what_was_restored(place: Place, empty: str, tmp_path: Path) -> None:
    await place.run("backup", str(tmp_path / "backup"))
    there = Place(empty, place.settings.data_dir)
    assert (await there.run("restore", str(tmp_path / "backup")))[0] == 0
    owner = await connect(empty)
    unguarded = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT (relrowsecurity AND relforcerowsecurity) AND NOT relispartition "
        "AND relname NOT LIKE 'pgqueuer%' AND relname <> 'alembic_version'"
    )
    assert unguarded == []
    app_role = await connect(empty, role=RUNTIME_ROLE)
    assert await app_role.fetchval("SELECT count(*) FROM person") == 0  # no scope, no row
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app_role.execute("DELETE FROM event")
    aside = list(place.settings.data_dir.glob("sealed-roots.jsonl.before-*"))
    assert len(aside) == 1
    await app_role.close()
    await owner.close()


@pytest.mark.parametrize("name", ["database.dump", "sealed-roots.jsonl", "manifest.json"])
async def test_a_damaged_backup_is_refused(place: Place, empty: str, tmp_path: Path, name: str) -> None:
    backup = tmp_path / "backup"
    await place.run("backup", str(backup))
    (backup / name).write_bytes((backup / name).read_bytes()[:-1] + b"x")
    there = Place(empty, place.settings.data_dir)
    assert (await there.run("restore", str(backup)))[0] == 1
    owner = await connect(empty)
    assert await owner.fetchval("SELECT to_regclass('person') IS NULL")
    await owner.close()


async def test_a_backup_of_a_newer_version_is_refused(place: Place, empty: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    await place.run("backup", str(backup))
    text = (backup / "manifest.json").read_text()
    revision = json.loads(text)["revision"]
    (backup / "manifest.json").write_text(text.replace(f'"revision": "{revision}"', '"revision": "9999"'))
    owner = await connect(empty)
    with pytest.raises(BackupError, match="newer"):
        await bring_back(owner, empty, program("pg_restore"), backup, cipher_of(place.settings).fingerprints())
    await owner.close()


async def test_writes_meanwhile_are_in_it_whole_or_not_at_all(
    place: Place, owner: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another batch is sealed while the dump runs: neither its rows nor its root are in the backup."""
    running = programs.run

    async def slow(*arguments: object) -> None:
        await place.write("110101199003074119")
        await running(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("persistence.backup.dump.run", slow)
    folder, roots = tmp_path / "backup", place.settings.roots_file
    made = await back_up(owner, place.dsn, program("pg_dump"), folder, roots, {})
    assert (made.tables["person"], made.batch) == (2, 2)
    assert await owner.fetchval("SELECT count(*) FROM person") == 3
    assert len((folder / "sealed-roots.jsonl").read_bytes().splitlines()) == 2
    assert len(roots.read_bytes().splitlines()) == 3


async def test_a_role_that_does_not_see_all_rows_is_refused(place: Place, tmp_path: Path) -> None:
    bound = await connect(place.dsn, role=RUNTIME_ROLE)
    async with bound.transaction():
        await bound.execute("SET LOCAL row_security = off")
        with pytest.raises(BackupError, match="BYPASSRLS"):
            await counts(bound)
    await bound.close()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    code, _, said = await place.run("backup", str(tmp_path / "full"))
    assert (code, "not empty" in said) == (1, True)
