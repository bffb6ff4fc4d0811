"""The world's service contracts: of several buyers and organisations, agreed on or not yet."""

from datetime import date
from typing import TYPE_CHECKING

from domain.policy.model import CaseCategory
from tests.oracle.ids import AGENCIES

if TYPE_CHECKING:
    from tests.oracle.world import World

BUYERS = {"civil": 421081000000, "neighbour": 421083000000, "city": 421000000000, "township": 421081100000}


def contracts(world: "World") -> None:
    """Make contracts of four buyers with two organisations."""
    for at in range(36):
        name = [*BUYERS][at % 4]
        state = ("draft", "active", "ended")[at % 3]
        agreed = state == "active" or (state == "ended" and at % 2 == 0)
        world.add("service_contract", {
            "id": world.id(32), "region_code": BUYERS[name], "buyer_agency_id": AGENCIES[name],
            "ngo_agency_id": AGENCIES[("ngo", "idle_ngo")[at % 5 == 0]], "title": world.chance.choice(world.names),
            "starts_on": date(2025, 1, 1), "ends_on": date(2025 + at % 3, 12, 31),
            "categories": world.some([*CaseCategory]), "regions": world.some(("421081", "421081100201")),
            "quota": 10 + at, "assigned": at % 7, "amount_fen": world.maybe((0, 2_000_000_000)), "state": state,
            "activated_on": world.day() if agreed else None, "ended_on": world.day() if state == "ended" else None,
            "end_reason": world.chance.choice(world.texts) if state == "ended" else None, **world.versioned(),
        })  # fmt: skip


__all__ = ["contracts"]
