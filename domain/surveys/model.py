"""Surveys (问卷调研): questionnaires in editions, rounds of asking, research reports and what came of them.

Documents 000 and 001 ask for surveys of the left-behind, and that their findings lead to something
(调研成果转化).
"""

from enum import StrEnum
from typing import Final

from domain.states import States


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    SCALE = "scale"
    TEXT = "text"
    DATE = "date"


class QuestionnaireState(StrEnum):
    """Life of an edition of a questionnaire: once published it never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class QuestionnaireAct(StrEnum):
    """What is done with an edition."""

    UPDATE = "update"
    PUBLISH = "publish"
    RETIRE = "retire"
    COPY = "copy"
    ASK = "ask"


class SurveyState(StrEnum):
    """Life of a round of asking."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class SurveyAct(StrEnum):
    """What is done with a round."""

    OPEN = "open"
    ANSWER = "answer"
    CLOSE = "close"


class ReportState(StrEnum):
    """Life of a research report."""

    DRAFT = "draft"
    PUBLISHED = "published"


class ReportAct(StrEnum):
    """What is done with a report."""

    UPDATE = "update"
    PUBLISH = "publish"
    ADD_FINDING = "add_finding"
    CONCLUDE_FINDING = "conclude_finding"


QUESTIONNAIRE_STATES: Final = States(
    "questionnaire.not_allowed",
    {
        QuestionnaireState.DRAFT: {
            QuestionnaireAct.UPDATE: QuestionnaireState.DRAFT,
            QuestionnaireAct.PUBLISH: QuestionnaireState.PUBLISHED,
            QuestionnaireAct.RETIRE: QuestionnaireState.RETIRED,
        },
        QuestionnaireState.PUBLISHED: {
            QuestionnaireAct.COPY: QuestionnaireState.PUBLISHED,
            QuestionnaireAct.ASK: QuestionnaireState.PUBLISHED,
            QuestionnaireAct.RETIRE: QuestionnaireState.RETIRED,
        },
        QuestionnaireState.RETIRED: {QuestionnaireAct.COPY: QuestionnaireState.RETIRED},
    },
)
SURVEY_STATES: Final = States(
    "survey.not_allowed",
    {
        SurveyState.PLANNED: {SurveyAct.OPEN: SurveyState.OPEN, SurveyAct.CLOSE: SurveyState.CLOSED},
        SurveyState.OPEN: {SurveyAct.ANSWER: SurveyState.OPEN, SurveyAct.CLOSE: SurveyState.CLOSED},
        SurveyState.CLOSED: {},
    },
)
REPORT_STATES: Final = States(
    "research_report.not_allowed",
    {
        ReportState.DRAFT: {
            ReportAct.UPDATE: ReportState.DRAFT,
            ReportAct.ADD_FINDING: ReportState.DRAFT,
            ReportAct.PUBLISH: ReportState.PUBLISHED,
        },
        ReportState.PUBLISHED: {ReportAct.CONCLUDE_FINDING: ReportState.PUBLISHED},
    },
)


__all__ = [
    "QUESTIONNAIRE_STATES",
    "REPORT_STATES",
    "SURVEY_STATES",
    "QuestionKind",
    "QuestionnaireAct",
    "QuestionnaireState",
    "ReportAct",
    "ReportState",
    "SurveyAct",
    "SurveyState",
]
