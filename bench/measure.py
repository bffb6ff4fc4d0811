"""Measures one side of one workload: requests, latencies, and the CPU time of every process in it."""

import asyncio
import json
import os
import pickle
import socket
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.processes import PARENT_VARIABLE, answers, listen
from bench import bare, load
from bench.workloads import Workload
from bench.world import OUT, World

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 16
WARM_UP_SECONDS = 0.7
PATIENCE_SECONDS = 120.0
TICK = 1 / os.sysconf("SC_CLK_TCK")
# The limit is on and never reached: what it costs is in the numbers.
LIMITS = {"SHOUWANG_RATE_PER_MINUTE": "600000", "SHOUWANG_RATE_BURST": "20000", "SHOUWANG_LOG_FORMAT": "json"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement. CPU is in microseconds a request: of the side itself, and of PostgreSQL."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    postgres_us: float
    client_us: float  # of the load generator, which is nobody's concern but must stay small
    statuses: dict[str, int]


class Api:
    """One API process, started as ``make serve`` starts it."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, listening: socket.socket, began: float) -> None:
        self.process, self.port, self._listening = process, port, listening
        self.start_seconds = time.perf_counter() - began

    @classmethod
    async def started(cls, world: World) -> "Api":
        """Start it and wait for its first 200 on ``/readyz``."""
        listening = await listen("127.0.0.1", 0)
        port = listening.getsockname()[1]
        environment = world.settings.model_copy(update={"port": port}).for_child() | LIMITS
        began = time.perf_counter()
        with (OUT / "api.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "api.entry", "--fd", str(listening.fileno()), cwd=ROOT,
                env={**environment, PARENT_VARIABLE: str(os.getpid())}, pass_fds=(listening.fileno(),),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        if not await answers("127.0.0.1", port, "/readyz", seconds=30.0, stop=asyncio.Event()):
            message = f"the API did not start: {OUT / 'api.log'}"
            raise RuntimeError(message)
        return cls(process, port, listening, began)

    async def stop(self) -> None:
        """Stop it as the supervisor does."""
        self.process.terminate()
        await self.process.wait()
        self._listening.close()

    def pss_mib(self) -> float:
        """Return the proportional set size of the process."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


async def service(world: World, api: Api, workload: Workload, round_number: int, seconds: float) -> Sample:
    """Send a workload to the API."""
    requests = workload.requests(round_number)
    job = load.Job(api.port, requests, WARM_UP_SECONDS, seconds, CONNECTIONS, workload.once)
    found, cpu, postgres = await _watched("bench.load", job, lambda: [api.process.pid], lambda: _postgres(world))
    return _sample(found, cpu, postgres, found["cpu_seconds"])


async def without(world: World, workload: Workload, seconds: float) -> Sample:
    """Send the same SQL without the API."""
    job = bare.Job(world.server.dsn(database=world.run), workload.calls or [], WARM_UP_SECONDS, seconds, CONNECTIONS)
    found, _, postgres = await _watched("bench.bare", job, list, lambda: _postgres(world))
    return _sample(found, found["cpu_seconds"], postgres, 0.0)


def _sample(found: dict[str, Any], cpu: float, postgres: float, client: float) -> Sample:
    count = found["requests"]
    return Sample(
        requests=count,
        per_second=count / found["seconds"],
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        cpu_us=cpu / count * 1e6,
        postgres_us=postgres / count * 1e6,
        client_us=client / count * 1e6,
        statuses=found["statuses"],
    )


Pids = Callable[[], Iterable[int]]


async def _watched(module: str, job: object, side: Pids, postgres: Pids) -> tuple[dict[str, Any], float, float]:
    """Run a job in a process of its own; returns its result and the CPU seconds of side and PostgreSQL meanwhile."""
    content = pickle.dumps(job)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(b"%d\n" % len(content) + content)
        async with asyncio.timeout(PATIENCE_SECONDS):
            if await process.stdout.readline() != b"ready\n":
                message = f"{module} failed"
                raise RuntimeError(message)
            before = _cpu_seconds(side()), _cpu_seconds(postgres())
            process.stdin.write(b"go\n")
            line = await process.stdout.readline()
        after = _cpu_seconds(side()), _cpu_seconds(postgres())
        return json.loads(line), _spent(before[0], after[0]), _spent(before[1], after[1])
    finally:
        process.stdin.close()
        await process.wait()


def _postgres(world: World) -> list[int]:
    """Return the server's own processes and every backend."""
    assert world.server.process
    pid = world.server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_seconds(pids: Iterable[int]) -> dict[int, float]:
    """Return user and system time of processes (proc(5), fields 14 and 15 of stat)."""
    found = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        found[pid] = (int(fields[11]) + int(fields[12])) * TICK
    return found


def _spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Return what was spent between two readings; a process that came meanwhile began at nothing."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
