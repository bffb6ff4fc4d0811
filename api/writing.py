"""Runs writes for both transports: the use case, its answer read before the commit, idempotency."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from domain.access import Access
from domain.cases.commands import AttachFile
from domain.cases.use_cases.attachments import attach_file
from domain.commands import Command
from domain.events import Origin
from domain.idempotency import Kept
from domain.imports.use_cases import start_import
from domain.unit_of_work import UnitOfWork
from domain.writes import Write

IMPORT: Final = Write(
    "start_import",
    "/v1/imports",
    "imports:write",
    Command,
    start_import,
    "Operation",
    status=202,
    doc="Import a roster.",
)
ATTACH: Final = Write(
    "attach_file",
    "/v1/cases/{id}/attachments",
    "case_work:write",
    AttachFile,
    attach_file,
    "CaseAttachment",
    status=201,
    doc=(attach_file.__doc__ or "").strip(),
)
"""The two writes that are not JSON: their file comes as multipart, so REST alone has them."""


class Idempotency(Protocol):
    """An ``Idempotency-Key`` with its fingerprint, asked inside the transaction of the write."""

    async def begin(self, connection: Any) -> Kept | None:
        """Claim the key, or return the answer kept under it. Raises on another body or one in flight."""

    async def keep(self, connection: Any, answer: Kept) -> None:
        """Keep the answer."""


class MakesUnits(Protocol):
    """Makes the unit of work of one request."""

    def __call__(
        self,
        origin: Origin,
        on_begin: Callable[[Any], Awaitable[None]],
        before_commit: Callable[[Any, Any], Awaitable[None]],
    ) -> UnitOfWork:
        """Return a unit of work with its two hooks."""


class _Replay(Exception):
    def __init__(self, answer: Kept) -> None:
        super().__init__()
        self.answer = answer


class Writer:
    """Runs one write in one transaction; its answer is sent only after the commit."""

    def __init__(self, units: MakesUnits) -> None:
        self._units = units

    async def run(
        self,
        access: Access,
        write: Write,
        command: object,
        origin: Origin,
        answer: Callable[[Any, Any], Awaitable[Kept]],
        idempotency: Idempotency | None = None,
    ) -> Kept:
        """Return the answer made by ``answer(connection, result)`` inside the transaction."""
        made: list[Kept] = []
        if not write.replayed:
            idempotency = None

        async def on_begin(connection: Any) -> None:
            if idempotency is not None and (kept := await idempotency.begin(connection)) is not None:
                raise _Replay(kept)

        async def before_commit(connection: Any, result: Any) -> None:
            made.append(await answer(connection, result))
            if idempotency is not None:
                await idempotency.keep(connection, made[-1])

        access.grant(write.permission)
        try:
            await write.use_case(access, self._units(origin, on_begin, before_commit), command)
        except _Replay as replay:
            return replay.answer
        return made[-1]
