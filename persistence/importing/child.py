"""The parser as a child process: started with a job and a file, read and asked frame by frame."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from domain.imports.faults import BadFile
from persistence.importing import frames

MODULE = "persistence.importing.parser"
ROOT = Path(__file__).resolve().parents[2]
READ_AHEAD = 1  # chunks the parser may be ahead: it works on one more while this one is merged


class ChildLost(Exception):
    """The process ended without an answer: out of its bounds, or killed."""


class Child:
    """A running process. ``frames`` yields heads and parts until ``end``."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ahead: asyncio.Queue[tuple[dict[str, Any], list[bytes]] | None] = asyncio.Queue(READ_AHEAD)
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        out = self._process.stdout
        assert out is not None
        try:
            while True:
                length = frames.head_length(await out.readexactly(frames.HEAD_BYTES))
                head = orjson.loads(await out.readexactly(length))
                sizes = [int(size) for size in head["parts"]]
                if any(size > frames.LARGEST_PART for size in sizes):
                    break
                await self._ahead.put((head, [await out.readexactly(size) for size in sizes]))
                if head["kind"] in {"bad_file", "lost", "report"}:
                    return
        except (asyncio.IncompleteReadError, ValueError, KeyError, TypeError):
            pass
        await self._ahead.put(None)

    async def begin(self, job: dict[str, Any], *parts: bytes) -> None:
        """Hand over the job and its bytes; it says nothing before it has all of them."""
        await self._send(frames.frame("job", parts, **job))

    async def frames(self) -> AsyncIterator[tuple[dict[str, Any], list[bytes]]]:
        """Yield what it says until it ends. Raises ``BadFile``, ``ChildLost``."""
        while (frame := await self._next())[0]["kind"] != "end":
            yield frame

    async def _next(self) -> tuple[dict[str, Any], list[bytes]]:
        frame = await self._ahead.get()
        if frame is None:
            raise ChildLost
        if frame[0]["kind"] == "bad_file":
            raise BadFile(frame[0]["code"])
        if frame[0]["kind"] == "lost":
            raise ChildLost(frame[0]["error"])
        return frame

    async def report(self, rows: bytes, **ended: Any) -> bytes:
        """Ask for the report. Raises ``BadFile``, ``ChildLost``."""
        await self._send(frames.frame("report", [rows], **ended))
        return (await self._next())[1][0]

    async def _send(self, data: bytes) -> None:
        """Hand something over; a process that died says so by its silence."""
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(data)
            await pipe.drain()
        except (BrokenPipeError, ConnectionResetError):
            return

    async def stop(self) -> None:
        """End the process, wherever it is."""
        self._reading.cancel()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def child() -> AsyncIterator[Child]:
    """Start a process; it waits for its job, and is gone when the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote a cell
        cwd=ROOT,
        limit=2**22,
        env={"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
    )
    running = Child(process)
    try:
        yield running
    finally:
        await running.stop()


__all__ = ["Child", "ChildLost", "child"]
