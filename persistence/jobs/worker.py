"""The job process: queued work, daily work, an orderly end.

Several may run; each job and each day's work is done by one of them.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from pgqueuer import PgQueuer, RetryRequested
from pgqueuer.domain.models import Job, Schedule

from domain.access import Access
from domain.exports.operations import Standing
from domain.people.days import today as business_date
from persistence.crypto import FieldCipher
from persistence.duplicates import jobs as duplicates
from persistence.engine import RUNTIME_ROLE, SYSTEM_SCOPE, connect, open_pool, set_scope
from persistence.jobs import cases, contracts, determination, transfers, upkeep
from persistence.jobs.daily import once_a_day
from persistence.jobs.resealing import keep_resealing, while_keys_rest
from persistence.jobs.sealing import keep_sealing
from persistence.searching.keys import fill_phone_tails
from persistence.statistics import upkeep as figures

IMPORT: Final = "import"
EXPORT: Final = "export"
RETRY_AFTER: Final = timedelta(seconds=30)
CUT_OFF: Final = 5.0  # seconds after the grace
# Minutes past each hour: a day's work is asked for hourly and done once, so a missed hour is made up.
HOURLY: Final = "5 * * * *"
EACH_MINUTE: Final = "* * * * *"
FEW_MINUTES: Final = "*/5 * * * *"
Daily = Callable[[asyncpg.Pool], Coroutine[None, None, None]]
Run = Callable[[asyncpg.Pool, FieldCipher, UUID], Coroutine[None, None, object]]
AccessNow = Callable[[asyncpg.Pool, FieldCipher, Standing, datetime], Awaitable[Access | None]]
"""What somebody may do at this moment: decided where tokens are, which jobs know nothing of."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sealing:
    """How history is sealed: the file outside the database, and the seconds between two rounds."""

    roots: Path
    every: float


# The import counts an attempt when it begins, so that a file which kills the process does not do
# so for ever (the queue counts no crash). Ending the process is no fault of the file's.
_LET_GO = "UPDATE operation SET attempts = attempts - 1 WHERE id = $1 AND status = 'running' AND attempts > 0"


class Worker:
    """Does the work of one job process; ``run`` returns when ``stop`` is set and the work is done."""

    def __init__(  # noqa: PLR0913 - what a worker is given, by name
        self,
        dsn: str,
        cipher: FieldCipher,
        *,
        role: str | None = RUNTIME_ROLE,
        run_import: Run | None = None,
        also_daily: Mapping[str, Daily] | None = None,
        access_now: AccessNow | None = None,
        today: Callable[[], date] = business_date,
        sealing: Sealing | None = None,
    ) -> None:
        """Take a DSN that reaches the server itself: the queue listens and locks by session.

        ``also_daily``: work by name that others bring, since nothing here may know it (signing keys).
        """
        self._also_daily = dict(also_daily or {})
        self.stop = asyncio.Event()
        self._out_of_time = asyncio.Event()
        self._dsn = dsn
        self._cipher = cipher
        self._role = role
        self._run_import = run_import or _run_import
        self._access_now = access_now or _nobody
        self._today = today
        self._sealing = sealing

    async def run(self, grace: float = 10.0) -> None:
        """Work until stopped; unfinished jobs have ``grace`` seconds, then another process takes them up."""
        pool = await open_pool(self._dsn, role=self._role, size=4, statement_timeout="0")
        settings = {"role": self._role} if self._role else {}
        # Without our JSON codec: the library brings its own.
        listening = await asyncpg.connect(self._dsn, server_settings=settings)
        ended = asyncio.Event()
        sealing = asyncio.create_task(self._seal(ended))
        resealing = asyncio.create_task(keep_resealing(pool, self._cipher))
        try:
            await self.daily_or_later(pool)  # what an outage left undone
            queuer = PgQueuer.from_asyncpg_connection(listening)
            self._register(queuer, pool)
            running = asyncio.create_task(queuer.run(batch_size=1, max_concurrent_tasks=2))
            stopping = asyncio.create_task(self.stop.wait())
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            queuer.shutdown.set()
            await self._wind_up(running, grace)
        finally:
            resealing.cancel()  # every batch is whole by itself
            with suppress(asyncio.CancelledError):
                await resealing
            ended.set()  # after the work: its last events are sealed, too
            await sealing
            await listening.close()
            await pool.close()

    async def _seal(self, ended: asyncio.Event) -> None:
        if self._sealing is not None:
            roots, every = self._sealing.roots, self._sealing.every
            await keep_sealing(self._dsn, self._cipher, ended, role=self._role, roots=roots, every=every)

    async def _wind_up(self, running: asyncio.Task[None], grace: float) -> None:
        """Wait for work in flight, then have it put back; what still hangs is cut off."""
        done, _ = await asyncio.wait((running,), timeout=grace)
        if not done:
            self._out_of_time.set()
            done, _ = await asyncio.wait((running,), timeout=CUT_OFF)
        if not done:
            running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async def daily(self, pool: asyncpg.Pool) -> None:
        """Do what is due once a day and was not done today."""
        today = self._today()
        connection = await connect(self._dsn, **({"role": self._role} if self._role else {}))
        try:

            async def review(last: date | None) -> None:
                await determination.review(pool, self._cipher, today, last)

            async def watch(_: date | None) -> None:
                await contracts.watch(pool, self._cipher, today)

            async def keep_up(_: date | None) -> None:
                await upkeep.ensure_event_partitions(connection, today)
                await upkeep.clear_expired(connection)

            async def look(last: date | None) -> None:
                await duplicates.look_through(pool, self._cipher, today, last)

            async def fill_keys(_: date | None) -> None:
                await fill_phone_tails(pool, self._cipher)

            async def expire(_: date | None) -> None:
                await transfers.expire(pool, self._cipher, today)

            async def count(_: date | None) -> None:
                await figures.move_bands(connection, today)
                await figures.publish(connection, today)
                await figures.recount(connection, today)

            await once_a_day(connection, "upkeep", today, keep_up)
            await once_a_day(connection, "search_keys", today, fill_keys)
            await once_a_day(connection, transfers.JOB, today, expire)
            await once_a_day(connection, contracts.JOB, today, watch)
            await once_a_day(connection, determination.JOB, today, review)
            await once_a_day(connection, figures.JOB, today, count)
            for job, work in self._also_daily.items():
                await once_a_day(connection, job, today, lambda _, work=work: work(pool))  # type: ignore[misc]
            await once_a_day(connection, duplicates.JOB, today, look)
        finally:
            await connection.close()

    async def daily_or_later(self, pool: asyncpg.Pool) -> None:
        """Do the day's work; what fails is tried again within the hour. The log gets no error text."""
        try:
            await self.daily(pool)
        except Exception as error:  # noqa: BLE001 - imports must go on all the same
            log.error("daily.failed", error=type(error).__name__)  # noqa: TRY400

    def _register(self, queuer: PgQueuer, pool: asyncpg.Pool) -> None:
        @queuer.entrypoint(IMPORT, concurrency_limit=1)
        async def import_(job: Job) -> None:
            await self._operate(pool, self._run_import, UUID((job.payload or b"").decode()))

        @queuer.entrypoint(EXPORT, concurrency_limit=1)
        async def export(job: Job) -> None:
            await self._operate(pool, self._run_export, UUID((job.payload or b"").decode()))

        @queuer.schedule("fold", EACH_MINUTE)
        async def fold(_: Schedule) -> None:
            async with pool.acquire() as connection:
                await figures.fold(connection)

        @queuer.schedule(cases.JOB, FEW_MINUTES)
        async def deadlines(_: Schedule) -> None:
            try:
                await cases.watch(pool, self._cipher)
            except Exception as error:  # noqa: BLE001 - the next slot tries again; the log gets no error text
                log.error("cases.failed", error=type(error).__name__)  # noqa: TRY400

        @queuer.schedule("daily", HOURLY)
        async def daily(_: Schedule) -> None:
            await self.daily_or_later(pool)

    async def _run_export(self, pool: asyncpg.Pool, cipher: FieldCipher, operation_id: UUID) -> None:
        from persistence.exporting import run_export  # spreadsheets are heavy: only once one is asked for

        await run_export(pool, cipher, operation_id, partial(self._access_now, pool, cipher))

    async def _operate(self, pool: asyncpg.Pool, run: Run, operation_id: UUID) -> None:
        """Run a long operation until it ends or our time does; unfinished, it goes back to the queue.

        An error's text may quote a row, so neither the log nor the queue's own log gets it.
        """
        async with while_keys_rest(pool, self._cipher) as at_rest:
            if not at_rest:
                raise RetryRequested(RETRY_AFTER, reason="field keys are being changed")
            await self._operate_now(pool, run, operation_id)

    async def _operate_now(self, pool: asyncpg.Pool, run: Run, operation_id: UUID) -> None:
        work = asyncio.create_task(run(pool, self._cipher, operation_id))
        over = asyncio.create_task(self._out_of_time.wait())
        await asyncio.wait((work, over), return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait((work,))
            await _let_go(pool, operation_id)
            raise RetryRequested(reason="the process ends")
        error = work.exception()
        if error is not None:
            log.error("operation.failed", operation_id=str(operation_id), error=type(error).__name__)
            raise RetryRequested(RETRY_AFTER, reason=type(error).__name__)


async def run_worker(  # noqa: PLR0913 - what a worker is given, by name
    dsn: str,
    cipher: FieldCipher,
    *,
    role: str | None = RUNTIME_ROLE,
    grace: float = 10.0,
    also_daily: Mapping[str, Daily] | None = None,
    access_now: AccessNow | None = None,
    sealing: Sealing | None = None,
) -> None:
    """Run a job process until SIGTERM or SIGINT."""
    worker = Worker(dsn, cipher, role=role, also_daily=also_daily, access_now=access_now, sealing=sealing)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop.set)
    try:
        await worker.run(grace)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _run_import(pool: asyncpg.Pool, cipher: FieldCipher, operation_id: UUID) -> None:
    from persistence.importing import run_import  # spreadsheets are heavy: only once one comes

    await run_import(pool, cipher, operation_id)


async def _nobody(pool: asyncpg.Pool, cipher: FieldCipher, standing: Standing, asked_at: datetime) -> Access | None:
    """Say that a caller may do nothing: what a worker says that nobody told better."""
    del pool, cipher, standing, asked_at
    return None


async def _let_go(pool: asyncpg.Pool, operation_id: UUID) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, SYSTEM_SCOPE)
        await connection.execute(_LET_GO, operation_id)


__all__ = ["HOURLY", "IMPORT", "RETRY_AFTER", "Sealing", "Worker", "run_worker"]
