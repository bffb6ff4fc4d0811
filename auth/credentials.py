"""The keeper of secrets: what ``domain.accounts.secrets`` asks for, and how failed attempts are counted.

Attempts are counted for the account and for the address they come from. Both lock for 1, 2, 4 … seconds
up to a quarter of an hour, once the free ones are used. A name that does not exist is counted like one
that does: its answers, and their time, tell nothing.
"""

import secrets
import unicodedata
from hashlib import sha256
from typing import Final

from auth import totp
from auth.secrets import hash_secret, matches, new_secret
from auth.store import AccountStore
from domain.accounts.passwords import normalised
from domain.accounts.sign_in import SignInAccount, counted
from domain.errors import Fault, InvalidInput, NotAuthenticated, TooManyRequests
from domain.events import Origin

FREE_ATTEMPTS: Final = 5
FREE_FROM_ADDRESS: Final = 50  # a whole office stands behind one address
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is heard or read for something else
_GROUPS, _GROUP = 4, 4


class Credentials:
    """Makes and checks secrets; ``domain.accounts.secrets.Secrets``."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    def new_password(self) -> str:
        """Return an initial password of 79 random bits in four groups."""
        groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        return "-".join(groups)

    def new_secret(self) -> str:
        """Return a client secret."""
        return new_secret()

    async def hash(self, secret: str) -> str:
        """Return an argon2id hash."""
        return await hash_secret(secret)

    async def check(self, login: str, password: str, hashed: str) -> None:
        """Check the password of whoever is signed in already; failures count for the account."""
        await self._may_try({_account_name(login, known=True): FREE_ATTEMPTS})
        if not await matches(normalised(password), [hashed]):
            raise InvalidInput(Fault("/current_password", "account.password_wrong"))
        await self._store.forgive(_account_name(login, known=True), "")

    def new_totp(self, login: str) -> tuple[str, str]:
        """Return a TOTP secret and its address."""
        return totp.new_totp(login)

    def totp_step(self, secret: str, code: str) -> int | None:
        """Return the time step of a code."""
        return totp.totp_step(secret, code)

    def recovery_codes(self) -> dict[str, str]:
        """Return new recovery codes with their hashes."""
        return totp.recovery_codes()

    async def sign_in(self, login: str, password: str, origin: Origin) -> SignInAccount:
        """Return the account that login and password open; what is wrong with them is never told.

        Raises ``NotAuthenticated`` (``account.sign_in_failed``) or ``TooManyRequests``.
        """
        name = login_of(login)
        account = await self._store.by_login(name)
        await self._may_try(self._names(name, account, origin))
        good = await matches(normalised(password), [account.password_hash] if account else [])
        if good and account is not None and account.open:
            return account
        await self._store.record_failure(account, origin)
        raise NotAuthenticated("account.sign_in_failed")

    async def second_factor(self, account: SignInAccount, code: str, origin: Origin) -> None:
        """Accept a TOTP code or a recovery code, each once. Raises as ``sign_in``."""
        await self._may_try({_account_name(account.login, known=True): FREE_ATTEMPTS})
        digits = "".join(unicodedata.normalize("NFKC", code).split())
        step = totp.totp_step(account.totp_secret, digits) if account.totp_secret and len(digits) == 6 else None  # noqa: PLR2004
        if step is not None and await self._store.use_totp(account, step):
            return
        if step is None and await self._store.use_recovery(account, totp.recovery_hash(digits), origin):
            return
        await self._store.record_failure(account, origin)
        raise NotAuthenticated("second_factor.wrong")

    async def fits(self, password: str, account: SignInAccount) -> bool:
        """Tell whether a password is the one the account has."""
        return await matches(password, [account.password_hash])

    async def done(self, account: SignInAccount, origin: Origin) -> None:
        """Forget the failures before a sign-in that was complete."""
        await self._store.forgive(_account_name(account.login, known=True), _address_name(origin))

    async def _may_try(self, names: dict[str, int]) -> None:
        wait = await self._store.attempt(names)
        if wait:
            raise TooManyRequests("account.locked_out", retry_after=wait)

    def _names(self, login: str, account: SignInAccount | None, origin: Origin) -> dict[str, int]:
        return {
            _account_name(login, known=account is not None): FREE_ATTEMPTS,
            _address_name(origin): FREE_FROM_ADDRESS,
        }


def login_of(text: str) -> str:
    """Return a login name as it is kept: NFKC, lower case, without what no database text holds."""
    kept = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return unicodedata.normalize("NFKC", kept).strip().casefold()[:64]


def _account_name(login: str, *, known: bool) -> str:
    """Return what an account's attempts are counted under; all unknown names share 65,536 rows."""
    return f"account {login}" if known else "account ?" + sha256(login.encode(errors="replace")).hexdigest()[:4]


def _address_name(origin: Origin) -> str:
    return f"address {counted(origin.address)}"


__all__ = ["FREE_ATTEMPTS", "Credentials", "login_of"]
