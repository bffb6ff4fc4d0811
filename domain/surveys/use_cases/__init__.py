"""Acts on questionnaires, surveys and reports: each is one transaction, decided by ``domain.surveys``."""

from domain.surveys.use_cases.questionnaires import (
    copy_questionnaire,
    create_questionnaire,
    publish_questionnaire,
    retire_questionnaire,
    update_questionnaire,
)
from domain.surveys.use_cases.reports import (
    add_finding,
    conclude_finding,
    create_report,
    publish_report,
    update_report,
)
from domain.surveys.use_cases.surveys import answer_survey, close_survey, count_answer, create_survey, open_survey

__all__ = [
    "add_finding",
    "answer_survey",
    "close_survey",
    "conclude_finding",
    "copy_questionnaire",
    "count_answer",
    "create_questionnaire",
    "create_report",
    "create_survey",
    "open_survey",
    "publish_questionnaire",
    "publish_report",
    "retire_questionnaire",
    "update_questionnaire",
    "update_report",
]
