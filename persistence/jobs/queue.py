"""Handing work to the job process, inside the transaction that wants it done."""

from datetime import timedelta
from typing import Final

import asyncpg
from pgqueuer.adapters.persistence.qb import QueryQueueBuilder

AT_ONCE: Final = timedelta()
_ENQUEUE: Final = QueryQueueBuilder().build_enqueue_query("skip")


async def enqueue(connection: asyncpg.Connection, entrypoint: str, payload: bytes, *, dedupe_key: str) -> int | None:
    """Queue a job that becomes visible with the open transaction's commit, and never without it.

    Returns its id, or None where a job with this key is waiting or running already. Outside a
    transaction it raises ``RuntimeError``: the job could start before the rows it is about exist.
    """
    if not connection.is_in_transaction():
        message = "a job is queued in the transaction of the rows it is about"
        raise RuntimeError(message)
    # The library's own call encodes the headers a second time under our JSON codec; we send none.
    rows = await connection.fetch(_ENQUEUE, [0], [entrypoint], [payload], [AT_ONCE], [dedupe_key], [None])
    return rows[0]["id"] if rows else None


__all__ = ["enqueue"]
