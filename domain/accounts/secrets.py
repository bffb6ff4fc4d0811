"""What use cases ask of the keeper of secrets. ``auth.credentials`` is it; nothing here knows how it hashes."""

from typing import Protocol


class Secrets(Protocol):
    """Makes, hashes and checks passwords, client secrets, second factors."""

    def new_password(self) -> str:
        """Return an initial password that can be read out on the telephone."""

    def new_secret(self) -> str:
        """Return a client secret."""

    async def hash(self, secret: str) -> str:
        """Return the argon2id hash of a password or client secret."""

    async def check(self, login: str, password: str, hashed: str) -> None:
        """Check the password of an account; failures are counted, and lock out, whatever becomes of the write.

        Raises ``InvalidInput`` (``account.password_wrong``) or ``TooManyRequests``.
        """

    def new_totp(self, login: str) -> tuple[str, str]:
        """Return a TOTP secret (base32) and its ``otpauth://`` address."""

    def totp_step(self, secret: str, code: str) -> int | None:
        """Return the time step that a code belongs to, now or one step off; None when it is wrong."""

    def recovery_codes(self) -> dict[str, str]:
        """Return new recovery codes with the hash of each."""


__all__ = ["Secrets"]
