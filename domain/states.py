"""State machines: which act leads from a state to which, and what is said of an act that leads nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from domain.errors import Conflict

State = TypeVar("State", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class States(Generic[State, Act]):
    """The acts that each state allows, with the state after; ``refusal`` is the problem's code for the others."""

    refusal: str
    ways: Mapping[State, Mapping[Act, State]]

    def after(self, state: State, act: Act) -> State:
        """Return the state after an act; ``Conflict`` names those that are allowed."""
        found = self.ways[state].get(act)
        if found is None:
            raise Conflict(self.refusal, state=state, allowed=tuple(self.ways[state]))
        return found


__all__ = ["States"]
