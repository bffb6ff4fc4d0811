"""The machine: random callers raise cases and work them, by either transport; the model says what must come of it."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.api.acts import Prepared
from tests.api.case_acts import BODIES, STORY
from tests.api.cases import model
from tests.api.cases.asking import County
from tests.api.cases.model import (
    BY_NAME,
    EVERYBODY,
    INVALID,
    NOT_YOURS,
    OK,
    OVER,
    Case,
    Eyes,
    Said,
    done,
)

MATTERS = (
    ("relief", "household"), ("relief", "woman"), ("marriage_family", "woman"), ("violence", "woman"),
    ("legal_aid", "elder"), ("violence", "child"), ("education", "child"),
)  # fmt: skip
OFFICES = {
    "石首市民政局": "civil_affairs_county", "石首市妇女联合会": "womens_federation_county",
    "石首市公安局": "police_county", "石首市司法局": "justice_county",
}  # fmt: skip
MOST = 4  # cases of one course
FORWARD = {"refuse": 1, "extend": 1, "resume": 1, "reopen": 1}  # of four times the others
callers = st.sampled_from([one.name for one in EVERYBODY])
doors = st.sampled_from(["rest", "graphql"])
places = st.integers(0, MOST - 1)
whoever = st.one_of(st.none(), st.none(), st.none(), callers)  # none: whose act it is
ages = st.sampled_from([*[0] * 8, -1, 1])  # of the version that a caller has read


class Courses(RuleBasedStateMachine):
    """Random callers, random commands, right and wrong versions; the model says what must come of it."""

    county: County

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Case] = []
        self.touched: Case | None = None
        self.totals = {name: self.county.listed(name)[1] for name, one in BY_NAME.items() if one.reach}

    # ---- raising ------------------------------------------------------------------------------

    @precondition(lambda self: len(self.cases) < MOST)
    @rule(
        by=callers, matter=st.sampled_from(MATTERS), wide=st.booleans(), urgent=st.booleans(), named=st.booleans(),
        door=doors,
    )  # fmt: skip
    def register(self, by: str, matter: tuple[str, str], wide: bool, urgent: bool, named: bool, door: str) -> None:
        eyes, (category, audience) = self.county.eyes[by], matter
        resident = self.county.eyes["resident"].person
        named = named and by in {"village_worker", "civil_affairs_county", "resident"}
        region = str(model.COUNTY) if wide and by in OFFICES.values() else str(model.VILLAGE)
        body = {
            "category": category, "title": "灶上没有热饭", "description": STORY, "audience": audience,
            "urgent": urgent, "region": region,
        }  # fmt: skip
        if named:
            body["person_id"] = resident
        if eyes.who.reach == "self":
            del body["region"]
        said, row = self._ask(by, "register_case", Prepared(body), door)
        if not eyes.who.reports:
            assert said == model.FORBIDDEN
        elif by == "neighbour_county":
            assert said == (403, "region.outside_scope")
        else:
            assert said == OK, row
            helping = ["石首市公安局"] if urgent and category == "violence" else []
            self._entered(row, eyes, region, category == "violence", matter, helping, resident if named else None)

    @precondition(lambda self: len(self.cases) < MOST)
    @rule(by=callers, accused=st.booleans(), door=doors)
    def report_minor(self, by: str, accused: bool, door: str) -> None:
        eyes = self.county.eyes[by]
        guardian = self.county.eyes["guardian"].person
        if not eyes.who.reach:  # she is told the id alone, and by REST
            door = "rest"
        body: dict[str, Any] = {"description": "邻居说孩子身上有伤，夜里常哭。", "region": str(model.VILLAGE)}
        if accused:
            body["alleged_person_id"] = guardian
        said, row = self._ask(by, "report_minor", Prepared(body), door)
        assert said == OK, row
        must = ["石首市公安局", "石首市民政局"]
        case = self._entered(row, eyes, str(model.VILLAGE), True, ("violence", "child"), must, None, must[0])
        if accused and guardian:
            case.people[guardian] = "alleged"

    def _entered(  # noqa: PLR0917 - what a case is entered with
        self, row: dict[str, Any], eyes: Eyes, region: str, restricted: bool, matter: tuple[str, str],
        helping: list[str], subject: str | None, lead: str | None = None,
    ) -> Case:  # fmt: skip
        route = self.county.wait(self.county.route(*matter, region))
        first = self.county.offices[lead] if lead else route["receiver"]["agency_id"]
        parties = {first: "lead"}
        for one in (*(self.county.offices[name] for name in helping), *(co["agency_id"] for co in route["co"])):
            parties.setdefault(one, "co")
        for one in route["informed"] if not restricted else ():
            parties.setdefault(one["agency_id"], "informed")
        if eyes.agency:
            parties.setdefault(eyes.agency, "reporter")
        case = Case(
            row["id"], int(region.ljust(12, "0")), matter[1], restricted, first, parties, eyes.agency, eyes.person,
            subject, {subject: "subject"} if subject else {}, category=matter[0],
        )  # fmt: skip
        self.cases.append(case)
        self.touched = case
        return case

    # ---- working ------------------------------------------------------------------------------

    def _case(self, at: int) -> Case:
        return self.cases[at % len(self.cases)]

    def _who(self, case: Case, by: str | None) -> str:
        """Return the caller drawn, or, where none was, one of the agency that leads."""
        names = {self.county.offices[agency]: name for agency, name in OFFICES.items()}
        return by or names.get(case.lead, "civil_affairs_county")

    @precondition(lambda self: self.cases)
    @rule(at=places, draw=st.data(), door=doors)
    def forward(self, at: int, draw: st.DataObject, door: str) -> None:
        """Bring a case on as it should be."""
        case = self._case(at)
        ways = [one for one in model.WAYS[case.state] if one in BODIES for _ in range(FORWARD.get(one, 4))]
        self._do(self._who(case, None), case, draw.draw(st.sampled_from(ways)), case.version, door)

    @precondition(lambda self: self.cases)
    @rule(
        by=whoever, at=places, draw=st.data(), age=ages, door=doors,
        right=st.sampled_from([True, True, True, False]),
    )  # fmt: skip
    def act(self, by: str | None, at: int, draw: st.DataObject, age: int, door: str, right: bool) -> None:
        case = self._case(at)
        ways = [one for one in model.WAYS[case.state] if one in BODIES]
        act = draw.draw(st.sampled_from(ways if right else sorted(BODIES)))
        who = self._who(case, by)
        self._do(who, case, act, max(case.version + age, 1), door)

    def _do(self, who: str, case: Case, act: str, version: int, door: str) -> None:
        expected = self.county.eyes[who].may_act(case, act, version)
        said, row = self._ask(who, f"{act}_case", Prepared(BODIES[act], case.id, version), door, case)
        assert said == expected, (act, case, row)
        if said == OK:
            done(case, act)
            assert (row["state"], row["version"]) == (case.state, case.version)

    @precondition(lambda self: self.cases)
    @rule(
        by=whoever,
        at=places,
        to=st.sampled_from([*OFFICES, "公安县民政局"]),
        age=ages,
        door=doors,
    )
    def redirect(self, by: str | None, at: int, to: str, age: int, door: str) -> None:
        case, agency = self._case(at), self.county.offices[to]
        who, version = self._who(case, by), max(case.version + age, 1)
        expected = self.county.eyes[who].may_act(case, "redirect", version)
        if expected == OK and (agency == case.lead or to not in OFFICES):
            expected = INVALID
        body = {"agency_id": agency, "reason": "属该单位职责"}
        said, row = self._ask(who, "redirect_case", Prepared(body, case.id, version), door, case)
        assert said == expected, row
        if said == OK:
            case.pass_to(agency)
            done(case, "redirect")

    @precondition(lambda self: self.cases)
    @rule(by=whoever, at=places, age=ages, door=doors)
    def hand_to(self, by: str | None, at: int, age: int, door: str) -> None:
        case = self._case(at)
        who, version = self._who(case, by), max(case.version + age, 1)
        eyes = self.county.eyes[who]
        expected = eyes.may_write(case, version)
        if expected == OK and eyes.agency != case.lead:
            expected = NOT_YOURS
        elif expected == OK and case.state in OVER:
            expected = (409, "case.not_open")
        body = {"handler_id": eyes.staff, "remark": "由我经办"}
        said, row = self._ask(who, "hand_case", Prepared(body, case.id, version), door, case)
        assert said == expected, row
        case.version += said == OK

    @precondition(lambda self: self.cases)
    @rule(
        by=st.one_of(st.none(), st.sampled_from(["village_worker", "civil_affairs_county", "auditor", "ngo_partner"])),
        at=places, whom=st.sampled_from(["resident", "guardian"]), role=st.sampled_from(["witness", "alleged"]),
        age=ages, door=doors,
    )  # fmt: skip
    def involve(self, by: str | None, at: int, whom: str, role: str, age: int, door: str) -> None:
        case, person = self._case(at), self.county.eyes[whom].person
        assert person is not None
        who, version = self._who(case, by), max(case.version + age, 1)
        if who in {"police_county", "justice_county"}:  # who see only the people of their cases
            who = "civil_affairs_county"
        eyes = self.county.eyes[who]
        expected = eyes.may_write(case, version)
        if expected == OK and eyes.agency != case.lead:
            expected = NOT_YOURS
        elif expected == OK and case.state in OVER:
            expected = (409, "case.not_open")
        elif expected == OK and person in case.people:
            expected = (409, "case.person_named")
        body = {"person_id": person, "role": role}
        said, row = self._ask(who, "involve_person", Prepared(body, case.id, version), door, case)
        assert said == expected, row
        if said == OK:
            case.people[person] = role
            case.version += 1

    @precondition(lambda self: len(self.cases) > 1)
    @rule(by=whoever, at=places, other=places, age=ages, door=doors)
    def merge(self, by: str | None, at: int, other: int, age: int, door: str) -> None:
        case, main = self._case(at), self._case(other)
        who, version = self._who(case, by), max(case.version + age, 1)
        eyes = self.county.eyes[who]
        expected = eyes.may_act(case, "merge", version)
        if (case is main and eyes.who.writes) or (expected == OK and not eyes.sees(main)):
            expected = INVALID
        elif expected == OK and eyes.agency != main.lead:
            expected = NOT_YOURS
        elif expected == OK and main.state in OVER:
            expected = (409, "case.not_open")
        body = {"into_id": main.id, "reason": "同一件事"}
        said, row = self._ask(who, "merge_case", Prepared(body, case.id, version), door, case)
        assert said == expected, row
        if said == OK:
            done(case, "merge")
            case.merged_into = main.id
            main.version += 1
            case.restricted = main.restricted = case.restricted or main.restricted
            case.hidden = main.hidden = case.barred | main.barred
            if case.reporter_agency:
                main.enlist(case.reporter_agency, "reporter")

    @precondition(lambda self: len(self.cases) > 1)
    @rule(by=whoever, at=places, other=places, door=doors)
    def link(self, by: str | None, at: int, other: int, door: str) -> None:
        case, second = self._case(at), self._case(other)
        who = self._who(case, by)
        eyes = self.county.eyes[who]
        expected = eyes.may_write(case, None)
        if case is second and eyes.who.writes:
            expected = INVALID
        elif expected == OK and eyes.agency != case.lead:
            expected = NOT_YOURS
        elif expected == OK and not eyes.sees(second):
            expected = INVALID
        elif expected == OK and second.id in case.links:
            expected = (409, "case.linked")
        body = {"other_id": second.id, "reason": "同一家庭"}
        said, row = self._ask(who, "link_case", Prepared(body, case.id), door, case)
        assert said == expected, row
        if said == OK:
            case.links.add(second.id)
            second.links.add(case.id)

    def _ask(
        self, by: str, name: str, prepared: Prepared, door: str, case: Case | None = None
    ) -> tuple[Said, dict[str, Any]]:
        """Do an act; one that is denied changes nothing anywhere."""
        self.touched = case or self.touched
        before = self.county.wait(self.county.service.state())
        said, row = self.county.wait(self.county.do(by, name, prepared, door))
        if said != OK:
            assert self.county.wait(self.county.service.state()) == before
        return said, row


__all__ = ["MOST", "OFFICES", "Courses", "ages", "callers", "doors", "places", "whoever"]
