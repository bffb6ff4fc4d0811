"""A day in the county office, from sign-in to the auditor's evening round: once through REST, once through GraphQL.

It runs against what ``make serve`` starts, job process and all, and reads from morning to evening; each
transport lives the day with people of its own.
"""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import python_calamine

from domain.people.days import today
from tests.api.acts import COUNTY, NEIGHBOUR_VILLAGE, VILLAGE, identity_number
from tests.day.desks import DESKS, Desk, Refused, Row, sign_in
from tests.integration.house.test_serve import FIRST_START_SECONDS, Installation, told

NEIGHBOUR = "421022"
Seat = Callable[[str], Desk]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("day") / "data")
    made.start()
    try:
        made.ready(FIRST_START_SECONDS)
        yield made
    finally:
        assert made.stop() == 0


@pytest.fixture(scope="module", params=DESKS, ids=lambda kind: kind.transport)
def seat(installation: Installation, request: pytest.FixtureRequest) -> Seat:
    """Where everybody sits down in the morning: staff by the sign-in page, with login and password."""
    callers = {str(one["name"]): one for one in told(installation)}
    base = f"http://127.0.0.1:{installation.port}"

    def taken(name: str) -> Desk:
        one = callers[name]
        made: Desk = request.param(base, sign_in(base, str(one["account"]), str(one["password"])))
        return made

    return taken


def women_of(desk: Desk, region: str) -> int:
    """Return how many living women the ledger counts."""
    return int(desk.statistics(region=region, population="woman")["total"])


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as told_so:
        act()
    return str(told_so.value.problem["code"])


def test_a_day(seat: Seat) -> None:
    # 08:30 — everybody signs in.
    office, neighbour = seat("civil_affairs_county"), seat("neighbour_county")
    sign = {"rest": "春", "graphql": "秋"}[office.transport]
    name, number = f"阳{sign}燕", identity_number("19850612", NEIGHBOUR)

    # Last year, in the neighbour county: she was put on the ledger there.
    hers = neighbour.do(
        "register_person", region=NEIGHBOUR_VILLAGE, name=name, sex="2", birth_date="1985-06-12",
        identity_number=number, phone="13907160000", new_household=True, woman={"children_in_care": 1},
    )  # fmt: skip
    here, there = women_of(office, COUNTY), women_of(neighbour, NEIGHBOUR)

    # 08:45 — she stands at our counter. We find nobody; the check says no more than that somebody must look.
    assert office.search(name) == []
    assert office.search(number) == []
    assert office.do("check_person", region=VILLAGE, name=name, birth_date="1985-06-12", identity_number=number) == {
        "under_review": True, "matches": [],
    }  # fmt: skip
    assert refusal(lambda: office.do("register_person", region=VILLAGE, name=name, identity_number=number))

    claim_her_file(office, neighbour, hers, name, number)

    # Both ledgers and both counts are right, and nobody's file is lost.
    assert (women_of(office, COUNTY), women_of(neighbour, NEIGHBOUR)) == (here + 1, there - 1)
    (found,) = office.search(f"{name} 1985")
    assert (found["id"], found["region"]) == (hers["id"], VILLAGE)
    assert found["identity_number"] == f"{number[:4]}**********{number[-4:]}"
    assert neighbour.one("Person", hers["id"]) is None

    # 09:30 — her husband went to work in Dongguan in the spring: she is left behind, and the ledger says why.
    left_behind(office, found, sign)

    # 10:30 — the census: the pilot village hands in, its township checks.
    hand_in_the_village(office, seat("village_worker"), seat("township_worker"))

    # 14:00 — the roster of the village, for the visits.
    roster = office.do("start_export", form="woman", region=VILLAGE, purpose="入户走访核对名册")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(office.download(roster)))
    assert any(name in row for row in book.get_sheet_by_index(0).to_python())

    # 15:00 — the clinic asks for her number: it leaves for a purpose, and the log has it first.
    assert office.do("reveal", hers["id"], purpose="核对两癌筛查名单")["phone"] == "13907160000"

    # 17:00 — the auditor asks who looked at her.
    looked_at(seat("auditor"), office, hers["id"])


def claim_her_file(office: Desk, neighbour: Desk, hers: Row, name: str, number: str) -> None:
    """Ask the holder for her file; the neighbour sees who asks and why, and hands it over."""
    claim = office.do(
        "claim_person", identity_number=number, name=name, region=VILLAGE, together=True, reason="已随婚姻迁居本村",
    )  # fmt: skip
    assert (claim["state"], claim["from_region"]) == ("requested", None)
    assert office.one("Person", hers["id"]) is None  # not before it is accepted
    (asked,) = [one for one in neighbour.rows("transfers", state="requested") if one["id"] == claim["id"]]
    assert (asked["reason"], asked["to_region"]) == ("已随婚姻迁居本村", VILLAGE)

    # Two clerks, one question, opposite answers, at once: one wins, the other is told how it stands.
    def decided(act: Callable[[], Row]) -> str:
        try:
            return str(act()["state"])
        except Refused as refused:
            return str(refused.problem["code"])

    with ThreadPoolExecutor(2) as both:
        accepting = both.submit(decided, lambda: neighbour.do("accept_transfer", claim["id"]))
        withdrawing = both.submit(decided, lambda: office.do("withdraw_transfer", claim["id"]))
        outcomes = {accepting.result(), withdrawing.result()}
    assert len(outcomes & {"accepted", "withdrawn"}) == 1, outcomes
    assert len(outcomes - {"accepted", "withdrawn"}) == 1, outcomes
    if "withdrawn" in outcomes:  # then it is asked again, and nobody is in the way
        claim = office.do(
            "claim_person", identity_number=number, name=name, region=VILLAGE, together=True, reason="再次申请",
        )  # fmt: skip
        neighbour.do("accept_transfer", claim["id"])
    trace = neighbour.one("Transfer", claim["id"])
    assert trace is not None
    assert trace["state"] == "accepted"


def left_behind(office: Desk, woman: Row, sign: str) -> None:
    """Record a husband, then his absence of a year; her status follows in the same transaction."""
    husband = office.do(
        "register_person", region=VILLAGE, name=f"向{sign}生", sex="1", birth_date="1983-01-09",
        household_id=woman["household_id"],
    )  # fmt: skip
    office.do("record_kinship", person_id=woman["id"], relative_id=husband["id"], relation="11")
    absence = {"person_id": husband["id"], "since": f"{today().year - 1}-03-01", "reason": "work"}
    office.do("record_absence", **absence, destination="广东省东莞市")
    (now,) = [one for one in office.rows("left_behind_statuses", person_id=woman["id"]) if one["valid_to"] is None]
    assert (now["status"], now["cause"]) == ("left_behind", "absence.recorded")


def hand_in_the_village(office: Desk, village: Desk, township: Desk) -> None:
    """Take the pilot village of the running campaign one round: handed in, sent back, handed in again, checked."""
    (campaign,) = office.rows("campaigns", state="open")
    (row,) = village.rows("campaign_villages", campaign_id=campaign["id"], region=VILLAGE)
    steps = {
        "not_started": (village, "start_village"), "in_progress": (village, "submit_village"),
        "returned": (village, "submit_village"), "submitted": (township, "return_village"),
    }  # fmt: skip
    while row["state"] in {"not_started", "in_progress"}:
        desk, act = steps[row["state"]]
        row = desk.do(act, row["id"], row["version"])
    if row["state"] == "submitted":
        row = township.do("return_village", row["id"], row["version"], reason="有两户没有走访")
        assert refusal(lambda: township.do("check_village", row["id"], row["version"]))
        row = village.do("submit_village", row["id"], row["version"])
        row = township.do("check_village", row["id"], row["version"])
    assert row["state"] in {"checked", "accepted"}


def looked_at(auditor: Desk, office: Desk, person: str) -> None:
    """The auditor finds reads and changes, who did them and why, and nothing of the person herself."""
    events = auditor.rows("events", subject_id=person)
    types = {str(one["type"]) for one in events}
    assert {"person.revealed", "transfer.accepted", "left_behind_status.changed"} <= types, types
    (revealed,) = [one for one in events if one["type"] == "person.revealed"]
    assert revealed["purpose"] == "核对两癌筛查名单"
    assert refusal(lambda: auditor.rows("people")) == "access.forbidden"
    told_as_a_file = [str(one["sentence"]) for one in office.history(person)]
    assert any("民政局" in one for one in told_as_a_file), told_as_a_file
