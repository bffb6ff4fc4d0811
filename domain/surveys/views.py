"""Read models of questionnaires, surveys, answers, tallies and research reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.access import FieldClass
from domain.agencies.views import Agency
from domain.people.model import Population
from domain.people.views import Person
from domain.regions.views import Region
from domain.scopes import Announced, Subject
from domain.scopes import Region as OfRegion
from domain.surveys.model import QuestionKind, QuestionnaireState, ReportState, SurveyState
from domain.view import (
    HARDSHIP,
    HEALTH,
    PERSONAL,
    Sensitive,
    between,
    division,
    document,
    embedded,
    eq,
    has,
    many,
    one,
    view,
    within,
)

READ, WRITE, ANSWER = "surveys:read", "surveys:write", "survey_answers:write"
TALLIES, REPORTS, REPORT = "survey_tallies:read", "research_reports:read", "research_reports:write"
CONFIDENTIAL = Sensitive(FieldClass.CONFIDENTIAL)
SMALL_HIDDEN = Sensitive(FieldClass.PERSONAL, masked="people_safe")


@view(
    "questionnaire", plural="questionnaires", permission=READ, scope=Announced("published_on"),
    actions=dict.fromkeys(("update", "publish", "retire", "copy"), WRITE),
)  # fmt: skip
class Questionnaire:
    """An edition of a questionnaire (问卷). Published, it never changes; the next ``edition`` is a copy."""

    id: UUID
    version: int
    series_id: UUID
    edition: int
    region: str = division("region_code")
    agency_id: UUID
    title: str
    state: QuestionnaireState
    published_on: date | None
    retired_on: date | None
    created_at: datetime
    updated_at: datetime
    questions: list[SurveyQuestion] = embedded("questions")
    area: Region = one("region_code", to="lo")
    agency: Agency = one("agency_id")
    surveys: list[Survey] = many("questionnaire_id")
    __filters__ = (within("region", "region_code"), eq("state", "series_id", "agency_id"))
    __orders__ = ("-id", "id")


@document()
class SurveyQuestion:
    """A question; ``field_class`` says whose eyes single answers are for."""

    key: str
    text: str
    kind: QuestionKind
    required: bool
    options: list[SurveyOption] = embedded("options")
    least: int | None
    most: int | None
    shown_if: SurveyCondition = embedded("shown_if")
    field_class: FieldClass


@document()
class SurveyOption:
    """One answer to choose."""

    code: str
    label: str


@document()
class SurveyCondition:
    """Asked only where an earlier question was answered with any of ``choices``."""

    question: str
    choices: list[str]


@view(
    "survey", plural="surveys", permission=READ, scope=Announced("opened_on"),
    actions=dict.fromkeys(("open", "close"), WRITE) | dict.fromkeys(("answer", "count_answer"), ANSWER),
)  # fmt: skip
class Survey:
    """A round of asking (调研). Tallies are for offices; who sees no person reads them once it is closed."""

    id: UUID
    version: int
    questionnaire_id: UUID
    region: str = division("region_code")
    agency_id: UUID
    title: str
    opens_on: date
    closes_on: date
    audience: list[Population]
    anonymous: bool
    state: SurveyState
    opened_on: date | None
    closed_on: date | None
    created_at: datetime
    updated_at: datetime
    area: Region = one("region_code", to="lo")
    questionnaire: Questionnaire = one("questionnaire_id")
    agency: Agency = one("agency_id")
    answers: list[SurveyAnswer] = many("survey_id", order="id")
    tallies: list[SurveyTally] = many("survey_id", order="id")
    __filters__ = (
        within("region", "region_code"),
        eq("state", "questionnaire_id", "agency_id"),
        has("audience"),
        between("opens_on", "closes_on"),
    )
    __orders__ = ("-id", "id")


@view("survey_answer", plural="survey_answers", permission="people:read", scope=Subject("person_id"))
class SurveyAnswer:
    """What a person answered in a round: part of her file."""

    id: UUID
    version: int
    survey_id: UUID
    person_id: UUID
    region: str = division("region_code")
    answered_on: date
    created_at: datetime
    survey: Survey = one("survey_id")
    person: Person = one("person_id")
    replies: list[SurveyReply] = many("answer_id", order="id")
    __embeds__ = ("replies",)
    __filters__ = (within("region", "region_code"), eq("survey_id", "person_id"), between("answered_on"))
    __orders__ = ("-id", "id")


@view("survey_reply", permission="people:read", scope=Subject("person_id"), versioned=False)
class SurveyReply:
    """The answer to one question. Its values stand in the one list that is named after ``field_class``."""

    id: UUID
    question: str
    field_class: FieldClass
    as_open: list[str]
    as_personal: Annotated[list[str], PERSONAL]
    as_health: Annotated[list[str], HEALTH]
    as_hardship: Annotated[list[str], HARDSHIP]
    as_confidential: Annotated[list[str], CONFIDENTIAL]
    __orders__ = ("id",)


@view("survey_tally", plural="survey_tallies", permission=TALLIES, scope=OfRegion(), versioned=False)
class SurveyTally:
    """How many gave an answer in a region: the choice or number ``choice`` to ``question``.

    Both are empty for the answers themselves, ``choice`` alone for texts and dates. ``level`` runs from 1
    (province) to 5 (village), no higher than the survey's. Whoever sees no person reads them once the
    survey is closed, and ``people`` is null where small counts are kept back.
    """

    id: UUID
    survey_id: UUID
    region: str = division("region_code")
    level: int
    question: str
    choice: str
    people: Annotated[int | None, SMALL_HIDDEN]
    survey: Survey = one("survey_id")
    place: Region = one("region_code", to="lo")
    __filters__ = (within("region", "region_code"), eq("survey_id", "level", "question"))
    __orders__ = ("-id", "id")


@view(
    "research_report", plural="research_reports", permission=REPORTS, scope=Announced("published_on"),
    actions=dict.fromkeys(("update", "publish", "add_finding"), REPORT),
)  # fmt: skip
class ResearchReport:
    """A research report (调研报告), published to the agencies of its region."""

    id: UUID
    version: int
    region: str = division("region_code")
    agency_id: UUID
    survey_id: UUID | None
    title: str
    summary: str
    state: ReportState
    published_on: date | None
    created_at: datetime
    updated_at: datetime
    area: Region = one("region_code", to="lo")
    agency: Agency = one("agency_id")
    survey: Survey = one("survey_id")
    findings: list[ResearchFinding] = many("report_id", order="id")
    __embeds__ = ("findings",)
    __filters__ = (within("region", "region_code"), eq("state", "survey_id", "agency_id"))
    __orders__ = ("-id", "id")


@view(
    "research_finding", plural="research_findings", permission=REPORTS, scope=Announced("published_on"),
    actions={"conclude": "research_findings:write"},
)  # fmt: skip
class ResearchFinding:
    """A finding and what was done about it (调研成果转化)."""

    id: UUID
    version: int
    report_id: UUID
    region: str = division("region_code")
    finding: str
    action: str
    agency_id: UUID
    due_on: date | None
    done_on: date | None
    outcome: str | None
    report: ResearchReport = one("report_id")
    agency: Agency = one("agency_id")
    __filters__ = (within("region", "region_code"), eq("report_id", "agency_id"), between("due_on", "done_on"))
    __orders__ = ("-id", "id")


__all__ = ["Questionnaire", "ResearchFinding", "ResearchReport", "Survey", "SurveyAnswer", "SurveyTally"]
