"""The keys that sign roots: Ed25519 (RFC 8032), of their own, apart from those of tokens.

A token's key lives for weeks and its set is replaced; a root must still be checked in ten years. So
public halves are kept for ever, here and beside each root outside the database, and signatures are
deterministic: a weak random source at night gives no key away. The private half is sealed under the
master key, bound to its public half.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.access import Access
from domain.events import Event, Origin
from domain.ids import new_id
from persistence.crypto import FieldCipher, Unreadable
from persistence.writing.events import append_events

TABLE, COLUMN = "seal_key", "private_cipher"
KEEPER: Final = Access(sub="system:seals", client_id="system", roles=(), grants={})


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs now."""

    kid: str
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Return the signature (64 bytes)."""
        return self.private.sign(data)


async def signing_key(connection: asyncpg.Connection, cipher: FieldCipher) -> SigningKey:
    """Return the youngest key, made on first use."""
    row = await connection.fetchrow("SELECT * FROM seal_key ORDER BY created_at DESC, kid DESC LIMIT 1")
    if row is None:
        return await add_key(connection, cipher)
    raw = cipher.open_bytes(TABLE, COLUMN, row_key(row["kid"], row["public_key"]), row["private_cipher"])
    return SigningKey(row["kid"], Ed25519PrivateKey.from_private_bytes(raw))


async def add_key(connection: asyncpg.Connection, cipher: FieldCipher) -> SigningKey:
    """Make a key pair that signs from now on; the older ones still verify what they signed."""
    private, kid = Ed25519PrivateKey.generate(), str(new_id())
    public = private.public_key().public_bytes_raw()
    sealed = cipher.seal_bytes(TABLE, COLUMN, row_key(kid, public), private.private_bytes_raw())
    await connection.execute(
        "INSERT INTO seal_key (kid, private_cipher, public_key, created_at) VALUES ($1, $2, $3, clock_timestamp())",
        kid, sealed, public,
    )  # fmt: skip
    return SigningKey(kid, private)


async def record_rotation(connection: asyncpg.Connection, key: SigningKey, origin: Origin) -> None:
    """Write down that another key signs from now on."""
    await append_events(connection, KEEPER, origin, [Event("seal_key.rotated", "seal_key", UUID(key.kid))])


def row_key(kid: str, public: bytes) -> bytes:
    """Return what a private half is bound to: exchange the public one and it does not open."""
    return kid.encode() + public


async def public_keys(connection: asyncpg.Connection, cipher: FieldCipher | None) -> dict[str, bytes]:
    """Return the public keys by kid. With the master keys, only those that belong to a private half of ours."""
    rows = await connection.fetch("SELECT kid, private_cipher, public_key FROM seal_key")
    return {row["kid"]: row["public_key"] for row in rows if cipher is None or _ours(cipher, row)}


def _ours(cipher: FieldCipher, row: asyncpg.Record) -> bool:
    try:
        raw = cipher.open_bytes(TABLE, COLUMN, row_key(row["kid"], row["public_key"]), row["private_cipher"])
        public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    except (Unreadable, ValueError):
        return False
    return bool(public == row["public_key"])


def verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether a signature is of this key over these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


__all__ = ["SigningKey", "add_key", "public_keys", "record_rotation", "row_key", "signing_key", "verifies"]
