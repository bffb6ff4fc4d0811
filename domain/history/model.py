"""What an event was: a change, or a read that is logged before what it shows is released."""

from enum import StrEnum


class EventKind(StrEnum):
    """A change of what is stored, or a sensitive read."""

    CHANGE = "change"
    READ = "read"


READ_VERBS = frozenset({"revealed", "read", "viewed", "exported", "downloaded", "opened_by_break_glass"})
"""Types of events are ``aggregate.verb``; these verbs change nothing."""

READ_TYPES = frozenset({"check.made", "export.made", "search.made"})
"""Types whose verb alone does not say that they changed nothing."""

__all__ = ["READ_TYPES", "READ_VERBS", "EventKind"]
