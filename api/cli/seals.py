"""``seal``: check the sealed history, prove one event, change the key that signs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from api.cli.console import give_up, progress, say, settings_or_exit
from api.cli.reaching import on_database
from api.settings import Settings

app = typer.Typer(help="封存的历史 / the sealed history.", no_args_is_help=True)
SHOWN = 50  # findings; all of them are in the JSON on stdout


@app.command("verify")
def verify_history(
    since: Annotated[int, typer.Option("--from", min=1, help="Begin with this batch.")] = 1,
    roots: Annotated[Path | None, typer.Option(help="The roots kept outside; default SHOUWANG_SEAL_ROOTS.")] = None,
) -> None:
    """校验历史 / Check every event, position and root; ends with 1 when anything was changed.

    Found are edits, deletions, reordering, insertions and, by the roots kept outside the database, a
    tail that was cut off. What is found is named by batch and event; stdout has all of it as JSON.
    """
    settings = settings_or_exit()
    file = roots or settings.roots_file
    if not file.exists():
        say.print(
            f"没有库外根文件，尾部截断无法发现 / no roots outside ({file}): a cut tail cannot be found", style="yellow"
        )
    report = on_database(lambda known: _verify(known, file if file.exists() else None, since))
    print(json.dumps(report, ensure_ascii=False))  # noqa: T201 - the result
    for one in report["findings"][:SHOWN]:
        parts = [f"{name} {value}" for name, value in one.items() if value is not None and name != "kind"]
        say.print("  ".join((one["kind"], *parts)), style="red", markup=False)
    if report["found"]:
        give_up(f"发现 {report['found']} 处异常 / {report['found']} findings")
    say.print(f"完好 / whole: {report['events']} events, {report['batches']} batches", style="green")


@app.command("prove")
def prove_event(event: Annotated[UUID, typer.Argument(help="The event's id.")]) -> None:
    """出具证明 / Print the inclusion proof of one event as JSON."""
    try:
        found = on_database(lambda known: _prove(known, event))
    except LookupError:
        give_up("没有这个事件 / there is no such event")
    if found is None:
        give_up("尚未封存，几秒后再试 / not sealed yet: try again in some seconds")
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the result


@app.command("rotate")
def rotate_key() -> None:
    """更换封存签名密钥 / Sign roots with a new key from now on; the older ones verify what they signed."""
    say.print(f"{on_database(_rotate)}", markup=False)


async def _verify(settings: Settings, roots: Path | None, since: int) -> dict[str, Any]:
    from api.cli.keyring import cipher_of
    from persistence.engine import connect
    from persistence.sealing.verify import verify

    connection = await connect(settings.direct_url, **role_of(settings))
    try:
        with progress() as shown:
            task = shown.add_task("校验 / verifying", total=None)
            report = await verify(
                connection, cipher_of(settings), roots, since=since,
                on_progress=lambda done, total: shown.update(task, completed=done, total=total),
            )  # fmt: skip
    finally:
        await connection.close()
    return {
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "events": report.events,
        "batches": report.batches,
        "waiting": report.waiting,
        "roots_outside": report.outside,
        "found": report.found,
        "findings": [
            {
                "kind": str(one.kind),
                "batch": one.batch,
                "position": one.position,
                "event": None if one.event_id is None else str(one.event_id),
            }
            for one in report.findings
        ],
    }


async def _prove(settings: Settings, event: UUID) -> dict[str, Any] | None:
    from persistence.engine import SYSTEM_SCOPE, connect, set_scope
    from persistence.sealing.proof import prove

    connection = await connect(settings.direct_url, **role_of(settings))
    try:
        async with connection.transaction(readonly=True):
            await set_scope(connection, SYSTEM_SCOPE)
            return await prove(connection, event)
    finally:
        await connection.close()


async def _rotate(settings: Settings) -> str:
    from api.cli.admin import ORIGIN
    from api.cli.keyring import cipher_of
    from persistence.engine import connect
    from persistence.sealing.keys import add_key, record_rotation

    connection = await connect(settings.direct_url, **role_of(settings))
    try:
        async with connection.transaction():
            key = await add_key(connection, cipher_of(settings))
            await record_rotation(connection, key, ORIGIN)
            return key.kid
    finally:
        await connection.close()


def role_of(settings: Settings) -> dict[str, str]:
    """Return the runtime role as a connection takes it on."""
    return {"role": settings.database_role} if settings.database_role else {}
