"""Every table of the service, by context. ``metadata`` is what the migrations compare with."""

from sqlmodel import SQLModel

from persistence.tables import (
    auth,
    break_glass,
    campaigns,
    cases,
    contracts,
    duplicates,
    notifications,
    people,
    places,
    policy,
    sealing,
    statistics,
    surveys,
    system,
    transfers,
    venues,
)

metadata = SQLModel.metadata

__all__ = [
    "auth",
    "break_glass",
    "campaigns",
    "cases",
    "contracts",
    "duplicates",
    "metadata",
    "notifications",
    "people",
    "places",
    "policy",
    "sealing",
    "statistics",
    "surveys",
    "system",
    "transfers",
    "venues",
]
