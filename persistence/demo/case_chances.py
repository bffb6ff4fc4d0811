"""What chance the cases of the demo county follow, and which of them are staged."""

from typing import Any, Final

from domain.agencies.model import DepartmentKind
from domain.cases.model import Outcome
from domain.cases.records import StepKind
from domain.policy.model import Audience, CaseCategory

Row = dict[str, Any]
Wants = frozenset[str]
ALONE: Final[Wants] = frozenset({"alone"})  # nothing happens to it by chance


def _wants(text: str) -> Wants:
    return frozenset(text.split())


# What must not be left to chance: category, days ago, and what the course comes by.
STAGED: Final[tuple[tuple[CaseCategory, int, Wants], ...]] = (
    (CaseCategory.VIOLENCE, 1, _wants("for:child stop:received")),
    (CaseCategory.VIOLENCE, 12, _wants("for:child secret stop:work")),
    (CaseCategory.VIOLENCE, 160, _wants("for:child secret")),
    (CaseCategory.EDUCATION, 9, _wants("refer:open stop:work")),
    (CaseCategory.RELIEF, 24, _wants("refer:overdue transfer stop:work")),
    (CaseCategory.ILLNESS, 60, _wants("refer:accept")),
    (CaseCategory.RELIEF, 70, _wants("refer:accept transfer")),
    (CaseCategory.EMPLOYMENT_TRAINING, 80, _wants("refer:reject")),
    (CaseCategory.GUARDIANSHIP, 85, _wants("refer:withdraw")),
    (CaseCategory.MARRIAGE_FAMILY, 95, _wants("for:woman refer:expire")),
    *((CaseCategory.GUARDIANSHIP, days, _wants("assign:open stop:work")) for days in (16, 18, 21, 23)),
    *((CaseCategory.MARRIAGE_FAMILY, days, _wants("for:woman assign:open stop:work")) for days in (15, 19, 22)),
    (CaseCategory.GUARDIANSHIP, 90, _wants("assign:hand_back")),
    (CaseCategory.MARRIAGE_FAMILY, 100, _wants("for:woman assign:hand_back")),
    (CaseCategory.GUARDIANSHIP, 110, _wants("assign:withdraw")),
    (CaseCategory.GUARDIANSHIP, 150, _wants("assign:complete")),
    (CaseCategory.MARRIAGE_FAMILY, 170, _wants("for:woman assign:complete secret")),
    (CaseCategory.RELIEF, 75, _wants("late stop:work")),
    (CaseCategory.OTHER, 100, _wants("late stop:received")),
    (CaseCategory.RELIEF, 140, _wants("merge extend")),
    (CaseCategory.ILLNESS, 300, _wants("reopen unhappy")),
    (CaseCategory.DISABILITY, 200, _wants("extend resume")),
    (CaseCategory.EDUCATION, 120, _wants("redirect link")),
    (CaseCategory.LAND_RIGHTS, 130, _wants("refuse")),
)  # fmt: skip
CHANCES: Final = {
    "redirect": 0.05, "refuse": 0.04, "late": 0.05, "extend": 0.08, "resume": 0.03, "reopen": 0.03, "merge": 0.012,
    "link": 0.01, "transfer": 0.3,
}  # fmt: skip
REFERRALS: Final = {"": 84, "accept": 9, "reject": 3, "withdraw": 2, "expire": 2}
ASSIGNMENTS: Final = {"": 60, "complete": 26, "hand_back": 8, "withdraw": 4, "open": 2}
# Whom a matter is passed on to, or asked to help with.
OTHER_OFFICES: Final = {
    CaseCategory.RELIEF: "disabled_federation", CaseCategory.ILLNESS: "disabled_federation",
    CaseCategory.DISABILITY: "human_resources", CaseCategory.MENTAL_HEALTH: "justice",
    CaseCategory.GUARDIANSHIP: "public_security", CaseCategory.EDUCATION: "civil_affairs",
    CaseCategory.LAND_RIGHTS: "rural_revitalisation", CaseCategory.MARRIAGE_FAMILY: "public_security",
    CaseCategory.EMPLOYMENT_TRAINING: "justice", CaseCategory.LOAN: "agriculture",
}  # fmt: skip
STEPS: Final = {
    CaseCategory.NEIGHBOUR_DISPUTE: StepKind.MEDIATION, CaseCategory.MARRIAGE_FAMILY: StepKind.MEDIATION,
    CaseCategory.LAND_RIGHTS: StepKind.MEDIATION, CaseCategory.LEGAL_AID: StepKind.LEGAL_AID,
}  # fmt: skip
WITH_WHOM: Final = {
    StepKind.MEDIATION: "双方当事人", StepKind.PETITION_PROXY: "市信访局", StepKind.LEGAL_AID: "市法律援助中心",
}  # fmt: skip
DEPARTMENTS: Final = {
    Audience.CHILD: DepartmentKind.CHILD_WELFARE, Audience.ELDER: DepartmentKind.ELDER_CARE,
    Audience.HOUSEHOLD: DepartmentKind.SOCIAL_ASSISTANCE, Audience.WOMAN: DepartmentKind.RIGHTS,
}  # fmt: skip
OUTCOMES: Final = {
    Outcome.SOLVED: 74, Outcome.PARTLY_SOLVED: 14, Outcome.NOT_SOLVED: 4, Outcome.UNFOUNDED: 3, Outcome.WITHDRAWN: 3,
    Outcome.PASSED_ON: 2,
}  # fmt: skip
NO_OUTCOME: Final[Row] = {
    "outcome": None, "outcome_note": None, "resolved_at": None,
}  # fmt: skip
NO_REPLY: Final[Row] = {"reply": None, "reply_channel": None, "replied_at": None, "closed_at": None}
