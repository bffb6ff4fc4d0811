"""Questionnaires, surveys, answers, tallies, research reports. Answers belong to a person's file, nothing else does."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from domain.surveys.model import QuestionnaireState, ReportState, SurveyState
from domain.surveys.questions import ASKED_OF
from persistence.tables.columns import Keyed, PersonBound, Versioned, json_object, one_of, small, text_array


class Questionnaire(Versioned, table=True):
    """An edition of a questionnaire (问卷). A trigger keeps the questions of a published one as they are."""

    __tablename__ = "questionnaire"
    __table_args__: Any = (
        one_of("state", QuestionnaireState, name="questionnaire_state_known"),
        UniqueConstraint("series_id", "edition", name="questionnaire_edition_key"),
        Index("questionnaire_region_idx", "region_code", "id"),
    )

    series_id: UUID
    edition: int = small()
    region_code: int = Field(sa_type=BigInteger)
    agency_id: UUID = Field(foreign_key="agency.id")
    title: str
    questions: list[dict[str, Any]] = json_object()
    state: str
    published_on: date | None = None
    retired_on: date | None = None


class Survey(Versioned, table=True):
    """A round of asking (调研)."""

    __tablename__ = "survey"
    __table_args__: Any = (
        one_of("state", SurveyState, name="survey_state_known"),
        CheckConstraint("closes_on >= opens_on", name="survey_dated"),
        Index("survey_region_idx", "region_code", "id"),
        Index("survey_questionnaire_idx", "questionnaire_id", "id"),
    )

    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    region_code: int = Field(sa_type=BigInteger)
    agency_id: UUID = Field(foreign_key="agency.id")
    title: str
    opens_on: date
    closes_on: date
    audience: list[str] = text_array()  # populations; empty: everybody
    anonymous: bool
    state: str
    opened_on: date | None = None
    closed_on: date | None = None


class SurveyAnswer(PersonBound, table=True):
    """What a person answered in a round; once."""

    __tablename__ = "survey_answer"
    __table_args__: Any = (
        UniqueConstraint("survey_id", "person_id", name="survey_answer_key"),
        Index("survey_answer_person_idx", "person_id", "id"),
        Index("survey_answer_county_idx", "county", "id"),
        Index("survey_answer_township_idx", "township", "id"),
        Index("survey_answer_region_idx", "region_code", "id"),
    )

    survey_id: UUID = Field(foreign_key="survey.id")
    person_id: UUID = Field(foreign_key="person.id")
    answered_on: date


class SurveyReply(PersonBound, table=True):
    """The answer to one question: its values stand in the list of their class, the others are empty."""

    __tablename__ = "survey_reply"
    __table_args__: Any = (
        one_of("field_class", ASKED_OF, name="survey_reply_class_known"),
        UniqueConstraint("answer_id", "question", name="survey_reply_key"),
        Index("survey_reply_person_idx", "person_id", "id"),
    )

    survey_id: UUID = Field(foreign_key="survey.id")
    answer_id: UUID = Field(foreign_key="survey_answer.id")
    person_id: UUID = Field(foreign_key="person.id")
    question: str
    field_class: str
    as_open: list[str] = text_array()
    as_personal: list[str] = text_array()
    as_health: list[str] = text_array()
    as_hardship: list[str] = text_array()
    as_confidential: list[str] = text_array()


class SurveyTally(Keyed, table=True):
    """How many gave an answer in a region; ``people_safe`` is what may be shown to who sees no person."""

    __tablename__ = "survey_tally"
    __table_args__: Any = (
        UniqueConstraint("survey_id", "level", "region_code", "question", "choice", name="survey_tally_key"),
        Index("survey_tally_region_idx", "region_code", "id"),
    )

    survey_id: UUID = Field(foreign_key="survey.id")
    level: int = small()
    region_code: int = Field(sa_type=BigInteger)
    question: str
    choice: str
    people: int
    people_safe: int | None = None


class ResearchReport(Versioned, table=True):
    """A research report (调研报告)."""

    __tablename__ = "research_report"
    __table_args__: Any = (
        one_of("state", ReportState, name="research_report_state_known"),
        Index("research_report_region_idx", "region_code", "id"),
    )

    region_code: int = Field(sa_type=BigInteger)
    agency_id: UUID = Field(foreign_key="agency.id")
    survey_id: UUID | None = Field(default=None, foreign_key="survey.id")
    title: str
    summary: str
    state: str
    published_on: date | None = None


class ResearchFinding(Versioned, table=True):
    """A finding and what was done about it; ``published_on`` is its report's."""

    __tablename__ = "research_finding"
    __table_args__: Any = (
        CheckConstraint("(done_on IS NULL) = (outcome IS NULL)", name="research_finding_concluded"),
        Index("research_finding_report_idx", "report_id", "id"),
        Index("research_finding_region_idx", "region_code", "id"),
    )

    report_id: UUID = Field(foreign_key="research_report.id")
    region_code: int = Field(sa_type=BigInteger)
    finding: str
    action: str
    agency_id: UUID = Field(foreign_key="agency.id")
    due_on: date | None = None
    done_on: date | None = None
    outcome: str | None = None
    published_on: date | None = None


__all__ = ["Questionnaire", "ResearchFinding", "ResearchReport", "Survey", "SurveyAnswer", "SurveyReply", "SurveyTally"]
