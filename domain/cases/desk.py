"""The caller's desk: how much waits there, of the cases that her agency must finish or works on contract."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from domain.access import Access
from domain.view import document, embedded

PERMISSION: Final = "case_work:read"
SOON: Final = timedelta(hours=72)
GROUPS: Final = ("mine", "department", "agency")
COUNTS: Final = ("open", "waiting", "due_soon", "overdue", "urgent")


@document(permission=PERMISSION)
class Desk:
    """What waits for the caller: of her own cases, her department's and her agency's.

    An agency's cases are those that it leads, a social organisation's those that it works under a contract; of
    them what the caller's lists show. ``referrals`` wait for the agency's answer, ``notices`` are unread in her
    inbox and on the desk of her agency. ``due_soon``: within 72 hours of ``as_of``.
    """

    as_of: datetime
    mine: DeskCounts = embedded("mine")
    department: DeskCounts = embedded("department")
    agency: DeskCounts = embedded("agency")
    referrals: int
    notices: int


@document(permission=PERMISSION)
class DeskCounts:
    """Cases without outcome or reply: all of them, those nobody accepted yet, near and past their deadline, urgent."""

    open: int
    waiting: int
    due_soon: int
    overdue: int
    urgent: int


class CountsWork(Protocol):
    """Counts what waits."""

    async def count(self, access: Access, soon: timedelta) -> dict[str, Any]:
        """Return ``as_of``, ``referrals``, ``notices`` and ``<group>_<count>`` for each of ``GROUPS``, ``COUNTS``."""


async def desk(access: Access, counts: CountsWork) -> dict[str, Any]:
    """Return the document of ``Desk``. Raises ``Forbidden``."""
    access.grant(PERMISSION)
    found = await counts.count(access, SOON)
    groups = {group: {one: found[f"{group}_{one}"] for one in COUNTS} for group in GROUPS}
    return {
        "as_of": found["as_of"].isoformat(), "referrals": found["referrals"], "notices": found["notices"], **groups,
    }  # fmt: skip


__all__ = ["COUNTS", "GROUPS", "PERMISSION", "SOON", "CountsWork", "Desk", "DeskCounts", "desk"]
