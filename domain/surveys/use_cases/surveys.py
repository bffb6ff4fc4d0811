"""Rounds of asking, and the answers. An answer counts in its village and in all above it, in the same transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from domain.access import Access, RowScope
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.people.model import Population
from domain.people.use_cases.consequences import event_of, in_force
from domain.regions.codes import LEVELS, published, range_of
from domain.surveys.answers import Given, Reply, read, replies
from domain.surveys.commands import AnswerSurvey, CloseSurvey, CountAnswer, CreateSurvey, OpenSurvey, SurveyCommand
from domain.surveys.model import (
    QUESTIONNAIRE_STATES,
    SURVEY_STATES,
    QuestionKind,
    QuestionnaireAct,
    QuestionnaireState,
    SurveyAct,
    SurveyState,
)
from domain.surveys.tallies import ANSWERS, VILLAGE, cells, safe
from domain.unit_of_work import Row, Saved, UnitOfWork, Work
from domain.venues.use_cases.hosting import division, event, save, saved, within_reach

WRITE: Final = "surveys:write"
ANSWER: Final = "survey_answers:write"
UNCOUNTED: Final = frozenset({QuestionKind.TEXT, QuestionKind.DATE})


async def create_survey(access: Access, uow: UnitOfWork, command: CreateSurvey) -> Saved:
    """Plan a round of asking a published edition."""
    async with uow.begin(access, WRITE) as work:
        region = await division(work, command.region)
        found = await work.find("questionnaire", where={"id": command.questionnaire_id}, lock=False)
        if not found:
            raise InvalidInput(Fault("/questionnaire_id", "questionnaire.unknown"))
        QUESTIONNAIRE_STATES.after(QuestionnaireState(found[0]["state"]), QuestionnaireAct.ASK)
        if command.anonymous and any(one.kind in UNCOUNTED for one in read(found[0]["questions"])):
            raise InvalidInput(Fault("/anonymous", "survey.anonymous_text"))
        given = command.given("region") | {"agency_id": access.agency_id, "anonymous": command.anonymous}
        row = await work.insert("survey", given | {"region_code": region, "state": SurveyState.PLANNED})
        await work.append(event("survey.created", row, questionnaire_id=row["questionnaire_id"]))
        return await work.commit(saved("survey", row))


async def open_survey(access: Access, uow: UnitOfWork, command: OpenSurvey) -> Saved:
    """Begin a survey, within its days."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _survey(work, command, SurveyAct.OPEN)
        _check_day(row, work.today)
        row = await save(work, "survey", row, {"state": state, "opened_on": work.today}, "opened")
        return await work.commit(saved("survey", row))


async def close_survey(access: Access, uow: UnitOfWork, command: CloseSurvey) -> Saved:
    """End a survey; its tallies are now made safe as a whole, once."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _survey(work, command, SurveyAct.CLOSE)
        async with work.as_system():
            await work.keep_safe(row["id"], safe(await work.cells_of(row["id"])))
        row = await save(work, "survey", row, {"state": state, "closed_on": work.today}, "closed")
        return await work.commit(saved("survey", row))


async def answer_survey(access: Access, uow: UnitOfWork, command: AnswerSurvey) -> Saved:
    """Answer for a person, as staff or for oneself. Raises ``Conflict`` (``survey.answered``) the second time."""
    async with uow.begin(access, ANSWER) as work:
        survey = await _open(work, command)
        if survey["anonymous"]:
            raise Conflict("survey.is_anonymous")
        person = in_force(await work.load("person", command.person_id, lock=False))
        if access.grant(ANSWER).rows is RowScope.SELF and person["id"] != access.person_id:
            raise Forbidden("survey.not_hers")
        await _check_asked(work, survey, person)
        accepted = await _accepted(work, survey, command.answers)
        own = {"survey_id": survey["id"], "person_id": person["id"], "region_code": person["region_code"]}
        answer = await work.insert("survey_answer", own | {"answered_on": work.today})
        for reply in accepted:
            await work.insert("survey_reply", own | {"answer_id": answer["id"]} | _stored(reply))
        await _count(work, survey, person["region_code"], accepted)
        await work.append(event_of("survey_answer.given", answer, subject=person["id"], survey_id=survey["id"]))
        return await work.commit(saved("survey_answer", answer))


async def count_answer(access: Access, uow: UnitOfWork, command: CountAnswer) -> Saved:
    """Count the anonymous answer of one household. Raises ``Conflict`` once every household has answered."""
    async with uow.begin(access, ANSWER) as work:
        survey = await _open(work, command)
        if not survey["anonymous"]:
            raise Conflict("survey.not_anonymous")
        if access.grant(ANSWER).rows is RowScope.SELF:
            raise Forbidden("survey.counted_by_staff")
        village = await division(work, command.region)
        if len(command.region) != max(LEVELS) or village not in range_of(published(survey["region_code"])):
            raise InvalidInput(Fault("/region", "survey.not_its_village"))
        accepted = await _accepted(work, survey, command.answers)
        async with work.as_system():
            counted = (await work.cells_of(survey["id"])).get((VILLAGE, village, *ANSWERS), 0)
            if counted >= await work.households_in(village):
                raise Conflict("survey.every_household")
        await _count(work, survey, village, accepted)
        await work.append(event("survey.answer_counted", survey, village=published(village)))
        return await work.commit(saved("survey", survey))


async def _survey(work: Work, command: SurveyCommand, act: SurveyAct) -> tuple[Row, SurveyState]:
    """Return a survey of the caller's region, locked, and its state after an act."""
    row = await work.load("survey", command.survey_id, version=command.version)
    within_reach(work.access, row["region_code"])
    return row, SURVEY_STATES.after(SurveyState(row["state"]), act)


async def _open(work: Work, command: AnswerSurvey | CountAnswer) -> Row:
    """Return a survey that takes answers today, locked so that none comes while it is being closed."""
    row = await work.load("survey", command.survey_id)
    SURVEY_STATES.after(SurveyState(row["state"]), SurveyAct.ANSWER)
    _check_day(row, work.today)
    return row


def _check_day(survey: Row, today: date) -> None:
    if not survey["opens_on"] <= today <= survey["closes_on"]:
        days = {"opens_on": survey["opens_on"].isoformat(), "closes_on": survey["closes_on"].isoformat()}
        raise Conflict("survey.not_today", **days)


async def _check_asked(work: Work, survey: Row, person: Row) -> None:
    """Refuse a person of another region or population than the survey's; an empty audience is everybody."""
    audience = frozenset(map(Population, survey["audience"]))
    here = person["region_code"] in range_of(published(survey["region_code"]))
    if not here or (audience and not audience & (await work.populations([person["id"]]))[person["id"]]):
        raise InvalidInput(Fault("/person_id", "survey.not_asked"))


async def _accepted(work: Work, survey: Row, given: Sequence[Given]) -> list[Reply]:
    async with work.as_system():  # the edition may be of a region above, or retired
        (edition,) = await work.find("questionnaire", where={"id": survey["questionnaire_id"]}, lock=False)
    return replies(read(edition["questions"]), given)


async def _count(work: Work, survey: Row, village: int, accepted: Sequence[Reply]) -> None:
    top = LEVELS[len(published(survey["region_code"]))]
    async with work.as_system():
        await work.count_cells(survey["id"], cells(village, top, accepted))


def _stored(reply: Reply) -> dict[str, Any]:
    own = {"question": reply.question, "field_class": reply.field_class}
    return own | {f"as_{reply.field_class}": list(reply.values)}
