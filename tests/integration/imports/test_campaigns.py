"""A roster that comes in during a census campaign."""

from datetime import date
from uuid import UUID

from domain.campaigns import commands, use_cases
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.imports.conftest import Imports
from tests.integration.imports.papers import CHILD, ELDER, VILLAGE_CODE, paper
from tests.integration.people.conftest import access_of

TODAY = date(2026, 11, 1)
CREATE = {
    "region": "421081", "title": "2026年秋季摸底", "season": "autumn", "forms": ["child"],
    "opens_on": "2026-10-20", "due_on": "2026-11-05",
}  # fmt: skip


async def opened(imports: Imports) -> UUID:
    officer = access_of()
    await imports.owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'civil_affairs', 3, '民政局', 421081000000, '2020-01-01')",
        officer.agency_id,
    )
    uow = PostgresUnitOfWork(imports.pool, imports.cipher, today=lambda: TODAY)
    made = await use_cases.create_campaign(officer, uow, commands.CreateCampaign.model_validate(CREATE))
    opening = commands.OpenCampaign(campaign_id=made.id, version=made.version)
    return (await use_cases.open_campaign(officer, uow, opening)).id


async def test_it_sets_its_villages_going_once(imports: Imports) -> None:
    """As of a day within the campaign, on a form it asks for."""
    campaign = await opened(imports)
    sql = "SELECT * FROM campaign_village WHERE campaign_id = $1 AND region_code = $2"
    for form, as_of in ((ELDER, TODAY), (CHILD, date(2026, 10, 19))):  # another form; before it began
        await imports.run(paper([form]), as_of=as_of)
        assert (await imports.owner.fetchrow(sql, campaign, VILLAGE_CODE))["state"] == "not_started"
    for as_of in (TODAY, date(2026, 11, 2)):
        await imports.run(paper([CHILD]), as_of=as_of)
        row = await imports.owner.fetchrow(sql, campaign, VILLAGE_CODE)
        assert (row["state"], row["started_on"], row["version"]) == ("in_progress", TODAY, 2)
    (event,) = await imports.owner.fetch("SELECT * FROM event WHERE type = 'campaign_village.started'")
    assert (event["aggregate_id"], event["actor"], event["channel"]) == (row["id"], "staff:test", "import")
    going = await imports.owner.fetchval("SELECT count(*) FROM campaign_village WHERE state <> 'not_started'")
    assert going == 1
