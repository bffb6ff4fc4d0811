"""A census from its planning to its closing report, in a county of two villages."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from domain.campaigns import commands, use_cases
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from domain.people.commands import OpenProfile, UpdateProfile
from domain.people.use_cases import open_profile, update_profile
from domain.unit_of_work import Saved
from tests.integration.people.conftest import TODAY, Ledger, UnitAt, access_of

VILLAGE, OTHER = 421081100201, 421081100202
CREATE = {
    "region": "421081", "title": "2026年秋季摸底", "season": "autumn", "forms": ["child", "woman"],
    "opens_on": "2026-10-20", "due_on": "2026-11-05",
}  # fmt: skip
VILLAGE_CLERK = access_of("village_worker", "village_committee", "421081100201")
TOWNSHIP_CLERK = access_of("village_worker", "township_government", "421081100")


class Census:
    """Runs the acts of a campaign as those whose they are."""

    def __init__(self, owner: asyncpg.Connection, unit_at: UnitAt, officer: Access) -> None:
        self.owner, self.unit_at, self.officer = owner, unit_at, officer

    async def create(self, access: Access | None = None, **changed: Any) -> Saved:
        command = commands.CreateCampaign.model_validate(CREATE | changed)
        return await use_cases.create_campaign(access or self.officer, self.unit_at(), command)

    async def open(self, **changed: Any) -> UUID:
        made = await self.create(**changed)
        command = commands.OpenCampaign(campaign_id=made.id, version=made.version)
        return (await use_cases.open_campaign(self.officer, self.unit_at(), command)).id

    async def village(self, campaign: UUID, code: int = VILLAGE) -> asyncpg.Record:
        return await self.owner.fetchrow(
            "SELECT * FROM campaign_village WHERE campaign_id = $1 AND region_code = $2", campaign, code
        )

    async def act(self, what: str, access: Access, campaign: UUID, **given: Any) -> None:
        on, code = given.pop("on", TODAY), given.pop("code", VILLAGE)
        await self.act_on(await self.village(campaign, code), what, access, on, **given)

    async def act_on(self, row: asyncpg.Record, what: str, access: Access, on: date = TODAY, **given: Any) -> None:
        made = getattr(commands, f"{what.title()}Village")
        command = made(campaign_village_id=row["id"], version=row["version"], **given)
        await getattr(use_cases, f"{what}_village")(access, self.unit_at(on), command)

    async def close(self, campaign: UUID, note: str | None = None, on: date = TODAY) -> Saved:
        version = await self.owner.fetchval("SELECT version FROM campaign WHERE id = $1", campaign)
        command = commands.CloseCampaign(campaign_id=campaign, version=version, note=note)
        return await use_cases.close_campaign(self.officer, self.unit_at(on), command)

    async def accept(self, campaign: UUID) -> None:
        command = commands.AcceptTownship(campaign_id=campaign, township="421081100")
        await use_cases.accept_township(self.officer, self.unit_at(), command)

    async def state(self) -> list[Any]:
        tables = ("campaign", "campaign_village", "campaign_report", "event")
        return [await self.owner.fetch(f"SELECT * FROM {table} ORDER BY id") for table in tables]


@pytest.fixture
async def census(owner: asyncpg.Connection, unit_at: UnitAt, officer: Access) -> Census:
    await owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'civil_affairs', 3, '民政局', 421081000000, '2020-01-01')",
        officer.agency_id,
    )
    return Census(owner, unit_at, officer)


async def test_from_planning_to_report(census: Census, ledger: Ledger) -> None:
    campaign = await census.open()
    rows = await census.owner.fetch("SELECT * FROM campaign_village ORDER BY region_code")
    assert [(row["region_code"], row["state"], row["due_on"], row["township"]) for row in rows] == [
        (VILLAGE, "not_started", date(2026, 11, 5), 421081100),
        (OTHER, "not_started", date(2026, 11, 5), 421081100),
    ]
    await census.act("start", VILLAGE_CLERK, campaign)
    await census.act("submit", VILLAGE_CLERK, campaign, note="无遗漏")
    await census.act("return", TOWNSHIP_CLERK, campaign, reason="三组漏登")
    returned = await census.village(campaign)
    assert (returned["state"], returned["submitted_on"], returned["returned_times"], returned["return_reason"]) == (
        "returned", None, 1, "三组漏登",
    )  # fmt: skip
    await census.act("submit", VILLAGE_CLERK, campaign, on=date(2026, 11, 8))
    await census.act("check", TOWNSHIP_CLERK, campaign)
    with pytest.raises(Conflict) as refused:
        await census.accept(campaign)
    assert (refused.value.code, refused.value.parameters) == ("campaign.township_unchecked", {"unchecked": 1})
    for act, who in (("start", VILLAGE_CLERK), ("submit", TOWNSHIP_CLERK), ("check", TOWNSHIP_CLERK)):
        by = TOWNSHIP_CLERK if who is VILLAGE_CLERK else who  # the other village has no clerk of its own here
        await census.act(act, by, campaign, code=OTHER)
    await census.accept(campaign)
    await census.close(campaign, on=date(2026, 11, 12))

    report = await census.owner.fetchrow("SELECT * FROM campaign_report")
    assert (report["campaign_id"], report["made_on"], report["note"]) == (campaign, date(2026, 11, 12), None)
    assert report["totals"] == {
        "villages": 2, "accepted": 2, "unfinished": 0, "late": 1, "returned_times": 1, "days_late": 3,
        "women": 0, "children": 0, "elders": 0, "surveyed": 0, "known": 0, "households_surveyed": 0,
        "households_known": 0,
    }  # fmt: skip
    assert [one["days_late"] for one in report["townships"][0]["villages"]] == [3, 0]
    assert [one for one in await ledger.events() if not one.endswith(("started", "submitted"))] == [
        "campaign.created", "campaign.opened", "campaign_village.returned", "campaign_village.checked",
        "campaign_village.checked", "campaign_village.accepted", "campaign_village.accepted",
        "campaign.township_accepted", "campaign.closed",
    ]  # fmt: skip


async def test_an_entry_in_the_field_counts_and_sets_the_village_going(
    census: Census, register: Callable[..., Any], ledger: Ledger, officer: Access, unit_at: UnitAt
) -> None:
    before = await register("早已在册", child={}, new_household=True)
    campaign = await census.open()
    child = await register("新登记", child={}, new_household=True)
    elder = await register("不在本次", elder={}, birth_date="1950-01-01")

    started = await census.village(campaign)
    assert (started["state"], started["started_on"], started["version"]) == ("in_progress", TODAY, 2)
    surveyed = {one.id: (await ledger.row("person", one.id))["surveyed_on"] for one in (before, child, elder)}
    assert surveyed == {before.id: None, child.id: TODAY, elder.id: None}
    woman = OpenProfile.model_validate({"person_id": str(elder.id), "woman": {}})
    opened = await open_profile(officer, unit_at(), woman)
    assert (await ledger.row("person", elder.id))["surveyed_on"] == TODAY
    later = date(2026, 11, 3)
    command = UpdateProfile.model_validate({"profile_id": str(opened.id), "version": 1, "woman": {"skills": "缝纫"}})
    await update_profile(officer, unit_at(later), command)
    assert (await ledger.row("person", elder.id))["surveyed_on"] == later
    types = await ledger.events()
    assert types.count("campaign_village.started") == 1

    await census.close(campaign, "提前结束")
    kept = await census.village(campaign)
    assert kept["figures"] == {
        "known": 3, "surveyed": 2, "women": 1, "children": 1, "elders": 0, "households_known": 2,
        "households_surveyed": 1,
    }  # fmt: skip
    await register("结束之后", child={})
    assert await census.village(campaign) == kept


async def test_what_is_not_ones_own_changes_nothing(census: Census, neighbour: Access) -> None:
    campaign = await census.open()
    await census.act("start", VILLAGE_CLERK, campaign)
    await census.act("submit", VILLAGE_CLERK, campaign)
    before = await census.state()
    supervisor = access_of("supervisor", "civil_affairs", "4210")
    education = access_of("county_officer", "education")
    refusals: list[tuple[str, Access, type[Exception]]] = [
        ("check", VILLAGE_CLERK, Forbidden),
        ("check", census.officer, Forbidden),
        ("return", VILLAGE_CLERK, Forbidden),
        ("check", supervisor, Forbidden),
        ("check", neighbour, NotFound),
        ("check", access_of("village_worker", "township_government", "421081101"), NotFound),
    ]
    for what, access, error in refusals:
        given = {"reason": "缺项"} if what == "return" else {}
        with pytest.raises(error):
            await census.act(what, access, campaign, **given)
    with pytest.raises(Forbidden) as refused:
        await census.create(education, title="另一次")
    assert refused.value.code == "campaign.not_leading"
    with pytest.raises(Forbidden):
        await census.create(neighbour, title="另一次")
    assert await census.state() == before


async def test_illegal_acts_name_the_allowed_ones_and_change_nothing(census: Census) -> None:
    campaign = await census.open()
    before = await census.state()
    with pytest.raises(Conflict) as refused:
        await census.act("check", TOWNSHIP_CLERK, campaign)
    assert refused.value.parameters == {"state": "not_started", "allowed": ("assign", "start")}
    with pytest.raises(Conflict) as refused:
        await census.close(campaign)
    assert (refused.value.code, refused.value.parameters) == ("campaign.unfinished", {"unfinished": 2})
    with pytest.raises(Conflict) as refused:
        await census.create()
    assert refused.value.code == "campaign.duplicate"
    assert await census.state() == before

    overlapping = await census.create(title="另一次", forms=["child", "elder"])
    before = await census.state()
    with pytest.raises(Conflict) as refused:
        await use_cases.open_campaign(
            census.officer, census.unit_at(), commands.OpenCampaign(campaign_id=overlapping.id, version=1)
        )
    assert refused.value.code == "campaign.overlaps"
    assert await census.state() == before

    await census.close(campaign, "改期")
    before = await census.state()
    with pytest.raises(Conflict) as refused:
        await census.act("start", VILLAGE_CLERK, campaign)
    assert refused.value.code == "campaign.closed"
    assert await census.state() == before


async def test_nobody_opens_before_the_day(census: Census) -> None:
    made = await census.create(opens_on="2026-11-02", due_on="2026-12-01")
    before = await census.state()
    with pytest.raises(Conflict) as refused:
        await use_cases.open_campaign(
            census.officer, census.unit_at(), commands.OpenCampaign(campaign_id=made.id, version=1)
        )
    assert (refused.value.code, refused.value.parameters) == ("campaign.too_early", {"opens_on": "2026-11-02"})
    assert await census.state() == before


async def test_who_is_responsible_works_there(census: Census) -> None:
    campaign = await census.open()
    staff = {}
    for name, region in (("村", VILLAGE), ("镇", 421081100000), ("县", 421081000000), ("邻村", OTHER)):
        staff[name] = await census.owner.fetchval(
            "INSERT INTO staff (id, agency_id, region_code, name, valid_from) "
            "VALUES (uuidv7(), $1, $2, $3, '2020-01-01') RETURNING id",
            census.officer.agency_id, region, name,
        )  # fmt: skip
    for name in ("村", "镇"):
        await census.act("assign", TOWNSHIP_CLERK, campaign, responsible_id=staff[name])
        assert (await census.village(campaign))["responsible_id"] == staff[name]
    before = await census.state()
    for name in ("县", "邻村"):
        with pytest.raises(InvalidInput):
            await census.act("assign", TOWNSHIP_CLERK, campaign, responsible_id=staff[name])
    assert await census.state() == before


async def test_two_clerks_at_once_end_with_one_act(census: Census) -> None:
    campaign = await census.open()
    await census.act("start", VILLAGE_CLERK, campaign)
    await census.act("submit", VILLAGE_CLERK, campaign)
    row = await census.village(campaign)
    outcomes = await asyncio.gather(
        census.act_on(row, "check", TOWNSHIP_CLERK),
        census.act_on(row, "return", TOWNSHIP_CLERK, reason="缺项"),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes if one is not None] == [Stale]
    assert (await census.village(campaign))["version"] == 4
