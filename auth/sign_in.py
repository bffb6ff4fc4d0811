"""Signing in at ``/oauth/authorize``: the request of an app, the steps of the page, the code at the end.

Nothing is kept between the steps but the ticket in the page's form: sealed by us, ten minutes good, bound
to a cookie of the same browser. So a form made elsewhere, or filled in elsewhere, is worth nothing, and
there is no session that could be fixed before it is somebody's.

Errors go back to the app (RFC 6749 section 4.1.2.1) once app and address are known to belong together,
and never before: an address that the app did not register is never followed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Literal
from urllib.parse import quote, urlsplit
from uuid import UUID

import orjson
from cryptography.fernet import Fernet, InvalidToken

from auth.codes import CHALLENGE, S256, digest_of, new_opaque
from auth.credentials import Credentials
from auth.policy import PERMISSIONS
from auth.store import AccountStore, AuthStore
from domain.accounts.passwords import check_password, normalised
from domain.accounts.rules import is_registered
from domain.accounts.sign_in import Code, SignInAccount
from domain.agencies.model import AgencyType
from domain.clients.model import Client, ClientKind
from domain.errors import Conflict, Fault, InvalidInput, NotAuthenticated
from domain.events import Origin

TICKET_SECONDS: Final = 600
LONGEST: Final = 2000  # of any one parameter
Step = Literal["password", "second_factor", "renew"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks for, all of it checked."""

    client_id: str
    redirect_uri: str
    challenge: str
    state: str | None
    scope: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """How far a sign-in is: what was asked, the step to do next, and for whom once that is known."""

    asked: Asked
    step: Step = "password"
    account_id: UUID | None = None
    proof: str = ""  # of the password hash that was met: a reset in between ends the sign-in


class UnknownApp(Exception):
    """App or address unknown, or they do not belong together: told on the page, never by a redirect."""


class Returned(Exception):
    """An error for the app; ``location`` is where the browser takes it."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class SignIn:
    """Leads from an app's request to a code."""

    def __init__(
        self, store: AuthStore, accounts: AccountStore, credentials: Credentials, issuer: str, key: bytes
    ) -> None:
        """``key``: 32 bytes that seal tickets, the same on every worker."""
        self._store = store
        self._accounts = accounts
        self._credentials = credentials
        self._issuer = issuer
        self._seal = Fernet(urlsafe_b64encode(key))

    async def read(self, given: Mapping[str, str], *, repeated: bool = False) -> tuple[Client, Asked]:
        """Return the app and what it asks. Raises ``UnknownApp`` or ``Returned``."""
        app = await self.app(given.get("client_id", ""), given.get("redirect_uri", ""))
        asked = Asked(
            app.client_id,
            given["redirect_uri"],
            given.get("code_challenge", ""),
            given.get("state"),
            given.get("scope", ""),
        )
        if repeated or any(len(one) > LONGEST for one in given.values()):
            raise self._error(replace(asked, state=None), "invalid_request")
        if given.get("response_type") != "code":
            raise self._error(asked, "unsupported_response_type" if given.get("response_type") else "invalid_request")
        if given.get("code_challenge_method") != S256 or not CHALLENGE.fullmatch(asked.challenge):
            raise self._error(asked, "invalid_request")  # without PKCE, or with its plain form
        if given.get("response_mode", "query") != "query" or "request" in given or "request_uri" in given:
            raise self._error(asked, "invalid_request")
        if asked.scope and not frozenset(asked.scope.split(" ")) <= frozenset(PERMISSIONS):
            raise self._error(asked, "invalid_scope")
        return app, asked

    async def app(self, client_id: str, redirect_uri: str) -> Client:
        """Return an app that registered this address, letter by letter; raises ``UnknownApp``."""
        known = client_id.isascii() and client_id.isprintable() and 0 < len(client_id) <= LONGEST
        client = await self._store.client(client_id) if known else None
        if client is None or client.kind is not ClientKind.APP or not is_registered(redirect_uri, client.redirect_uris):
            raise UnknownApp
        return client

    def cancelled(self, asked: Asked) -> Returned:
        """Return the refusal of whoever does not want to sign in."""
        return self._error(asked, "access_denied")

    # --- tickets

    def ticket(self, ticket: Ticket, cookie: str) -> str:
        """Seal a ticket for the browser that holds a cookie."""
        content = {"ticket": asdict(ticket), "browser": _fingerprint(cookie)}
        # default=str: asyncpg gives a subclass of UUID, which orjson does not take for one
        return self._seal.encrypt(orjson.dumps(content, default=str)).decode()

    def open_ticket(self, text: str, cookie: str) -> Ticket | None:
        """Return a ticket of this browser; None for one that is forged, too old or another's."""
        try:
            found = orjson.loads(self._seal.decrypt(text.encode(errors="replace"), ttl=TICKET_SECONDS))
        except InvalidToken:
            return None
        if not cookie or not compare_digest(found["browser"], _fingerprint(cookie)):
            return None
        kept = found["ticket"]
        account = kept["account_id"]
        return Ticket(Asked(**kept["asked"]), kept["step"], UUID(account) if account else None, kept["proof"])

    # --- steps

    async def password(self, ticket: Ticket, login: str, password: str, origin: Origin) -> Ticket | str:
        """Check login and password; returns the next step's ticket, or where to go with the code."""
        account = await self._credentials.sign_in(login, password, origin)
        app = await self.app(ticket.asked.client_id, ticket.asked.redirect_uri)
        if app.agency_id != account.agency_id and app.agency_type != AgencyType.PLATFORM_OPERATOR:
            raise self._error(ticket.asked, "access_denied")  # another agency's app, and not the platform's
        return await self._onward(ticket, account, "password", origin)

    async def second_factor(self, ticket: Ticket, code: str, origin: Origin) -> Ticket | str:
        """Check the second factor."""
        account = await self._known(ticket, "second_factor")
        await self._credentials.second_factor(account, code, origin)
        return await self._onward(ticket, account, "second_factor", origin)

    async def renew(self, ticket: Ticket, new: str, again: str, origin: Origin) -> str:
        """Put her own password in the place of the initial one; raises ``InvalidInput`` with the reason."""
        account = await self._known(ticket, "renew")
        password = check_password(new, account.login)
        if password != normalised(again):
            raise InvalidInput(Fault("/again", "password.differs"))
        if await self._credentials.fits(password, account):
            raise InvalidInput(Fault("/new_password", "password.same"))
        if not await self._accounts.replace_initial(account, await self._credentials.hash(password), origin):
            raise Conflict("sign_in.outdated")
        return await self._code(ticket, account, origin)

    async def _onward(self, ticket: Ticket, account: SignInAccount, done: Step, origin: Origin) -> Ticket | str:
        if done == "password" and account.second_factor:
            return replace(ticket, step="second_factor", account_id=account.id, proof=_proof(account))
        if account.password_initial:
            return replace(ticket, step="renew", account_id=account.id, proof=_proof(account))
        return await self._code(ticket, account, origin)

    async def _known(self, ticket: Ticket, step: Step) -> SignInAccount:
        """Return whose ticket it is, if her account and password are still what they were."""
        account = await self._accounts.by_id(ticket.account_id) if ticket.account_id else None
        if account is None or not account.open or ticket.step != step or ticket.proof != _proof(account):
            raise NotAuthenticated("sign_in.outdated")
        return account

    async def _code(self, ticket: Ticket, account: SignInAccount, origin: Origin) -> str:
        await self._credentials.done(account, origin)
        asked = ticket.asked
        await self.app(asked.client_id, asked.redirect_uri)
        code = new_opaque()
        await self._accounts.keep_code(
            Code(digest_of(code), asked.client_id, asked.redirect_uri, asked.challenge, account.id, asked.scope)
        )
        return self._location(asked, code=code)

    def _error(self, asked: Asked, error: str) -> Returned:
        return Returned(self._location(asked, error=error))

    def _location(self, asked: Asked, **members: str) -> str:
        """Return the app's address with the answer, our name with it (RFC 9207)."""
        found = {**members, **({} if asked.state is None else {"state": asked.state}), "iss": self._issuer}
        joint = "&" if urlsplit(asked.redirect_uri).query else "?"
        return asked.redirect_uri + joint + "&".join(f"{name}={quote(value, safe='')}" for name, value in found.items())


def _fingerprint(cookie: str) -> str:
    return sha256(cookie.encode(errors="replace")).hexdigest()


def _proof(account: SignInAccount) -> str:
    return sha256(account.password_hash.encode()).hexdigest()[:32]


__all__ = ["Asked", "Returned", "SignIn", "Ticket", "UnknownApp"]
