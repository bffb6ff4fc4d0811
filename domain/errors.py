"""What can go wrong, as the domain says it.

    ShouwangError
    ├── InvalidInput        400/422  the request itself is wrong; carries ``faults``
    ├── NotAuthenticated    401
    ├── Forbidden           403      visible, but not yours to do
    ├── NotFound            404      absent or unseen: the two answer alike
    ├── Conflict            409      the state does not allow it
    ├── Stale               412      somebody changed it in between
    ├── PreconditionNeeded  428      an update without ``If-Match``
    └── TooManyRequests     429

The transports turn these into RFC 9457 problems (``api.problems``); no HTTP word stands here.
Each error has a stable ``code`` (``subject.fault``), whose Chinese and English sentences are in
``domain.messages``. Parameters of a message never hold a value of a sensitive field.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: RFC 6901 ``pointer`` (or a cell address), code, parameters."""

    pointer: str
    code: str
    parameters: dict[str, object] = field(default_factory=dict)


class ShouwangError(Exception):
    """Base of all errors the domain raises on purpose."""

    code = "internal"

    def __init__(self, code: str | None = None, **parameters: object) -> None:
        self.code = code or self.code
        self.parameters = parameters
        super().__init__(self.code)


class InvalidInput(ShouwangError):
    """The request is malformed (400) or its content is refused (422, the default)."""

    code = "input.invalid"

    def __init__(self, *faults: Fault, code: str | None = None, malformed: bool = False, **parameters: object) -> None:
        super().__init__(code, **parameters)
        self.faults = faults
        self.malformed = malformed


class NotAuthenticated(ShouwangError):
    """No token, or one that is not valid."""

    code = "token.invalid"


class Forbidden(ShouwangError):
    """The caller sees it but may not do this."""

    code = "access.forbidden"


class NotFound(ShouwangError):
    """Absent, or outside what the caller may see."""

    code = "not_found"


class Conflict(ShouwangError):
    """The present state does not allow it."""

    code = "state.conflict"


class Stale(ShouwangError):
    """The version the caller read is no longer the current one."""

    code = "version.stale"


class PreconditionNeeded(ShouwangError):
    """An update must say which version it changes."""

    code = "version.required"


class TooManyRequests(ShouwangError):
    """Over the limit; ``retry_after`` seconds."""

    code = "rate.limited"
