"""The door every request passes: who calls, how often, in which language, with which key."""

import hashlib
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from api.messages import Language
from api.problems import language_of, request_id_of
from api.services import Services
from api.writing import Idempotency
from domain.access import Access
from domain.errors import Fault, InvalidInput
from domain.events import Origin

LONGEST_KEY = 200
Scope = MutableMapping[str, Any]


@dataclass(slots=True)
class Caller:
    """A request that came through the door."""

    access: Access
    origin: Origin
    language: Language
    request_id: str
    headers: dict[bytes, bytes]
    limits: list[tuple[bytes, bytes]] = field(default_factory=list)


async def enter(services: Services, scope: Scope, channel: str) -> Caller:
    """Authenticate a request and count it; raises what keeps it out."""
    access = await services.authenticator.authenticate(scope["headers"])
    scope.setdefault("state", {})["client_id"] = access.client_id  # for the access log
    limits = await services.limits.admit(access.client_id)
    request_id = request_id_of(scope)
    address = scope["client"][0] if scope.get("client") else None
    origin = Origin(channel, request_id, address)
    return Caller(access, origin, language_of(scope["headers"]), request_id, dict(scope["headers"]), limits)


def idempotency_of(services: Services, caller: Caller, what: bytes, body: bytes) -> Idempotency | None:
    """Return the idempotency a request asks for, if it does."""
    raw = caller.headers.get(b"idempotency-key")
    if raw is None:
        return None
    key = raw.decode("latin-1")
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput(Fault("/Idempotency-Key", "idempotency.key_malformed"), malformed=True)
    fingerprint = hashlib.sha256(what + b"\n" + body).digest()
    return services.idempotency(caller.access.client_id, key, fingerprint)
