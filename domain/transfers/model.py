"""Moves and transfers (迁移、转档): what may become of a household, and the states of a request between regions."""

from enum import StrEnum
from typing import Final


class HouseholdChoice(StrEnum):
    """What becomes of the household of a person who moves."""

    STAY = "stay"  # she leaves it behind
    TAKE = "take"  # it moves with her
    JOIN = "join"  # she leaves it and enters one that is at the new place


class TransferKind(StrEnum):
    """Which side asked."""

    HANDOVER = "handover"  # 移交: the holder of the file gives it
    CLAIM = "claim"  # 调档: she lives here now, and her file is on somebody else's ledger


class TransferState(StrEnum):
    """``requested`` is the only state that anything follows."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


CLOSED: Final = {
    TransferState.ACCEPTED: "transfer.accepted",
    TransferState.REJECTED: "transfer.rejected",
    TransferState.WITHDRAWN: "transfer.withdrawn",
    TransferState.EXPIRED: "transfer.expired",
}
"""State → the code of the problem that says so: whoever comes second is told who was first."""
