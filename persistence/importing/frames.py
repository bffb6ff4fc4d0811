"""What passes between the job and its parser: frames of JSON and bytes over the parser's stdin and stdout.

    4 bytes  length of the JSON head, big-endian
    head     {"kind": …, "parts": [lengths …], …}
    parts    bytes, one after another

Plain data only: the parser has read a stranger's file, so nothing it says is ever executed.
"""

import struct
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import orjson

_LENGTH = struct.Struct(">I")
HEAD_BYTES: Final = _LENGTH.size
LARGEST_HEAD: Final = 2**26
LARGEST_PART: Final = 2**28


def write(stream: BinaryIO, kind: str, parts: Sequence[bytes] = (), **head: Any) -> None:
    """Write one frame."""
    stream.write(frame(kind, parts, **head))
    stream.flush()


def frame(kind: str, parts: Sequence[bytes] = (), **head: Any) -> bytes:
    """Return one frame as bytes."""
    packed = orjson.dumps({"kind": kind, "parts": [len(part) for part in parts], **head})
    return b"".join((_LENGTH.pack(len(packed)), packed, *parts))


def head_length(data: bytes) -> int:
    """Return the length of a head from a frame's first bytes. Raises ``ValueError`` on nonsense."""
    length: int = _LENGTH.unpack(data)[0]
    if length > LARGEST_HEAD:
        raise ValueError
    return length


def read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    """Read one frame, or raise ``EOFError``."""
    start = stream.read(HEAD_BYTES)
    if len(start) < HEAD_BYTES:
        raise EOFError
    head: dict[str, Any] = orjson.loads(stream.read(head_length(start)))
    return head, [stream.read(length) for length in head["parts"]]


__all__ = ["HEAD_BYTES", "LARGEST_PART", "frame", "head_length", "read", "write"]
