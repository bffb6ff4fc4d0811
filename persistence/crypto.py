"""Personal fields at rest: sealed one by one, found again by a blind index.

Two profiles: ``aes`` (AES-256-GCM, HMAC-SHA-256) and ``sm4`` (国密: SM4-GCM of GB/T 32907,
HMAC-SM3 of GB/T 32905). A sealed field is

    suite (1 byte) | key id (1 byte) | nonce (12) | cipher text | tag (16)

so that both the master key and the profile can change while old rows stay readable. Every column
has its own key (HKDF, RFC 5869, from the master key), and table, column and row id are
authenticated with the text: a cipher text copied to another row, column or table does not open.
Nonces are random; NIST SP 800-38D allows 2^32 of them per key, which a column of one province
does not reach before its master key is rotated.

The blind index is an HMAC under a key of its own HKDF branch: equal texts give equal bytes, and
nothing else is learnt from them without the key.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Profile = Literal["aes", "sm4"]

MASTER_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
HEAD_BYTES: Final = 2 + NONCE_BYTES
BLIND_KINDS: Final = frozenset({"identity_number", "phone", "phone_tail"})


class Unreadable(Exception):
    """A cipher text that was altered, moved to another row, or sealed under a key we do not hold."""


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class _Sm4Gcm:
    """SM4 in Galois/counter mode with the interface of ``AESGCM``."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        sealing = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data or b"")
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        text, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        opening = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        opening.authenticate_additional_data(associated_data or b"")
        return opening.update(text) + opening.finalize()


@dataclass(frozen=True, slots=True)
class _Suite:
    """What a profile is made of; ``number`` is the first byte of all it seals."""

    number: int
    key_bytes: int
    aead: Callable[[bytes], _Aead]
    digest: Callable[[], hashes.HashAlgorithm]


_SUITES: Final[dict[str, _Suite]] = {
    "aes": _Suite(1, 32, AESGCM, hashes.SHA256),
    "sm4": _Suite(2, 16, _Sm4Gcm, hashes.SM3),
}
_SUITE_OF: Final = {suite.number: suite for suite in _SUITES.values()}


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys by id (0–255). ``active_id`` seals; all open; ``index_id`` makes blind indexes.

    Sealing may change key from one row to the next; rows whose blind indexes are of two keys find each
    other only by looking for both (``FieldCipher.blinds``). ``index_id`` is by default the lowest id;
    ``persistence.keys`` changes it together with ``active_id``. Raises ``ValueError`` on an unknown id or
    a key that is not 32 bytes long.
    """

    active_id: int
    masters: Mapping[int, bytes] = field(repr=False)
    index_id: int | None = None

    def __post_init__(self) -> None:
        for key_id, master in self.masters.items():
            if not 0 <= key_id <= 255 or len(master) != MASTER_BYTES:  # noqa: PLR2004 - one byte
                message = "a master key has an id of one byte and 32 bytes of key"
                raise ValueError(message)
        if self.active_id not in self.masters or self.blind_id not in self.masters:
            message = "the key ring does not hold the key it should use"
            raise ValueError(message)

    @property
    def blind_id(self) -> int:
        """The id of the key that makes blind indexes."""
        return min(self.masters, default=-1) if self.index_id is None else self.index_id


RingSource = Callable[[], KeyRing | None]
"""Returns the key ring when it has changed since the last call, else None."""
LOOK_AFTER: Final = 1.0  # seconds: so soon every process seals with a new key


class FieldCipher:
    """Seals and opens fields; one per process, shared by all that touch personal columns."""

    def __init__(self, keys: bytes | KeyRing, profile: Profile = "aes", source: RingSource | None = None) -> None:
        """Take one master key (32 bytes, id 1) or a ring of them; ``source`` is asked whether it has changed."""
        self._suite = _SUITES[profile]
        self._source, self._looked = source, time.monotonic()
        # Key objects cost 100 times a seal: one per suite, key and column, made on first use.
        self._columns: dict[tuple[int, int, str, str], tuple[_Aead, bytes]] = {}
        self._blinds: dict[tuple[str, int, int], hmac.HMAC] = {}
        self._take(keys if isinstance(keys, KeyRing) else KeyRing(1, {1: keys}))

    def _take(self, ring: KeyRing) -> None:
        self._ring = ring
        self._mark = bytes((self._suite.number, ring.active_id))

    def _look(self, *, now: bool = False) -> None:
        """Take a changed key ring: at most once a second, or at once for a key that is not known."""
        if self._source is None or (not now and time.monotonic() - self._looked < LOOK_AFTER):
            return
        self._looked = time.monotonic()
        changed = self._source()
        if changed is not None:
            self._take(changed)

    @property
    def ring(self) -> KeyRing:
        """The key ring as it is now."""
        self._look()
        return self._ring

    @property
    def mark(self) -> bytes:
        """The two bytes every cipher text begins with that is sealed as of now: profile and key."""
        self._look()
        return self._mark

    def fingerprints(self) -> dict[int, str]:
        """Return 16 hexadecimal digits for each master key: enough to tell keys apart, nothing to use one."""
        return {key_id: self._derive(self._suite, key_id, "fingerprint", 8).hex() for key_id in self.ring.masters}

    def hand_over(self) -> bytes:
        """Return what a child process of ours needs to be the same cipher; goes through a pipe, nowhere else."""
        ring, profile = self._ring, next(name for name, suite in _SUITES.items() if suite is self._suite)
        masters = {str(key_id): master.hex() for key_id, master in ring.masters.items()}
        return orjson.dumps([profile, ring.active_id, ring.blind_id, masters])

    @classmethod
    def from_hand_over(cls, data: bytes) -> "FieldCipher":
        """Return the cipher that ``hand_over`` described."""
        profile, active_id, index_id, masters = orjson.loads(data)
        return cls(
            KeyRing(active_id, {int(one): bytes.fromhex(key) for one, key in masters.items()}, index_id), profile
        )

    def seal(self, table: str, column: str, row_id: UUID, text: str) -> bytes:
        """Return the sealed form of one field of one row."""
        return self.seal_bytes(table, column, row_id.bytes, text.encode())

    def open(self, table: str, column: str, row_id: UUID, cipher: bytes) -> str:
        """Return the text of a sealed field, or raise ``Unreadable``."""
        return self.open_bytes(table, column, row_id.bytes, cipher).decode()

    def seal_many(self, table: str, column: str, items: Iterable[tuple[UUID, str]]) -> list[bytes]:
        """Seal one column of many rows; for imports. Gives the sealed forms in the order of ``items``."""
        self._look()
        aead, prefix = self._column(self._suite, self._ring.active_id, table, column)
        encrypt, mark = aead.encrypt, self._mark
        rows = list(items)
        nonces = os.urandom(NONCE_BYTES * len(rows))
        sealed = []
        at = 0
        for row_id, text in rows:
            nonce = nonces[at : at + NONCE_BYTES]
            at += NONCE_BYTES
            sealed.append(mark + nonce + encrypt(nonce, text.encode(), prefix + row_id.bytes))
        return sealed

    def seal_bytes(self, table: str, column: str, row_key: bytes, data: bytes) -> bytes:
        """Seal bytes of a row that has no UUID (a signing key, a piece of a file)."""
        self._look()
        aead, prefix = self._column(self._suite, self._ring.active_id, table, column)
        nonce = os.urandom(NONCE_BYTES)
        return self._mark + nonce + aead.encrypt(nonce, data, prefix + row_key)

    def open_bytes(self, table: str, column: str, row_key: bytes, cipher: bytes) -> bytes:
        """Return what ``seal_bytes`` sealed, or raise ``Unreadable``."""
        suite = _SUITE_OF.get(cipher[0]) if len(cipher) >= HEAD_BYTES + TAG_BYTES else None
        if suite is not None and cipher[1] not in self._ring.masters:
            self._look(now=True)
        if suite is None or cipher[1] not in self._ring.masters:
            raise Unreadable
        aead, prefix = self._column(suite, cipher[1], table, column)
        try:
            return aead.decrypt(cipher[2:HEAD_BYTES], cipher[HEAD_BYTES:], prefix + row_key)
        except InvalidTag:
            raise Unreadable from None

    def is_current(self, cipher: bytes) -> bool:
        """Tell whether a field is sealed under the active key and profile, or waits to be sealed anew."""
        return cipher[:2] == self.mark

    def blind(self, kind: str, text: str) -> bytes:
        """Return the 32-byte blind index of a normalised text; kinds: ``BLIND_KINDS``."""
        return self._hashed(self._blind(kind, self.ring.blind_id), text)

    def blinds(self, kind: str, text: str) -> list[bytes]:
        """Return the blind indexes a text may be stored under: one for each key, the present one first.

            More than one only while the ring holds several keys, that is while field keys, and perhaps the
        profile with them, are changed: look for all of them.
        """
        ring = self.ring
        ordered = sorted(ring.masters, key=lambda key_id: (key_id != ring.blind_id, -key_id))
        suites = [self._suite, *(one for one in _SUITES.values() if one is not self._suite and len(ordered) > 1)]
        return [self._hashed(self._blind(kind, key_id, suite), text) for suite in suites for key_id in ordered]

    @staticmethod
    def _hashed(keyed: hmac.HMAC, text: str) -> bytes:
        mac = keyed.copy()
        mac.update(text.encode())
        return mac.finalize()

    def blind_many(self, kind: str, texts: Iterable[str]) -> list[bytes]:
        """Return the blind indexes of many texts, in their order."""
        keyed = self._blind(kind, self.ring.blind_id)
        return [self._hashed(keyed, text) for text in texts]

    def key_for(self, purpose: str) -> bytes:
        """Return 32 bytes of key for another purpose of the service, such as the seal of page tokens."""
        return self._derive(self._suite, self._ring.blind_id, f"key:{purpose}", 32)

    def _column(self, suite: _Suite, key_id: int, table: str, column: str) -> tuple[_Aead, bytes]:
        name = (suite.number, key_id, table, column)
        known = self._columns.get(name)
        if known is None:
            key = self._derive(suite, key_id, f"field:{table}.{column}", suite.key_bytes)
            known = self._columns[name] = (suite.aead(key), f"{table}\0{column}\0".encode())
        return known

    def _blind(self, kind: str, key_id: int, suite: _Suite | None = None) -> hmac.HMAC:
        suite = suite or self._suite
        known = self._blinds.get((kind, key_id, suite.number))
        if known is None:
            if kind not in BLIND_KINDS:
                message = f"no blind index of kind {kind!r}"
                raise ValueError(message)
            key = self._derive(suite, key_id, f"blind:{kind}", 32)
            known = self._blinds[kind, key_id, suite.number] = hmac.HMAC(key, suite.digest())
        return known

    def _derive(self, suite: _Suite, key_id: int, purpose: str, length: int) -> bytes:
        info = f"shouwang:1:{suite.number}:{purpose}".encode()
        return HKDF(algorithm=suite.digest(), length=length, salt=None, info=info).derive(self._ring.masters[key_id])


__all__ = ["BLIND_KINDS", "FieldCipher", "KeyRing", "Profile", "Unreadable"]
