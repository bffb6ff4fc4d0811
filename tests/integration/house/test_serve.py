"""``make serve``, for real: first start, clean stop, kill -9 of each process, a second start that keeps the data."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]
FIRST_START_SECONDS = 120.0  # the promise is 30; a busy machine may take longer, and that is not what is tested here
SECOND_START_SECONDS = 20.0  # the promise is 4, for the same reason

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Installation:
    """One demo installation in a folder of its own, started as a user would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOUWANG_")}
        environment = (
            kept | {"SHOUWANG_MODE": "demo", "SHOUWANG_DATA_DIR": str(self.folder), "PORT": str(self.port)} | extra
        )
        if "DATABASE_URL" not in extra:
            environment.pop("DATABASE_URL", None)
        with (self.folder.parent / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", "serve", *arguments],
                cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        return self.process

    def ready(self, seconds: float) -> float:
        """Wait for the first 200; returns how long it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            assert self.process is not None
            assert self.process.poll() is None, self.output()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                    assert answer.status == 200
                    return time.monotonic() - begun
            except OSError:
                time.sleep(0.02)
        raise AssertionError(self.output())

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(40)

    def output(self) -> str:
        return (self.folder.parent / "output").read_text(errors="replace")

    def family(self) -> list[psutil.Process]:
        """Every process of this installation: the supervisor's descendants, the server's too."""
        assert self.process is not None
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def those(self, part: str) -> list[psutil.Process]:
        """The living processes of the family whose command names ``part``."""
        return [one for one in self.family() if part in command_of(one)]

    def one(self, part: str) -> psutil.Process:
        return self.those(part)[0]


def command_of(process: psutil.Process) -> str:
    """Its command line; empty for one that ends, or is not yet reaped, while we look."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def gone(processes: list[psutil.Process], seconds: float = 30) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert alive == []


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("serve") / "data")
    made.start()
    made.ready(FIRST_START_SECONDS)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)


def told(installation: Installation) -> list[dict[str, object]]:
    """Wait for the callers' file with a token for each."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            callers: list[dict[str, object]] = json.loads((installation.folder / "demo-callers.json").read_text())
        except FileNotFoundError:
            callers = []
        if callers and all(one["access_token"] for one in callers):
            return callers
        time.sleep(0.1)
    raise AssertionError(installation.output())


def asked(installation: Installation, token: object) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/v1/me", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
        return int(answer.status)


def test_the_demo_callers_are_told_to_their_owner_alone_and_their_tokens_hold(installation: Installation) -> None:
    callers = told(installation)
    file = installation.folder / "demo-callers.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    always = {"name", "agency", "region", "roles", "client_id", "client_secret", "access_token"}
    assert all(one.keys() in (always, always | {"account", "password"}) for one in callers)
    staff = {str(one["name"]) for one in callers if "account" in one}
    assert {"civil_affairs_county", "village_worker"} <= staff
    assert not {"welfare_system", "resident", "volunteer"} & staff
    assert len({one["name"] for one in callers}) == len(callers)
    assert [asked(installation, one["access_token"]) for one in callers] == [200] * len(callers)
    shown = installation.output()
    assert [one["name"] for one in callers if str(one["name"]) not in shown] == []
    assert all(f"http://127.0.0.1:{installation.port}{path}" in shown for path in ("/docs", "/graphiql", "/readyz"))


def test_token_prints_a_fresh_one(installation: Installation) -> None:
    first = told(installation)[0]
    environment = os.environ | {
        "SHOUWANG_MODE": "demo", "SHOUWANG_DATA_DIR": str(installation.folder), "PORT": str(installation.port),
    }  # fmt: skip
    command = [sys.executable, "-m", "api.cli", "token"]
    done = subprocess.run(
        [*command, str(first["name"])], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("\n") == 1
    assert done.stdout.strip() != first["access_token"]
    assert asked(installation, done.stdout.strip()) == 200
    wrong = subprocess.run([*command, "nobody"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert str(first["name"]) in wrong.stderr


def test_import_uploads_a_roster_follows_it_and_saves_the_report(installation: Installation, tmp_path: Path) -> None:
    told(installation)
    roster = ROOT / "tests" / "data" / "rosters" / "child-roster.xlsx"
    environment = os.environ | {
        "SHOUWANG_MODE": "demo", "SHOUWANG_DATA_DIR": str(installation.folder), "PORT": str(installation.port),
    }  # fmt: skip
    command = [sys.executable, "-m", "api.cli", "import", str(roster), "--as", "civil_affairs_county"]
    done = subprocess.run(
        [*command, "--report", str(tmp_path / "report.xlsx")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["form"] == "child"
    assert result["rows"] == sum(result[one] for one in ("created", "updated", "unchanged", "duplicate", "rejected"))
    assert (tmp_path / "report.xlsx").read_bytes()[:2] == b"PK"
    wrong = subprocess.run(
        [*command, "--as-of", "yesterday"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "/as_of" in wrong.stderr


def test_a_second_start_beside_the_first_is_refused(installation: Installation) -> None:
    other = Installation(installation.folder)
    assert other.start().wait(20) == 1
    assert "already running here (pid " in installation.output()
    assert installation.ready(2) < 2


def test_a_taken_port_is_said_and_another_named(installation: Installation, tmp_path: Path) -> None:
    other = Installation(tmp_path / "data")
    other.port = installation.port
    assert other.start().wait(20) == 1
    assert f"PORT={installation.port + 1}" in other.output()
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("part", ["api.entry", "api.cli worker", "bin/postgres"])
def test_a_killed_process_comes_back(installation: Installation, part: str) -> None:
    victim = installation.one(part)
    victim.kill()
    gone([victim])
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not installation.those(part):
        time.sleep(0.05)
    assert installation.one(part).pid != victim.pid
    installation.ready(15)
    assert asked(installation, told(installation)[0]["access_token"]) == 200


def test_ctrl_c_stops_everything_and_the_second_start_is_quick_and_keeps_the_data(installation: Installation) -> None:
    before, family = told(installation), installation.family()
    assert installation.stop() == 0
    gone(family, 1)
    assert not (installation.folder / "postgres" / "postmaster.pid").exists()
    assert (installation.folder / "running").read_text() == ""
    installation.start()
    seconds = installation.ready(30)
    assert seconds < SECOND_START_SECONDS
    after = told(installation)
    assert [one["client_id"] for one in after] == [one["client_id"] for one in before]
    assert asked(installation, after[0]["access_token"]) == 200


def test_kill_9_of_the_supervisor_ends_all_and_starting_again_works(installation: Installation) -> None:
    family = installation.family()
    assert len(family) > 3
    assert installation.stop(signal.SIGKILL) == -signal.SIGKILL
    installation.start()  # at once, while the old ones are still ending
    gone(family)
    assert installation.ready(20) < 20
    assert asked(installation, told(installation)[0]["access_token"]) == 200


def test_kill_9_of_everything_at_once_too(installation: Installation) -> None:
    family = installation.family()
    assert installation.process is not None
    for one in [psutil.Process(installation.process.pid), *family]:
        if one.is_running():
            one.kill()
    installation.process.wait(10)
    gone(family)
    installation.start()
    assert installation.ready(20) < 20
    assert asked(installation, told(installation)[0]["access_token"]) == 200


def test_its_output_names_no_secret(installation: Installation) -> None:
    shown = installation.output()
    assert [one["name"] for one in told(installation) if str(one["client_secret"]) in shown] == []
    assert not re.search(r"master.?key\W+[A-Za-z0-9+/]{43}=", shown)


async def test_a_server_of_its_own_is_used_when_the_environment_names_one(postgres: str, tmp_path: Path) -> None:
    dsn = postgres.format("shouwang_given")  # it does not exist yet
    given = Installation(tmp_path / "data")
    given.start("--no-jobs", DATABASE_URL=dsn)
    try:
        given.ready(FIRST_START_SECONDS)
        assert asked(given, told(given)[0]["access_token"]) == 200
        assert not (tmp_path / "data" / "postgres").exists()
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT count(*) FROM region") > 600_000
        assert await connection.fetchval("SELECT count(*) FROM person") > 100
        await connection.close()
    finally:
        assert given.stop(signal.SIGTERM) == 0
    admin = await asyncpg.connect(postgres.format("postgres"))
    await admin.execute("DROP DATABASE shouwang_given")  # refused while anybody is connected
    await admin.close()
