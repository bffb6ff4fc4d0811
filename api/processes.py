"""The processes of one installation: a listening socket, the API processes, the job process.

The supervisor holds the socket and hands it to the API processes, so the port is taken or refused
once, stays ours while a process restarts, and is free the moment we end. Every child ends with the
supervisor (parent-death signal): ``kill -9`` leaves nothing behind that holds the port. Children
have their own session, so Ctrl-C reaches the supervisor alone, and it stops them in order.
"""

import asyncio
import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger("shouwang.processes")

PARENT_VARIABLE = "SHOUWANG_PARENT_PID"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
PROVEN_SECONDS = 8.0  # a child that fails by itself before that has never worked: its settings are wrong
CRASHES_TOLERATED = 5  # within CRASH_WINDOW seconds; more means that restarting does not help
CRASH_WINDOW = 60.0
RESTART_SECONDS = 0.5
LEFTOVER_SECONDS = 15.0  # how long processes of a killed run may take to finish their requests


class PortTaken(RuntimeError):
    """Another program listens on the port."""


class AlreadyRunning(RuntimeError):
    """Another supervisor works on this data directory; the text is what it wrote about itself."""


class ChildFailed(RuntimeError):
    """A child never worked, or ended again and again: restarting it does not help."""


def end_with_parent(signal_number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to end this process when the one that started it dies (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is not None and int(parent) != os.getppid():  # it died before we asked
        raise SystemExit(0)


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[bool]:
    """Hold the installation; yields whether the last run ended without saying so (a kill, a crash).

    The lock is the kernel's and goes with the process; the file's text is for people and for this
    question only.
    """
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (folder / "running").open("a+") as file:
        file.seek(0)
        text = file.read().strip()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(text) from None
        file.truncate(0)
        file.write(f"pid {os.getpid()}\n")
        file.flush()
        try:
            yield bool(text)
        finally:
            file.truncate(0)


async def listen(host: str, port: int, *, patience: float = 0.0) -> socket.socket:
    """Return a bound, listening socket that children may inherit; ``PortTaken`` after ``patience`` seconds."""
    family, *_, address = (await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
    deadline = time.monotonic() + patience
    while True:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            listening.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES} or time.monotonic() > deadline:
                raise PortTaken(f"{host}:{port}") from error
            await asyncio.sleep(0.1)
            continue
        listening.listen(2048)
        listening.set_inheritable(True)
        return listening


@dataclass
class Child:
    """One process that the supervisor keeps running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    process: asyncio.subprocess.Process | None = None
    crashes: list[float] = field(default_factory=list)
    proven: bool = False

    async def start(self) -> None:
        """Start it in a session of its own."""
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            env={**self.environment, PARENT_VARIABLE: str(os.getpid())},
            pass_fds=self.descriptors,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )

    async def run(self) -> None:
        """Keep it running until cancelled; ``ChildFailed`` when it never worked or crashes too often."""
        while True:
            if self.process is None:
                await self.start()
            assert self.process is not None
            begun = time.monotonic()
            code = await self.process.wait()
            now = time.monotonic()
            self.proven = self.proven or code < 0 or now - begun >= PROVEN_SECONDS
            self.crashes = [*(moment for moment in self.crashes if now - moment < CRASH_WINDOW), now]
            log.warning("process_ended", process=self.name, code=code, crashes=len(self.crashes))
            if not self.proven or len(self.crashes) > CRASHES_TOLERATED:
                raise ChildFailed(self.name)
            self.process = None
            await asyncio.sleep(RESTART_SECONDS * len(self.crashes))

    async def stop(self, patience: float) -> None:
        """Ask it to finish; end it when it takes longer than ``patience`` seconds."""
        if self.process is None:
            return
        for how, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(how)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), seconds)
                break
        self.process = None


def stop_requested() -> asyncio.Event:
    """Return an event that SIGINT, SIGTERM or SIGHUP sets; call it inside the running loop."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, event.set)
    return event


async def supervise(
    children: Sequence[Child], stop: asyncio.Event, *, patience: float, beside: Sequence[Coroutine[Any, Any, None]] = ()
) -> None:
    """Run all children until ``stop`` is set or one fails for good, then stop them together.

    ``beside`` are other things to keep up meanwhile; when one raises, that is the end, too.
    """
    runs = [asyncio.create_task(one) for one in (*(child.run() for child in children), *beside)]
    waiting = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([waiting, *runs], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # ChildFailed goes on from here
    finally:
        for task in (waiting, *runs):
            task.cancel()
        await asyncio.gather(waiting, *runs, return_exceptions=True)
        await asyncio.gather(*(child.stop(patience) for child in children))


async def answers(host: str, port: int, path: str, *, seconds: float, stop: asyncio.Event) -> bool:
    """Tell whether ``GET path`` answers 200 within some seconds, asking again until it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stop.is_set():
        with contextlib.suppress(OSError, TimeoutError):
            if await asyncio.wait_for(_status(host, port, path), 2.0) == "200":
                return True
        await asyncio.sleep(0.05)
    return False


async def _status(host: str, port: int, path: str) -> str:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        return (await reader.readline()).decode("latin-1").split(" ")[1:2][0]
    except IndexError:
        return ""
    finally:
        writer.close()
