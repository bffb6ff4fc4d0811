"""Counting the ledger anew from the command line."""

from typing import Annotated

import typer

from api.cli.console import give_up, say
from api.cli.reaching import on_database
from api.settings import Settings
from domain.people.days import today

app = typer.Typer(help="统计 / statistics.", no_args_is_help=True)


@app.callback()
def statistics() -> None:
    """统计 / statistics."""


@app.command()
def recount(
    repair: Annotated[bool, typer.Option("--repair/--check", help="Put the figures right; else only compare.")] = False,
) -> None:
    """重新统计并核对 / Count everybody anew, compare with the kept figures; differences end with code 1."""
    people, sums, repaired = on_database(lambda known: _recount(known, repair=repair))
    if not people and not sums:
        say.print("统计数据一致 / figures agree")
    elif repaired:
        say.print(f"已修复 / repaired: {people} 人 people, {sums} 项 sums")
    else:
        give_up(f"统计数据不一致 / figures differ: {people} 人 people, {sums} 项 sums; --repair")


async def _recount(settings: Settings, *, repair: bool) -> tuple[int, int, bool]:
    from persistence.engine import connect
    from persistence.statistics.upkeep import recount as compare

    connection = await connect(
        settings.direct_url, **({"role": settings.database_role} if settings.database_role else {})
    )
    try:
        found = await compare(connection, today(), repair=repair)
    finally:
        await connection.close()
    return found.people, found.sums, found.repaired
