"""Migrations: they give exactly the declared tables, go down again, lock nothing long, pass the linter."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Text, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine

from persistence import migrate as migrating
from persistence.migrate import configuration, migrate, newest
from persistence.tables import metadata

POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
ROOT = Path(__file__).resolve().parents[3]
REVISIONS = [one.revision for one in ScriptDirectory.from_config(configuration("")).walk_revisions()][::-1]
_numbers = count(1)


@pytest.fixture
async def empty(postgres: str) -> AsyncIterator[str]:
    """An empty database; returns the owner's DSN."""
    name = f"empty_{next(_numbers)}"
    admin = await asyncpg.connect(postgres.format("postgres"))
    await admin.execute(f"CREATE DATABASE {name}")
    yield postgres.format(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def ours(name: str | None, kind: str, _: object) -> bool:
    """Leave out what other libraries and the monthly partitions bring."""
    others = r"pgqueuer.*|event_(default|[0-9]{4}_[0-9]{2})|alembic_version"
    return not (kind == "table" and name and re.fullmatch(others, name))


def differs(_: object, __: object, ___: object, found: TypeEngine[Any], declared: TypeEngine[Any]) -> bool | None:
    """SQLModel declares a text as VARCHAR without a length; the migrations make it TEXT, which is the same."""
    return False if isinstance(found, Text) and declared.compile(dialect=POSTGRESQL) == "VARCHAR" else None


async def test_the_migrations_give_the_declared_tables(database: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": differs, "include_name": ours})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(database.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_every_table_is_guarded_and_not_the_runtime_role_s_own(owner: asyncpg.Connection) -> None:
    tables = await owner.fetch(
        "SELECT relname, relrowsecurity AND relforcerowsecurity AS guarded, pg_get_userbyid(relowner) AS owner "
        "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND relname NOT LIKE 'pgqueuer%' AND relname <> 'alembic_version' AND NOT relispartition"
    )
    assert {row["relname"] for row in tables} >= {"person", "household", "event", "client"}
    assert [row["relname"] for row in tables if not row["guarded"]] == []
    assert [row["relname"] for row in tables if row["owner"] == "shouwang_app"] == []
    role = await owner.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'shouwang_app'"
    )
    assert dict(role) == {"rolsuper": False, "rolbypassrls": False, "rolcreatedb": False, "rolcreaterole": False}


async def test_down_and_up_again(empty: str) -> None:
    import asyncio

    from alembic import command

    await migrate(empty)
    await asyncio.to_thread(command.downgrade, configuration(empty), "base")
    connection = await asyncpg.connect(empty)
    left = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')"
    )
    assert [row["relname"] for row in left] == ["alembic_version"]
    await connection.close()
    await migrate(empty)
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == newest() == REVISIONS[-1]
    await connection.close()


async def test_what_the_migrations_send_passes_the_linter(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    script = migrating.run_script

    def note_script(text: str) -> None:
        sent.append(text)
        script(text)

    def note_statement(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    monkeypatch.setattr(migrating, "run_script", note_script)
    event.listen(Engine, "before_cursor_execute", note_statement)
    try:
        for revision in REVISIONS:
            sent.clear()
            await migrate(empty, revision)
            changes = [
                text.strip().rstrip(";")
                for text in sent
                if not re.match(r"\s*(select|insert|update|create table alembic_version)", text, re.IGNORECASE)
            ]
            assert any("lock_timeout" in text for text in changes), f"{revision} may wait for a lock without end"
            (tmp_path / f"{revision}.sql").write_text(";\n".join(changes) + ";\n")
    finally:
        event.remove(Engine, "before_cursor_execute", note_statement)
    lint = subprocess.run(
        [Path(sys.executable).with_name("squawk"), "--config", ROOT / ".squawk.toml", *sorted(tmp_path.glob("*.sql"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert lint.returncode == 0, lint.stdout + lint.stderr
