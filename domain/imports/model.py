"""Census imports (摸底排查导入) and the long operations they run as."""

from enum import StrEnum


class OperationStatus(StrEnum):
    """Life of a long operation."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RosterForm(StrEnum):
    """Which census form a file holds; ``auto`` recognises it from the header."""

    CHILD = "child"
    WOMAN = "woman"
    ELDER = "elder"
    AUTO = "auto"


class ImportMode(StrEnum):
    """Look only, or write."""

    VALIDATE = "validate"
    APPLY = "apply"


class RowOutcome(StrEnum):
    """How a roster row ended."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
