"""Who may see and do what: the one decision.

An *access* is what a verified caller is: her roles' grants, her region, her remit. Every read
and write asks it for a *grant* (``access.grant("people:read")``) and gets the row scope and the
field clearance that hold for this act, or ``Forbidden``. REST, GraphQL, exports, statistics and
jobs all ask here; the grants themselves are the table in ``auth.policy``.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from uuid import UUID

from domain.errors import Forbidden
from domain.events import Origin


class FieldClass(StrEnum):
    """Sensitivity of a field (conventions, "Scope, masking, reveal")."""

    OPEN = "open"
    PERSONAL = "personal"  # name, birth date
    CONTACT = "contact"  # phone, address
    IDENTITY = "identity"  # identity number
    HEALTH = "health"
    HARDSHIP = "hardship"
    CONFIDENTIAL = "confidential"  # violence, counselling


class Sight(IntEnum):
    """How much of a field class a grant lets through."""

    NONE = 0  # null, named in ``withheld``
    MASKED = 1  # the stored masked form; what has no masked form is withheld
    FULL = 2


@dataclass(frozen=True, slots=True)
class Clearance:
    """Sight per field class; ``open`` is always full. Hashable: part of the plan cache key."""

    personal: Sight = Sight.NONE
    contact: Sight = Sight.NONE
    identity: Sight = Sight.NONE
    health: Sight = Sight.NONE
    hardship: Sight = Sight.NONE
    confidential: Sight = Sight.NONE

    def sight(self, field_class: FieldClass) -> Sight:
        """Return how much of this class the grant lets through."""
        return Sight.FULL if field_class is FieldClass.OPEN else getattr(self, field_class.value)


class RowScope(StrEnum):
    """Which rows a grant reaches; it is always one of these."""

    REGION = "region"  # region ranges ∩ remit
    ASSIGNED = "assigned"  # opened by a case to the caller's agency
    SELF = "self"  # the caller's own file, and what guardianship or pairing opens to her
    PUBLISHED = "published"  # no person-bound row: figures made safe for everybody
    EVENTS = "events"  # no person; events of the region without person fields; nationwide also the platform's
    PLATFORM = "platform"  # no person; the events of the platform itself, which have no region
    OWN = "own"  # no person; the caller's own account and sign-ins
    AGENCY = "agency"  # no person; what belongs to the caller's agency: accounts, clients, sign-ins
    NOBODY = "nobody"  # no person-bound row at all


@dataclass(frozen=True, slots=True)
class RegionRange:
    """A half-open range of 12-digit division codes."""

    lo: int
    hi: int

    def __contains__(self, code: int) -> bool:
        return self.lo <= code < self.hi


EVERYWHERE = RegionRange(0, 10**12)
PLATFORM = RegionRange(-1, 0)
"""Where events without a region stand: keys, rules for everywhere, clients of nowhere."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one permission means for one caller."""

    rows: RowScope
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class Opening:
    """One file opened by break-glass, and the request that reads under it."""

    id: UUID
    person_id: UUID
    region_code: int  # where whoever opened it is supervised
    origin: Origin


@dataclass(frozen=True, slots=True)
class Access:
    """A verified caller. Shared between requests of the same token: never changed."""

    sub: str  # who acts: "staff:<uuid>", "person:<uuid>", "client:<client_id>", "system:<job>"
    client_id: str
    roles: tuple[str, ...]
    grants: dict[str, Grant]
    regions: tuple[RegionRange, ...] = ()
    region: str | None = None  # as published, e.g. "421081"
    remit: int = 0  # bits of domain.people.model.Remit
    agency_id: UUID | None = None
    agency_type: str | None = None
    agency_name: str | None = None
    person_id: UUID | None = None  # for persons
    staff_id: UUID | None = None
    session_id: UUID | None = None  # the sign-in, for staff who came through an app
    origins: frozenset[str] = frozenset()  # web origins whose pages may call with this client's tokens
    documents_only: bool = False  # at /graphql she may ask the client's registered documents alone
    documents: frozenset[str] = frozenset()  # their SHA-256
    may_give: frozenset[str] = frozenset()  # roles that open nothing beyond her own (domain.accounts.rules)
    opening: Opening | None = None  # she reads this one file, and nothing else of anybody

    @property
    def account(self) -> str:
        """Whose requests are counted, and whose idempotency keys are told apart: of an app's staff, each her own."""
        return f"{self.client_id} {self.sub}" if self.session_id else self.client_id

    @property
    def grantee_id(self) -> UUID | None:
        """Whose ``person_access`` rows open people to this caller."""
        return self.opening.id if self.opening else self.person_id or self.agency_id

    def grant(self, permission: str) -> Grant:
        """Return the grant for a permission, or raise ``Forbidden``."""
        found = self.grants.get(permission)
        if found is None:
            raise Forbidden("access.forbidden", permission=permission)
        return found

    def may(self, permission: str) -> bool:
        """Tell whether the caller holds a permission at all."""
        return permission in self.grants

    def covers(self, code: int) -> bool:
        """Tell whether a 12-digit division lies in the caller's region."""
        return any(code in one for one in self.regions)
