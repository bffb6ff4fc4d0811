"""Questionnaires and answers: what is well-formed, what is asked, what is counted and what may be shown."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.access import FieldClass
from domain.errors import Conflict, InvalidInput
from domain.surveys.answers import Given, Reply, replies
from domain.surveys.model import (
    QUESTIONNAIRE_STATES,
    REPORT_STATES,
    SURVEY_STATES,
    QuestionnaireAct,
    QuestionnaireState,
    ReportAct,
    ReportState,
    SurveyAct,
    SurveyState,
)
from domain.surveys.questions import Question, Questions
from domain.surveys.tallies import cells, safe

OPTIONS = [{"code": "yes", "label": "是"}, {"code": "no", "label": "否"}]
AWAY = {"key": "away", "text": "丈夫是否外出", "kind": "single", "required": True, "options": OPTIONS}
HELP = {"key": "help", "text": "谁来帮忙", "kind": "multiple", "options": OPTIONS, "field_class": "open"}
WHY = {
    "key": "why",
    "text": "原因",
    "kind": "text",
    "required": True,
    "shown_if": {"question": "away", "choices": ["yes"]},
}
AGE = {"key": "age", "text": "几个孩子", "kind": "number", "least": 0, "most": 9}
MOOD = {"key": "mood", "text": "心情", "kind": "scale", "least": 1, "most": 5, "field_class": "health"}
SINCE = {"key": "since", "text": "何时外出", "kind": "date"}
ONE_ONLY = ("/answers/0/choices", "answer.one_only")
ALL = [AWAY, HELP, WHY, AGE, MOOD, SINCE]
QUESTIONS: TypeAdapter[list[Question]] = TypeAdapter(Questions)


def asked(*questions: dict[str, Any]) -> list[Question]:
    return QUESTIONS.validate_python(list(questions or ALL))


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        ([AWAY, AWAY], "question.key_twice"),
        ([AWAY | {"options": OPTIONS[:1]}], "question.options"),
        ([AWAY | {"options": [OPTIONS[0], OPTIONS[0]]}], "question.options"),
        ([AGE | {"options": OPTIONS}], "question.options"),
        ([AGE | {"most": None}], "question.bounds"),
        ([AGE | {"most": 0}], "question.bounds"),
        ([MOOD | {"most": 12}], "question.bounds"),
        ([SINCE | {"least": 1}], "question.bounds"),
        ([WHY | {"shown_if": None, "field_class": "identity"}], "question.field_class"),
        ([WHY, AWAY], "question.shown_if"),
        ([AWAY, WHY | {"shown_if": {"question": "away", "choices": ["maybe"]}}], "question.shown_if"),
        ([AGE, WHY | {"shown_if": {"question": "age", "choices": ["yes"]}}], "question.shown_if"),
    ],
)
def test_what_no_questionnaire_may_be(questions: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        QUESTIONS.validate_python(questions)
    assert [one["type"] for one in refused.value.errors()] == [code]


def test_texts_are_of_hardship_and_the_rest_personal_unless_the_question_says() -> None:
    found = {one.key: one.reads_as for one in asked()}
    assert found == {
        "away": "personal", "help": "open", "why": "hardship", "age": "personal", "mood": "health", "since": "personal",
    }  # fmt: skip


def given(**answers: Any) -> list[Given]:
    def member(value: Any) -> dict[str, Any]:
        if isinstance(value, list):
            return {"choices": value}
        name = "number" if isinstance(value, int) else "day" if value[:2] == "20" else "text"
        return {name: value}

    return [Given.model_validate({"question": key} | member(value)) for key, value in answers.items()]


def test_a_whole_answer() -> None:
    found = replies(asked(), given(since="2026-01-02", away=["yes"], why="打工", help=["no", "yes"], age=0, mood=5))
    assert found == [
        Reply("away", FieldClass.PERSONAL, ("yes",), ("yes",)),
        Reply("help", FieldClass.OPEN, ("yes", "no"), ("yes", "no")),
        Reply("why", FieldClass.HARDSHIP, ("打工",), ("",)),
        Reply("age", FieldClass.PERSONAL, ("0",), ("0",)),
        Reply("mood", FieldClass.HEALTH, ("5",), ("5",)),
        Reply("since", FieldClass.PERSONAL, ("2026-01-02",), ("",)),
    ]
    assert [one.question for one in replies(asked(), given(away=["no"]))] == ["away"]


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        ({"age": 3}, [("/answers", "answer.required")]),
        ({"away": ["yes"]}, [("/answers", "answer.required")]),
        ({"away": ["no"], "why": "x"}, [("/answers/1", "answer.not_asked")]),
        ({"away": ["yes", "no"], "age": 10}, [ONE_ONLY, ("/answers/1/number", "number.range")]),
        ({"away": ["maybe"]}, [("/answers/0/choices", "answer.no_option")]),
        ({"away": ["no"], "help": ["no", "no"]}, [("/answers/1/choices", "answer.no_option")]),
        ({"away": "是"}, [("/answers/0/choices", "answer.wrong_kind")]),
        ({"away": ["no"], "mood": 0}, [("/answers/1/number", "number.range")]),
        ({"away": ["no"], "other": 1}, [("/answers/1/question", "answer.unknown_question")]),
    ],
)  # fmt: skip
def test_each_fault_has_its_pointer(answers: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        replies(asked(), given(**answers))
    assert [(one.pointer, one.code) for one in refused.value.faults] == faults


def test_an_answer_twice_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        replies(asked(), given(away=["no"]) * 2)
    assert [(one.pointer, one.code) for one in refused.value.faults] == [("/answers/1/question", "answer.twice")]


def test_an_answer_counts_in_its_village_and_up_to_the_survey_s_region() -> None:
    found = cells(421081100201, 3, [Reply("away", FieldClass.PERSONAL, ("yes",), ("yes",))])
    places = [(3, 421081000000), (4, 421081100000), (5, 421081100201)]
    assert found == [(*place, *cell) for place in places for cell in (("", ""), ("away", "yes"))]


def test_no_small_count_is_shown_and_none_can_be_computed() -> None:
    """Two villages hold a small count each; a third alone would give the other away, so it goes, too."""
    villages = {421081100201: (9, 3), 421081100202: (20, 30), 421081100203: (25, 40)}
    counted: dict[tuple[int, int, str, str], int] = {}
    for village, (yes, no) in villages.items():
        for place in ((5, village), (4, 421081100000)):
            for key, n in ((("", ""), yes + no), (("away", "yes"), yes), (("away", "no"), no)):
                counted[(*place, *key)] = counted.get((*place, *key), 0) + n
    shown = safe(counted)
    assert all(not 0 < counted[one] < 5 for one in shown)
    hidden = {one for one in counted if one[2] == "away"} - {*shown}
    assert (5, 421081100201, "away", "no") in hidden
    for column in ("yes", "no"):  # in each hidden column at least two villages are missing
        assert len({one[1] for one in hidden if one[3] == column}) >= 2
    assert (4, 421081100000, "away", "yes") in shown
    assert safe({}) == []


QUESTIONNAIRES = {
    ("draft", "update"): "draft", ("draft", "publish"): "published", ("draft", "retire"): "retired",
    ("published", "copy"): "published", ("published", "ask"): "published", ("published", "retire"): "retired",
    ("retired", "copy"): "retired",
}  # fmt: skip
SURVEYS = {
    ("planned", "open"): "open", ("planned", "close"): "closed",
    ("open", "answer"): "open", ("open", "close"): "closed",
}  # fmt: skip
REPORTS = {
    ("draft", "update"): "draft", ("draft", "add_finding"): "draft", ("draft", "publish"): "published",
    ("published", "conclude_finding"): "published",
}  # fmt: skip
MACHINES: tuple[Any, ...] = (
    (QUESTIONNAIRE_STATES.after, QuestionnaireState, QuestionnaireAct, QUESTIONNAIRES, "questionnaire.not_allowed"),
    (SURVEY_STATES.after, SurveyState, SurveyAct, SURVEYS, "survey.not_allowed"),
    (REPORT_STATES.after, ReportState, ReportAct, REPORTS, "research_report.not_allowed"),
)


@pytest.mark.parametrize("machine", MACHINES, ids=("questionnaire", "survey", "report"))
def test_every_pair_of_state_and_act(machine: Any) -> None:
    after, states, acts, allowed, code = machine
    for state in states:
        names = tuple(act for from_state, act in allowed if from_state == state)
        for act in acts:
            if (state, act) in allowed:
                assert after(state, act) == allowed[state, act]
                continue
            with pytest.raises(Conflict) as refused:
                after(state, act)
            assert refused.value.code == code
            assert refused.value.parameters == {"state": state, "allowed": names}
