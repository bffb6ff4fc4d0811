"""The exports' part of a transaction."""

from uuid import UUID

import asyncpg


class ExportQueue:
    """See ``domain.exports.work.ExportWork``."""

    connection: asyncpg.Connection

    async def queue_export(self, operation_id: UUID) -> None:
        """Let the job process run it once this transaction has committed."""
        from persistence.jobs.queue import enqueue  # the queue's library is of no use to other requests

        await enqueue(self.connection, "export", str(operation_id).encode(), dedupe_key=f"export:{operation_id}")


__all__ = ["ExportQueue"]
