"""Service contracts (政府购买服务合同): an agency buys case work from a social organisation.

政府购买服务管理办法（财政部令第102号，2020）: the contract names content, period, amount and duties (第二十三条
and the following). Documents 002 and 004 buy services for left-behind children and women this way.
"""

from enum import StrEnum
from typing import Final

from domain.agencies.model import AgencyType
from domain.states import States

# Who may be given cases: social organisations (办法第六条), never a government office.
PARTNERS: Final = frozenset({AgencyType.NGO, AgencyType.WOMENS_ASSOCIATION})
REMIND_DAYS: Final = (30, 7)
"""Both sides are reminded so many days before a contract ends, the latest reminder that is due."""


class ContractState(StrEnum):
    """Life of a contract."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class ContractAct(StrEnum):
    """What is done with a contract."""

    UPDATE = "update"
    ACTIVATE = "activate"
    END = "end"


CONTRACT_STATES: Final = States(
    "contract.not_allowed",
    {
        ContractState.DRAFT: {
            ContractAct.UPDATE: ContractState.DRAFT,
            ContractAct.ACTIVATE: ContractState.ACTIVE,
            ContractAct.END: ContractState.ENDED,
        },
        ContractState.ACTIVE: {ContractAct.END: ContractState.ENDED},
        ContractState.ENDED: {},
    },
)

__all__ = ["CONTRACT_STATES", "PARTNERS", "REMIND_DAYS", "ContractAct", "ContractState"]
