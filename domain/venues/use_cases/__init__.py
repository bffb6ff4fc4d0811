"""Acts on venues, activities and sign-ups: each is one transaction, decided by ``domain.venues.model``."""

from domain.venues.use_cases.activities import (
    cancel_activity,
    create_activity,
    hold_activity,
    open_activity,
    record_attendance,
    update_activity,
)
from domain.venues.use_cases.sign_ups import join_activity, withdraw_sign_up
from domain.venues.use_cases.venues import close_venue, create_venue, open_venue, suspend_venue, update_venue

__all__ = [
    "cancel_activity",
    "close_venue",
    "create_activity",
    "create_venue",
    "hold_activity",
    "join_activity",
    "open_activity",
    "open_venue",
    "record_attendance",
    "suspend_venue",
    "update_activity",
    "update_venue",
    "withdraw_sign_up",
]
