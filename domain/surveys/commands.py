"""What may be asked of questionnaires, surveys and research reports. ``version`` is the one the caller read."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.commands import Command, Day, Id, LongText, Name, PastDay, RegionCode, ShortText, Version, choice
from domain.people.model import Population
from domain.surveys.answers import Given
from domain.surveys.questions import Questions

Audience = Annotated[list[Annotated[Population, choice(Population)]], Field(max_length=len(Population))]
Answers = Annotated[list[Given], Field(min_length=1, max_length=100)]


class CreateQuestionnaire(Command):
    """Draft a questionnaire (问卷) for a region."""

    region: RegionCode
    title: Name
    questions: Questions


class QuestionnaireCommand(Command):
    """What acts on one edition."""

    questionnaire_id: Id
    version: Version


class UpdateQuestionnaire(QuestionnaireCommand):
    """Change a draft; ``questions`` replaces all of them."""

    title: Name | None = None
    questions: Questions | None = None


class PublishQuestionnaire(QuestionnaireCommand):
    """Publish an edition. From now on it never changes; whoever wants another one copies it."""


class RetireQuestionnaire(QuestionnaireCommand):
    """Take an edition out of use; surveys that ask it go on."""


class CopyQuestionnaire(Command):
    """Begin the next edition as a draft of the same questions."""

    questionnaire_id: Id


class CreateSurvey(Command):
    """Plan a round of asking (调研): one published edition, in a region, from day to day.

    ``anonymous``: answers carry no person. They are only counted, at most one for each household of a
    village, and so the edition must ask for no texts and dates.
    """

    questionnaire_id: Id
    region: RegionCode
    title: Name
    opens_on: Day
    closes_on: Day
    audience: Audience = Field(default_factory=list)
    anonymous: bool = False

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.closes_on < self.opens_on:
            raise PydanticCustomError("survey.closes_before_opening", "it closes before it opens")
        return self


class SurveyCommand(Command):
    """What moves a survey."""

    survey_id: Id
    version: Version


class OpenSurvey(SurveyCommand):
    """Begin a survey."""


class CloseSurvey(SurveyCommand):
    """End a survey, and make its tallies safe to be read by those who see no person."""


class AnswerSurvey(Command):
    """Answer for a person: once in a round."""

    survey_id: Id
    person_id: Id
    answers: Answers


class CountAnswer(Command):
    """Count the anonymous answer of one household of a village."""

    survey_id: Id
    region: RegionCode
    answers: Answers


class Finding(Command):
    """What was found, what shall be done about it, and by whom."""

    finding: LongText
    action: LongText
    agency_id: Id
    due_on: Day | None = None


class CreateReport(Command):
    """Draft a research report (调研报告), of a survey or of other work."""

    region: RegionCode
    survey_id: Id | None = None
    title: Name
    summary: LongText
    findings: Annotated[list[Finding], Field(max_length=50)] = Field(default_factory=list)


class UpdateReport(Command):
    """Change a draft."""

    report_id: Id
    version: Version
    title: Name | None = None
    summary: LongText | None = None


class PublishReport(Command):
    """Publish a report with at least one finding to the agencies of its region."""

    report_id: Id
    version: Version


class AddFinding(Finding):
    """Add a finding to a draft."""

    report_id: Id


class ConcludeFinding(Command):
    """Record what was done about a finding (成果转化), and what came of it."""

    finding_id: Id
    version: Version
    done_on: PastDay
    outcome: Annotated[ShortText, Field(min_length=2)]


__all__ = [
    "AddFinding",
    "AnswerSurvey",
    "CloseSurvey",
    "ConcludeFinding",
    "CopyQuestionnaire",
    "CountAnswer",
    "CreateQuestionnaire",
    "CreateReport",
    "CreateSurvey",
    "Finding",
    "OpenSurvey",
    "PublishQuestionnaire",
    "PublishReport",
    "QuestionnaireCommand",
    "RetireQuestionnaire",
    "SurveyCommand",
    "UpdateQuestionnaire",
    "UpdateReport",
]
