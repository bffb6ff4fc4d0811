"""What may be asked of census campaigns. ``version`` is the one the caller read."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.campaigns.model import Season
from domain.commands import Command, Day, Id, LongText, Name, RegionCode, ShortText, Version, choice
from domain.people.model import Population

Forms = Annotated[list[Annotated[Population, choice(Population)]], Field(min_length=1, max_length=3)]


class CreateCampaign(Command):
    """Plan a census (摸底排查) of a county: which forms, from when, until when."""

    region: RegionCode
    title: Name
    season: Annotated[Season, choice(Season)]
    forms: Forms
    opens_on: Day
    due_on: Day

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.due_on < self.opens_on:
            raise PydanticCustomError("campaign.due_before_open", "the end must not be before the beginning")
        return self


class OpenCampaign(Command):
    """Begin a campaign: every village of the county in force gets its row."""

    campaign_id: Id
    version: Version


class AcceptTownship(Command):
    """Accept the work of a township whose villages it has all checked."""

    campaign_id: Id
    township: RegionCode


class CloseCampaign(Command):
    """End a campaign and make its closing report. With villages unfinished it takes a ``note`` saying why."""

    campaign_id: Id
    version: Version
    note: LongText | None = None


class VillageCommand(Command):
    """What acts on a village's survey share."""

    campaign_village_id: Id
    version: Version


class AssignVillage(VillageCommand):
    """Name who is responsible for a village: staff of the village or of its township; null takes her away."""

    responsible_id: Id | None


class StartVillage(VillageCommand):
    """Begin, or take up again what was returned. An entry or an import does this by itself."""


class SubmitVillage(VillageCommand):
    """Hand a village's survey to the township."""

    note: LongText | None = None


class CheckVillage(VillageCommand):
    """The township has checked a village's survey."""


class ReturnVillage(VillageCommand):
    """Send a village's survey back, saying what is missing."""

    reason: ShortText


__all__ = [
    "AcceptTownship",
    "AssignVillage",
    "CheckVillage",
    "CloseCampaign",
    "CreateCampaign",
    "OpenCampaign",
    "ReturnVillage",
    "StartVillage",
    "SubmitVillage",
    "VillageCommand",
]
