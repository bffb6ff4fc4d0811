"""Surveys (问卷调研): questionnaires in editions, rounds of asking, research reports and what came of them.

Documents 000 and 001 ask for surveys of the left-behind, and that their findings lead to something
(调研成果转化).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from domain.errors import Conflict


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


_QUESTIONNAIRE: Final = {
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
}
_SURVEY: Final = {
    SurveyState.PLANNED: {SurveyAct.OPEN: SurveyState.OPEN, SurveyAct.CLOSE: SurveyState.CLOSED},
    SurveyState.OPEN: {SurveyAct.ANSWER: SurveyState.OPEN, SurveyAct.CLOSE: SurveyState.CLOSED},
    SurveyState.CLOSED: {},
}
_REPORT: Final = {
    ReportState.DRAFT: {
        ReportAct.UPDATE: ReportState.DRAFT,
        ReportAct.ADD_FINDING: ReportState.DRAFT,
        ReportAct.PUBLISH: ReportState.PUBLISHED,
    },
    ReportState.PUBLISHED: {ReportAct.CONCLUDE_FINDING: ReportState.PUBLISHED},
}


def questionnaire_after(state: QuestionnaireState, act: QuestionnaireAct) -> QuestionnaireState:
    """Return the state after an act; ``Conflict`` names those that are allowed."""
    found = _QUESTIONNAIRE[state].get(act)
    if found is None:
        raise Conflict("questionnaire.not_allowed", state=state, allowed=_listed(_QUESTIONNAIRE[state]))
    return found


def survey_after(state: SurveyState, act: SurveyAct) -> SurveyState:
    """Return the state after an act; ``Conflict`` names those that are allowed."""
    found = _SURVEY[state].get(act)
    if found is None:
        raise Conflict("survey.not_allowed", state=state, allowed=_listed(_SURVEY[state]))
    return found


def report_after(state: ReportState, act: ReportAct) -> ReportState:
    """Return the state after an act; ``Conflict`` names those that are allowed."""
    found = _REPORT[state].get(act)
    if found is None:
        raise Conflict("research_report.not_allowed", state=state, allowed=_listed(_REPORT[state]))
    return found


def _listed(acts: Iterable[str]) -> str:
    return ", ".join(acts) or "-"


__all__ = [
    "QuestionKind",
    "QuestionnaireAct",
    "QuestionnaireState",
    "ReportAct",
    "ReportState",
    "SurveyAct",
    "SurveyState",
    "questionnaire_after",
    "report_after",
    "survey_after",
]
