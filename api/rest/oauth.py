"""``/oauth/…`` and ``/.well-known/…``: how clients get, give back and check tokens.

The endpoints take forms, as their RFCs say (6749, 7009, 7662). An error has the shape OAuth
clients read (``error``, ``error_description``) and the members of our problem documents.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote_plus

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.door import check_origin, origin_of
from api.problems import language_of, problem_bytes, problem_object, problem_of, request_id_of
from auth.keys import JWKS_MAX_AGE
from auth.oauth import ASSERTION_TYPE, GRANT_TYPES, AuthorizationServer, Credentials, refused
from domain.clients.model import Client
from domain.errors import Forbidden, InvalidInput, NotAuthenticated, ShouwangError, TooManyRequests
from domain.events import Origin

FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 20
NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}  # RFC 6749 section 5.1
PUBLISHED: Final = {"cache-control": f"public, max-age={int(JWKS_MAX_AGE.total_seconds())}"}

router = APIRouter(tags=["oauth"])


def authorization_server(request: Request) -> AuthorizationServer:
    """Return the authorization server that bootstrap put on the application."""
    server = request.app.state.authorization_server
    assert isinstance(server, AuthorizationServer)
    return server


Server = Annotated[AuthorizationServer, Depends(authorization_server)]


def _form(*required: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the OpenAPI description of a form body."""
    names = (*required, *optional, "client_id", "client_secret", "client_assertion_type", "client_assertion")
    schema = {
        "type": "object",
        "required": list(required),
        "properties": {name: {"type": "string"} for name in names},
    }
    return {"requestBody": {"required": True, "content": {FORM: {"schema": schema}}}}


TOKEN_FORM: Final = _form("grant_type", optional=("scope", "code", "redirect_uri", "code_verifier", "refresh_token"))


@router.post("/oauth/token", openapi_extra=TOKEN_FORM, summary="Get an access token")
async def token(request: Request, server: Server) -> Response:
    """Issue an access token (RFC 6749): to a system for its secret, to an app for a code or a refresh token.

    ``scope`` narrows it. Systems get no refresh token; that of an app is good once, and comes with its successor.
    """

    async def issue(form: dict[str, str], client: Client, origin: Origin) -> dict[str, Any]:
        issued = await server.grant(client, form, origin)
        return {
            "access_token": issued.access_token,
            "token_type": "Bearer",
            "expires_in": issued.expires_in,
            "scope": issued.scope,
        } | ({"refresh_token": issued.refresh_token} if issued.refresh_token else {})

    return await _answered(request, server, issue, needs="grant_type")


@router.post("/oauth/revoke", openapi_extra=_form("token", optional=("token_type_hint",)), summary="Give a token back")
async def revoke(request: Request, server: Server) -> Response:
    """Revoke an access token (RFC 7009); a token that is not valid is no error."""

    async def give_back(form: dict[str, str], client: Client, origin: Origin) -> dict[str, Any]:
        await server.revoke(client, form["token"], origin)
        return {}

    return await _answered(request, server, give_back, needs="token")


@router.post(
    "/oauth/introspect", openapi_extra=_form("token", optional=("token_type_hint",)), summary="Ask about a token"
)
async def introspect(request: Request, server: Server) -> Response:
    """Tell what a token says (RFC 7662): of a client's own tokens, and of all to the platform's administrator."""

    async def explain(form: dict[str, str], client: Client, _: Origin) -> dict[str, Any]:
        return await server.introspect(client, form["token"])

    return await _answered(request, server, explain, needs="token")


@router.get("/.well-known/oauth-authorization-server", summary="OAuth metadata")
async def metadata(server: Server) -> Response:
    """Describe this authorization server (RFC 8414)."""
    return _json(server.metadata(), PUBLISHED)


@router.get("/.well-known/jwks.json", summary="Public signing keys")
async def key_set(server: Server) -> Response:
    """Publish the keys that verify our tokens (RFC 7517), the coming one included."""
    return _json(dict(await server.key_set()), PUBLISHED)


async def _answered(
    request: Request,
    server: AuthorizationServer,
    act: Callable[[dict[str, str], Client, Origin], Awaitable[dict[str, Any]]],
    *,
    needs: str,
) -> Response:
    """Read the form, authenticate the client, act; a refusal takes OAuth's shape."""
    try:
        form = _fields(request, await request.body())
        credentials = _credentials(request, form)
        if not form.get(needs):
            raise refused("invalid_request")
        if needs == "grant_type" and form["grant_type"] not in GRANT_TYPES:
            raise refused("unsupported_grant_type")
        origin = origin_of(request.scope, "rest")
        client = await server.authenticate_client(credentials, origin)
        request.scope["state"]["client_id"] = client.client_id
        check_origin(dict(request.scope["headers"]), client.cors_origins, request.app.state.cors_origins)
        return _json(await act(form, client, origin), NO_STORE)
    except (Forbidden, InvalidInput, NotAuthenticated, TooManyRequests) as error:
        return _refusal(request, error)


def _fields(request: Request, body: bytes) -> dict[str, str]:
    """Return the form's fields; a repeated one is refused (RFC 6749 section 3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise refused("invalid_request")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise refused("invalid_request") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise refused("invalid_request")
    return found


def _credentials(request: Request, form: dict[str, str]) -> Credentials:
    """Return how the client says who it is; exactly one way (RFC 6749 section 2.3)."""
    header = request.headers.getlist("authorization")
    in_form, assertion = "client_secret" in form, form.get("client_assertion")
    if len(header) + in_form + (assertion is not None) > 1:
        raise refused("invalid_request")
    if header:
        credentials = _basic(header[0])
        if form.get("client_id", credentials.client_id) != credentials.client_id:
            raise refused("invalid_request")
        return credentials
    if assertion is not None:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise refused("invalid_request")
        return Credentials(form.get("client_id", ""), assertion=assertion)
    if not form.get("client_id"):
        raise NotAuthenticated("oauth.invalid_client")
    return Credentials(form["client_id"], secret=form.get("client_secret"))


def _basic(header: str) -> Credentials:
    """Return id and secret of a Basic header, both form-encoded inside (RFC 6749 section 2.3.1)."""
    scheme, _, value = header.partition(" ")
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
        client_id, colon, secret = decoded.partition(":")
        plain = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise NotAuthenticated("oauth.invalid_client") from None
    if not colon:
        raise NotAuthenticated("oauth.invalid_client")
    return Credentials(plain[0], secret=plain[1])


def _refusal(request: Request, error: ShouwangError) -> Response:
    """Return an OAuth error: its own members first, our problem's after them."""
    name = {TooManyRequests: "slow_down", Forbidden: "unauthorized_client"}.get(
        type(error), error.code.removeprefix("oauth.")
    )
    language, request_id = language_of(request.scope["headers"]), request_id_of(request.scope)
    detail = problem_object(problem_of(error), request_id, "en")["detail"]  # ASCII only: RFC 6749 section 5.2
    status, headers, body = problem_bytes(error, request_id, language, {"error": name, "error_description": detail})
    response = Response(body, status)
    challenge = [(b"www-authenticate", b'Basic realm="shouwang"')] if status == 401 else []  # noqa: PLR2004
    kept = [(name, value) for name, value in headers if name != b"www-authenticate"]
    response.raw_headers = [*kept, (b"pragma", b"no-cache"), *challenge]
    return response


def _json(content: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(content), media_type="application/json", headers=headers)


__all__ = ["router"]
