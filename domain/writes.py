"""What a write is to both transports: a command, its use case, where it stands, what it answers with.

REST and GraphQL are made from the same list (``api.operations``): ``POST /v1/people`` and
``registerPerson`` run one use case under one permission.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from domain.access import Access
from domain.commands import Command
from domain.unit_of_work import UnitOfWork

NODE = "Node"
"""A write whose answer may be of several views: REST shows the record's own, GraphQL the interface."""

UseCase = Callable[[Access, UnitOfWork, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Write:
    """One write. ``name`` is the mutation's in snake_case and the operation id in OpenAPI."""

    name: str
    path: str  # /v1/people, /v1/people/{id}, /v1/people/{id}:reveal
    permission: str
    command: type[Command]
    use_case: UseCase
    answers: str  # the view that shows what was changed; a document view shows the result itself
    subject: str = ""  # the command's field that the path's {id} fills
    method: str = "POST"
    status: int = 200
    doc: str = ""
    replayed: bool = True  # False: done anew each time, since each time is an act of its own

    @property
    def contested(self) -> bool:
        """Whether the caller must say which version she changes (``If-Match``, ``expectedVersion``)."""
        return "version" in self.command.model_fields


def write(  # noqa: PLR0913, PLR0917 - one row of the table
    use_case: UseCase,
    command: type,
    path: str,
    answers: str,
    permission: str,
    subject: str = "",
    method: str = "POST",
    status: int = 200,
    *,
    replayed: bool = True,
) -> Write:
    """Return a row of the table; its name and its words are the use case's own."""
    doc = (use_case.__doc__ or "").strip()
    name = use_case.__name__
    return Write(name, path, permission, command, use_case, answers, subject, method, status, doc, replayed)
