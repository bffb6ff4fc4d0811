"""Sends requests to the API and times the answers: ``python -m bench.load``, started by ``bench.measure``.

A lean HTTP/1.1 client: keep-alive connections on uvloop, one request in flight on each, the bytes
of every request made before. It costs some 20 µs a request (printed with every result), so it is
not what is measured. Reads its job (``Job``, pickled) from standard input, warms up, says
``ready``, waits for a line, runs, answers with one line of JSON, and stays until its input closes.
"""

import asyncio
import json
import os
import pickle
import sys
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import uvloop

LATENCIES_KEPT = 2_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """What to send. Each request is sent whole; with ``once`` none is sent twice."""

    port: int
    requests: list[bytes]
    warm_up_seconds: float
    seconds: float
    connections: int
    once: bool = False


@dataclass(slots=True)
class Tally:
    """What came back."""

    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    statuses: Counter[str] = field(default_factory=Counter)
    bytes: int = 0


class Client(asyncio.Protocol):
    """One connection; sends the next request when an answer is whole."""

    def __init__(self, driver: "Driver") -> None:
        self.driver = driver
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = b""
        self._wanted = 0  # bytes of the answer on its way, once its head is read
        self._status = ""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport: Any = transport

    def send(self) -> None:
        """Send the next request, if there is one."""
        request = self.driver.next_request()
        if request is not None:
            self._sent_at = time.perf_counter()
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect an answer; when it is whole, count it and send the next request."""
        self._received = self._received + data if self._received else data
        if not self._wanted and not self._read_head():
            return
        if len(self._received) < self._wanted:
            return
        self.driver.count(self._status, time.perf_counter() - self._sent_at, self._wanted)
        self._received, self._wanted = b"", 0
        self.send()

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._received[:end].lower()
        length = head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
        self._status = head[9:12].decode()
        self._wanted = end + 4 + int(length)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """End: the server has closed the connection, which is an error while requests are sent."""
        del exc
        if not self.lost.done():
            self.lost.set_result(None)
        if self.driver.running:
            self.driver.count("lost", 0.0, 0)


class Driver:
    """Hands out requests until it is told to stop."""

    def __init__(self, job: Job) -> None:
        self._requests = iter(job.requests) if job.once else cycle(job.requests)
        self.tally = Tally()
        self.running = False
        self.in_flight = 0
        self.exhausted = False
        self.idle = asyncio.Event()

    def next_request(self) -> bytes | None:
        """Return the next request, or None when it is time to stop."""
        request = next(self._requests, None) if self.running else None
        if request is None:
            self.exhausted |= self.running
            return None
        self.in_flight += 1
        return request

    def count(self, status: str, seconds: float, size: int) -> None:
        """Note an answer."""
        self.tally.statuses[status] += 1
        self.tally.seconds.append(seconds)
        self.tally.bytes += size
        self.in_flight -= 1
        if not self.in_flight:
            self.idle.set()

    async def run(self, clients: list[Client], seconds: float) -> float:
        """Keep all connections busy for so many seconds; returns how long it took until the last answer."""
        self.tally, self.running = Tally(), True
        self.idle.clear()
        begun = time.perf_counter()
        for client in clients:
            client.send()
        asyncio.get_running_loop().call_later(seconds, self.stop)
        await self.idle.wait()
        return time.perf_counter() - begun

    def stop(self) -> None:
        """Send no more."""
        self.running = False


async def main() -> None:
    """Run the job on standard input."""
    job: Job = pickle.loads(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))  # noqa: S301 - our parent's
    loop, driver = asyncio.get_running_loop(), Driver(job)
    clients = []
    for _ in range(job.connections):
        _, client = await loop.create_connection(lambda: Client(driver), "127.0.0.1", job.port)
        clients.append(client)
    await driver.run(clients, job.warm_up_seconds)
    print("ready", flush=True)
    sys.stdin.buffer.readline()
    before = os.times()
    took = await driver.run(clients, job.seconds)
    after = os.times()
    print(json.dumps(report(driver.tally, took, after.user + after.system - before.user - before.system)), flush=True)
    if driver.exhausted:
        print("not enough requests prepared", file=sys.stderr)
    sys.stdin.buffer.readline()


def report(tally: Tally, took: float, cpu_seconds: float) -> dict[str, Any]:
    """Return the result as the parent reads it: requests, seconds, milliseconds, CPU seconds of this process."""
    ordered = sorted(tally.seconds)
    return {
        "requests": len(ordered),
        "seconds": took,
        "statuses": dict(tally.statuses),
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
        "cpu_seconds": cpu_seconds,
        "bytes": tally.bytes,
    }


if __name__ == "__main__":
    uvloop.run(main())
