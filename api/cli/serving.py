"""What ``serve`` does: database, schema, API and job process of one installation, started and stopped together."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import structlog
from rich.table import Table

from api.cli import callers
from api.cli.console import say
from api.embedded import OWNER, EmbeddedPostgres
from api.processes import Child, answers, listen, only_one, stop_requested, supervise
from api.settings import Settings

log = structlog.get_logger("shouwang.serve")
READY = "/readyz"
START_SECONDS = 60.0
TOKEN_RETRY_SECONDS = 30.0

Prepare = Callable[[Settings], Awaitable[None]]


async def serve(settings: Settings, prepare: Prepare, *, jobs: bool = True) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP.

    ``prepare`` brings the database to the newest schema and data before the API sees it. Raises
    ``PortTaken``, ``AlreadyRunning``, ``EmbeddedFailed`` or ``ChildFailed``.
    """
    begun, stop = time.monotonic(), stop_requested()
    async with AsyncExitStack() as stack:
        killed = stack.enter_context(only_one(settings.data_dir))
        listening = await listen(settings.host, settings.port, patience=settings.shutdown_seconds + 5 if killed else 0)
        stack.callback(listening.close)
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        server = None
        if settings.database_url is None:
            server = EmbeddedPostgres(settings.data_dir)
            stack.push_async_callback(server.stop)
            await server.start()
            settings = settings.model_copy(
                update={"database_url": server.dsn(), "database_owner_url": server.dsn(OWNER)}
            )
        if not await _unless_stopped(prepare(settings), stop):
            return
        children = _children(settings, listening.fileno(), jobs=jobs)
        beside = [server.keep_up()] if server else []
        watching = asyncio.create_task(supervise(children, stop, patience=settings.shutdown_seconds, beside=beside))
        telling = asyncio.create_task(_tell(settings, stop, begun))
        try:
            await watching
        finally:
            say.print("正在停止 / stopping …")
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling


async def _unless_stopped(work: Awaitable[None], stop: asyncio.Event) -> bool:
    """Do a piece of work, or leave it when asked to stop; tells whether it was done."""
    task, waiting = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return False
    task.result()
    return True


def _children(settings: Settings, descriptor: int, *, jobs: bool) -> list[Child]:
    environment = settings.for_child()
    api = [
        Child(f"api-{number}", (sys.executable, "-m", "api.entry", "--fd", str(descriptor)), environment, (descriptor,))
        for number in range(1, settings.processes + 1)
    ]
    worker = [Child("jobs", (sys.executable, "-m", "api.cli", "worker"), environment)] if jobs else []
    return [*api, *worker]


async def _tell(settings: Settings, stop: asyncio.Event, begun: float) -> None:
    """Say where everything is once it answers; in demo mode keep the printed tokens fresh."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - any address of ours
    if not await answers(host, settings.port, READY, seconds=START_SECONDS, stop=stop):
        return
    base = f"http://{host}:{settings.port}"
    say.print(
        f"\n[bold green]守望 Shouwang[/] 已就绪 / ready in {time.monotonic() - begun:.1f} s — Ctrl-C 停止 / stops all"
    )
    for label, path in (
        ("API 文档 / docs", "/docs"),
        ("GraphiQL", "/graphiql"),
        ("GraphQL", "/graphql"),
        ("健康 / health", READY),
    ):
        say.print(f"  {label:<16} {base}{path}")
    shown = False
    while settings.demo:
        try:
            known = await asyncio.to_thread(callers.refresh, settings.data_dir, base)
        except (callers.TokenRefused, OSError) as error:
            log.warning("demo_tokens_not_refreshed", reason=str(error))
            await asyncio.sleep(TOKEN_RETRY_SECONDS)
            continue
        if not shown:
            _show(known, settings)
            shown = True
        await asyncio.sleep(settings.access_token_seconds / 2)


def _show(known: list[callers.Caller], settings: Settings) -> None:
    """Print who may call the demo, and a token for each, whole, so that it can be copied."""
    table = Table(title="演示调用方 / demo callers", title_justify="left", box=None, pad_edge=False)
    for heading in ("name", "机构 / agency", "区划 / region", "角色 / roles"):
        table.add_column(heading, overflow="fold")
    for one in known:
        table.add_row(one["name"], one["agency"] or "—", one["region"] or "—", " ".join(one["roles"]))
    say.print(table)
    minutes = settings.access_token_seconds // 60
    say.print(f"\n令牌（{minutes} 分钟有效，文件内随时更新） / tokens ({minutes} minutes; kept fresh in the file)")
    for one in known:
        say.print(f"  {one['name']}: {one['access_token']}", markup=False)
    say.print(f"  {settings.data_dir / callers.FILE}  ·  make token NAME=village_worker\n", markup=False)
