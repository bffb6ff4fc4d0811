"""Break-glass (应急查阅): a file opened outside region and remit, for hours, under a supervisor's eyes."""

from enum import StrEnum
from typing import Final

VIA: Final = "break_glass"  # the ground on which the file is open, and the records' name
MOST_HOURS: Final = 3


class Review(StrEnum):
    """Whether a supervisor has looked at an opening."""

    UNREVIEWED = "unreviewed"
    REVIEWED = "reviewed"


class Verdict(StrEnum):
    """What the supervisor found."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"
