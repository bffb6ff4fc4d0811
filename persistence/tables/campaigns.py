"""Census campaigns, their villages and closing reports. No row belongs to a person."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, UniqueConstraint
from sqlmodel import Field

from domain.campaigns.model import CampaignState, Season, VillageState
from persistence.tables.columns import Keyed, Versioned, json_object, one_of, small, text_array


class Campaign(Versioned, table=True):
    """A census campaign (摸底排查) of a county."""

    __tablename__ = "campaign"
    __table_args__: Any = (
        one_of("season", Season, name="campaign_season_known"),
        one_of("state", CampaignState, name="campaign_state_known"),
        CheckConstraint("due_on >= opens_on", name="campaign_dated"),
        UniqueConstraint("region_code", "title", name="campaign_title_key"),
    )

    region_code: int = Field(sa_type=BigInteger)  # the county
    agency_id: UUID = Field(foreign_key="agency.id")  # who leads it
    title: str
    season: str
    forms: list[str] = text_array()  # populations
    opens_on: date
    due_on: date
    state: str = CampaignState.DRAFT
    opened_on: date | None = None
    closed_on: date | None = None


class CampaignVillage(Versioned, table=True):
    """A village's survey in a campaign. ``figures`` is filled when the campaign closes; until then they are live."""

    __tablename__ = "campaign_village"
    __table_args__: Any = (
        one_of("state", VillageState, name="campaign_village_state_known"),
        UniqueConstraint("campaign_id", "region_code", name="campaign_village_key"),
        Index("campaign_village_region_idx", "region_code", "id"),
        Index("campaign_village_township_idx", "campaign_id", "township"),
    )

    campaign_id: UUID = Field(foreign_key="campaign.id")
    region_code: int = Field(sa_type=BigInteger)
    township: int = Field(sa_type=BigInteger, sa_column_args=(Computed("region_code / 1000", persisted=True),))
    due_on: date
    state: str = VillageState.NOT_STARTED
    responsible_id: UUID | None = Field(default=None, foreign_key="staff.id")
    started_on: date | None = None
    submitted_on: date | None = None
    submitted_note: str | None = None
    checked_on: date | None = None
    accepted_on: date | None = None
    return_reason: str | None = None
    returned_times: int = small(0)
    figures: dict[str, Any] = json_object()


class CampaignReport(Keyed, table=True):
    """What a campaign came to; made once, never changed."""

    __tablename__ = "campaign_report"
    __table_args__: Any = (
        UniqueConstraint("campaign_id", name="campaign_report_key"),
        Index("campaign_report_region_idx", "region_code", "id"),
    )

    campaign_id: UUID = Field(foreign_key="campaign.id")
    region_code: int = Field(sa_type=BigInteger)
    made_on: date
    note: str | None = None
    totals: dict[str, Any] = json_object()
    townships: list[dict[str, Any]] = json_object()


__all__ = ["Campaign", "CampaignReport", "CampaignVillage"]
