"""The roots outside the database: one line of JSON a batch, appended and synced, never rewritten.

Whoever owns the database can cut its tail off together with the seals; a root that stands here and not
there says so. Each line is the signed statement with ``public_key`` and ``signature`` in base64, so the
file can be checked by itself. Keep it, or a copy, where the database's administrator cannot write.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import structlog

from persistence.sealing.statement import Statement

CHUNK = 5_000
_MISSING = """
SELECT s.*, k.public_key FROM event_seal s JOIN seal_key k USING (kid) WHERE s.batch > $1 ORDER BY s.batch LIMIT $2
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Root:
    """One line: the statement, who signed it, the signature."""

    statement: Statement
    public_key: bytes
    signature: bytes

    def line(self) -> bytes:
        """Return the line as it is written."""
        keys = {"public_key": _text(self.public_key), "signature": _text(self.signature)}
        return orjson.dumps(self.statement.members() | keys, option=orjson.OPT_SORT_KEYS) + b"\n"


def root_of_row(row: Mapping[str, Any]) -> Root:
    """Return the root of a row of ``event_seal`` with its key's public half."""
    return Root(Statement.from_row(row), row["public_key"], row["signature"])


def read(line: bytes) -> Root:
    """Read a line; raises ``ValueError`` when it is none of ours."""
    members = orjson.loads(line)
    if not isinstance(members, dict):
        raise ValueError("not an object")  # noqa: TRY004 - the file is wrong, not a caller's type
    try:
        public, signature = (base64.b64decode(members[name], validate=True) for name in ("public_key", "signature"))
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None
    return Root(Statement.from_members(members), public, signature)


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file; none when there is no file."""
    if path.exists():
        with path.open("rb") as file:
            yield from (line for line in file if line.strip())


async def write_missing(connection: asyncpg.Connection, path: Path) -> int:
    """Append every root that the file lacks; returns how many. Only whoever holds the sealer's lock may.

    A crash between a commit and its line is made up for here. A file that knows a batch the database does
    not hold any more keeps its lines: they are the evidence.
    """
    last = await _last_known(connection, path)
    written = 0
    while rows := await connection.fetch(_MISSING, last, CHUNK):
        _append(path, b"".join(root_of_row(row).line() for row in rows))
        last, written = rows[-1]["batch"], written + len(rows)
    return written


async def _last_known(connection: asyncpg.Connection, path: Path) -> int:
    """Return the last batch whose line in the file is what the database says."""
    for number, line in enumerate(_backwards(path)):
        try:
            found = read(line).statement
        except ValueError:
            continue  # half a line of a crash
        row = await connection.fetchrow("SELECT * FROM event_seal WHERE batch = $1", found.batch)
        if row is not None and Statement.from_row(row).digest() == found.digest():
            if number:
                log.error("seal.roots_beyond_the_database", batch=found.batch)
            return found.batch
    return 0


def _append(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            data = b"\n" + data  # half a line of a crash stays a line of its own
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _backwards(path: Path, block: int = 65_536) -> Iterator[bytes]:
    """Yield the lines of a file from its end."""
    if not path.exists():
        return
    with path.open("rb") as file:
        at, rest = file.seek(0, os.SEEK_END), b""
        while at:
            size = min(block, at)
            at -= size
            file.seek(at)
            first, *whole = (file.read(size) + rest).split(b"\n")
            yield from (line for line in reversed(whole) if line.strip())
            rest = first
        if rest.strip():
            yield rest


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


__all__ = ["Root", "lines", "read", "root_of_row", "write_missing"]
