"""Sends the same SQL without a service around it: ``python -m bench.bare``, started by ``bench.measure``.

Sixteen connections, each a loop of ``fetchval`` on the statement and the parameters that the
service would send, taken from its own compiler. The session is the service's: runtime role, row-level
security, generic plans. What this process costs is what asyncpg costs; the service may cost half as
much again and 150 µs. Speaks with its parent as ``bench.load`` does.
"""

import asyncio
import json
import os
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import asyncpg
import uvloop

from bench.load import Tally, report
from persistence.engine import RUNTIME_ROLE, connect


@dataclass(frozen=True, slots=True)
class Job:
    """One statement a call: its text and its parameters."""

    dsn: str
    calls: list[tuple[str, tuple[Any, ...]]]
    warm_up_seconds: float
    seconds: float
    connections: int


async def main() -> None:
    """Run the job on standard input."""
    job: Job = pickle.loads(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))  # noqa: S301 - our parent's
    connections = [await connect(job.dsn, role=RUNTIME_ROLE) for _ in range(job.connections)]
    calls = cycle(job.calls)
    await run(connections, calls, job.warm_up_seconds)
    print("ready", flush=True)
    sys.stdin.buffer.readline()
    before, begun = os.times(), time.perf_counter()
    tally = await run(connections, calls, job.seconds)
    took, after = time.perf_counter() - begun, os.times()
    print(json.dumps(report(tally, took, after.user + after.system - before.user - before.system)), flush=True)
    sys.stdin.buffer.readline()


async def run(
    connections: list[asyncpg.Connection], calls: Iterator[tuple[str, tuple[Any, ...]]], seconds: float
) -> Tally:
    """Keep all connections busy for so many seconds."""
    tally, until = Tally(), time.perf_counter() + seconds

    async def loop(connection: asyncpg.Connection) -> None:
        while True:
            begun = time.perf_counter()
            if begun >= until:
                return
            sql, parameters = next(calls)
            text = await connection.fetchval(sql, *parameters)
            tally.statuses["200" if text else "404"] += 1
            tally.bytes += len(text or "")
            tally.seconds.append(time.perf_counter() - begun)

    await asyncio.gather(*(loop(connection) for connection in connections))
    return tally


if __name__ == "__main__":
    uvloop.run(main())
