"""The machine, with others: what departments ask of one another, and what organisations are given."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.api.acts import Prepared
from tests.api.cases.courses import OFFICES, Courses, ages, doors, places, whoever
from tests.api.cases.model import (
    INVALID,
    OK,
    Case,
    Referral,
    Said,
    done,
)

CONTRACTS = {  # the demo county's: who bought of whom, for which matters of those raised here
    "石首市困境和留守儿童关爱保护服务": ("石首市民政局", "石首市春苗社会工作服务中心", {"education", "relief"}),
    "石首市留守妇女维权与家庭支持服务": (
        "石首市妇女联合会", "石首市邻里守望社会工作服务社", {"marriage_family", "violence"},
    ),
}  # fmt: skip


class WithOthers(Courses):
    """Referrals between departments, assignments to organisations."""

    # ---- with other departments -----------------------------------------------------------------

    @precondition(lambda self: self.cases)
    @rule(
        by=whoever, at=places, to=st.sampled_from([*OFFICES]),
        kind=st.sampled_from(["transfer", "cooperation"]), age=ages, door=doors,
    )  # fmt: skip
    def refer(self, by: str | None, at: int, to: str, kind: str, age: int, door: str) -> None:
        case, agency = self._case(at), self.county.offices[to]
        who, version = self._who(case, by), max(case.version + age, 1)
        expected = self.county.eyes[who].may_act(case, "refer", version)
        if expected == OK:
            expected = self._may_be_asked(case, agency, kind)
        body = {"agency_id": agency, "kind": kind, "reason": "请贵单位办理"}
        said, row = self._ask(who, "refer_case", Prepared(body, case.id, version), door, case)
        assert said == expected, row
        if said == OK:
            case.referrals.append(Referral(row["id"], kind, case.lead, agency, case.parties.get(agency)))
            case.enlist(agency, "asked")
            done(case, "refer")

    @staticmethod
    def _may_be_asked(case: Case, agency: str, kind: str) -> Said:
        if agency == case.lead:
            return INVALID
        if kind == "transfer" and case.state in {"received", "redirected"}:
            return (409, "case.not_accepted")
        if kind == "cooperation" and case.parties.get(agency) == "co":
            return (409, "case.takes_part")
        waiting = [one for one in case.referrals if one.state == "sent"]
        if any(one.asked == agency for one in waiting):
            return (409, "case.referral_open")
        taken = kind == "transfer" and any(one.kind == "transfer" for one in waiting)
        return (409, "case.transfer_open") if taken else OK

    @precondition(lambda self: any(case.referrals for case in self.cases))
    @rule(
        by=whoever, at=places, act=st.sampled_from(["accept", "accept", "reject",
        "withdraw", "end"]), door=doors,
    )  # fmt: skip
    def answer(self, by: str | None, at: int, act: str, door: str) -> None:
        asked = [(case, one) for case in self.cases for one in case.referrals]
        case, referral = asked[-1 - at % len(asked)]
        names = {self.county.offices[agency]: name for agency, name in OFFICES.items()}
        who = by or names.get(case.lead if act == "withdraw" else referral.asked, "civil_affairs_county")
        expected = self.county.eyes[who].may_answer(case, referral, act)
        body = {"reason": "经研究决定"} if act != "accept" else {}
        said, row = self._ask(who, f"{act}_referral", Prepared(body, referral.id), door, case)
        assert said == expected, row
        if said == OK and act == "accept":
            referral.state = "accepted"
            if referral.kind == "transfer":
                case.pass_to(referral.asked)
                case.version += 1
            else:
                case.enlist(referral.asked, "co")
        elif said == OK:
            case.give_up(referral, {"reject": "rejected", "withdraw": "withdrawn", "end": "ended"}[act])

    # ---- with organisations -----------------------------------------------------------------------

    @precondition(lambda self: self.cases)
    @rule(by=whoever, at=places, which=st.sampled_from([*CONTRACTS]), age=ages, door=doors)
    def assign(self, by: str | None, at: int, which: str, age: int, door: str) -> None:
        """Give a case to an organisation, under a contract that may not cover it."""
        case, (title, buyer, ngo, categories) = self._case(at), (which, *CONTRACTS[which])
        who, version = self._who(case, by), max(case.version + age, 1)
        agency = self.county.offices[ngo]
        expected = self.county.eyes[who].may_act(case, "assign", version)
        covered = self.county.offices[buyer] == case.lead and case.category in categories
        if expected == OK and (not covered or case.parties.get(agency, "ngo") != "ngo"):
            expected = INVALID
        elif expected == OK and case.assignment:
            expected = (409, "case.assigned")
        body = {"contract_id": self.county.contracts[title], "task": "每周入户一次，陪伴孩子"}
        said, row = self._ask(who, "assign_case", Prepared(body, case.id, version), door, case)
        assert said == expected, row
        if said == OK:
            case.enlist(agency, "ngo")
            case.assignment = (row["id"], agency)
            done(case, "assign")

    @precondition(lambda self: any(case.assignment for case in self.cases))
    @rule(
        by=st.sampled_from(["ngo_partner", "ngo_partner_2", *OFFICES.values(), "resident", "neighbour_county"]),
        at=places, act=st.sampled_from(["hand_back", "withdraw"]), age=ages, door=doors,
    )  # fmt: skip
    def take_back(self, by: str, at: int, act: str, age: int, door: str) -> None:
        """End an assignment from either side."""
        given = [case for case in self.cases if case.assignment]
        case = given[at % len(given)]
        assert case.assignment is not None
        key, ngo = case.assignment
        eyes = self.county.eyes[by]
        expected = eyes.may_take_back(case, act, current=age == 0)
        body = {"reason": "情况有变"} | ({"note": "已入户三次"} if act == "hand_back" else {})
        prepared = Prepared(body, key, 1 if age == 0 else 2)
        said, row = self._ask(by, f"{act}_assignment", prepared, door, case)
        assert said == expected, (by, act, case, row)
        if said == OK:
            case.end_assignment()
            assert ngo not in case.parties


__all__ = ["WithOthers"]
