"""Telling somebody: the one way to put a notice into an inbox, for use cases and jobs alike."""

from domain.notifications.model import Notice, NoticeKind
from domain.unit_of_work import Work


async def notify(work: Work, *notices: Notice) -> int:
    """Tell each addressee, in the transaction of the act itself; returns how many notices were new.

    The same notice told again is told once, so that a job may run twice. Addressees are other agencies,
    whose inboxes the caller does not see.
    """
    if not notices:
        return 0
    async with work.as_system():
        return await work.deliver(notices)


__all__ = ["Notice", "NoticeKind", "notify"]
