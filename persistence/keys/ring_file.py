"""The key ring as a file: ``{"active": 2, "index": 2, "keys": {"1": "<base64>", "2": "<base64>"}}``, mode 0600.

Replaced in one step and looked at again by every process within a second, so that a key can be added and
put to use while the service runs. On several hosts the file must be the same on all of them: share it, or
keep the keys in the environment and change it host by host (docs/operations.md).
"""

import base64
import os
from collections.abc import Callable
from pathlib import Path

import orjson

from persistence.crypto import FieldCipher, KeyRing, Profile


class RingFile:
    """One file; ``changed`` is what ``FieldCipher`` asks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None

    def load(self) -> KeyRing:
        """Return the ring. Raises ``OSError`` or ``ValueError``."""
        self._seen = self._stamp()
        members = orjson.loads(self.path.read_bytes())
        try:
            masters = {int(key_id): base64.b64decode(key, validate=True) for key_id, key in members["keys"].items()}
            return KeyRing(members["active"], masters, members["index"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{self.path} is no key ring") from error

    def store(self, ring: KeyRing) -> None:
        """Replace the file in one step, readable by its owner alone."""
        keys = {str(key_id): base64.b64encode(key).decode() for key_id, key in sorted(ring.masters.items())}
        members = {"active": ring.active_id, "index": ring.blind_id, "keys": keys}
        self.path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps(members, option=orjson.OPT_INDENT_2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def changed(self) -> KeyRing | None:
        """Return the ring when the file is another than at the last look, else None."""
        try:
            return None if self._stamp() == self._seen else self.load()
        except (OSError, ValueError):
            return None  # half copied, or away for a moment: the ring in memory holds

    def _stamp(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_ino


def watched_cipher(path: Path | None, otherwise: Callable[[], KeyRing], profile: Profile) -> FieldCipher:
    """Return the cipher of a key ring's file, or of ``otherwise`` as long as there is no file; it notices one."""
    if path is None:
        return FieldCipher(otherwise(), profile)
    file = RingFile(path)
    return FieldCipher(file.load() if path.exists() else otherwise(), profile, file.changed)


__all__ = ["RingFile", "watched_cipher"]
