"""Client secrets: made here, shown once, kept as argon2id hashes.

Hashing takes 20 ms and 19 MiB on purpose (OWASP Password Storage: m=19 MiB, t=2, p=1), so it
runs in two threads of its own: the event loop goes on, and a flood of guesses cannot take more
than two cores and 38 MiB.
"""

import asyncio
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SECRET_BYTES: Final = 32
MAX_SECRET_LENGTH: Final = 256
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_secret() -> str:
    """Return a fresh secret of 256 random bits, 43 characters that need no escaping anywhere."""
    return secrets.token_urlsafe(SECRET_BYTES)


async def hash_secret(secret: str) -> str:
    """Return the argon2id hash of a secret, with its own salt and parameters."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _HASHER.hash, secret)


async def matches(secret: str, hashes: Sequence[str]) -> bool:
    """Tell whether a secret belongs to one of the hashes.

    Without hashes (unknown client, or one that signs with a key) a decoy is verified instead, so
    that the time taken does not tell whether a client exists.
    """
    check = partial(_matches, secret, tuple(hashes))
    return await asyncio.get_running_loop().run_in_executor(_threads(), check)


def _matches(secret: str, hashes: tuple[str, ...]) -> bool:
    wanted = secret if len(secret) <= MAX_SECRET_LENGTH else ""
    found = [_fits(wanted, one) for one in hashes or (_decoy(),)]
    return bool(hashes) and any(found)


def _fits(secret: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _HASHER.hash(new_secret())


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


__all__ = ["hash_secret", "matches", "new_secret"]
