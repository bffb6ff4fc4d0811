"""What a backup says of itself: when, of which schema, how many rows, which keys open it, the sum of each file."""

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

FORMAT: Final = 1
NAME: Final = "manifest.json"
DUMP: Final = "database.dump"
ROOTS: Final = "sealed-roots.jsonl"


class BackupError(Exception):
    """A backup cannot be made, read or restored; the text says why, in Chinese and English, without a value."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup. ``tables`` counts rows, ``files`` gives SHA-256, ``keys`` fingerprints by key id."""

    created_at: str
    revision: str
    server: str
    tables: dict[str, int]
    batch: int  # the last sealed one
    keys: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it; it is the last file, so that a folder without it is no whole backup."""
        (folder / NAME).write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def read(folder: Path) -> Manifest:
    """Read the manifest and check every file against it. Raises ``BackupError``."""
    try:
        members: dict[str, Any] = orjson.loads((folder / NAME).read_bytes())
        if members["format"] != FORMAT:
            raise BackupError("备份格式不认识 / the format of this backup is not known here")
        found = Manifest(**members)
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupError("没有完整的备份 / there is no whole backup in this folder") from None
    for name, digest in found.files.items():
        if not (folder / name).is_file() or sum_of(folder / name) != digest:
            raise BackupError(f"文件已损坏或被改动 / a file is damaged or was changed: {name}")
    return found


def sum_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["DUMP", "NAME", "ROOTS", "BackupError", "Manifest", "read", "sum_of"]
