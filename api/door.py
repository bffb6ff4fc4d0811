"""The door every request passes: who calls, how often, in which language, with which key."""

import hashlib
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from api.problems import language_of, request_id_of
from api.services import Services
from api.writing import Idempotency
from domain.access import Access
from domain.errors import Fault, Forbidden, InvalidInput
from domain.events import Origin
from domain.language import LANGUAGE, Language
from domain.reading import row_key
from domain.view import VIEWS

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
    headers = dict(scope["headers"])
    check_origin(headers, access.origins, services.settings.cors_origins)
    limits = await services.limits.admit(access.account)
    language = language_of(scope["headers"])
    LANGUAGE.set(language)
    origin = origin_of(scope, channel)
    opening = headers.get(b"break-glass")
    if opening is not None:
        access = await services.break_glass(access, row_key(VIEWS["Person"], opening.decode("latin-1")), origin)
    return Caller(access, origin, language, request_id_of(scope), headers, limits)


def check_origin(headers: Mapping[bytes, bytes], own: Collection[str], everybodys: Collection[str]) -> None:
    """Refuse a page of another web origin than the client's own, those for all clients, and ours."""
    raw = headers.get(b"origin")
    if raw is None:
        return
    origin = raw.decode("latin-1")
    same = origin.partition("://")[2].encode("latin-1") == headers.get(b"host", b"")
    if not same and origin not in own and origin not in everybodys:
        raise Forbidden("client.origin")


def origin_of(scope: Scope, channel: str = "rest") -> Origin:
    """Return where a request came from, as events keep it."""
    client = scope.get("client")
    return Origin(channel, request_id_of(scope), client[0] if client else None)


def idempotency_of(services: Services, caller: Caller, what: bytes, body: bytes) -> Idempotency | None:
    """Return the idempotency a request asks for, if it does."""
    raw = caller.headers.get(b"idempotency-key")
    if raw is None:
        return None
    key = raw.decode("latin-1")
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput(Fault("/Idempotency-Key", "idempotency.key"), malformed=True)
    fingerprint = hashlib.sha256(b"\0".join((caller.access.sub.encode(), what, body))).digest()
    return services.idempotency(caller.access.account, key, fingerprint)
