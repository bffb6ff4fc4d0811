"""Editions of questionnaires: drafted, published for good, retired, copied."""

from collections.abc import Sequence
from typing import Any, Final

from domain.access import Access
from domain.ids import new_id
from domain.surveys.commands import (
    CopyQuestionnaire,
    CreateQuestionnaire,
    PublishQuestionnaire,
    QuestionnaireCommand,
    RetireQuestionnaire,
    UpdateQuestionnaire,
)
from domain.surveys.model import QUESTIONNAIRE_STATES, QuestionnaireAct, QuestionnaireState
from domain.surveys.questions import Question
from domain.unit_of_work import Row, Saved, UnitOfWork, Work
from domain.venues.use_cases.hosting import division, event, required, save, saved, within_reach

WRITE: Final = "surveys:write"


async def create_questionnaire(access: Access, uow: UnitOfWork, command: CreateQuestionnaire) -> Saved:
    """Draft the first edition of a questionnaire."""
    async with uow.begin(access, WRITE) as work:
        values = {
            "series_id": new_id(),
            "edition": 1,
            "region_code": await division(work, command.region),
            "agency_id": access.agency_id,
            "title": command.title,
            "questions": _stored(command.questions),
        }
        return await _drafted(work, values)


async def update_questionnaire(access: Access, uow: UnitOfWork, command: UpdateQuestionnaire) -> Saved:
    """Change a draft. What is published stays as it is."""
    async with uow.begin(access, WRITE) as work:
        row, _ = await _edition(work, command, QuestionnaireAct.UPDATE)
        given = command.given("questionnaire_id", "version")
        required(given, "title", "questions")
        if command.questions is not None:
            given["questions"] = _stored(command.questions)
        changes = work.differing("questionnaire", row, given)
        if changes:
            row = await save(work, "questionnaire", row, changes, "updated")
        return await work.commit(saved("questionnaire", row))


async def publish_questionnaire(access: Access, uow: UnitOfWork, command: PublishQuestionnaire) -> Saved:
    """Publish an edition for good."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _edition(work, command, QuestionnaireAct.PUBLISH)
        row = await save(work, "questionnaire", row, {"state": state, "published_on": work.today}, "published")
        return await work.commit(saved("questionnaire", row))


async def retire_questionnaire(access: Access, uow: UnitOfWork, command: RetireQuestionnaire) -> Saved:
    """Take an edition out of use: no new survey asks it."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _edition(work, command, QuestionnaireAct.RETIRE)
        row = await save(work, "questionnaire", row, {"state": state, "retired_on": work.today}, "retired")
        return await work.commit(saved("questionnaire", row))


async def copy_questionnaire(access: Access, uow: UnitOfWork, command: CopyQuestionnaire) -> Saved:
    """Begin the next edition. Raises ``Conflict`` (``questionnaire.edition_taken``) when two do so at once."""
    async with uow.begin(access, WRITE) as work:
        row = await work.load("questionnaire", command.questionnaire_id)
        within_reach(work.access, row["region_code"])
        QUESTIONNAIRE_STATES.after(QuestionnaireState(row["state"]), QuestionnaireAct.COPY)
        editions = await work.find("questionnaire", where={"series_id": row["series_id"]}, lock=False)
        kept = ("series_id", "region_code", "title", "questions")
        values = {name: row[name] for name in kept} | {
            "edition": max(one["edition"] for one in editions) + 1,
            "agency_id": access.agency_id,
        }
        return await _drafted(work, values)


async def _drafted(work: Work, values: dict[str, Any]) -> Saved:
    row = await work.insert("questionnaire", values | {"state": QuestionnaireState.DRAFT})
    await work.append(event("questionnaire.created", row, edition=row["edition"]))
    return await work.commit(saved("questionnaire", row))


async def _edition(work: Work, command: QuestionnaireCommand, act: QuestionnaireAct) -> tuple[Row, QuestionnaireState]:
    """Return an edition of the caller's region, locked, and its state after an act."""
    row = await work.load("questionnaire", command.questionnaire_id, version=command.version)
    within_reach(work.access, row["region_code"])
    return row, QUESTIONNAIRE_STATES.after(QuestionnaireState(row["state"]), act)


def _stored(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Return questions as they are kept, the class of their answers written out."""
    return [one.model_dump(mode="json") | {"field_class": one.reads_as.value} for one in questions]
