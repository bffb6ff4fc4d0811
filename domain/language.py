"""The language of the answer under way: set at the door, read where a sentence is made.

A context variable and not a parameter: a sentence is a field like any other, far below whoever knows
the caller's headers, and every request is a task of its own.
"""

from contextvars import ContextVar
from typing import Final, Literal

Language = Literal["zh", "en"]

LANGUAGE: Final[ContextVar[Language]] = ContextVar("language", default="zh")

__all__ = ["LANGUAGE", "Language"]
