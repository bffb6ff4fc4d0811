"""Answers checked strictly against the edition that was asked: a fault for each question, with its pointer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from domain.access import FieldClass
from domain.commands import Command, Day, LongText
from domain.errors import Fault, InvalidInput
from domain.surveys.model import QuestionKind
from domain.surveys.questions import CHOSEN, COUNTED, Key, Question

MEMBERS: Final = ("choices", "number", "text", "day")


class Given(Command):
    """The answer to one question: ``choices`` for single and multiple, ``number`` for number and scale."""

    question: Key
    choices: Annotated[list[Key], Field(min_length=1, max_length=50)] | None = None
    number: int | None = None
    text: LongText | None = None
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted answer: its values as texts, whose eyes they are for, and what of them is counted."""

    question: str
    field_class: FieldClass
    values: tuple[str, ...]
    counted: tuple[str, ...]  # texts and dates are counted as answered, no more


def read(stored: Sequence[Mapping[str, Any]]) -> list[Question]:
    """Return the questions of a stored edition."""
    return [Question.model_validate(one) for one in stored]


def replies(questions: Sequence[Question], given: Sequence[Given]) -> list[Reply]:
    """Return the accepted answers in the order of the questions. Raises ``InvalidInput`` with every fault."""
    known = {one.key: one for one in questions}
    faults: list[Fault] = []
    at: dict[str, int] = {}
    for number, answer in enumerate(given):
        if answer.question not in known:
            faults.append(Fault(f"/answers/{number}/question", "answer.unknown_question"))
        elif answer.question in at:
            faults.append(Fault(f"/answers/{number}/question", "answer.twice"))
        else:
            at[answer.question] = number
    accepted: dict[str, Reply] = {}
    for question in questions:
        position = at.get(question.key)
        shown = question.shown_if is None or bool(
            question.shown_if.question in accepted
            and {*accepted[question.shown_if.question].values} & {*question.shown_if.choices}
        )
        if position is None:
            if shown and question.required:
                faults.append(Fault("/answers", "answer.required", {"question": question.key}))
            continue
        if not shown:
            faults.append(Fault(f"/answers/{position}", "answer.not_asked"))
            continue
        fault = _fault(question, given[position])
        if fault:
            faults.append(Fault(f"/answers/{position}/{fault[0]}", fault[1], fault[2]))
        else:
            accepted[question.key] = _reply(question, given[position])
    if faults:
        raise InvalidInput(*faults)
    return [*accepted.values()]


def _member(question: Question) -> str:
    if question.kind in CHOSEN:
        return "choices"
    if question.kind in COUNTED:
        return "number"
    return "text" if question.kind is QuestionKind.TEXT else "day"


def _fault(question: Question, answer: Given) -> tuple[str, str, dict[str, object]] | None:
    """Return what is wrong with an answer: member, code, parameters."""
    member = _member(question)
    for name in MEMBERS:
        if (getattr(answer, name) is not None) != (name == member):
            return name, "answer.wrong_kind", {"expected": member}
    if question.kind in CHOSEN:
        chosen = answer.choices or []
        codes = {one.code for one in question.options}
        if not {*chosen} <= codes or len({*chosen}) < len(chosen):
            return member, "answer.no_option", {}
        if question.kind is QuestionKind.SINGLE and len(chosen) > 1:
            return member, "answer.one_only", {}
    if question.kind in COUNTED:
        least, most = question.least or 0, question.most or 0
        if not least <= (answer.number or 0) <= most:
            return member, "number.range", {"least": least, "most": most}
    return None


def _reply(question: Question, answer: Given) -> Reply:
    if question.kind in CHOSEN:
        order = [one.code for one in question.options]
        values = tuple(sorted(answer.choices or (), key=order.index))
    else:
        values = (str(getattr(answer, _member(question))),)
    counted = values if question.kind in CHOSEN | COUNTED else ("",)
    return Reply(question.key, question.reads_as, values, counted)


__all__ = ["Given", "Reply", "read", "replies"]
