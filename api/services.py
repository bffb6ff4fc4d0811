"""What the transports need of the world, put together by ``api.bootstrap``."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from api.rest.reads import Reads
from api.scanning import Scan
from api.searching import Searches
from api.settings import Settings
from api.writing import Idempotency, Writer
from domain.access import Access
from domain.cases.use_cases.attachments import Attached
from domain.events import Origin
from domain.imports.model import RosterForm

Headers = Iterable[tuple[bytes, bytes]]


class Authenticates(Protocol):
    """Tells who calls."""

    async def authenticate(self, headers: Headers) -> Access:
        """Return the access of a request's headers, or raise ``NotAuthenticated``."""

    def lists(self, origin: str) -> bool:
        """Tell whether some active client names a web origin."""


class Limits(Protocol):
    """Counts requests per client."""

    async def admit(self, client_id: str) -> list[tuple[bytes, bytes]]:
        """Return the ``RateLimit-*`` headers, or raise ``TooManyRequests``."""


class MakesIdempotency(Protocol):
    """Makes the idempotency of one request."""

    def __call__(self, client_id: str, key: str, fingerprint: bytes) -> Idempotency:
        """Return it; the fingerprint says method, path and body."""


class AnswersStatistics(Protocol):
    """Counts of the ledger."""

    async def answer(self, access: Access, asked: Mapping[str, object]) -> object:
        """Return the document of ``Statistics``."""

    async def summary(self, access: Access, asked: Mapping[str, object]) -> object:
        """Return the document of ``StatisticsSummary``."""

    async def workbook(self, access: Access, asked: Mapping[str, object]) -> bytes:
        """Return the summary table as XLSX."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request handler may call."""

    settings: Settings
    authenticator: Authenticates
    limits: Limits
    reads: Reads
    search: Searches
    writer: Writer
    idempotency: MakesIdempotency
    break_glass: Callable[[Access, object, Origin], Awaitable[Access]]
    determine: Callable[[Access, Mapping[str, object], Origin], Awaitable[object]]
    statistics: AnswersStatistics
    prove: Callable[[Access, Mapping[str, object]], Awaitable[object]]
    desk: Callable[[Access, Mapping[str, object]], Awaitable[object]]
    responsible: Callable[[Access, Mapping[str, object]], Awaitable[object]]
    report: Callable[[Access, UUID], Awaitable[bytes]]
    export: Callable[[Access, Any, Origin], Awaitable[bytes]]
    attachment: Callable[[Access, UUID, Origin], Awaitable[Attached]]
    scan: Scan
    template: Callable[[RosterForm], Awaitable[bytes]]
    ready: Callable[[], Awaitable[dict[str, str]]]


__all__ = ["Services"]
