"""Read models of census campaigns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.agencies.views import Agency, StaffMember
from domain.campaigns.model import CampaignState, Season, VillageState
from domain.people.model import Population, Remit
from domain.regions.views import Region
from domain.scopes import OfCounty
from domain.scopes import Region as OfRegion
from domain.view import (
    between,
    computed,
    condition,
    count_of,
    division,
    document,
    embedded,
    eq,
    has,
    many,
    one,
    view,
    within,
)

# Figures are kept for the whole county: each is for those who look after all whom it counts.
OfWomen = Annotated[int, count_of(Remit.WOMAN)]
OfChildren = Annotated[int, count_of(Remit.CHILD)]
OfElders = Annotated[int, count_of(Remit.ELDER)]
OfAll = Annotated[int, count_of(Remit.ANYONE)]
READ, LEAD, WORK = "campaigns:read", "campaigns:write", "campaign_villages:write"


@view(
    "campaign", plural="campaigns", permission=READ, scope=OfCounty(),
    actions={"open": LEAD, "accept_township": LEAD, "close": LEAD},
)  # fmt: skip
class Campaign:
    """A census campaign (摸底排查) of a county. ``progress`` counts the villages the caller sees."""

    id: UUID
    version: int
    region: str = division("region_code")
    agency_id: UUID
    title: str
    season: Season
    forms: list[Population]
    opens_on: date
    due_on: date
    state: CampaignState
    opened_on: date | None
    closed_on: date | None
    created_at: datetime
    progress: CampaignProgress = embedded("campaign_progress")
    place: Region = one("region_code", to="lo")
    agency: Agency = one("agency_id")
    villages: list[CampaignVillage] = many("campaign_id", order="id")
    report: CampaignReport = one("id", to="campaign_id")
    __filters__ = (
        within("region", "region_code"),
        eq("state", "season", "agency_id"),
        has("forms"),
        between("opens_on", "due_on"),
    )
    __orders__ = ("-id", "id")


@document()
class CampaignProgress:
    """How many villages are in which state, and how many are late."""

    villages: int
    not_started: int
    in_progress: int
    submitted: int
    checked: int
    returned: int
    accepted: int
    late: int


@view(
    "campaign_village", plural="campaign_villages", permission=READ, scope=OfRegion(),
    actions=dict.fromkeys(("assign", "start", "submit", "check", "send_back"), WORK),
)  # fmt: skip
class CampaignVillage:
    """A village's survey in a campaign.

    ``late``: not handed in by the due day, or handed in after it. ``access.send_back`` is ``:return``.
    """

    id: UUID
    version: int
    campaign_id: UUID
    region: str = division("region_code")
    due_on: date
    state: VillageState
    late: bool = computed("campaign_village_late")
    responsible_id: UUID | None
    started_on: date | None
    submitted_on: date | None
    submitted_note: str | None
    checked_on: date | None
    accepted_on: date | None
    return_reason: str | None
    returned_times: int
    figures: CampaignFigures = embedded("campaign_village_figures")
    campaign: Campaign = one("campaign_id")
    place: Region = one("region_code", to="lo")
    responsible: StaffMember = one("responsible_id")
    __filters__ = (
        within("region", "region_code"),
        eq("campaign_id", "state", "responsible_id"),
        between("due_on"),
        condition("late"),
    )
    __orders__ = ("-id", "id", "region", "-region")
    __order_columns__ = (("region", "region_code"),)


@document()
class CampaignFigures:
    """People entered since the campaign began, as far as the caller sees them; of how many on the ledger.

    Counts of a population outside the caller's remit are withheld, and with them those that hold all three.
    """

    surveyed: OfAll
    known: OfAll
    women: OfWomen
    children: OfChildren
    elders: OfElders
    households_surveyed: OfAll
    households_known: OfAll


@view("campaign_report", plural="campaign_reports", permission=READ, scope=OfRegion(), versioned=False)
class CampaignReport:
    """What a campaign came to, as it stood on the day it was closed (总结表)."""

    id: UUID
    campaign_id: UUID
    region: str = division("region_code")
    made_on: date
    note: str | None
    totals: CampaignTotals = embedded("totals")
    townships: list[CampaignTownship] = embedded("townships")
    campaign: Campaign = one("campaign_id")
    __filters__ = (within("region", "region_code"), eq("campaign_id"), between("made_on"))
    __orders__ = ("-id", "id")


@document()
class CampaignTotals:
    """Sums over villages. Counts of a population outside the caller's remit are withheld, as in the figures."""

    villages: int
    accepted: int
    unfinished: int
    late: int
    returned_times: int
    days_late: int
    surveyed: OfAll
    known: OfAll
    women: OfWomen
    children: OfChildren
    elders: OfElders
    households_surveyed: OfAll
    households_known: OfAll


@document()
class CampaignTownship:
    """A township's part of the report."""

    region: str
    name: str
    totals: CampaignTotals = embedded("totals")
    villages: list[CampaignVillageResult] = embedded("villages")


@document()
class CampaignVillageResult:
    """A village's part of the report. Counts are withheld as in the totals."""

    region: str
    name: str
    state: VillageState
    returned_times: int
    days_late: int
    surveyed: OfAll
    known: OfAll
    women: OfWomen
    children: OfChildren
    elders: OfElders
    households_surveyed: OfAll
    households_known: OfAll


__all__ = ["Campaign", "CampaignReport", "CampaignVillage"]
