"""Census imports: parsing in a child process, staging, set-based merge."""

from uuid import UUID

import asyncpg

from persistence.crypto import FieldCipher


async def run_import(pool: asyncpg.Pool, cipher: FieldCipher, operation_id: UUID) -> None:
    """Run an import to its end, or go on with it after a crash; see ``persistence.importing.job``."""
    from persistence.importing import job  # the parser process loads this package too, and needs no job

    await job.run_import(pool, cipher, operation_id)


__all__ = ["run_import"]
