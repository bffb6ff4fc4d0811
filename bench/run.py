"""Runs every workload, the service and the bare side in turn, and says which goals are reached."""

import asyncio
import json
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from api.bootstrap import wired
from api.cli.callers import token
from bench.measure import CONNECTIONS, Api, Sample, service, without
from bench.report import markdown
from bench.workloads import Workload, workloads
from bench.world import OUT, World, opened


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    people: int = 200_000
    rounds: int = 5
    seconds: float = 2.0
    only: str = ""  # part of a workload's name or of a caller's


@dataclass(slots=True)
class Measured:
    """One workload's samples, round by round."""

    workload: Workload
    service: list[Sample] = field(default_factory=list)
    bare: list[Sample] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return medians and the samples behind them."""
        goal = self.workload.goal
        return {
            "name": self.workload.name,
            "caller": self.workload.caller,
            "goal": asdict(goal),
            "service": medians(self.service),
            "bare": medians(self.bare),
            "samples": {"service": [asdict(one) for one in self.service], "bare": [asdict(one) for one in self.bare]},
        }


def medians(samples: list[Sample]) -> dict[str, float] | None:
    """Return the median of every number, None when there is no sample."""
    if not samples:
        return None
    names = ("per_second", "p50_ms", "p99_ms", "cpu_us", "postgres_us", "client_us")
    return {name: round(median(getattr(one, name) for one in samples), 3) for name in names}


async def run(options: Options) -> None:
    """Build or open the world, measure, print the table and write ``bench/out/result.json``."""
    OUT.mkdir(exist_ok=True)
    world = await opened(options.people)
    try:
        result = await measured(world, options)
    finally:
        await world.server.stop()
    text = markdown(result)
    (OUT / "result.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    (OUT / "result.md").write_text(text)
    print("\n" + text)


async def measured(world: World, options: Options) -> dict[str, Any]:
    """Measure everything and return it as ``result.json`` has it."""
    api = await Api.started(world)
    try:
        async with wired(world.settings.model_copy(update={"port": api.port, "database_pool_size": 2})) as running:
            base = f"http://127.0.0.1:{api.port}"
            tokens = {
                name: await asyncio.to_thread(token, base, name, secret) for name, secret in world.secrets.items()
            }
            asked = await workloads(world, running, api.port, tokens, options.rounds)
        lines = [Measured(one) for one in asked if options.only in f"{one.caller} {one.name}"]
        load_before = os.getloadavg()[0]
        for number in range(options.rounds):
            for line in lines:
                await _one_round(world, api, line, number, options.seconds)
        return {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": load_before},
            "people": world.people,
            "rounds": options.rounds,
            "seconds": options.seconds,
            "connections": CONNECTIONS,
            "start_seconds": round(api.start_seconds, 2),
            "pss_mib": round(api.pss_mib(), 1),
            "workloads": [line.summary() for line in lines],
        }
    finally:
        await api.stop()


async def _one_round(world: World, api: Api, line: Measured, number: int, seconds: float) -> None:
    """Measure both sides of a workload, the other one first every second time."""
    for side in (0, 1) if number % 2 else (1, 0):
        if side:
            sample = await service(world, api, line.workload, number, seconds)
            line.service.append(sample)
            wrong = {status: count for status, count in sample.statuses.items() if not status.startswith("2")}
            if wrong:
                message = f"{line.workload.name}: answers that are no success: {wrong}"
                raise RuntimeError(message)
            shown = f"{sample.per_second:8.0f}/s {sample.cpu_us:6.0f} + {sample.postgres_us:5.0f} µs"
            print(f"round {number + 1} {line.workload.caller:24} {line.workload.name:64} {shown}", flush=True)
        elif line.workload.calls:
            line.bare.append(await without(world, line.workload, seconds))
