"""The master keys in a file of their own, under a passphrase: scrypt (RFC 7914) and AES-256-GCM.

Whoever has a backup and this file needs the passphrase still; keep the three in three places.
"""

import base64
import os
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from persistence.backup.manifest import BackupError
from persistence.crypto import KeyRing, Profile

FORMAT: Final = 1
COST: Final = 2**16  # 64 MB and about a fifth of a second a guess
LARGEST_COST: Final = 2**20
SHORTEST: Final = 12
_SALT, _NONCE = 16, 12


def locked(ring: KeyRing, profile: Profile, passphrase: str, *, cost: int = COST) -> bytes:
    """Return a key ring under a passphrase. Raises ``BackupError`` for one that is too short."""
    if len(passphrase) < SHORTEST:
        raise BackupError(f"口令至少 {SHORTEST} 个字符 / a passphrase has {SHORTEST} characters at least")
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    head = {"format": FORMAT, "kdf": "scrypt", "n": cost, "r": 8, "p": 1, "salt": _text(salt), "nonce": _text(nonce)}
    plain = {
        "profile": profile,
        "active": ring.active_id,
        "index": ring.blind_id,
        "keys": {str(key_id): _text(key) for key_id, key in ring.masters.items()},
    }
    sealed = AESGCM(_key(passphrase, salt, cost)).encrypt(nonce, orjson.dumps(plain), _bound(head))
    return orjson.dumps(head | {"sealed": _text(sealed)}, option=orjson.OPT_INDENT_2) + b"\n"


def unlocked(data: bytes, passphrase: str) -> tuple[KeyRing, Profile]:
    """Return the key ring of a file. Raises ``BackupError``: another passphrase, or the file was changed."""
    try:
        head: dict[str, Any] = orjson.loads(data)
        sealed = base64.b64decode(head.pop("sealed"), validate=True)
        salt, nonce = (base64.b64decode(head[name], validate=True) for name in ("salt", "nonce"))
        if head["format"] != FORMAT or head["n"] > LARGEST_COST:
            raise BackupError("密钥文件格式不认识 / the format of this file of keys is not known here")
        plain = orjson.loads(AESGCM(_key(passphrase, salt, head["n"])).decrypt(nonce, sealed, _bound(head)))
        masters = {int(key_id): base64.b64decode(key) for key_id, key in plain["keys"].items()}
        return KeyRing(plain["active"], masters, plain["index"]), plain["profile"]
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise BackupError("口令不对，或文件已损坏 / the passphrase is wrong, or the file is damaged") from None


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def _bound(head: dict[str, Any]) -> bytes:
    return orjson.dumps(head, option=orjson.OPT_SORT_KEYS)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


__all__ = ["locked", "unlocked"]
