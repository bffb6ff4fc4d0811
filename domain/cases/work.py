"""What cases ask of a transaction beyond single rows."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID


class CaseWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the cases' own."""

    async def move_case(self, case_id: UUID, region_code: int) -> None:
        """Bring the copies of a case's region on the rows beside it up to date."""

    async def keep_content(self, digest: str, content: bytes, *, scanned: str | None) -> None:
        """Keep the bytes of a file under their digest, sealed, once; ``scanned``: what the scanner said of them."""

    async def content_of(self, digest: str) -> bytes | None:
        """Return the bytes of a digest."""

    async def claim(self, record: str, row_id: UUID) -> Mapping[str, Any] | None:
        """Lock and return a row, None where somebody else has it just now or it is gone."""

    async def mark_case(self, case_id: UUID, changes: Mapping[str, Any]) -> None:
        """Write what the clock keeps of a case; no version, for nobody edits it."""

    async def offices_above(self, agency_id: UUID) -> list[UUID]:
        """Return who oversees an agency, level by level: its parent, else the nearest of its type around it."""

    async def agency_above(self, agency_type: str, region_code: int) -> UUID | None:
        """Return the agency of a type in force nearest to a place: its county's, its city's, its province's."""
