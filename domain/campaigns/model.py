"""Census campaigns (摸底排查): the states of a campaign and of each village's work in it, and who moves them.

Documents 000, 002 and 004 ask counties to survey village by village ("村不漏户、户不漏人"); the census
offices' way is that the village submits, the township checks and the county accepts, township by
township. What was found wanting goes back with a reason.
"""

from enum import StrEnum
from typing import Final

from domain.access import Access
from domain.agencies.model import AgencyType
from domain.errors import Forbidden
from domain.people.model import Population, Remit
from domain.people.remits import OWN
from domain.regions.codes import level_of
from domain.states import States

COUNTY, TOWNSHIP, VILLAGE = 3, 4, 5  # levels of divisions
LEADING: Final = frozenset({AgencyType.CIVIL_AFFAIRS, AgencyType.WOMENS_FEDERATION})


class Season(StrEnum):
    """When in its year a campaign runs; two a year are usual: before the spring leave and after the harvest."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class CampaignState(StrEnum):
    """Life of a campaign."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class CampaignAct(StrEnum):
    """What is done with a campaign as a whole."""

    OPEN = "open"
    ACCEPT_TOWNSHIP = "accept_township"
    CLOSE = "close"


class VillageState(StrEnum):
    """How far a village's survey is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"  # by the village
    CHECKED = "checked"  # by the township
    RETURNED = "returned"  # by either, with a reason
    ACCEPTED = "accepted"  # by the county


class VillageAct(StrEnum):
    """What is done with a village's survey."""

    ASSIGN = "assign"
    START = "start"
    SUBMIT = "submit"
    CHECK = "check"
    RETURN = "return"
    ACCEPT = "accept"


FINISHED: Final = frozenset({VillageState.SUBMITTED, VillageState.CHECKED, VillageState.ACCEPTED})
UNDER_WAY: Final = frozenset({VillageState.NOT_STARTED, VillageState.RETURNED})  # an entry brings these in progress

CAMPAIGN_STATES: Final = States(
    "campaign.not_allowed",
    {
        CampaignState.DRAFT: {CampaignAct.OPEN: CampaignState.OPEN},
        CampaignState.OPEN: {
            CampaignAct.ACCEPT_TOWNSHIP: CampaignState.OPEN,
            CampaignAct.CLOSE: CampaignState.CLOSED,
        },
        CampaignState.CLOSED: {},
    },
)
VILLAGE_STATES: Final = States(
    "campaign_village.not_allowed",
    {
        VillageState.NOT_STARTED: {
            VillageAct.ASSIGN: VillageState.NOT_STARTED,
            VillageAct.START: VillageState.IN_PROGRESS,
        },
        VillageState.IN_PROGRESS: {
            VillageAct.ASSIGN: VillageState.IN_PROGRESS,
            VillageAct.SUBMIT: VillageState.SUBMITTED,
        },
        VillageState.SUBMITTED: {VillageAct.CHECK: VillageState.CHECKED, VillageAct.RETURN: VillageState.RETURNED},
        VillageState.CHECKED: {VillageAct.ACCEPT: VillageState.ACCEPTED, VillageAct.RETURN: VillageState.RETURNED},
        VillageState.RETURNED: {
            VillageAct.ASSIGN: VillageState.RETURNED,
            VillageAct.START: VillageState.IN_PROGRESS,
            VillageAct.SUBMIT: VillageState.SUBMITTED,
        },
        VillageState.ACCEPTED: {},
    },
)
# Nobody checks her own work: the village submits (or the township for it), the township checks, the county accepts.
_BY: Final = {
    VillageAct.ASSIGN: {TOWNSHIP, COUNTY},
    VillageAct.START: {VILLAGE, TOWNSHIP},
    VillageAct.SUBMIT: {VILLAGE, TOWNSHIP},
    VillageAct.CHECK: {TOWNSHIP},
    VillageAct.RETURN: {TOWNSHIP, COUNTY},
    VillageAct.ACCEPT: {COUNTY},
}


def may_lead(access: Access, forms: frozenset[Population]) -> None:
    """Refuse whoever may not run a campaign: only a county's civil affairs or women's federation, within its remit."""
    if level(access) != COUNTY or access.agency_type not in LEADING:
        raise Forbidden("campaign.not_leading")
    if any(not access.remit & (OWN[form] | Remit.ANYONE) for form in forms):
        raise Forbidden("campaign.outside_remit")


def may_act(access: Access, act: VillageAct, state: VillageState) -> None:
    """Refuse an act to those whose level it is not; what the township has checked only the county returns."""
    allowed = {COUNTY} if (act, state) == (VillageAct.RETURN, VillageState.CHECKED) else _BY[act]
    if level(access) not in allowed:
        raise Forbidden("campaign_village.not_your_level")


def level(access: Access) -> int:
    """Return the level of the division the caller works in; 0 for the whole country and for nowhere."""
    return level_of(access.region) if access.region and access.region != "0" else 0


__all__ = [
    "CAMPAIGN_STATES",
    "COUNTY",
    "FINISHED",
    "TOWNSHIP",
    "UNDER_WAY",
    "VILLAGE",
    "VILLAGE_STATES",
    "CampaignAct",
    "CampaignState",
    "Season",
    "VillageAct",
    "VillageState",
    "level",
    "may_act",
    "may_lead",
]
