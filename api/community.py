"""The writes of venues, activities, surveys and research reports: a part of the table in ``api.operations``."""

from domain.surveys import commands as survey
from domain.surveys import use_cases as survey_cases
from domain.venues import commands as venue
from domain.venues import use_cases as venue_cases
from domain.writes import Write
from domain.writes import write as _write

VENUES = "venues:write"
SIGN_UPS = "sign_ups:write"
SURVEYS = "surveys:write"
ANSWERS = "survey_answers:write"
REPORTS = "research_reports:write"

VENUE_WRITES: tuple[Write, ...] = (
    _write(venue_cases.create_venue, venue.CreateVenue, "/v1/venues", "Venue", VENUES, status=201),
    _write(venue_cases.update_venue, venue.UpdateVenue, "/v1/venues/{id}", "Venue", VENUES, "venue_id", "PATCH"),
    *(
        _write(use_case, command, f"/v1/venues/{{id}}:{verb}", "Venue", VENUES, "venue_id")
        for verb, use_case, command in (
            ("open", venue_cases.open_venue, venue.OpenVenue),
            ("suspend", venue_cases.suspend_venue, venue.SuspendVenue),
            ("close", venue_cases.close_venue, venue.CloseVenue),
        )
    ),
    _write(venue_cases.create_activity, venue.CreateActivity, "/v1/activities", "Activity", VENUES, status=201),
    _write(
        venue_cases.update_activity,
        venue.UpdateActivity,
        "/v1/activities/{id}",
        "Activity",
        VENUES,
        "activity_id",
        "PATCH",
    ),
    *(
        _write(use_case, command, f"/v1/activities/{{id}}:{verb}", "Activity", VENUES, "activity_id")
        for verb, use_case, command in (
            ("open", venue_cases.open_activity, venue.OpenActivity),
            ("cancel", venue_cases.cancel_activity, venue.CancelActivity),
            ("hold", venue_cases.hold_activity, venue.HoldActivity),
            ("record_attendance", venue_cases.record_attendance, venue.RecordAttendance),
        )
    ),
    _write(
        venue_cases.join_activity,
        venue.JoinActivity,
        "/v1/activities/{id}:join",
        "SignUp",
        SIGN_UPS,
        "activity_id",
        status=201,
    ),
    _write(
        venue_cases.withdraw_sign_up,
        venue.WithdrawSignUp,
        "/v1/sign_ups/{id}:withdraw",
        "SignUp",
        SIGN_UPS,
        "sign_up_id",
    ),
)

SURVEY_WRITES: tuple[Write, ...] = (
    _write(
        survey_cases.create_questionnaire,
        survey.CreateQuestionnaire,
        "/v1/questionnaires",
        "Questionnaire",
        SURVEYS,
        status=201,
    ),
    _write(
        survey_cases.update_questionnaire,
        survey.UpdateQuestionnaire,
        "/v1/questionnaires/{id}",
        "Questionnaire",
        SURVEYS,
        "questionnaire_id",
        "PATCH",
    ),
    *(
        _write(
            use_case,
            command,
            f"/v1/questionnaires/{{id}}:{verb}",
            "Questionnaire",
            SURVEYS,
            "questionnaire_id",
            status=status,
        )
        for verb, use_case, command, status in (
            ("publish", survey_cases.publish_questionnaire, survey.PublishQuestionnaire, 200),
            ("retire", survey_cases.retire_questionnaire, survey.RetireQuestionnaire, 200),
            ("copy", survey_cases.copy_questionnaire, survey.CopyQuestionnaire, 201),
        )
    ),
    _write(survey_cases.create_survey, survey.CreateSurvey, "/v1/surveys", "Survey", SURVEYS, status=201),
    _write(survey_cases.open_survey, survey.OpenSurvey, "/v1/surveys/{id}:open", "Survey", SURVEYS, "survey_id"),
    _write(survey_cases.close_survey, survey.CloseSurvey, "/v1/surveys/{id}:close", "Survey", SURVEYS, "survey_id"),
    _write(
        survey_cases.answer_survey,
        survey.AnswerSurvey,
        "/v1/surveys/{id}:answer",
        "SurveyAnswer",
        ANSWERS,
        "survey_id",
        status=201,
    ),
    _write(
        survey_cases.count_answer, survey.CountAnswer, "/v1/surveys/{id}:count_answer", "Survey", ANSWERS, "survey_id"
    ),
    _write(
        survey_cases.create_report, survey.CreateReport, "/v1/research_reports", "ResearchReport", REPORTS, status=201
    ),
    _write(
        survey_cases.update_report,
        survey.UpdateReport,
        "/v1/research_reports/{id}",
        "ResearchReport",
        REPORTS,
        "report_id",
        "PATCH",
    ),
    _write(
        survey_cases.add_finding,
        survey.AddFinding,
        "/v1/research_reports/{id}:add_finding",
        "ResearchFinding",
        REPORTS,
        "report_id",
        status=201,
    ),
    _write(
        survey_cases.publish_report,
        survey.PublishReport,
        "/v1/research_reports/{id}:publish",
        "ResearchReport",
        REPORTS,
        "report_id",
    ),
    _write(
        survey_cases.conclude_finding,
        survey.ConcludeFinding,
        "/v1/research_findings/{id}:conclude",
        "ResearchFinding",
        "research_findings:write",
        "finding_id",
    ),
)

__all__ = ["SURVEY_WRITES", "VENUE_WRITES"]
