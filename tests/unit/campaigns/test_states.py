from datetime import date
from itertools import product

import pytest

from domain.access import Access
from domain.campaigns.model import (
    CAMPAIGN_STATES,
    VILLAGE_STATES,
    CampaignAct,
    CampaignState,
    VillageAct,
    VillageState,
    may_act,
    may_lead,
)
from domain.campaigns.report import closing_report, days_late
from domain.errors import Conflict, Forbidden
from domain.people.model import Population, Remit

# state × act → state, written down a second time; every pair that is not here is refused.
VILLAGES = {
    ("not_started", "assign"): "not_started", ("not_started", "start"): "in_progress",
    ("in_progress", "assign"): "in_progress", ("in_progress", "submit"): "submitted",
    ("submitted", "check"): "checked", ("submitted", "return"): "returned",
    ("checked", "accept"): "accepted", ("checked", "return"): "returned",
    ("returned", "assign"): "returned", ("returned", "start"): "in_progress", ("returned", "submit"): "submitted",
}  # fmt: skip
CAMPAIGNS = {("draft", "open"): "open", ("open", "accept_township"): "open", ("open", "close"): "closed"}


@pytest.mark.parametrize(("state", "act"), [*product(VillageState, VillageAct)])
def test_a_village_goes_where_the_table_says_and_nowhere_else(state: VillageState, act: VillageAct) -> None:
    expected = VILLAGES.get((state.value, act.value))
    if expected is not None:
        assert VILLAGE_STATES.after(state, act) == expected
        return
    with pytest.raises(Conflict) as refused:
        VILLAGE_STATES.after(state, act)
    allowed = [one for of, one in VILLAGES if of == state.value]
    assert refused.value.code == "campaign_village.not_allowed"
    assert refused.value.parameters == {"state": state, "allowed": tuple(allowed)}


@pytest.mark.parametrize(("state", "act"), [*product(CampaignState, CampaignAct)])
def test_a_campaign_goes_where_the_table_says_and_nowhere_else(state: CampaignState, act: CampaignAct) -> None:
    expected = CAMPAIGNS.get((state.value, act.value))
    if expected is not None:
        assert CAMPAIGN_STATES.after(state, act) == expected
        return
    with pytest.raises(Conflict) as refused:
        CAMPAIGN_STATES.after(state, act)
    allowed = [one for of, one in CAMPAIGNS if of == state.value]
    assert refused.value.parameters == {"state": state, "allowed": tuple(allowed)}


def caller(region: str | None, agency_type: str = "civil_affairs", remit: int = 128) -> Access:
    return Access("staff:1", "console", (), {}, region=region, agency_type=agency_type, remit=remit)


@pytest.mark.parametrize(
    ("act", "levels"),
    [
        ("assign", "TC"), ("start", "VT"), ("submit", "VT"), ("check", "T"), ("return", "TC"), ("accept", "C"),
    ],
)  # fmt: skip
def test_each_act_is_of_its_level(act: str, levels: str) -> None:
    regions = {"V": "421081104209", "T": "421081104", "C": "421081", "c": "4210", "0": "0", "-": None}
    for level, region in regions.items():
        if level in levels:
            may_act(caller(region), VillageAct(act), VillageState.SUBMITTED)
            continue
        with pytest.raises(Forbidden) as refused:
            may_act(caller(region), VillageAct(act), VillageState.SUBMITTED)
        assert refused.value.code == "campaign_village.not_your_level"


def test_what_the_township_has_checked_only_the_county_returns() -> None:
    may_act(caller("421081"), VillageAct.RETURN, VillageState.CHECKED)
    with pytest.raises(Forbidden):
        may_act(caller("421081104"), VillageAct.RETURN, VillageState.CHECKED)


@pytest.mark.parametrize(
    ("region", "agency_type", "remit", "forms", "code"),
    [
        ("421081", "civil_affairs", Remit.ANYONE, {"woman", "child", "elder"}, None),
        ("421081", "womens_federation", Remit.WOMAN | Remit.CHILD, {"woman", "child"}, None),
        ("421081", "womens_federation", Remit.WOMAN | Remit.CHILD, {"elder"}, "campaign.outside_remit"),
        ("421081", "education", Remit.CHILD, {"child"}, "campaign.not_leading"),
        ("4210", "civil_affairs", Remit.ANYONE, {"child"}, "campaign.not_leading"),
        ("421081104", "township_government", Remit.ANYONE, {"child"}, "campaign.not_leading"),
    ],
)
def test_who_leads_a_campaign(region: str, agency_type: str, remit: int, forms: set[str], code: str | None) -> None:
    asked = frozenset(map(Population, forms))
    if code is None:
        may_lead(caller(region, agency_type, remit), asked)
        return
    with pytest.raises(Forbidden) as refused:
        may_lead(caller(region, agency_type, remit), asked)
    assert refused.value.code == code


def village(code: int, state: str, submitted: date | None, returned: int = 0, **figures: int) -> dict[str, object]:
    return {
        "region_code": code, "township": code // 1000, "name": str(code), "township_name": f"镇{code // 1000}",
        "state": state, "submitted_on": submitted, "returned_times": returned, "figures": figures,
    }  # fmt: skip


def test_the_closing_report_sums_what_its_villages_say() -> None:
    due, closed = date(2026, 11, 10), date(2026, 11, 20)
    rows = [
        village(421081100201, "accepted", date(2026, 11, 9), surveyed=3, known=4, women=1, children=2),
        village(421081100202, "checked", date(2026, 11, 12), 2, surveyed=5, known=5, children=5, households_known=3),
        village(421081101201, "in_progress", None, known=7),
    ]

    report = closing_report(rows, due, closed)

    assert [(one["region"], one["name"]) for one in report["townships"]] == [
        ("421081100", "镇421081100"),
        ("421081101", "镇421081101"),
    ]
    first, second = (one["totals"] for one in report["townships"])
    assert (first["villages"], first["accepted"], first["unfinished"], first["late"], first["days_late"]) == (
        2, 1, 0, 1, 2,
    )  # fmt: skip
    assert (second["villages"], second["unfinished"], second["late"], second["days_late"]) == (1, 1, 1, 10)
    assert {name: report["totals"][name] for name in first} == {name: first[name] + second[name] for name in first}
    assert (report["totals"]["surveyed"], report["totals"]["known"], report["totals"]["returned_times"]) == (8, 16, 2)


@pytest.mark.parametrize(
    ("submitted", "late"), [(date(2026, 11, 10), 0), (date(2026, 11, 11), 1), (date(2026, 11, 1), 0), (None, 10)]
)
def test_days_late(submitted: date | None, late: int) -> None:
    assert days_late({"submitted_on": submitted}, date(2026, 11, 10), date(2026, 11, 20)) == late
