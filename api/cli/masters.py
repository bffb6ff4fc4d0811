"""``keys``: the master keys that seal fields: change, retire, look at, take out, bring in."""

import asyncio
import json
import secrets
from pathlib import Path
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid5

import asyncpg
import typer

from api.cli.admin import ORIGIN, runtime_pool
from api.cli.console import UNUSABLE, give_up, say, settings_or_exit
from api.cli.keyring import cipher_of, ring_of
from api.cli.reaching import on_database
from api.settings import Settings
from domain.access import Access
from domain.events import Event
from persistence.backup.keys import locked, unlocked
from persistence.backup.manifest import BackupError
from persistence.crypto import LOOK_AFTER, KeyRing
from persistence.keys.reseal import LOCK, settled, usage
from persistence.keys.ring_file import RingFile
from persistence.writing.events import append_events

KEY_BYTES = 32
MAX_KEY_ID = 255
SUITES = {1: "aes", 2: "sm4"}
KEEPER = Access(sub="system:keys", client_id="system", roles=(), grants={})


class KeysRefused(RuntimeError):
    """Keys cannot be changed so; the text says why."""


async def rotate_fields(settings: Settings) -> int:
    """Add a master key and put it to use; returns its id. The job process then seals every field anew.

    First every process learns the key, then one after another uses it: none ever meets a key it does not
    know. No import runs at the moment of the change, for it would look for people under one key only.
    """
    file = _ring_file(settings)
    ring = file.load() if file.path.exists() else ring_of(settings)
    async with runtime_pool(settings) as pool, pool.acquire() as connection:
        if len(ring.masters) > 1 and not await settled(connection, cipher_of(settings)):
            raise KeysRefused("上一次更换尚未完成 / the last change is not finished: keys status")
        new_id = max(ring.masters) + 1
        if new_id > MAX_KEY_ID:
            raise KeysRefused("密钥编号用尽 / key ids are used up")
        masters = {**ring.masters, new_id: secrets.token_bytes(KEY_BYTES)}
        file.store(KeyRing(ring.active_id, masters, ring.blind_id))
        await asyncio.sleep(LOOK_AFTER * 2)
        await connection.execute("SET statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            file.store(KeyRing(new_id, masters, new_id))
            await asyncio.sleep(LOOK_AFTER * 2)
            await _record(connection, "field_key.rotated", new_id)
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
    return new_id


async def retire(settings: Settings, key_id: int) -> None:
    """Take a key out of the ring once nothing is sealed under it. Raises ``KeysRefused``."""
    file = _ring_file(settings)
    ring = file.load() if file.path.exists() else ring_of(settings)
    if key_id not in ring.masters or key_id in {ring.active_id, ring.blind_id}:
        raise KeysRefused("没有这个密钥，或正在使用 / no such key, or it is in use now")
    async with runtime_pool(settings) as pool, pool.acquire() as connection:
        if not await settled(connection, cipher_of(settings)):
            raise KeysRefused("更换尚未完成 / the change is not finished: keys status")
        found = await usage(connection)
        used = [name for name, by_key in found.items() if any(key == key_id for _, key in by_key)]
        if used:
            raise KeysRefused(f"仍有数据使用该密钥 / still sealed under it: {', '.join(used)}")
        file.store(KeyRing(ring.active_id, {i: key for i, key in ring.masters.items() if i != key_id}, ring.blind_id))
        await _record(connection, "field_key.retired", key_id)


async def status(settings: Settings) -> dict[str, Any]:
    """Return what is sealed under which key, and how far a change is."""
    cipher = cipher_of(settings)
    async with runtime_pool(settings) as pool, pool.acquire() as connection:
        found = await usage(connection)
        done = await settled(connection, cipher)
    named = {
        name: {f"{SUITES.get(suite, suite)}:{key}": rows for (suite, key), rows in one.items()}
        for name, one in found.items()
        if one
    }
    mark = (cipher.mark[0], cipher.mark[1])
    total = sum(sum(one.values()) for one in found.values())
    return {
        "active": cipher.ring.active_id,
        "index": cipher.ring.blind_id,
        "keys": sorted(cipher.ring.masters),
        "settled": done,
        "fields": total,
        "fields_current": sum(one.get(mark, 0) for one in found.values()),
        "columns": named,
    }


def _ring_file(settings: Settings) -> RingFile:
    if settings.ring_path is None:
        raise KeysRefused(
            "主密钥在环境变量中：设置 SHOUWANG_KEY_RING 文件，或按 docs/operations.md 逐台更换 / the keys stand in the "
            "environment: set SHOUWANG_KEY_RING, or change them host by host (docs/operations.md)"
        )
    return RingFile(settings.ring_path)


async def _record(connection: asyncpg.Connection, kind: str, key_id: int) -> None:
    event = Event(kind, "field_key", uuid5(NAMESPACE_OID, f"field_key:{key_id}"), data={"key": key_id})
    async with connection.transaction():
        await append_events(connection, KEEPER, ORIGIN, [event])


# ---- commands ----------------------------------------------------------------------------------------


def _status() -> None:
    """密钥使用情况 / What is sealed under which master key, and how far a change is; JSON on stdout."""
    found = on_database(status)
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the result
    share = found["fields_current"] / (found["fields"] or 1)
    say.print(f"{share:.1%} → {found['active']}   {'已完成 / done' if found['settled'] else '进行中 / under way'}")


def _retire(key_id: Annotated[int, typer.Argument(help="The key's id.")]) -> None:
    """停用旧主密钥 / Take a master key out of the ring; refused while anything is sealed under it."""
    try:
        on_database(lambda known: retire(known, key_id))
    except KeysRefused as error:
        give_up(str(error))
    say.print(f"主密钥 {key_id} 已停用 / retired")


def _export(file: Annotated[Path, typer.Argument(help="Where to write; must not exist.")]) -> None:
    """导出主密钥 / Write the master keys to a file under a passphrase (SHOUWANG_PASSPHRASE, or asked for)."""
    settings = settings_or_exit()
    cipher = cipher_of(settings)
    try:
        data = locked(cipher.ring, settings.cipher_profile, _passphrase(confirm=True))
        with file.open("xb") as opened:
            file.chmod(0o600)
            opened.write(data)
    except BackupError as error:
        give_up(str(error))
    except FileExistsError:
        give_up("文件已存在 / the file exists")
    say.print("主密钥已导出，请与备份分开保存 / exported: keep it apart from the backups", style="yellow")


def _import(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What keys export wrote.")]) -> None:
    """导入主密钥 / Bring master keys in, into SHOUWANG_KEY_RING (demo: keys.json in the data directory)."""
    settings = settings_or_exit()
    try:
        target = _ring_file(settings)
        ring, profile = unlocked(file.read_bytes(), _passphrase(confirm=False))
    except (KeysRefused, BackupError) as error:
        give_up(str(error))
    if profile != settings.cipher_profile:
        give_up(f"先设置 SHOUWANG_CIPHER_PROFILE={profile} / set it first", code=UNUSABLE)
    if target.path.exists() and target.load() != ring:
        give_up(f"{target.path} 中已有别的密钥 / holds other keys")
    target.store(ring)
    say.print(f"主密钥已导入 / imported: {target.path}")


def _passphrase(*, confirm: bool) -> str:
    import os

    given = os.environ.get("SHOUWANG_PASSPHRASE")
    return given or str(typer.prompt("口令 / passphrase", hide_input=True, confirmation_prompt=confirm, err=True))


def register(keys: typer.Typer) -> None:
    """Add the commands beside those of the signing keys."""
    for name, command in (("status", _status), ("retire", _retire), ("export", _export), ("import", _import)):
        keys.command(name)(command)


__all__ = ["KeysRefused", "register", "retire", "rotate_fields", "status"]
