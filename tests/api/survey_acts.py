"""Acts about questionnaires, surveys and research reports (``tests.api.acts``)."""

from itertools import count
from typing import Any

from tests.api.acts import COUNTY, OFFICE, VILLAGE, YESTERDAY, Prepared, Stage, act
from tests.api.venue_acts import step

_numbers = count(1)
QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "contact", "text": "家人多久联系一次", "kind": "single", "required": True,
        "options": [{"code": "weekly", "label": "每周"}, {"code": "seldom", "label": "很少"}],
    },
    {
        "key": "wanted", "text": "想参加哪些活动", "kind": "multiple",
        "options": [{"code": "training", "label": "培训"}, {"code": "sport", "label": "文体"}],
    },
    {"key": "why", "text": "原因是什么", "kind": "text", "shown_if": {"question": "contact", "choices": ["seldom"]}},
    {"key": "mood", "text": "近来心情", "kind": "scale", "least": 1, "most": 5, "field_class": "health"},
]  # fmt: skip
ANSWERS: list[dict[str, Any]] = [
    {"question": "contact", "choices": ["seldom"]}, {"question": "why", "text": "工地上忙"},
    {"question": "mood", "number": 2},
]  # fmt: skip
COUNTED = [QUESTIONS[0], QUESTIONS[3]]


@act(OFFICE, "questionnaire.created")
async def create_questionnaire(stage: Stage) -> Prepared:
    return Prepared({"region": COUNTY, "title": f"{stage.sign}字第{next(_numbers)}号问卷", "questions": QUESTIONS})


async def drafted(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Draft a questionnaire of the county."""
    return await stage.create(OFFICE, "/v1/questionnaires", (await create_questionnaire(stage)).body | changed)


async def published(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Publish a questionnaire of the county."""
    made = await drafted(stage, **changed)
    return await step(stage, OFFICE, f"/v1/questionnaires/{made['id']}:publish", made, {})


@act(OFFICE, "questionnaire.updated")
async def update_questionnaire(stage: Stage) -> Prepared:
    return Prepared({"questions": COUNTED, "title": f"{stage.sign}字新问卷"}, (await drafted(stage))["id"], 1)


@act(OFFICE, "questionnaire.published")
async def publish_questionnaire(stage: Stage) -> Prepared:
    return Prepared({}, (await drafted(stage))["id"], 1)


@act(OFFICE, "questionnaire.retired")
async def retire_questionnaire(stage: Stage) -> Prepared:
    return Prepared({}, (await published(stage))["id"], 2)


@act(OFFICE, "questionnaire.created")
async def copy_questionnaire(stage: Stage) -> Prepared:
    return Prepared({}, (await published(stage))["id"])


async def planned(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Return the body of a survey of a new edition."""
    edition = await published(stage, **changed)
    return {
        "questionnaire_id": edition["id"], "region": COUNTY, "title": f"{stage.sign}字第{next(_numbers)}次调研",
        "opens_on": YESTERDAY, "closes_on": "2099-12-31", "audience": ["woman"],
    }  # fmt: skip


@act(OFFICE, "survey.created")
async def create_survey(stage: Stage) -> Prepared:
    return Prepared(await planned(stage))


async def asked(stage: Stage, *, anonymous: bool = False) -> dict[str, Any]:
    """Return an open survey of the county."""
    body = await planned(stage, **({"questions": COUNTED} if anonymous else {}))
    made = await stage.create(OFFICE, "/v1/surveys", body | {"anonymous": anonymous})
    return await step(stage, OFFICE, f"/v1/surveys/{made['id']}:open", made, {})


@act(OFFICE, "survey.opened")
async def open_survey(stage: Stage) -> Prepared:
    return Prepared({}, (await stage.create(OFFICE, "/v1/surveys", await planned(stage)))["id"], 1)


@act(OFFICE, "survey.closed")
async def close_survey(stage: Stage) -> Prepared:
    return Prepared({}, (await asked(stage))["id"], 2)


@act("village_worker", "survey_answer.given")
async def answer_survey(stage: Stage) -> Prepared:
    person = await stage.person(woman={})
    return Prepared({"person_id": person["id"], "answers": ANSWERS}, (await asked(stage))["id"])


@act("village_worker", "survey.answer_counted")
async def count_answer(stage: Stage) -> Prepared:
    body = {"region": VILLAGE, "answers": [ANSWERS[0], ANSWERS[2]]}
    return Prepared(body, (await asked(stage, anonymous=True))["id"])


async def finding(stage: Stage) -> dict[str, Any]:
    """Return a finding for which the office itself is responsible."""
    agency = (await stage.one("/v1/me"))["agency"]["id"]
    text = {"finding": "四成家庭每月联系不到一次", "action": "村级亲情连线室每周开放"}
    return text | {"agency_id": agency, "due_on": "2099-06-30"}


@act(OFFICE, "research_report.created")
async def create_report(stage: Stage) -> Prepared:
    return Prepared({
        "region": COUNTY, "survey_id": (await asked(stage))["id"], "title": f"{stage.sign}字第{next(_numbers)}号报告",
        "summary": "入户调研情况", "findings": [await finding(stage)],
    })  # fmt: skip


async def reported(stage: Stage) -> dict[str, Any]:
    """Draft a report with one finding."""
    return await stage.create(OFFICE, "/v1/research_reports", (await create_report(stage)).body)


@act(OFFICE, "research_report.updated")
async def update_report(stage: Stage) -> Prepared:
    return Prepared({"summary": "补充了访谈"}, (await reported(stage))["id"], 1)


@act(OFFICE, "research_finding.created")
async def add_finding(stage: Stage) -> Prepared:
    return Prepared(await finding(stage), (await reported(stage))["id"])


@act(OFFICE, "research_report.published")
async def publish_report(stage: Stage) -> Prepared:
    return Prepared({}, (await reported(stage))["id"], 1)


@act(OFFICE, "research_finding.concluded")
async def conclude_finding(stage: Stage) -> Prepared:
    made = await reported(stage)
    shown = await step(stage, OFFICE, f"/v1/research_reports/{made['id']}:publish", made, {})
    found = (await stage.one(f"/v1/research_findings?report_id={shown['id']}"))["items"][0]
    return Prepared({"done_on": YESTERDAY, "outcome": "两个村每周开放"}, found["id"], found["version"])
