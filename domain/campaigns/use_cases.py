"""Running a census campaign: each act is one transaction, decided by ``domain.campaigns.model``."""

from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.campaigns.commands import (
    AcceptTownship,
    AssignVillage,
    CheckVillage,
    CloseCampaign,
    CreateCampaign,
    OpenCampaign,
    ReturnVillage,
    StartVillage,
    SubmitVillage,
    VillageCommand,
)
from domain.campaigns.model import (
    CAMPAIGN_STATES,
    COUNTY,
    FINISHED,
    TOWNSHIP,
    VILLAGE_STATES,
    CampaignAct,
    CampaignState,
    VillageAct,
    VillageState,
    may_act,
    may_lead,
)
from domain.campaigns.report import closing_report
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.events import Event
from domain.people.model import Population
from domain.regions.codes import level_of, padded
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

LEAD: Final = "campaigns:write"
WORK: Final = "campaign_villages:write"
TOWNSHIP_DIGITS: Final = 1_000


async def create_campaign(access: Access, uow: UnitOfWork, command: CreateCampaign) -> Saved:
    """Plan a census of the caller's county, as its civil affairs bureau or women's federation."""
    forms = list(dict.fromkeys(command.forms))
    async with uow.begin(access, LEAD) as work:
        county = await _county(work, command.region)
        may_lead(access, frozenset(forms))
        values = {
            "region_code": county,
            "agency_id": access.agency_id,
            "title": command.title,
            "season": command.season,
            "forms": forms,
            "opens_on": command.opens_on,
            "due_on": command.due_on,
            "state": CampaignState.DRAFT,
        }
        row = await work.insert("campaign", values)
        await work.append(_of_campaign("campaign.created", row, forms=forms))
        return await work.commit(_saved("campaign", row))


async def open_campaign(access: Access, uow: UnitOfWork, command: OpenCampaign) -> Saved:
    """Begin a campaign; two open ones of a county never ask for the same form."""
    async with uow.begin(access, LEAD) as work:
        campaign = await _led(work, command.campaign_id, command.version)
        state = CAMPAIGN_STATES.after(CampaignState(campaign["state"]), CampaignAct.OPEN)
        if work.today < campaign["opens_on"]:
            raise Conflict("campaign.too_early", opens_on=campaign["opens_on"].isoformat())
        others = await work.find("campaign", where={"region_code": campaign["region_code"], "state": state})
        if any({*one["forms"]} & {*campaign["forms"]} for one in others):
            raise Conflict("campaign.overlaps")
        opened = await work.update("campaign", campaign, {"state": state, "opened_on": work.today})
        villages = await work.enlist_villages(dict(opened))
        await work.append(_of_campaign("campaign.opened", opened, villages=villages))
        return await work.commit(_saved("campaign", opened))


async def accept_township(access: Access, uow: UnitOfWork, command: AcceptTownship) -> Saved:
    """Accept a township's villages, all of them at once, when it has checked every one."""
    async with uow.begin(access, LEAD) as work:
        campaign = await _led(work, command.campaign_id)
        CAMPAIGN_STATES.after(CampaignState(campaign["state"]), CampaignAct.ACCEPT_TOWNSHIP)
        rows = await work.find(
            "campaign_village", where={"campaign_id": campaign["id"], "township": _township(command.township)}
        )
        if not rows:
            raise InvalidInput(Fault("/township", "region.unknown"))
        pending = [row for row in rows if row["state"] != VillageState.ACCEPTED]
        unchecked = sum(row["state"] != VillageState.CHECKED for row in pending)
        if unchecked or not pending:
            raise Conflict("campaign.township_unchecked", unchecked=unchecked)
        for row in pending:
            may_act(access, VillageAct.ACCEPT, VillageState(row["state"]))
            state = VILLAGE_STATES.after(VillageState(row["state"]), VillageAct.ACCEPT)
            accepted = await work.update("campaign_village", row, {"state": state, "accepted_on": work.today})
            await work.append(of_village("campaign_village.accepted", accepted))
        await work.append(_of_campaign("campaign.township_accepted", campaign, township=command.township))
        return await work.commit(_saved("campaign", campaign))


async def close_campaign(access: Access, uow: UnitOfWork, command: CloseCampaign) -> Saved:
    """End a campaign: its figures are kept as they are now, in a closing report that stays."""
    async with uow.begin(access, LEAD) as work:
        campaign = await _led(work, command.campaign_id, command.version)
        state = CAMPAIGN_STATES.after(CampaignState(campaign["state"]), CampaignAct.CLOSE)
        async with work.as_system():  # the report is the county's, whatever the remit of who closes
            rows = await work.freeze_figures(campaign["id"])
        unfinished = sum(VillageState(row["state"]) not in FINISHED for row in rows)
        if unfinished and command.note is None:
            raise Conflict("campaign.unfinished", unfinished=unfinished)
        report = closing_report(rows, campaign["due_on"], work.today)
        closed = await work.update("campaign", campaign, {"state": state, "closed_on": work.today})
        await work.insert(
            "campaign_report",
            {
                "campaign_id": campaign["id"],
                "region_code": campaign["region_code"],
                "made_on": work.today,
                "note": command.note,
                **report,
            },
        )
        await work.append(_of_campaign("campaign.closed", closed, totals=report["totals"]))
        return await work.commit(_saved("campaign", closed))


async def assign_village(access: Access, uow: UnitOfWork, command: AssignVillage) -> Saved:
    """Name who is responsible for a village."""
    async with uow.begin(access, WORK) as work:
        row, state = await _village(work, command, VillageAct.ASSIGN)
        if command.responsible_id is not None:
            await _check_responsible(work, command.responsible_id, row)
        return await _moved(work, row, "assigned", {"state": state, "responsible_id": command.responsible_id})


async def start_village(access: Access, uow: UnitOfWork, command: StartVillage) -> Saved:
    """Begin a village's survey, or take it up again."""
    async with uow.begin(access, WORK) as work:
        row, state = await _village(work, command, VillageAct.START)
        return await _moved(work, row, "started", {"state": state, "started_on": row["started_on"] or work.today})


async def submit_village(access: Access, uow: UnitOfWork, command: SubmitVillage) -> Saved:
    """Hand a village's survey to the township."""
    async with uow.begin(access, WORK) as work:
        row, state = await _village(work, command, VillageAct.SUBMIT)
        changes = {"state": state, "submitted_on": work.today, "submitted_note": command.note}
        return await _moved(work, row, "submitted", changes)


async def check_village(access: Access, uow: UnitOfWork, command: CheckVillage) -> Saved:
    """Record that the township has checked a village's survey."""
    async with uow.begin(access, WORK) as work:
        row, state = await _village(work, command, VillageAct.CHECK)
        return await _moved(work, row, "checked", {"state": state, "checked_on": work.today})


async def return_village(access: Access, uow: UnitOfWork, command: ReturnVillage) -> Saved:
    """Send a village's survey back; until it comes again it counts as not handed in."""
    async with uow.begin(access, WORK) as work:
        row, state = await _village(work, command, VillageAct.RETURN)
        changes = {
            "state": state,
            "submitted_on": None,
            "checked_on": None,
            "return_reason": command.reason,
            "returned_times": row["returned_times"] + 1,
        }
        return await _moved(work, row, "returned", changes)


async def surveyed(work: Work, person: Row, population: Population, cause: Event) -> None:
    """Count an entry in the field towards the open campaign of the person's village, and set the village going."""
    for row in await work.survey(person["id"], person["region_code"], population, work.today):
        await work.append(of_village("campaign_village.started", row, cause_id=cause.id))


# --- what the use cases share -----------------------------------------------------------------------


async def _led(work: Work, campaign_id: UUID, version: int | None = None) -> Row:
    """Return a campaign, locked, that the caller may run."""
    campaign = await work.load("campaign", campaign_id, version=version)
    may_lead(work.access, frozenset(map(Population, campaign["forms"])))
    if not work.access.covers(campaign["region_code"]):
        raise Forbidden("region.forbidden")
    return campaign


async def _village(work: Work, command: VillageCommand, act: VillageAct) -> tuple[Row, VillageState]:
    """Return a village's row of an open campaign, locked, and the state after an act the caller may do."""
    row = await work.load("campaign_village", command.campaign_village_id, version=command.version)
    state = VillageState(row["state"])
    may_act(work.access, act, state)
    campaign = await work.load("campaign", row["campaign_id"], lock=False)
    if campaign["state"] != CampaignState.OPEN:
        raise Conflict("campaign.closed")
    return row, VILLAGE_STATES.after(state, act)


async def _check_responsible(work: Work, staff_id: UUID, row: Row) -> None:
    """Refuse a person who is not in office in the village or its township."""
    found = await work.find("staff", where={"id": staff_id}, open_until="valid_to")
    here = {row["region_code"], row["township"] * TOWNSHIP_DIGITS}
    if not found or found[0]["region_code"] not in here:
        raise InvalidInput(Fault("/responsible_id", "campaign_village.not_local_staff"))


async def _moved(work: Work, row: Row, what: str, changes: dict[str, Any]) -> Saved:
    changed = await work.update("campaign_village", row, changes)
    await work.append(of_village(f"campaign_village.{what}", changed))
    return await work.commit(_saved("campaign_village", changed))


async def _county(work: Work, code: str) -> int:
    """Return the 12-digit number of a county in force that the caller works in."""
    county = await work.region(code, work.today) if level_of(code) == COUNTY else None
    if county is None:
        raise InvalidInput(Fault("/region", "region.not_county"))
    if not work.access.covers(county):
        raise Forbidden("region.forbidden")
    return county


def _township(code: str) -> int:
    if level_of(code) != TOWNSHIP:
        raise InvalidInput(Fault("/township", "region.not_township"))
    return padded(code) // TOWNSHIP_DIGITS


def _of_campaign(kind: str, row: Row, **data: object) -> Event:
    return Event(kind, "campaign", row["id"], row["region_code"], aggregate_version=row["version"], data=data)


def of_village(kind: str, row: Row, cause_id: UUID | None = None) -> Event:
    """Return the event of an act on a village's row."""
    data = {"campaign_id": row["campaign_id"], "state": row["state"]}
    return Event(
        kind, "campaign_village", row["id"], row["region_code"], aggregate_version=row["version"], cause_id=cause_id,
        data=data,
    )  # fmt: skip


def _saved(record: str, row: Row) -> Saved:
    return Saved(record, row["id"], row["version"])


__all__ = [
    "accept_township",
    "assign_village",
    "check_village",
    "close_campaign",
    "create_campaign",
    "of_village",
    "open_campaign",
    "return_village",
    "start_village",
    "submit_village",
    "surveyed",
]
