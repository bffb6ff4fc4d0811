"""Deadlines of cases from the command line: one round of what the worker does every few minutes."""

from typing import TYPE_CHECKING

import typer

from api.cli.console import say
from api.cli.reaching import on_database
from api.settings import Settings

if TYPE_CHECKING:
    from collections import Counter

app = typer.Typer(help="个案 / cases.", no_args_is_help=True)


@app.callback()
def cases() -> None:
    """个案 / cases."""


@app.command()
def watch() -> None:
    """检查期限一次 / One round of deadlines now: warn, escalate, end referrals that nobody answered."""
    told = on_database(_watch)
    if not told:
        say.print("没有到期事项 / nothing is due")
    for kind, number in sorted(told.items()):
        print(kind, number, sep="\t")  # noqa: T201 - the result


async def _watch(settings: Settings) -> "Counter[str]":
    from api.cli.keyring import cipher_of
    from persistence.engine import open_pool
    from persistence.jobs.cases import watch as one_round

    pool = await open_pool(settings.direct_url, role=settings.database_role, size=1, statement_timeout="0")
    try:
        return await one_round(pool, cipher_of(settings))  # type: ignore[return-value]  # kinds are texts
    finally:
        await pool.close()
