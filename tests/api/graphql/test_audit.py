"""GraphQL over HTTP: the specification's own audits (npm ``graphql-http``) all pass on the served application."""

import asyncio
import hashlib
import json
import os
import shutil
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from tests.api.running import Service

AUDIT = Path(__file__).parent / "audit"
CACHE = Path(__file__).resolve().parents[3] / ".tools" / "node"
AUDITS = 60  # as many as version 1.22.4 has
pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
async def suite() -> Path:
    """The audit suite with its packages, installed by its lock once; skipped aloud without Node, but never in CI."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing = "no Node here; Debian: apt-get install nodejs npm"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(missing)
        pytest.skip(missing)
    names = ("package.json", "package-lock.json", "audit.mjs")
    digest = hashlib.sha256(b"\0".join((AUDIT / name).read_bytes() for name in names)).hexdigest()[:16]
    folder = CACHE / digest
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(AUDIT / name, folder)
        await _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", folder=folder)
        (folder / "installed").touch()
    return folder


@pytest.fixture(scope="module")
async def address(service: Service) -> AsyncIterator[str]:
    """The application behind a real server on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(service.app, log_config=None, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
    server.should_exit = True
    await task


async def test_every_audit_passes(service: Service, suite: Path, address: str) -> None:
    token = (await service.caller("civil_affairs_county")).token
    printed = await _run("node", "audit.mjs", address, token, folder=suite)
    results = [json.loads(line) for line in printed.splitlines()]
    assert [one for one in results if one["status"] != "ok"] == []
    assert len(results) == AUDITS


async def _run(*command: str, folder: Path) -> str:
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    printed, complained = await asyncio.wait_for(process.communicate(), 100)
    sys.stderr.write(complained.decode())
    assert process.returncode == 0, f"{command[0]} failed: {complained.decode()[-1000:]}"
    return printed.decode()
