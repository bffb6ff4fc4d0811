"""The bytes of an operation (uploaded roster, report), sealed in pieces."""

from typing import Final
from uuid import UUID

import asyncpg

from persistence.crypto import FieldCipher

PIECE: Final = 2**20


def _row_key(operation_id: UUID, name: str, piece: int) -> bytes:
    """Bind a piece to its operation, its file and its place: none can be swapped or left out unseen."""
    return operation_id.bytes + f"{name}\0{piece}".encode()


async def keep(
    connection: asyncpg.Connection, cipher: FieldCipher, operation_id: UUID, name: str, content: bytes
) -> None:
    """Store a file, in place of an earlier one of the name."""
    await connection.execute("DELETE FROM operation_file WHERE operation_id = $1 AND name = $2", operation_id, name)
    pieces = [content[start : start + PIECE] for start in range(0, max(len(content), 1), PIECE)]
    rows = (
        (
            operation_id,
            name,
            number,
            cipher.seal_bytes("operation_file", "cipher", _row_key(operation_id, name, number), piece),
        )
        for number, piece in enumerate(pieces)
    )
    await connection.executemany(
        "INSERT INTO operation_file (operation_id, name, piece, cipher) VALUES ($1, $2, $3, $4)", rows
    )


async def fetch(connection: asyncpg.Connection, cipher: FieldCipher, operation_id: UUID, name: str) -> bytes | None:
    """Return a file, or None if there is none (or the caller does not see its operation)."""
    rows = await connection.fetch(
        "SELECT piece, cipher FROM operation_file WHERE operation_id = $1 AND name = $2 ORDER BY piece",
        operation_id,
        name,
    )
    if not rows:
        return None
    return b"".join(
        cipher.open_bytes("operation_file", "cipher", _row_key(operation_id, name, row["piece"]), row["cipher"])
        for row in rows
    )


__all__ = ["fetch", "keep"]
