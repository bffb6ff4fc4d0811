"""The supervisor: one installation at a time, a port held once, children restarted and ended."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from api.processes import AlreadyRunning, Child, ChildFailed, PortTaken, answers, listen, only_one, supervise

SLEEPER = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({!r}, 'w').close(); time.sleep(60)"


def child(code: str) -> Child:
    return Child("test", (sys.executable, "-c", code), dict(os.environ))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def pid_of(one: Child, *, other_than: int | None = None) -> int:
    for _ in range(500):
        if one.process is not None and one.process.pid != other_than:
            return one.process.pid
        await asyncio.sleep(0.01)
    raise AssertionError("it did not start")


def test_a_second_supervisor_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    with only_one(tmp_path) as killed:
        assert killed is False
        with pytest.raises(AlreadyRunning, match=f"pid {os.getpid()}"), only_one(tmp_path):
            pass
    with only_one(tmp_path) as killed:
        assert killed is False


def test_a_killed_run_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "running").write_text("pid 1\n")
    with only_one(tmp_path) as killed:
        assert killed is True


async def test_a_port_is_held_once() -> None:
    first = await listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    with pytest.raises(PortTaken, match=f"127.0.0.1:{port}"):
        await listen("127.0.0.1", port)
    asyncio.get_running_loop().call_later(0.3, first.close)
    again = await listen("127.0.0.1", port, patience=5)  # an earlier run is about to let go
    assert again.getsockname()[1] == port
    again.close()


async def test_a_dead_child_is_started_again_and_all_stop_together() -> None:
    stop, one, two = asyncio.Event(), child(SLEEPER), child(SLEEPER)
    running = asyncio.create_task(supervise([one, two], stop, patience=5))
    first, other = await pid_of(one), await pid_of(two)
    os.kill(first, signal.SIGKILL)
    second = await pid_of(one, other_than=first)
    assert (alive(first), alive(second), alive(other)) == (False, True, True)
    stop.set()
    await running
    assert (alive(second), alive(other)) == (False, False)


async def test_a_child_that_does_not_stop_is_ended(tmp_path: Path) -> None:
    stop, deaf = asyncio.Event(), child(STUBBORN.format(str(tmp_path / "deaf")))
    running = asyncio.create_task(supervise([deaf], stop, patience=0.2))
    pid = await pid_of(deaf)
    while not (tmp_path / "deaf").exists():
        await asyncio.sleep(0.01)
    stop.set()
    await running
    assert not alive(pid)


async def test_a_child_that_never_worked_is_not_tried_again() -> None:
    broken, healthy = child("raise SystemExit(3)"), child(SLEEPER)
    with pytest.raises(ChildFailed, match="test"):
        await supervise([healthy, broken], asyncio.Event(), patience=5)
    assert len(broken.crashes) == 1
    assert healthy.process is None


async def test_restarting_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.processes.RESTART_SECONDS", 0.0)
    monkeypatch.setattr("api.processes.PROVEN_SECONDS", 0.0)
    broken, healthy = child("raise SystemExit(3)"), child(SLEEPER)
    with pytest.raises(ChildFailed, match="test"):
        await supervise([broken, healthy], asyncio.Event(), patience=5)
    assert len(broken.crashes) == 6
    assert healthy.process is None


async def test_children_end_with_a_killed_supervisor() -> None:
    code = (
        "import asyncio, os, sys\n"
        "from api.processes import Child, supervise\n"
        "one = Child('one', (sys.executable, '-c', "
        "'from api.processes import end_with_parent; end_with_parent(); import os, time; "
        "print(os.getpid(), flush=True); time.sleep(60)'), dict(os.environ))\n"
        "asyncio.run(supervise([one], asyncio.Event(), patience=5))\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    for _ in range(500):
        if not alive(pid):
            break
        await asyncio.sleep(0.01)
    assert not alive(pid)


async def test_waiting_for_an_answer_ends_with_the_wish_to_stop() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, stop.set)
    assert await answers("127.0.0.1", 9, "/readyz", seconds=30, stop=stop) is False
