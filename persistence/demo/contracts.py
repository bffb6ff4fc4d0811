"""The demo county's service contracts: two organisations at work, a draft, and one that has ended."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from domain.contracts.model import ContractState
from domain.people.days import SHANGHAI
from domain.policy.model import CaseCategory
from domain.regions.codes import padded
from persistence.demo.directory import COUNTY, PILOT_TOWNSHIP, Directory
from persistence.demo.numbers import Numbers


class Bought(NamedTuple):
    """A contract: who buys of whom, for how many years before and after this one's, of what, for how much."""

    title: str
    buyer: str
    partner: str
    years: tuple[int, int]
    state: ContractState
    categories: tuple[CaseCategory, ...]
    regions: tuple[str, ...]
    quota: int
    yuan: int


CONTRACTS: Final = (
    Bought(
        "石首市困境和留守儿童关爱保护服务", "civil_affairs", "ngo", (-1, 1), ContractState.ACTIVE,
        (CaseCategory.GUARDIANSHIP, CaseCategory.EDUCATION, CaseCategory.MENTAL_HEALTH, CaseCategory.RELIEF),
        (COUNTY,), 300, 860_000,
    ),
    Bought(
        "石首市留守妇女维权与家庭支持服务", "federation", "ngo_2", (-1, 1), ContractState.ACTIVE,
        (CaseCategory.MARRIAGE_FAMILY, CaseCategory.NEIGHBOUR_DISPUTE, CaseCategory.MENTAL_HEALTH,
         CaseCategory.EMPLOYMENT_TRAINING, CaseCategory.VIOLENCE),
        (COUNTY,), 240, 520_000,
    ),
    Bought(
        "桃花山镇留守老年人探访服务", "civil_affairs", "ngo_2", (0, 1), ContractState.DRAFT,
        (CaseCategory.ILLNESS, CaseCategory.DISABILITY, CaseCategory.RELIEF), (PILOT_TOWNSHIP,), 60, 90_000,
    ),
    Bought(
        "石首市留守妇女家政技能培训服务", "federation", "womens_association", (-2, -1), ContractState.ENDED,
        (CaseCategory.EMPLOYMENT_TRAINING,), (COUNTY,), 80, 150_000,
    ),
)  # fmt: skip


def contracts(numbers: Numbers, made: Directory, as_of: date) -> dict[str, list[dict[str, Any]]]:
    """Return the contracts; those at work cover last year, this one and the next."""
    return {"service_contract": [_contract(numbers, made, one, as_of) for one in CONTRACTS]}


def _contract(numbers: Numbers, made: Directory, one: Bought, as_of: date) -> dict[str, Any]:
    starts_on, ends_on = date(as_of.year + one.years[0], 1, 1), date(as_of.year + one.years[1], 12, 31)
    drawn_up = min(starts_on, as_of) - timedelta(20)
    at = datetime.combine(drawn_up, time(10), SHANGHAI)
    agreed = one.state is not ContractState.DRAFT
    return {
        "id": numbers.key(at),
        "created_at": at,
        "updated_at": at,
        "region_code": padded(COUNTY),
        "buyer_agency_id": made.agencies[one.buyer]["id"],
        "ngo_agency_id": made.agencies[one.partner]["id"],
        "title": one.title,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "categories": [*one.categories],
        "regions": [*one.regions],
        "quota": one.quota,
        "assigned": 0,
        "amount_fen": one.yuan * 100,
        "state": one.state,
        "activated_on": drawn_up + timedelta(10) if agreed else None,
        "ended_on": ends_on + timedelta(1) if one.state is ContractState.ENDED else None,
    }


__all__ = ["contracts"]
