"""A small model of cases, written from the mission and the conventions: who sees what, and what an act leads to."""

from dataclasses import dataclass, field
from typing import Any, Final

COUNTY, VILLAGE, NEIGHBOUR = 421081, 421081104209, 421022
WAYS: Final = {  # state → act → state
    "received": {
        "accept": "accepted", "redirect": "redirected", "refuse": "refused", "merge": "merged", "refer": "received",
    },
    "redirected": {
        "accept": "accepted", "redirect": "redirected", "refuse": "refused", "merge": "merged", "refer": "redirected",
    },
    "accepted": {
        "start": "in_progress", "extend": "accepted", "merge": "merged", "refer": "accepted", "assign": "accepted",
    },
    "in_progress": {
        "resolve": "resolved", "extend": "in_progress", "merge": "merged", "refer": "in_progress",
        "assign": "in_progress",
    },
    "resolved": {"reply": "replied", "resume": "in_progress"},
    "refused": {"reply": "replied", "reopen": "in_progress"},
    "replied": {"close": "closed", "reopen": "in_progress"},
    "closed": {"reopen": "in_progress"},
    "merged": {"reopen": "in_progress"},
}  # fmt: skip
STRENGTH: Final = ("informed", "reporter", "asked", "ngo", "overseer", "co", "lead")
OVER: Final = {"replied", "closed", "merged"}  # nobody waits for it
SHUT: Final = {"closed", "merged"}  # it opens no file any more
ENDED: Final = {"resolved", "refused", "replied", "closed"}  # there is an outcome
REPLIED: Final = {"replied", "closed"}
WORKERS: Final = {"lead", "co", "overseer", "ngo"}
OK: Final = (200, None)
FORBIDDEN, NOT_FOUND, STALE = (403, "access.forbidden"), (404, "not_found"), (412, "version.stale")
NOT_YOURS, NOT_ALLOWED, INVALID = (403, "case.not_yours"), (409, "case.not_allowed"), (422, "input.invalid")
Said = tuple[int, str | None]


@dataclass(frozen=True, slots=True)
class Who:
    """A caller: how her role reaches cases, where, about whom, and what else she may."""

    name: str
    reach: str | None  # region, assigned (what her agency takes part in), self; none sees no case at all
    digits: str = ""  # of the divisions that are hers
    women_and_children_only: bool = False
    writes: bool = False
    reports: bool = False


EVERYBODY: Final = (
    Who("village_worker", "region", str(VILLAGE), writes=True, reports=True),
    Who("civil_affairs_county", "region", str(COUNTY), writes=True, reports=True),
    Who("womens_federation_county", "region", str(COUNTY), women_and_children_only=True, writes=True, reports=True),
    Who("police_county", "assigned", str(COUNTY), writes=True, reports=True),
    Who("justice_county", "assigned", str(COUNTY), writes=True, reports=True),
    Who("neighbour_county", "region", str(NEIGHBOUR), writes=True, reports=True),
    Who("city_supervisor", "region", str(COUNTY)[:4], writes=True, reports=True),
    Who("ngo_partner", "assigned"),
    Who("ngo_partner_2", "assigned"),
    Who("resident", "self", reports=True),
    Who("guardian", "self", reports=True),
    Who("auditor", None),
    Who("province_statistician", None),
)
BY_NAME: Final = {one.name: one for one in EVERYBODY}


@dataclass(slots=True)
class Referral:
    """What one agency asked of another; ``former`` is the part that the other had before."""

    id: str
    kind: str
    asking: str
    asked: str
    former: str | None
    state: str = "sent"


@dataclass(slots=True)
class Case:
    """A case as it should be."""

    id: str
    region: int
    audience: str
    restricted: bool
    lead: str
    parties: dict[str, str]
    reporter_agency: str | None
    reporter: str | None = None  # a resident
    subject: str | None = None
    people: dict[str, str] = field(default_factory=dict)
    state: str = "received"
    version: int = 1
    extended: bool = False
    merged_into: str | None = None
    links: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)  # from whom a case was hidden that became one with it
    category: str = ""
    assignment: tuple[str, str] | None = None  # the open one, and the organisation
    referrals: list[Referral] = field(default_factory=list)
    deadlines: tuple[Any, Any] | None = None  # as they were last seen

    @property
    def barred(self) -> set[str]:
        """Who is accused, and sees nothing of it."""
        return {person for person, role in self.people.items() if role == "alleged"} | self.hidden

    def enlist(self, agency: str, role: str) -> None:
        """Let an agency take part, in the stronger of two parts."""
        held = self.parties.get(agency)
        if held is None or STRENGTH.index(held) < STRENGTH.index(role):
            self.parties[agency] = role

    def give_up(self, referral: Referral, state: str) -> None:
        """End a referral: the other agency is again what it was."""
        given = "co" if state == "ended" else "asked"
        referral.state = state
        if self.parties.get(referral.asked) == given:
            del self.parties[referral.asked]
            if referral.former:
                self.parties[referral.asked] = referral.former

    def end_waiting(self) -> None:
        """Take back what nobody answered: the case is over."""
        for one in self.referrals:
            if one.state == "sent":
                self.give_up(one, "withdrawn")

    def end_assignment(self) -> None:
        """Take the case back from an organisation: nothing of it is open to it any more."""
        if self.assignment and self.parties.get(self.assignment[1]) == "ngo":
            del self.parties[self.assignment[1]]
        self.assignment = None

    def pass_to(self, agency: str) -> None:
        """Give the lead to another agency; what was asked of it has found its end."""
        self.end_assignment()
        self.parties |= {self.lead: "informed", agency: "lead"}
        self.lead = agency
        for one in self.referrals:
            if one.asked == agency and one.state == "sent":
                self.give_up(one, "withdrawn")
            elif one.asked == agency and one.state == "accepted" and one.kind == "cooperation":
                self.give_up(one, "ended")

    def opened(self) -> set[tuple[str, str]]:
        """Return which agencies have whose file open because of it."""
        if self.state in SHUT:
            return set()
        return {(one, person) for one, role in self.parties.items() if role in WORKERS for person in self.people}


@dataclass(frozen=True, slots=True)
class Eyes:
    """A caller with the ids that the service knows her by."""

    who: Who
    agency: str | None = None
    person: str | None = None
    wards: frozenset[str] = frozenset()
    staff: str | None = None

    def sees(self, case: Case) -> bool:
        """Tell whether she may read a case by its id."""
        if self.who.reach == "self":
            assert self.person is not None
            about = not case.restricted and case.subject in self.wards | {self.person}
            return self.person not in case.barred and (case.reporter == self.person or about)
        return self.who.reach is not None and (self._open_here(case) or self.agency in case.parties)

    def lists(self, case: Case) -> bool:
        """Tell whether a list holds it: of a region's caller, what lies in her region."""
        return self.sees(case) and (self.who.reach != "region" or self.here(case))

    def here(self, case: Case) -> bool:
        """Tell whether it lies in her divisions."""
        return str(case.region).startswith(self.who.digits)

    def _open_here(self, case: Case) -> bool:
        if self.who.reach != "region" or case.restricted or not self.here(case):
            return False
        return not self.who.women_and_children_only or case.audience in {"woman", "child"} or bool(case.subject)

    def sees_referral(self, case: Case, referral: Referral) -> bool:
        """Tell whether she sees a referral: here and open, or who works the case, or either side of it for good."""
        works = case.parties.get(self.agency or "") in {"lead", "co", "overseer"}
        return self._open_here(case) or works or self.agency in {referral.asking, referral.asked}

    def may_answer(self, case: Case, referral: Referral, act: str) -> Said:
        """Return what an act on a referral is answered."""
        if not self.who.writes:
            return FORBIDDEN
        if not self.sees_referral(case, referral):
            return NOT_FOUND
        may = {
            "accept": {referral.asked}, "reject": {referral.asked}, "withdraw": {case.lead, referral.asking},
            "end": {case.lead, referral.asked},
        }[act]  # fmt: skip
        if self.agency not in may:
            return (403, "case_referral.not_yours")
        fits = referral.state == ("accepted" if act == "end" else "sent")
        if not fits or (act == "end" and referral.kind == "transfer"):
            return (409, "case_referral.not_allowed")
        if act == "withdraw" and self.agency != case.lead:
            return NOT_YOURS
        return NOT_ALLOWED if act == "accept" and "refer" not in WAYS[case.state] else OK

    def may_take_back(self, case: Case, act: str, *, current: bool) -> Said:
        """Return what the end of an open assignment is answered."""
        ngo = self.who.name.startswith("ngo")
        if not self.who.writes and not (ngo and act == "hand_back"):
            return FORBIDDEN
        works = case.parties.get(self.agency or "") in {"lead", "co", "overseer", "ngo"}
        if not (works or self._open_here(case)):
            return NOT_FOUND
        if not current:
            return STALE
        if act == "withdraw":
            return OK if self.agency == case.lead else NOT_YOURS
        return OK if case.assignment and self.agency == case.assignment[1] else (403, "case_assignment.not_yours")

    def may_write(self, case: Case, version: int | None) -> Said:
        """Return what any act on a case is answered before the case itself is asked."""
        if not self.who.writes:
            return FORBIDDEN
        if not self.sees(case):
            return NOT_FOUND
        return OK if version in {None, case.version} else STALE

    def may_act(self, case: Case, act: str, version: int) -> Said:
        """Return what an act that moves a case is answered."""
        said = self.may_write(case, version)
        if said != OK:
            return said
        allowed = {case.lead, case.reporter_agency} if act == "reopen" else {case.lead}
        if self.agency not in allowed:
            return NOT_YOURS
        if act not in WAYS[case.state]:
            return NOT_ALLOWED
        return (409, "case.extended") if act == "extend" and case.extended else OK


def done(case: Case, act: str) -> None:
    """Move a case on."""
    case.state = WAYS[case.state][act]
    case.version += 1
    if act == "extend":
        case.extended = True
    if act == "reopen":
        case.extended, case.merged_into = False, None
    if act in {"close", "merge"}:
        case.end_waiting()
        case.end_assignment()


__all__ = [
    "BY_NAME",
    "EVERYBODY",
    "INVALID",
    "NOT_YOURS",
    "OK",
    "OVER",
    "Case",
    "Eyes",
    "Referral",
    "Said",
    "Who",
    "done",
]
