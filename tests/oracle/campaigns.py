"""The world's census campaigns: of two counties, in every state, with reports."""

from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracle.directory import VILLAGES
from tests.oracle.ids import AGENCIES, key

if TYPE_CHECKING:
    from tests.oracle.world import World

PAST, FUTURE = date(2020, 3, 1), date(2099, 3, 1)
FIGURES = ("women", "children", "elders", "surveyed", "known", "households_surveyed", "households_known")
STATES = ("not_started", "in_progress", "submitted", "checked", "returned", "accepted")


def campaigns(world: "World") -> None:
    """Make campaigns with villages and reports; some villages are late, some figures are kept."""
    counties = (421081, 421083, 421102, 440305, 421081)
    for at, county in enumerate(counties):
        campaign = world.add("campaign", {
            "id": world.id(18), "region_code": county * 10**6, "agency_id": AGENCIES["civil"],
            "title": f'摸底 "{at}"', "season": ("spring", "winter")[at % 2],
            "forms": (["child"], ["woman", "elder"], ["child", "woman", "elder"])[at % 3],
            "opens_on": (date(2012, 1, 1), date(2024, 1, 1))[at % 2], "due_on": (FUTURE, date(2024, 3, 1))[at % 2],
            "state": ("open", "draft", "closed")[at % 3], "opened_on": world.maybe((PAST,)), "closed_on": None,
            **world.versioned(),
        })  # fmt: skip
        for number, village in enumerate(sorted({one for one in VILLAGES if one // 10**6 == county})):
            handed_in = world.maybe((PAST, FUTURE), 0.5)
            kept = dict.fromkeys(("surveyed", "known", "women", "children", "elders"), number)
            world.add("campaign_village", {
                "id": world.id(19), "campaign_id": campaign["id"], "region_code": village,
                "due_on": campaign["due_on"], "state": STATES[(at + number) % len(STATES)],
                "responsible_id": world.maybe([key(14, 0), key(14, 1)]), "submitted_on": handed_in,
                "submitted_note": world.chance.choice(world.texts), "return_reason": world.chance.choice(world.texts),
                "started_on": world.day(0.5), "returned_times": number,
                "figures": kept | {"households_surveyed": 1, "households_known": 2} if at % 3 == 2 else {},
                **world.versioned(),
            })  # fmt: skip
        if at % 2 == 0:
            figures: dict[str, Any] = {"returned_times": at, "days_late": 2}
            figures |= dict(zip(FIGURES, range(5, 12), strict=True))
            totals: dict[str, Any] = {"villages": at, "accepted": 1, "unfinished": 0, "late": 1, **figures}
            result = {"region": "421081100201", "name": '村"', "state": "accepted", **figures}
            township: dict[str, Any] = {"region": "421081100", "name": "镇\n", "totals": totals, "villages": [result]}
            world.add("campaign_report", {
                "id": world.id(20), "campaign_id": campaign["id"], "region_code": county * 10**6, "made_on": PAST,
                "note": world.chance.choice(world.texts), "totals": totals,
                "townships": [township, township | {"villages": []}][: at],
            })  # fmt: skip


__all__ = ["campaigns"]
