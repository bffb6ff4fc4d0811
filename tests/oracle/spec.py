"""What the service promises to show, written down a second time.

The views in ``domain/*/views.py`` say it once, and everything is made from them; this table says
it again, by hand, from the conventions, so that a slip in a declaration or in its compilation
makes the two differ. Names are those of the GraphQL schema.
"""

from tests.oracle.case_spec import CASE_KINDS
from tests.oracle.kinds import HERE, PLACE, WRITE_PEOPLE, Kind, Way, classes, many, one
from tests.oracle.policy_kinds import POLICY


def _of_person(table: str, root: str, *, subject: str = "person_id", **more: object) -> Kind:
    own = {"person": one("Person", "person_id")} if subject == "person_id" else {}
    ways = own | more.pop("ways", {})  # type: ignore[operator]
    base: dict[str, object] = {"columns": PLACE, "divisions": ("region",), "ways": ways}
    return Kind(table, "people:read", "subject", root, subject=subject, **(base | more))  # type: ignore[arg-type]


KINDS = CASE_KINDS | {
    "Region": Kind(
        "region", "regions:read", "everybody", "regions", key="code", versioned=False,
        orders=("code", "name", "pinyin", "initials", "path"),
        ways={
            "parent": one("Region", "parent_code", "code"),
            "successor": one("Region", "successor_code", "code"),
            "children": many("Region", "parent_code", "code", "code"),
            "predecessors": many("Region", "successor_code", "code", "code"),
            "aliases": many("RegionAlias", "region_code", "id", "code"),
        },
    ),
    "RegionAlias": Kind(
        "region_alias", "regions:read", "everybody", "regionAliases", versioned=False, orders=("id",),
        ways={"region": one("Region", "region_code", "code")},
    ),
    "CodeList": Kind(
        "code_list", "codes:read", "everybody", "codes", versioned=False, orders=("id",),
        ways={"items": many("CodeItem", "list_id", "code")}, embeds=("items",),
    ),
    "CodeItem": Kind("code_item", "codes:read", "everybody", key="code", versioned=False, orders=("code",)),
    "RuleSet": Kind(
        "rule_set", "rules:read", "everybody", "ruleSets", columns=PLACE, divisions=("region",), versioned=False,
        ways={"parameters": Way("document", "RuleSetParameters", "parameters")}, orders=("-id", "id", "-valid_from"),
    ),
    "Agency": Kind(
        "agency", "agencies:read", "everybody", "agencies", columns=PLACE, divisions=("region",),
        ways={
            "place": HERE,
            "parent": one("Agency", "parent_id"),
            "children": many("Agency", "parent_id", "id"),
            "departments": many("Department", "agency_id", "id"),
            "staff": many("StaffMember", "agency_id", "id"),
        },
        actions={"update": "agencies:write"},
    ),
    "Department": Kind(
        "department", "agencies:read", "everybody", "departments",
        ways={"agency": one("Agency", "agency_id"), "staff": many("StaffMember", "department_id", "id")},
        actions={"update": "agencies:write"},
    ),
    "StaffMember": Kind(
        "staff", "staff:read", "staff", "staff", columns=PLACE, divisions=("region",),
        classes=classes(personal="name", contact="phone"), masked={"phone": "phone_masked"},
        ways={"agency": one("Agency", "agency_id"), "department": one("Department", "department_id")},
        actions={"update": "staff:write"},
    ),
    "LeadingGroup": Kind(
        "leading_group", "agencies:read", "everybody", "leadingGroups", columns=PLACE, divisions=("region",),
        ways={
            "place": HERE,
            "office": one("Department", "office_department_id"),
            "seats": many("LeadingGroupMember", "leading_group_id", "id"),
        },
    ),
    "LeadingGroupMember": Kind(
        "leading_group_member", "agencies:read", "everybody", versioned=False, orders=("id",),
        ways={"staff": one("StaffMember", "staff_id")},
    ),
    "Campaign": Kind(
        "campaign", "campaigns:read", "county", "campaigns", columns=PLACE, divisions=("region",),
        ways={
            "progress": Way("document", "CampaignProgress", "campaign_progress"),
            "place": HERE,
            "agency": one("Agency", "agency_id"),
            "villages": many("CampaignVillage", "campaign_id", "id"),
            "report": one("CampaignReport", "id", "campaign_id"),
        },
        actions=dict.fromkeys(("open", "accept_township", "close"), "campaigns:write"),
    ),
    "CampaignVillage": Kind(
        "campaign_village", "campaigns:read", "staff", "campaignVillages", columns=PLACE, divisions=("region",),
        ways={
            "figures": Way("document", "CampaignFigures", "campaign_figures"),
            "campaign": one("Campaign", "campaign_id"),
            "place": HERE,
            "responsible": one("StaffMember", "responsible_id"),
        },
        orders=("-id", "id", "region", "-region"),
        actions=dict.fromkeys(("assign", "start", "submit", "check", "send_back"), "campaign_villages:write"),
    ),
    "CampaignReport": Kind(
        "campaign_report", "campaigns:read", "staff", "campaignReports", columns=PLACE, divisions=("region",),
        ways={
            "totals": Way("document", "CampaignTotals", "totals"),
            "townships": Way("documents", "CampaignTownship", "townships"),
            "campaign": one("Campaign", "campaign_id"),
        },
        versioned=False,
    ),
    "Account": Kind(
        "account", "accounts:read", "office", "accounts",
        ways={"staff": one("StaffMember", "staff_id"), "agency": one("Agency", "agency_id")},
        actions={"administer": "accounts:write"},
    ),
    "Client": Kind(
        "client", "clients:read", "office", "clients", columns=PLACE,
        ways={
            "agency": one("Agency", "agency_id"),
            "documents": many("ClientDocument", "client_id", ours="client_id"),
        },
        actions={"administer": "clients:write"},
    ),
    "ClientDocument": Kind(
        "client_document", "clients:read", "office", "clientDocuments",
        ways={"client": one("Client", "client_id", "client_id")},
    ),
    "Session": Kind(
        "account_session", "sessions:read", "office", "sessions", ways={"staff": one("StaffMember", "staff_id")},
        actions={"end": "sessions:write"},
    ),
    "Notification": Kind(
        "notification", "notifications:read", "addressed", "notifications", columns=PLACE, divisions=("region",),
        ways={"place": HERE, "agency": one("Agency", "agency_id"), "staff": one("StaffMember", "staff_id")},
        actions=dict.fromkeys(("read", "acknowledge"), "notifications:write"),
    ),
    "ServiceContract": Kind(
        "service_contract", "contracts:read", "with_partner", "serviceContracts", columns=PLACE, divisions=("region",),
        ways={"area": HERE, "buyer": one("Agency", "buyer_agency_id"), "ngo": one("Agency", "ngo_agency_id")},
        actions=dict.fromkeys(("update", "activate", "end"), "contracts:write"),
        stages={
            "update": ("state", {"draft"}), "activate": ("state", {"draft"}), "end": ("state", {"draft", "active"}),
        },
    ),
    "Venue": Kind(
        "venue", "venues:read", "announced", "venues", columns=PLACE, divisions=("region",),
        ways={
            "hours": Way("documents", "VenueHours", "hours"),
            "area": HERE,
            "agency": one("Agency", "agency_id"),
            "responsible": one("StaffMember", "responsible_id"),
            "activities": many("Activity", "venue_id"),
        },
        actions=dict.fromkeys(("update", "open", "suspend", "close"), "venues:write"),
    ),
    "Activity": Kind(
        "activity", "venues:read", "announced", "activities", columns=PLACE, divisions=("region",),
        ways={
            "area": HERE,
            "venue": one("Venue", "venue_id"),
            "agency": one("Agency", "agency_id"),
            "responsible": one("StaffMember", "responsible_id"),
            "signUps": many("SignUp", "activity_id", "id"),
        },
        orders=("-id", "id", "starts_at", "-starts_at"),
        actions=dict.fromkeys(("update", "open", "record_attendance", "hold", "cancel"), "venues:write")
        | {"join": "sign_ups:write"},
    ),
    "SignUp": _of_person(
        "sign_up", "signUps", classes=classes(personal="state attendance minutes"),
        ways={"activity": one("Activity", "activity_id")}, actions={"withdraw": "sign_ups:write"},
    ),
    "Questionnaire": Kind(
        "questionnaire", "surveys:read", "announced", "questionnaires", columns=PLACE, divisions=("region",),
        since="published_on",
        ways={
            "questions": Way("documents", "SurveyQuestion", "questions"),
            "area": HERE,
            "agency": one("Agency", "agency_id"),
            "surveys": many("Survey", "questionnaire_id"),
        },
        actions=dict.fromkeys(("update", "publish", "retire", "copy"), "surveys:write"),
    ),
    "Survey": Kind(
        "survey", "surveys:read", "announced", "surveys", columns=PLACE, divisions=("region",),
        ways={
            "area": HERE,
            "questionnaire": one("Questionnaire", "questionnaire_id"),
            "agency": one("Agency", "agency_id"),
            "answers": many("SurveyAnswer", "survey_id", "id"),
            "tallies": many("SurveyTally", "survey_id", "id"),
        },
        actions=dict.fromkeys(("open", "close"), "surveys:write")
        | dict.fromkeys(("answer", "count_answer"), "survey_answers:write"),
    ),
    "SurveyAnswer": _of_person(
        "survey_answer", "surveyAnswers", embeds=("replies",),
        ways={"survey": one("Survey", "survey_id"), "replies": many("SurveyReply", "answer_id", "id")},
    ),
    "SurveyReply": Kind(
        "survey_reply", "people:read", "subject", subject="person_id", versioned=False, orders=("id",),
        classes=classes(
            personal="asPersonal", health="asHealth", hardship="asHardship", confidential="asConfidential"
        ),
    ),
    "SurveyTally": Kind(
        "survey_tally", "survey_tallies:read", "staff", "surveyTallies", columns=PLACE, divisions=("region",),
        classes=classes(personal="people"), safe={"people": "people_safe"}, versioned=False,
        ways={"survey": one("Survey", "survey_id"), "place": HERE},
    ),
    "ResearchReport": Kind(
        "research_report", "research_reports:read", "announced", "researchReports", columns=PLACE,
        divisions=("region",), since="published_on", embeds=("findings",),
        ways={
            "area": HERE,
            "agency": one("Agency", "agency_id"),
            "survey": one("Survey", "survey_id"),
            "findings": many("ResearchFinding", "report_id", "id"),
        },
        actions=dict.fromkeys(("update", "publish", "add_finding"), "research_reports:write"),
    ),
    "ResearchFinding": Kind(
        "research_finding", "research_reports:read", "announced", "researchFindings", columns=PLACE,
        divisions=("region",), since="published_on",
        ways={"report": one("ResearchReport", "report_id"), "agency": one("Agency", "agency_id")},
        actions={"conclude": "research_findings:write"},
    ),
    "Operation": Kind(
        "operation", "imports:read", "agency", "operations", columns=PLACE, divisions=("region",),
        ways={
            "progress": Way("document", "Progress", "progress"),
            "parameters": Way("document", "OperationParameters", "parameters"),
            "result": Way("document", "OperationResult", "result"),
            "problem": Way("document", "OperationProblem", "problem"),
            "rows": many("ImportRow", "operation_id", "row_number"),
        },
        actions={"cancel": "imports:write"}, stages={"cancel": ("status", {"queued", "running"})},
    ),
    "ImportRow": Kind(
        "import_row", "imports:read", "agency_row", key="row_number", versioned=False, orders=("row_number",),
        ways={"faults": Way("documents", "ImportFault", "faults")},
    ),
    "Event": Kind(
        "event", "events:read", "log", "events", columns=PLACE, divisions=("region",), versioned=False,
        ways={"actorAgency": one("Agency", "actor_agency_id")},
    ),
    "Person": Kind(
        "person", "people:read", "person", "people",
        columns=PLACE | {"registeredRegion": "registered_region_code"}, divisions=("region", "registeredRegion"),
        classes=classes(
            personal="name sex birthDate ethnicity education maritalStatus situation diedOn",
            contact="phone address",
            identity="identityNumber",
            health="health disabilityCategory disabilityGrade illness capable",
            hardship="hardship priority",
        ),
        masked={"identityNumber": "identity_number_masked", "phone": "phone_masked", "address": "address_masked"},
        ways={
            "place": HERE,
            "household": one("Household", "household_id"),
            "woman": one("WomanProfile", "id", "person_id", current=True),
            "child": one("ChildProfile", "id", "person_id", current=True),
            "elder": one("ElderProfile", "id", "person_id", current=True),
            "leftBehindStatuses": many("LeftBehindStatus", "person_id"),
            "guardianships": many("Guardianship", "ward_id"),
            "wards": many("Guardianship", "guardian_id"),
            "kin": many("Kinship", "person_id", "id"),
            "absences": many("Absence", "person_id"),
            "history": many("Event", "subject_id"),
            "survivor": one("Person", "merged_into"),
            "merged": many("Person", "merged_into", "id"),
        },
        orders=("-id", "id", "name", "-name", "-priority", "priority"),
        actions=WRITE_PEOPLE | {"reveal": "people:reveal", "history": "events:read"},
    ),
    "Household": Kind(
        "household", "people:read", "household", "households", columns=PLACE, divisions=("region",),
        classes=classes(contact="address"), masked={"address": "address_masked"},
        ways={"place": HERE, "head": one("Person", "head_id"), "members": many("Person", "household_id", "id")},
        actions=WRITE_PEOPLE,
    ),
    "Transfer": Kind(
        "transfer", "transfers:read", "both_sides", "transfers",
        columns={"fromRegion": "from_region_code", "toRegion": "to_region_code"}, divisions=("fromRegion", "toRegion"),
        classes=classes(personal="reason note"),
        ways={
            "requestedByAgency": one("Agency", "requested_by_agency_id"),
            "decidedByAgency": one("Agency", "decided_by_agency_id"),
            "people": many("TransferPerson", "transfer_id", "id"),
        },
        actions={"decide": "transfers:write"}, embeds=("people",),
    ),
    "TransferPerson": Kind(
        "transfer_person", "transfers:read", "both_sides", columns={"name": "name_masked"}, orders=("id",),
        classes=classes(personal="name birthYear populations"), ways={"person": one("Person", "person_id")},
    ),
    "BreakGlassOpening": Kind(
        "break_glass", "break_glass:read", "openings", "breakGlass",
        columns=PLACE | {"openedBy": "actor"}, divisions=("region",),
        ways={
            "agency": one("Agency", "agency_id"),
            "supervisorAgency": one("Agency", "supervisor_agency_id"),
            "person": one("Person", "person_id"),
            "events": many("Event", "aggregate_id"),
        },
        actions={"end": "break_glass:write", "review": "break_glass:review"},
    ),
    "WomanProfile": _of_person(
        "woman_profile", "womanProfiles",
        classes=classes(
            personal="childrenInCare eldersInCare skills trainingWanted employmentWanted businessWanted "
            "activitiesWanted husbandAway husbandAwaySince husbandAwayReason",
            hardship="landContractRegistered incomeBand incomeSources loanWanted",
            health="screenedOn screeningResult",
            confidential="rightsProblems counsellingWanted",
        ),
    ),
    "ChildProfile": _of_person(
        "child_profile", "childProfiles",
        classes=classes(
            personal="householdRegistered schooling boarding bothParentsAway oneAwayOtherIncapable entrusted careClass",
            health="incapableParent",
            hardship="incomeSources relief",
        ),
    ),
    "ElderProfile": _of_person(
        "elder_profile", "elderProfiles",
        classes=classes(
            personal="livingArrangement livingChildren childrenAway grandchildrenRaised keyHolder lastSeenOn "
            "lastSeenBy",
            health="selfCare dementia chronicDiseases",
            hardship="pension",
            contact="emergencyContact",
        ),
        masked={"emergencyContact": "emergency_contact_masked"},
    ),
    "Kinship": _of_person(
        "kinship", "kinships", classes=classes(personal="relation"), actions=WRITE_PEOPLE,
        ways={"relative": one("Person", "relative_id")},
    ),
    "Guardianship": _of_person(
        "guardianship", "guardianships", subject="ward_id",
        classes=classes(personal="kind relation commitmentSignedOn", health="capability"), actions=WRITE_PEOPLE,
        ways={"ward": one("Person", "ward_id"), "guardian": one("Person", "guardian_id")},
        orders=("-id", "id", "-valid_from"),
    ),
    "Absence": _of_person(
        "absence", "absences",
        classes=classes(personal="since reason destination expectedReturn returnedOn contactFrequency"),
        actions=WRITE_PEOPLE, orders=("-id", "id", "-since"), ended_by="returned_on",
    ),
    "LeftBehindStatus": _of_person(
        "left_behind_status", "leftBehindStatuses", classes=classes(personal="population status flags reasons"),
        orders=("-id", "id", "-valid_from"),
    ),
    "Duplicate": Kind(
        "duplicate_candidate", "duplicates:read", "subject", "duplicates", subject="person_id", columns=PLACE,
        divisions=("region",), classes=classes(personal="decision"),
        ways={"person": one("Person", "person_id"), "other": one("Person", "other_id")},
        orders=("-score", "-id", "id"), actions={"decide": "duplicates:write"},
    ),
    "Merge": Kind(
        "person_merge", "duplicates:read", "subject", "merges", subject="person_id", columns=PLACE,
        divisions=("region",), classes=classes(personal="undoReason"),
        ways={"person": one("Person", "person_id"), "merged": one("Person", "merged_id")},
        actions={"undo": "duplicates:write"},
    ),
} | POLICY  # fmt: skip

ORDER_COLUMNS = {
    ("person", "name"): "name_pinyin",
    ("campaign_village", "region"): "region_code",
    ("care_case", "work"): "work_order",
}
"""People are ordered by the pinyin of their names."""

# Counts of people in documents: the bits that the remit must hold, unless it is of everybody.
COUNTS = dict.fromkeys(
    ("CampaignFigures", "CampaignTotals", "CampaignVillageResult"),
    {"women": 1, "children": 2, "elders": 4}
    | dict.fromkeys(("surveyed", "known", "householdsSurveyed", "householdsKnown"), 128),
)
DOCUMENT_PERMISSIONS = {
    "me": "codes:read",
    "determination": "people:read",
    "eventProof": "events:read",
    "responsibility": "policy:read",
    "work": "case_work:read",
    "statistics": "statistics:read",
    "statisticsSummary": "statistics:summary",
}
