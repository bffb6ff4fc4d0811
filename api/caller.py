"""Who is calling, for routes and for the fast lane."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from auth.authentication import Authenticator
from domain.access import Access
from domain.events import Origin

# Declares the scheme in the OpenAPI document; the header itself is read by the authenticator.
_BEARER = HTTPBearer(auto_error=False, scheme_name="access_token", bearerFormat="JWT")


async def authenticated(authenticator: Authenticator, scope: Any) -> Access:
    """Return the caller of an ASGI request, or raise ``NotAuthenticated``; no query for a known token."""
    access = await authenticator.authenticate(scope["headers"])
    scope["state"]["client_id"] = access.client_id
    return access


async def _caller(request: Request, _: Annotated[object, Depends(_BEARER)]) -> Access:
    return await authenticated(request.app.state.authenticator, request.scope)


Caller = Annotated[Access, Depends(_caller)]
"""The verified caller: ``async def route(access: Caller)``. Needs ``app.state.authenticator``."""


def origin_of(scope: Any, channel: str = "rest") -> Origin:
    """Return where a request came from, as events keep it."""
    client = scope.get("client")
    return Origin(channel, scope["state"].get("request_id"), client[0] if client else None)


__all__ = ["Caller", "authenticated", "origin_of"]
