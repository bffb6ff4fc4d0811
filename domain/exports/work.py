"""What exports ask of a transaction beyond single rows and files."""

from typing import Protocol
from uuid import UUID


class ExportWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the exports' own."""

    async def queue_export(self, operation_id: UUID) -> None:
        """Hand an export to the job process; it is taken up after the commit, and never without it."""


__all__ = ["ExportWork"]
