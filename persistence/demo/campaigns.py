"""The demo county's census: one campaign near its end, its villages in every state it can be in."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from domain.campaigns.model import CampaignState, Season, VillageState
from domain.people.days import SHANGHAI
from domain.people.model import Population
from persistence.demo.directory import COUNTY, PILOT_TOWNSHIP, Directory
from persistence.demo.history import Act, Census
from persistence.demo.numbers import Numbers
from persistence.demo.population import PILOT_VILLAGE

Row = dict[str, Any]
BEGAN_BEFORE: Final = timedelta(days=50)  # the days in which the county's people were entered
DUE_BEFORE: Final = timedelta(days=5)  # the latest village is accepted the day before today
SEASONS: Final = ((Season.SPRING, "春季"), (Season.SUMMER, "夏季"), (Season.AUTUMN, "秋季"), (Season.WINTER, "冬季"))
REASONS: Final = ("两户常年在外未登记，请电话核实", "监护情况栏漏填较多", "与上季度人数相差较大，请复核")
NOTE: Final = "已逐户走访，村内公示三日无异议"

ACCEPTED, CHECKED, SUBMITTED, IN_PROGRESS, RETURNED, NOT_STARTED = (
    VillageState.ACCEPTED,
    VillageState.CHECKED,
    VillageState.SUBMITTED,
    VillageState.IN_PROGRESS,
    VillageState.RETURNED,
    VillageState.NOT_STARTED,
)
# A third of the townships is through, a third waits for the county, in the rest villages are still at work.
SPREAD: Final = (
    (ACCEPTED,),
    (CHECKED,),
    (CHECKED, SUBMITTED, CHECKED, RETURNED),
    (ACCEPTED,),
    (SUBMITTED, IN_PROGRESS, SUBMITTED, SUBMITTED, RETURNED),
    (IN_PROGRESS, SUBMITTED, IN_PROGRESS, NOT_STARTED),
)
PILOT: Final = (SUBMITTED, CHECKED, RETURNED, IN_PROGRESS, SUBMITTED)


def census(keys: Numbers, made: Directory, villages: Sequence[int], as_of: date) -> dict[str, list[Row]]:
    """Return the campaign and the rows of its villages (12-digit codes, in order)."""
    began = as_of - BEGAN_BEFORE
    season, spoken = SEASONS[(began.month % 12) // 3 - 1]
    campaign = _stamped(keys, began) | {
        "region_code": int(COUNTY) * 1_000_000,
        "agency_id": made.agencies["civil_affairs"]["id"],
        "title": f"{began.year}年{spoken}农村留守妇女儿童老人摸底排查",
        "season": season,
        "forms": [one.value for one in Population],
        "opens_on": began,
        "due_on": as_of - DUE_BEFORE,
        "state": CampaignState.OPEN,
        "version": 2,
        "opened_on": began,
    }
    rows = []
    for number, (township, codes) in enumerate(groupby(villages, lambda code: code // 1000)):
        spread = PILOT if str(township) == PILOT_TOWNSHIP else SPREAD[number % len(SPREAD)]
        for index, code in enumerate(codes):
            state = IN_PROGRESS if code == PILOT_VILLAGE else spread[index % len(spread)]
            rows.append(_village(keys, made, campaign, code, state, index))
    return {"campaign": [campaign], "campaign_village": rows}


def _village(keys: Numbers, made: Directory, campaign: Row, code: int, state: VillageState, index: int) -> Row:
    began, due = campaign["opens_on"], campaign["due_on"]
    started = began + timedelta(days=2 + index % 9)
    submitted = due + timedelta(days=index % 11 - 8)  # most in time, some a day or two late
    checked = submitted + timedelta(days=1)
    handed_in = state in {SUBMITTED, CHECKED, ACCEPTED}
    return _stamped(keys, began) | {
        "campaign_id": campaign["id"],
        "region_code": code,
        "due_on": due,
        "state": state,
        "responsible_id": _responsible(made, code),
        "started_on": None if state is NOT_STARTED else started,
        "submitted_on": submitted if handed_in else None,
        "submitted_note": NOTE if handed_in else None,
        "checked_on": checked if state in {CHECKED, ACCEPTED} else None,
        "accepted_on": checked + timedelta(days=1) if state is ACCEPTED else None,
        "return_reason": REASONS[index % len(REASONS)] if state is RETURNED else None,
        "returned_times": int(state is RETURNED),
        "version": {NOT_STARTED: 1, IN_PROGRESS: 2, SUBMITTED: 3, CHECKED: 4, RETURNED: 4, ACCEPTED: 5}[state],
    }


def events(census: Census, made: Directory, rows: dict[str, list[Row]]) -> list[Row]:
    """Return what the campaign and its villages left in the log."""
    (campaign,) = rows["campaign"]
    officer = Act(made.staff["civil_affairs", "officer"])
    villages = rows["campaign_village"]
    began = campaign["created_at"]
    told = [
        census.event("campaign.created", campaign | {"version": 1}, None, began, {"forms": campaign["forms"]}, None,
            officer),
        census.event("campaign.opened", campaign, None, began + timedelta(minutes=20), {"villages": len(villages)},
            None, officer),
    ]  # fmt: skip
    staff = {one["id"]: one for one in made.rows["staff"]}
    for row in villages:
        helper = Act(staff.get(row["responsible_id"]) or census.taker(row["region_code"]))
        township = Act(census.taker(row["region_code"]))
        for version, (what, state, day, act) in enumerate(_steps(row, helper, township, officer), start=2):
            at = datetime.combine(day, time(8 + 2 * version), SHANGHAI)
            data = {"campaign_id": str(campaign["id"]), "state": str(state)}
            told.append(census.event(f"campaign_village.{what}", row | {"version": version}, None, at, data, None, act))
    for township_code, listed in groupby(villages, lambda one: one["region_code"] // 1000):
        days = [one["accepted_on"] for one in listed]
        if None not in days:
            at = datetime.combine(max(days), time(18, 1), SHANGHAI)
            data = {"township": str(township_code)}
            told.append(census.event("campaign.township_accepted", campaign, None, at, data, None, officer))
    return told


def _steps(row: Row, helper: Act, township: Act, officer: Act) -> list[tuple[str, VillageState, date, Act]]:
    """Return the steps a village has gone: what, the state after it, the day, by whom."""
    returned = row["state"] == RETURNED
    steps = (
        ("started", IN_PROGRESS, row["started_on"], helper),
        ("submitted", SUBMITTED, row["due_on"] - timedelta(days=3) if returned else row["submitted_on"], helper),
        ("checked", CHECKED, row["checked_on"], township),
        ("returned", RETURNED, row["due_on"] - timedelta(days=1) if returned else None, township),
        ("accepted", ACCEPTED, row["accepted_on"], officer),
    )
    return [(what, state, day, act) for what, state, day, act in steps if day is not None]


def _responsible(made: Directory, code: int) -> object:
    """Return the child director of the village, else the child supervisor of its township."""
    posts = ((str(code), "child_director"), (str(code // 1000), "child_supervisor"))
    return next((made.staff[one]["id"] for one in posts if one in made.staff), None)


def _stamped(keys: Numbers, day: date) -> Row:
    at = datetime.combine(day, time(9), SHANGHAI)
    return {"id": keys.key(at), "created_at": at, "updated_at": at}


__all__ = ["census", "events"]
