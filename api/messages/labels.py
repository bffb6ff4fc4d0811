"""Published words for the service's own codes, inside sentences: a state is told as the forms call it.

The labels are data (``persistence/data/codes``); ``api.bootstrap`` hands them over. Without them a code
stands for itself.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from domain.codes.lists import ENUMERATIONS
from domain.language import Language

NONE: Final = "—"
_LISTS: Final = {kind: name for name, kind in ENUMERATIONS.items()}
_LABELS: Final[dict[tuple[str, str], tuple[str, str]]] = {}


def learn(items: Iterable[tuple[str, str, str, str, int]]) -> None:
    """Take over (list, code, Chinese, English, position) of every published code."""
    _LABELS.update({(name, code): (chinese, english) for name, code, chinese, english, _ in items})


def worded(value: object, language: Language) -> object:
    """Return a parameter of a sentence as it is said: codes by their labels, several of them one after the other."""
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(str(worded(one, language)) for one in value) or NONE
    if isinstance(value, StrEnum):
        chinese, english = _LABELS.get((_LISTS.get(type(value), ""), value.value), (value.value, value.value))
        return chinese if language == "zh" else english.lower()
    return value


__all__ = ["learn", "worded"]
