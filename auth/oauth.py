"""The authorization server: who gets a token, gives one back, asks about one.

RFC 6749 (client credentials, authorization code with 7636, refresh), 7523 (``private_key_jwt``), 7009
(revocation), 7662 (introspection), 8414 (metadata), 9700 (what may go wrong). Errors are the domain's,
with codes ``oauth.<error of RFC 6749>``; the transport writes them in the shape that OAuth clients read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from auth.accounts import permissions_of, region_of
from auth.authentication import Authenticator
from auth.codes import VERIFIER, challenge_of, digest_of, new_opaque
from auth.keys import utc_now
from auth.policy import PERMISSIONS
from auth.secrets import matches
from auth.store import AccountStore, AuthStore
from auth.tokens import ALGORITHM, Claims, claimed_client, sign, verify_assertion
from domain.clients.model import Client, ClientKind, Revocation, RevocationKind
from domain.errors import InvalidInput, NotAuthenticated, TooManyRequests
from domain.events import Origin
from domain.ids import new_id

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLIENT_CREDENTIALS: Final = "client_credentials"
AUTHORIZATION_CODE: Final = "authorization_code"
REFRESH_TOKEN: Final = "refresh_token"  # noqa: S105 - the name of a grant
GRANT_TYPES: Final = (AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN)
AUTHENTICATION_METHODS: Final = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
PLATFORM_ADMIN: Final = "platform_admin"
_CLIENT_ID: Final = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a client says who it is: by a secret, by a signed assertion, or by its name alone (a public app)."""

    client_id: str
    secret: str | None = None
    assertion: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token, the permissions it carries, the seconds it lives."""

    access_token: str
    scope: str
    expires_in: int
    refresh_token: str | None = None


def refused(error: str) -> InvalidInput:
    """Return an OAuth error that is the request's fault (400)."""
    return InvalidInput(code=f"oauth.{error}", malformed=True)


class AuthorizationServer:
    """Issues, revokes and explains access tokens."""

    def __init__(self, store: AuthStore, authenticator: Authenticator, accounts: AccountStore) -> None:
        self._store = store
        self._accounts = accounts
        self._authenticator = authenticator
        self._realm = authenticator.realm
        self._audiences = frozenset({self._realm.issuer, f"{self._realm.issuer}/oauth/token"})

    async def authenticate_client(self, credentials: Credentials, origin: Origin) -> Client:
        """Return the client that proved who it is.

        Raises ``NotAuthenticated`` (``oauth.invalid_client``), the same and as slowly whether the
        client is unknown or the secret wrong, and ``TooManyRequests`` while it is locked out.
        """
        if credentials.assertion is not None:
            return await self._by_assertion(credentials.assertion, credentials.client_id)
        known = _CLIENT_ID.fullmatch(credentials.client_id)
        client = await self._store.client(credentials.client_id) if known else None
        if credentials.secret is None and client is not None and client.is_public:
            return client
        wait = await self._store.locked_for(credentials.client_id, client)
        if wait:
            raise TooManyRequests("oauth.locked_out", retry_after=wait)
        if await matches(credentials.secret or "", client.secret_hashes if client else ()) and client is not None:
            return client
        wait = await self._store.record_failure(credentials.client_id, client, origin)
        if wait:
            raise TooManyRequests("oauth.locked_out", retry_after=wait)
        raise NotAuthenticated("oauth.invalid_client")

    async def _by_assertion(self, assertion: str, client_id: str) -> Client:
        """Verify a signed assertion. It cannot be guessed, so failures lock nobody out."""
        try:
            client = await self._proven(assertion, client_id)
        except NotAuthenticated:
            client = None
        if client is None:
            raise NotAuthenticated("oauth.invalid_client")
        return client

    async def _proven(self, assertion: str, client_id: str) -> Client | None:
        claimed = claimed_client(assertion)
        client = await self._store.client(claimed) if _CLIENT_ID.fullmatch(claimed) else None
        if client is None or client_id not in ("", claimed):
            return None
        proof = verify_assertion(assertion, client.jwks, claimed, self._audiences, utc_now().timestamp())
        unused = await self._store.use_assertion(claimed, proof.jti, datetime.fromtimestamp(proof.exp, UTC))
        return client if unused else None

    async def grant(self, client: Client, form: Mapping[str, str], origin: Origin) -> Issued:
        """Return the tokens that a request to the token endpoint asks for (RFC 6749 section 4)."""
        kind = form["grant_type"]
        if kind == CLIENT_CREDENTIALS:
            return await self.issue(client, form.get("scope"), origin)
        if client.kind is not ClientKind.APP:
            raise refused("unauthorized_client")
        refresh = new_opaque()
        if kind == AUTHORIZATION_CODE:
            code, redirect_uri, verifier = (form.get(name, "") for name in ("code", "redirect_uri", "code_verifier"))
            if not code or not redirect_uri or not VERIFIER.fullmatch(verifier):
                raise refused("invalid_request")
            opened = await self._accounts.redeem(
                digest_of(code), client_id=client.client_id, redirect_uri=redirect_uri,
                challenge=challenge_of(verifier), refresh=digest_of(refresh), origin=origin,
            )  # fmt: skip
        else:
            if not form.get("refresh_token"):
                raise refused("invalid_request")
            opened = await self._accounts.rotate(
                digest_of(form["refresh_token"]), client_id=client.client_id, refresh=digest_of(refresh), origin=origin
            )
        # Whatever was given before a reuse ends now, on this worker too.
        await self._authenticator.refresh()
        if opened is None:
            raise refused("invalid_grant")
        signed_in = await self._store.signed_in(client.client_id, opened.session_id)
        if signed_in is None:
            raise refused("invalid_grant")
        issued = await self._issue_within(signed_in, opened.scope, form.get("scope"), origin)
        return replace(issued, refresh_token=refresh)

    async def _issue_within(self, client: Client, agreed: str, asked: str | None, origin: Origin) -> Issued:
        """Issue what was agreed on at sign-in and still holds; ``asked`` may narrow it further (section 6)."""
        allowed = permissions_of(client)
        scope = allowed & frozenset(agreed.split()) if agreed else allowed
        if asked:
            if not frozenset(asked.split(" ")) <= (frozenset(agreed.split()) if agreed else allowed):
                raise refused("invalid_scope")
            scope &= frozenset(asked.split(" "))
        if not scope:
            raise refused("invalid_scope")
        return await self.issue(client, " ".join(sorted(scope)), origin)

    async def issue(self, client: Client, scope: str | None, origin: Origin) -> Issued:
        """Return a token for a client; ``scope`` narrows what its roles give."""
        allowed = permissions_of(client)
        wanted = frozenset(scope.split(" ")) if scope else allowed
        if not allowed:
            raise refused("unauthorized_client")
        if wanted - allowed:
            raise refused("invalid_scope")
        now = utc_now()
        await self._authenticator.refresh(force=False)
        signing = self._authenticator.keys.signing(now)
        if signing is None:
            message = "no signing key: auth.rotation.ensure_key makes the first one at start-up"
            raise RuntimeError(message)
        claims = self._claims(client, tuple(sorted(wanted)), int(now.timestamp()))
        await self._store.record_issue(client, claims.jti, origin)
        return Issued(sign(claims, self._realm, *signing), " ".join(claims.scope), self._realm.lifetime)

    def _claims(self, client: Client, scope: tuple[str, ...], now: int) -> Claims:
        return Claims(
            sub=client.sub,
            client_id=client.client_id,
            agency=client.agency_id,
            region=region_of(client),
            roles=client.roles,
            scope=scope,
            iat=now,
            exp=now + self._realm.lifetime,
            jti=str(new_id()),
            sid=client.session_id,
        )

    async def revoke(self, client: Client, token: str, origin: Origin) -> None:
        """Refuse a token from here on; a refresh token takes its whole sign-in along.

        One that is not valid needs no revoking and is no error (RFC 7009).
        """
        if "." not in token:
            if await self._accounts.give_back(digest_of(token), client_id=client.client_id, origin=origin):
                await self._authenticator.refresh()
            return
        claims = await self._authenticator.claims(token)
        if claims is None:
            return
        if not _may_know(client, claims):
            raise refused("unauthorized_client")
        expires = datetime.fromtimestamp(claims.exp, UTC)
        await self._store.revoke(client, Revocation(RevocationKind.JTI, claims.jti, expires), expires, origin)
        await self._authenticator.refresh()

    async def revoke_all(self, by: Client, kind: RevocationKind, value: str, origin: Origin) -> None:
        """Refuse every token issued until now to a client or for somebody who acts."""
        now = utc_now()
        expires = now + timedelta(seconds=self._realm.lifetime)
        await self._store.revoke(by, Revocation(kind, value, now), expires, origin)
        await self._authenticator.refresh()

    async def introspect(self, client: Client, token: str) -> dict[str, Any]:
        """Return what a token says (RFC 7662); ``{"active": false}`` for any the client has no part in."""
        if client.is_public:
            raise refused("unauthorized_client")  # section 2.1: whoever asks must prove who she is
        claims = await self._authenticator.claims(token)
        if claims is None or not _may_know(client, claims):
            return {"active": False}
        return {
            "active": True,
            "token_type": "Bearer",
            "iss": self._realm.issuer,
            "aud": self._realm.audience,
            "sub": claims.sub,
            "client_id": claims.client_id,
            "agency": str(claims.agency) if claims.agency else None,
            "region": claims.region,
            "roles": list(claims.roles),
            "scope": " ".join(claims.scope),
            "iat": claims.iat,
            "exp": claims.exp,
            "jti": claims.jti,
        }

    async def key_set(self) -> Mapping[str, Any]:
        """Return the published keys (RFC 7517)."""
        await self._authenticator.refresh(force=False)
        return self._authenticator.keys.published(utc_now())

    def metadata(self) -> dict[str, Any]:
        """Return what a client needs to know about this server (RFC 8414)."""
        issuer = self._realm.issuer
        methods, algorithms = list(AUTHENTICATION_METHODS), [ALGORITHM]
        endpoints = {name: f"{issuer}/oauth/{path}" for name, path in (
            ("token_endpoint", "token"), ("revocation_endpoint", "revoke"), ("introspection_endpoint", "introspect"),
        )}  # fmt: skip
        return {
            "issuer": issuer,
            **endpoints,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "scopes_supported": list(PERMISSIONS),
            "authorization_endpoint": f"{issuer}/oauth/authorize",
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(GRANT_TYPES),
            **{f"{name}_auth_methods_supported": methods for name in endpoints},
            "introspection_endpoint_auth_methods_supported": [one for one in methods if one != "none"],
            **{f"{name}_auth_signing_alg_values_supported": algorithms for name in endpoints},
        }


def _may_know(client: Client, claims: Claims) -> bool:
    return claims.client_id == client.client_id or PLATFORM_ADMIN in client.roles


__all__ = ["ASSERTION_TYPE", "GRANT_TYPES", "AuthorizationServer", "Credentials", "Issued", "refused"]
