"""The questions of a questionnaire: what a well-formed list of them is."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.access import FieldClass
from domain.commands import Command, ShortText, choice
from domain.surveys.model import QuestionKind

CHOSEN: Final = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
COUNTED: Final = frozenset({QuestionKind.NUMBER, QuestionKind.SCALE})
MOST_STEPS: Final = 11
ASKED_OF: Final = (
    FieldClass.OPEN, FieldClass.PERSONAL, FieldClass.HEALTH, FieldClass.HARDSHIP, FieldClass.CONFIDENTIAL,
)  # fmt: skip
"""Classes an answer may have. Numbers of identity and telephone, which are kept sealed, are not asked here."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Option(Command):
    """One answer to choose: its code, and what is read to people."""

    code: Key
    label: ShortText


class ShownIf(Command):
    """A question is asked only where an earlier one was answered with any of ``choices``."""

    question: Key
    choices: Annotated[list[Key], Field(min_length=1, max_length=50)]


class Question(Command):
    """One question.

    ``options`` belong to ``single`` and ``multiple``, ``least`` and ``most`` to ``number`` and ``scale``
    (of at most 11 steps). ``field_class`` says who may read single answers: ``hardship`` for texts and
    ``personal`` for all others unless it is named.
    """

    key: Key
    text: ShortText
    kind: Annotated[QuestionKind, choice(QuestionKind)]
    required: bool = False
    options: Annotated[list[Option], Field(max_length=50)] = Field(default_factory=list)
    least: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] | None = None
    most: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] | None = None
    shown_if: ShownIf | None = None
    field_class: Annotated[FieldClass, choice(FieldClass)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        codes = [one.code for one in self.options]
        if (self.kind in CHOSEN) != (len(codes) > 1) or len(set(codes)) < len(codes):
            raise PydanticCustomError("question.options", "two or more different options, for a choice alone")
        bounded = self.least is not None and self.most is not None and self.least < self.most
        if bounded != (self.kind in COUNTED) or (not bounded and (self.least, self.most) != (None, None)):
            raise PydanticCustomError("question.bounds", "both bounds, for a number or a scale alone")
        if self.kind is QuestionKind.SCALE and (self.most or 0) - (self.least or 0) >= MOST_STEPS:
            raise PydanticCustomError("question.bounds", "a scale has at most 11 steps")
        if self.field_class is not None and self.field_class not in ASKED_OF:
            raise PydanticCustomError("question.field_class", "not to be asked in a survey")
        return self

    @property
    def reads_as(self) -> FieldClass:
        """Whose eyes its answers are for."""
        return self.field_class or (FieldClass.HARDSHIP if self.kind is QuestionKind.TEXT else FieldClass.PERSONAL)


def _in_order(questions: list[Question]) -> list[Question]:
    """Refuse keys used twice, and conditions on anything but an earlier choice and its options."""
    earlier: dict[str, Question] = {}
    for one in questions:
        if one.key in earlier:
            raise PydanticCustomError("question.key_twice", "two questions of one key")
        if one.shown_if is not None:
            asked = earlier.get(one.shown_if.question)
            codes = {option.code for option in asked.options} if asked else set()
            if not {*one.shown_if.choices} <= codes:
                raise PydanticCustomError("question.shown_if", "depends on no earlier choice")
        earlier[one.key] = one
    return questions


Questions = Annotated[list[Question], Field(min_length=1, max_length=100), AfterValidator(_in_order)]

__all__ = ["ASKED_OF", "CHOSEN", "COUNTED", "Key", "Option", "Question", "Questions", "ShownIf"]
