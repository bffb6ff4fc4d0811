"""What an API process carries about: nothing that only the command line, migrations or jobs need."""

import subprocess
import sys

NOT_FOR_REQUESTS = (
    "alembic", "mako", "pgqueuer", "pygments", "pypinyin", "python_calamine", "rich", "sqlalchemy", "sqlmodel",
    "typer", "xlsxwriter", "yaml",
)  # fmt: skip
SCRIPT = """
import socket, sys, uvicorn
uvicorn.Server.run = lambda *_, **__: None
listening = socket.socket()
sys.argv = ["entry", "--fd", str(listening.detach())]
from api.entry import main
main()
from persistence.writing.records import _defaults, _insert, _select, _update  # the statements of a write
assert _defaults("account")["state"] == "active"
assert _insert("account", ("id", "login")) and _update("account", ("login",))
assert _select("account", ("id",), None, True)
print(" ".join(name for name in sys.modules if sys.modules[name] is not None and "." not in name))
"""


def test_an_api_process_loads_what_requests_need() -> None:
    environment = {"SHOUWANG_MODE": "demo", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, env=environment, timeout=100
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"asyncpg", "fastapi", "graphql", "persistence"} <= loaded
    assert loaded & {*NOT_FOR_REQUESTS} == set()
