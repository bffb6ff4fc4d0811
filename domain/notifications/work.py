"""What notices ask of a transaction beyond single rows."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from domain.notifications.model import Notice


class NotificationWork(Protocol):
    """The part of ``domain.unit_of_work.Work`` that is the notices' own."""

    async def deliver(self, notices: Sequence[Notice]) -> int:
        """Put notices into inboxes, each once; returns how many were new.

        What is meant for somebody no longer in office goes to her agency's desk.
        """

    async def read_all(self, up_to: UUID) -> int:
        """Mark every unread notice in the caller's inbox as read, up to one; returns how many."""


__all__ = ["NotificationWork"]
