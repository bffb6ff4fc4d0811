"""The published code lists: which there are, and which codes the national ones hold.

Labels are data (``persistence/data/codes``); here stands what the domain itself asks: is this a
code of the list? Every StrEnum that callers meet is published as a list of its own name; a test
fails when a member has no label.
"""

from enum import StrEnum
from typing import Final

from domain.access import FieldClass
from domain.accounts.model import AccountState, Role, SessionEnd
from domain.agencies.model import AgencyType, DepartmentKind, LeadingGroupRole, StaffPost
from domain.break_glass.model import Review, Verdict
from domain.campaigns.model import CampaignAct, CampaignState, Season, VillageAct, VillageState
from domain.cases.model import (
    CaseAct,
    CaseSource,
    CaseState,
    Outcome,
    PartyRole,
    PersonRole,
    PriorityClass,
    ReplyChannel,
)
from domain.cases.records import (
    AssignmentAct,
    AssignmentState,
    NoteKind,
    ReferralAct,
    ReferralKind,
    ReferralState,
    Satisfaction,
    StepKind,
)
from domain.clients.model import ClientKind, RevocationKind
from domain.contracts.model import ContractAct, ContractState
from domain.duplicates.model import DuplicateReason, DuplicateState, RaisedBy
from domain.history.model import EventKind
from domain.imports.model import ImportMode, OperationStatus, RosterForm, RowOutcome
from domain.notifications.model import NoticeKind
from domain.people.model import (
    AbsenceReason,
    Capability,
    CareClass,
    EndReason,
    GuardianshipKind,
    Hardship,
    Health,
    IncapableParent,
    LeftBehind,
    LivingArrangement,
    Population,
    Schooling,
    SelfCare,
    Situation,
)
from domain.policy.model import (
    Audience,
    CaseCategory,
    MeasureKind,
    PolicyStatus,
    ReportPeriod,
    ResponsibilityMode,
    ResponsibilityRole,
    RouteBasis,
    Theme,
)
from domain.surveys.model import (
    QuestionKind,
    QuestionnaireAct,
    QuestionnaireState,
    ReportAct,
    ReportState,
    SurveyAct,
    SurveyState,
)
from domain.transfers.model import HouseholdChoice, TransferKind, TransferState
from domain.venues.model import (
    ActivityAct,
    ActivityKind,
    ActivityState,
    Attendance,
    SignUpAct,
    SignUpState,
    VenueAct,
    VenueKind,
    VenueRoom,
    VenueService,
    VenueState,
)


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


STANDARDS: Final[dict[str, frozenset[str]]] = {
    "sex": _codes("0 1 2 9"),  # GB/T 2261.1-2003
    "marital_status": _codes("10 20 21 22 23 30 40 90"),  # GB/T 2261.2-2003
    "kinship": frozenset(f"{code:02}" for code in range(1, 100))
    - _codes("03 04 05 06 07 08 09 13 14 15 16 17 18 19 98"),
    "ethnicity": frozenset(f"{code:02}" for code in range(1, 57)) | {"97", "98"},  # GB/T 3304-1991
    "education": _codes(  # GB/T 4658-2006
        "10 11 12 13 14 15 16 17 18 19 20 21 22 23 28 30 31 32 33 40 41 42 43 44 45 46 47 48 49 60 61 62 63 70 71 73 "
        "80 81 83 90"
    ),
}
"""The codes of each national standard, by the list's id."""

ENUMERATIONS: Final[dict[str, type[StrEnum]]] = {
    "absence_reason": AbsenceReason,
    "account_state": AccountState,
    "activity_act": ActivityAct,
    "activity_kind": ActivityKind,
    "activity_state": ActivityState,
    "agency_type": AgencyType,
    "attendance": Attendance,
    "audiences": Audience,
    "break_glass_review": Review,
    "break_glass_verdict": Verdict,
    "campaign_act": CampaignAct,
    "campaign_state": CampaignState,
    "campaign_village_act": VillageAct,
    "campaign_village_state": VillageState,
    "capability": Capability,
    "care_class": CareClass,
    "case_categories": CaseCategory,
    "client_kind": ClientKind,
    "contract_act": ContractAct,
    "contract_state": ContractState,
    "department_kind": DepartmentKind,
    "duplicate_raised_by": RaisedBy,
    "duplicate_reason": DuplicateReason,
    "duplicate_state": DuplicateState,
    "end_reason": EndReason,
    "event_kind": EventKind,
    "field_class": FieldClass,
    "guardianship_kind": GuardianshipKind,
    "hardship": Hardship,
    "health": Health,
    "household_choice": HouseholdChoice,
    "import_mode": ImportMode,
    "incapable_parent": IncapableParent,
    "leading_group_role": LeadingGroupRole,
    "left_behind": LeftBehind,
    "living_arrangement": LivingArrangement,
    "notice_kind": NoticeKind,
    "measure_kind": MeasureKind,
    "operation_status": OperationStatus,
    "policy_status": PolicyStatus,
    "population": Population,
    "question_kind": QuestionKind,
    "questionnaire_act": QuestionnaireAct,
    "questionnaire_state": QuestionnaireState,
    "report_period": ReportPeriod,
    "research_report_act": ReportAct,
    "research_report_state": ReportState,
    "responsibility_mode": ResponsibilityMode,
    "responsibility_role": ResponsibilityRole,
    "revocation_kind": RevocationKind,
    "role": Role,
    "roster_form": RosterForm,
    "route_basis": RouteBasis,
    "row_outcome": RowOutcome,
    "schooling": Schooling,
    "season": Season,
    "self_care": SelfCare,
    "session_end": SessionEnd,
    "sign_up_act": SignUpAct,
    "sign_up_state": SignUpState,
    "situation": Situation,
    "staff_post": StaffPost,
    "case_act": CaseAct,
    "case_assignment_act": AssignmentAct,
    "case_assignment_state": AssignmentState,
    "case_note_kind": NoteKind,
    "case_outcome": Outcome,
    "case_party_role": PartyRole,
    "case_person_role": PersonRole,
    "case_referral_act": ReferralAct,
    "case_referral_kind": ReferralKind,
    "case_referral_state": ReferralState,
    "case_source": CaseSource,
    "case_state": CaseState,
    "case_step_kind": StepKind,
    "priority_class": PriorityClass,
    "reply_channel": ReplyChannel,
    "satisfaction": Satisfaction,
    "survey_act": SurveyAct,
    "survey_state": SurveyState,
    "theme": Theme,
    "transfer_kind": TransferKind,
    "transfer_state": TransferState,
    "venue_act": VenueAct,
    "venue_kind": VenueKind,
    "venue_room": VenueRoom,
    "venue_service": VenueService,
    "venue_state": VenueState,
}
"""The service's own values, by the list's id."""


def is_known(list_id: str, code: str) -> bool:
    """Tell whether a national list holds a code; raise ``KeyError`` for a list that is none."""
    return code in STANDARDS[list_id]


__all__ = ["ENUMERATIONS", "STANDARDS", "is_known"]
