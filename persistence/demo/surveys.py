"""The demo county's survey: asked of the women of the pilot township, tallied, reported, and what came of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from domain.people.days import SHANGHAI
from domain.people.model import Population
from domain.surveys.answers import Given, Reply, replies
from domain.surveys.model import QuestionnaireState, ReportState, SurveyState
from domain.surveys.questions import ASKED_OF, Question, Questions
from domain.surveys.tallies import cells, safe
from domain.surveys.work import Cell
from persistence.demo.directory import COUNTY, PILOT_TOWNSHIP, Directory
from persistence.demo.numbers import Numbers
from persistence.demo.people import Family, Someone

Row = dict[str, Any]
COUNTY_LEVEL: Final = 3
OPENED_BEFORE, CLOSED_BEFORE, REPORTED_BEFORE = timedelta(days=40), timedelta(days=12), timedelta(days=5)
QUESTIONS: Final[list[Question]] = TypeAdapter(Questions).validate_python([
    {
        "key": "contact", "text": "丈夫多久联系家里", "kind": "single", "required": True,
        "options": [
            {"code": "daily", "label": "每天"}, {"code": "weekly", "label": "每周"},
            {"code": "seldom", "label": "很少"},
        ],
    },
    {
        "key": "reason", "text": "很少联系的原因", "kind": "text",
        "shown_if": {"question": "contact", "choices": ["seldom"]},
    },
    {
        "key": "wanted", "text": "最希望得到的帮助", "kind": "multiple", "required": True,
        "options": [
            {"code": "work", "label": "家门口就业"}, {"code": "training", "label": "技能培训"},
            {"code": "children", "label": "孩子课后照看"}, {"code": "counselling", "label": "心理疏导"},
        ],
    },
    {"key": "burden", "text": "家务和农活的负担（1轻，5重）", "kind": "scale", "least": 1, "most": 5, "required": True},
    {"key": "mood", "text": "近来心情（1差，5好）", "kind": "scale", "least": 1, "most": 5, "field_class": "health"},
])  # fmt: skip
CONTACT: Final = ("daily", "weekly", "weekly", "daily", "seldom", "weekly", "daily")
WANTED: Final = (["work"], ["work", "training"], ["children"], ["children", "counselling"], ["training"])
REASON: Final = "工地加班，晚上回得晚"
FINDINGS: Final = (
    ("近半数妇女最希望在家门口就业", "与镇内企业对接，设来料加工点", "federation", "已设两个加工点，二十余人上岗"),
    ("有孩子的家庭普遍需要课后照看", "儿童之家工作日延长至十八时三十分", "civil_affairs", None),
)


def surveys(keys: Numbers, made: Directory, families: Sequence[Family], as_of: date) -> dict[str, list[Row]]:
    """Return the questionnaire, the survey, its answers and tallies, and the report."""
    opened = as_of - OPENED_BEFORE
    own = {"region_code": int(COUNTY) * 1_000_000, "agency_id": made.agencies["federation"]["id"]}
    edition = _stamped(keys, opened) | own | {
        "series_id": keys.key(_at(opened)), "edition": 1, "title": "农村留守妇女生产生活状况问卷",
        "questions": [one.model_dump(mode="json") | {"field_class": one.reads_as.value} for one in QUESTIONS],
        "state": QuestionnaireState.PUBLISHED, "published_on": opened, "version": 2,
    }  # fmt: skip
    survey = _stamped(keys, opened) | own | {
        "questionnaire_id": edition["id"], "title": f"{opened.year}年留守妇女生产生活状况调研", "opens_on": opened,
        "closes_on": as_of - CLOSED_BEFORE, "audience": [Population.WOMAN.value], "anonymous": False,
        "state": SurveyState.CLOSED, "opened_on": opened, "closed_on": as_of - CLOSED_BEFORE, "version": 3,
    }  # fmt: skip
    rows: dict[str, list[Row]] = {"questionnaire": [edition], "survey": [survey]}
    rows |= _answers(keys, survey, _women(families))
    return rows | _report(keys, made, own | {"survey_id": survey["id"]}, as_of)


def _women(families: Sequence[Family]) -> list[Someone]:
    here = [family for family in families if str(family.village.code // 1000) == PILOT_TOWNSHIP]
    asked = [one for family in here for one in family.people if "woman" in one.profiles]
    return [one for one in asked if one.columns.get("situation") != "dead"]


def _answers(keys: Numbers, survey: Row, women: Sequence[Someone]) -> dict[str, list[Row]]:
    counted: Counter[Cell] = Counter()
    rows: dict[str, list[Row]] = {"survey_answer": [], "survey_reply": []}
    for number, woman in enumerate(women):
        day = survey["opens_on"] + timedelta(days=number % 20)
        accepted = _replies(number)
        own = {"region_code": woman.village.code, "survey_id": survey["id"], "person_id": woman.id}
        answer = _stamped(keys, day) | own | {"answered_on": day}
        rows["survey_answer"].append(answer)
        for reply in accepted:
            values = {f"as_{one}": list(reply.values) if one is reply.field_class else [] for one in ASKED_OF}
            named = {"answer_id": answer["id"], "question": reply.question, "field_class": reply.field_class}
            rows["survey_reply"].append(_stamped(keys, day) | own | named | values)
        counted.update(cells(woman.village.code, COUNTY_LEVEL, accepted))
    shown, at = {*safe(counted)}, _at(survey["closes_on"])
    names = ("level", "region_code", "question", "choice")
    rows["survey_tally"] = [
        {"id": keys.key(at), "survey_id": survey["id"], **dict(zip(names, cell, strict=True))}
        | {"people": people, "people_safe": people if cell in shown else None}
        for cell, people in sorted(counted.items())
    ]
    return rows


def _replies(number: int) -> list[Reply]:
    contact = CONTACT[number % len(CONTACT)]
    given: list[Row] = [
        {"question": "contact", "choices": [contact]}, {"question": "wanted", "choices": WANTED[number % len(WANTED)]},
        {"question": "burden", "number": 2 + number * 7 % 4}, {"question": "mood", "number": 1 + number * 3 % 5},
    ]  # fmt: skip
    if contact == "seldom":
        given.append({"question": "reason", "text": REASON})
    return replies(QUESTIONS, [Given.model_validate(one) for one in given])


def _report(keys: Numbers, made: Directory, own: Row, as_of: date) -> dict[str, list[Row]]:
    published = as_of - REPORTED_BEFORE
    report = _stamped(keys, published) | own | {
        "title": "桃花山镇留守妇女生产生活状况调研报告", "summary": "问卷覆盖全镇在册留守妇女，并入户访谈。",
        "state": ReportState.PUBLISHED, "published_on": published, "version": 2,
    }  # fmt: skip
    findings = [
        _stamped(keys, published) | {
            "report_id": report["id"], "region_code": own["region_code"], "finding": finding, "action": action,
            "agency_id": made.agencies[agency]["id"], "due_on": as_of + timedelta(days=60),
            "done_on": as_of - timedelta(days=1) if outcome else None, "outcome": outcome,
            "published_on": published, "version": 3 if outcome else 2,
        }
        for finding, action, agency, outcome in FINDINGS
    ]  # fmt: skip
    return {"research_report": [report], "research_finding": findings}


def _at(day: date) -> datetime:
    return datetime.combine(day, time(15), SHANGHAI)


def _stamped(keys: Numbers, day: date) -> Row:
    return {"id": keys.key(_at(day)), "created_at": _at(day), "updated_at": _at(day)}


__all__ = ["surveys"]
