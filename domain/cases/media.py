"""What a file is, by its own bytes: neither its name nor what the caller calls it decides.

Nothing is unpacked. An office document is told by the directory of its ZIP container (ISO/IEC 21320-1), an
image or sound in an ISO base media file by its brands (ISO/IEC 14496-12).
"""

import struct
from typing import Final

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ENDINGS: Final = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/amr": ("amr",),
    "video/mp4": ("mp4",),
    "text/plain": ("txt",),
}
"""Media type → the endings its files may have; the types that a case may hold."""
ALIASES: Final = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/3gpp": "audio/amr",
    "audio/amr-wb": "audio/amr",
}
UNSAID: Final = frozenset({"", "application/octet-stream"})  # a caller who does not know calls it so

_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR\n", "audio/amr"),
    (b"#!AMR-WB\n", "audio/amr"),
)
_BRANDS: Final = (
    (frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis"}), "image/heic"),
    (frozenset({b"M4A ", b"M4B "}), "audio/mp4"),
    (frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "}), "video/mp4"),
)
_OFFICE: Final = ((b"word/document.xml", DOCX), (b"xl/workbook.xml", XLSX))
_MACROS: Final = b"vbaproject.bin"
_ZIP_END: Final = struct.Struct("<4s4H2LH")
_ZIP_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT: Final = 65_535
_MOST_ENTRIES: Final = 10_000  # a document with a thousand pictures has a thousand and some
_CONTROLS: Final = bytes(range(9)) + bytes(range(14, 32)) + b"\x0b\x7f"


def sniff(content: bytes) -> str | None:
    """Return the media type of a file, None for what no case may hold."""
    for start, found in _STARTS:
        if content.startswith(start):
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _of_brands(content)
    if content.startswith(b"PK\x03\x04"):
        return _of_archive(content)
    if _is_mpeg_frame(content):
        return "audio/mpeg"
    return "text/plain" if _is_text(content) else None


def agrees(media_type: str, name: str, said: str) -> bool:
    """Tell whether a file is what its name's ending and its caller say; who says nothing says nothing wrong."""
    _, dot, ending = name.rpartition(".")
    if dot and ending.lower() not in ENDINGS[media_type]:
        return False
    plain = said.partition(";")[0].strip().lower()
    return plain in UNSAID or ALIASES.get(plain, plain) == media_type


def _of_brands(content: bytes) -> str | None:
    """Return what the brands of an ISO base media file say: the major one first, then those it is compatible with."""
    size = int.from_bytes(content[:4], "big")
    box = content[8 : min(size, 512)]
    brands = [box[:4], *(box[at : at + 4] for at in range(8, len(box) - 3, 4))]
    return next((found for brand in brands for known, found in _BRANDS if brand in known), None)


def _of_archive(content: bytes) -> str | None:
    """Return which office document a ZIP container holds; one with macros is none."""
    names = _names(content)
    if names is None or b"[Content_Types].xml" not in names:
        return None
    if any(name.lower().endswith(_MACROS) for name in names):
        return None
    return next((found for part, found in _OFFICE if part in names), None)


def _names(content: bytes) -> set[bytes] | None:
    """Return the names in a ZIP's central directory, None where there is no sound one."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - _LONGEST_COMMENT - _ZIP_END.size))
    if at < 0 or at + _ZIP_END.size > len(content):
        return None
    *_, entries, _, offset, _ = _ZIP_END.unpack_from(content, at)
    if entries > _MOST_ENTRIES:
        return None
    names: set[bytes] = set()
    for _ in range(entries):
        if offset + _ZIP_ENTRY.size > at:
            return None
        entry = _ZIP_ENTRY.unpack_from(content, offset)
        if entry[0] != b"PK\x01\x02":
            return None
        name, extra, comment = entry[10:13]
        begins = offset + _ZIP_ENTRY.size
        names.add(content[begins : begins + name])
        offset = begins + name + extra + comment
    return names


def _is_mpeg_frame(content: bytes) -> bool:
    """Tell whether a file begins with a frame of MPEG audio, layer III (ISO/IEC 11172-3 section 2.4.1.3)."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - sync word, layer III
        return False
    reserved_version, bit_rate, sampling = content[1] & 0x18 == 0x08, content[2] >> 4, content[2] >> 2 & 3  # noqa: PLR2004
    return not reserved_version and bit_rate not in {0, 15} and sampling != 3  # noqa: PLR2004 - reserved values


def _is_text(content: bytes) -> bool:
    """Tell whether a file is text in one of the encodings that offices here use."""
    if not content.strip() or content.translate(None, _CONTROLS) != content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


__all__ = ["ALIASES", "DOCX", "ENDINGS", "XLSX", "agrees", "sniff"]
