"""What a file is, by its bytes alone."""

import io
import struct
import zipfile

import pytest

from domain.cases.media import DOCX, ENDINGS, XLSX, agrees, sniff


def box(*brands: bytes) -> bytes:
    """Return the first box of an ISO base media file."""
    body = brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return struct.pack(">I", len(body) + 8) + b"ftyp" + body + b"\0\0\0\x08mdat"


def archive(*names: str, comment: bytes = b"") -> bytes:
    """Return a ZIP with members of some names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, "x" * 99)
        made.comment = comment
    return out.getvalue()


DOCUMENT = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", comment="说明".encode())
SHEET = archive("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
FILES = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\0",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "image/heic": box(b"heic", b"mif1", b"heic"),
    DOCX: DOCUMENT,
    XLSX: SHEET,
    "audio/mpeg": b"ID3\x03\0\0\0\0\0\x21",
    "audio/mp4": box(b"M4A ", b"mp42", b"isom"),
    "audio/amr": b"#!AMR\n\x3c\x48",
    "video/mp4": box(b"isom", b"iso2", b"avc1", b"mp41"),
    "text/plain": "王某某口述：\r\n\t夜里没有人。".encode(),
}


def test_every_type_that_a_case_may_hold() -> None:
    assert {kind: sniff(content) for kind, content in FILES.items()} == {kind: kind for kind in ENDINGS}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xff\xfb\x90\x64\0\0", "audio/mpeg"),  # a frame without ID3
        (b"#!AMR-WB\n\x04", "audio/amr"),
        (box(b"mif1", b"mif1", b"heic"), "image/heic"),  # by what it is compatible with
        (box(b"mp42", b"mp42", b"isom"), "video/mp4"),
        ("夜里没有人".encode("gb18030"), "text/plain"),
        (b"\xef\xbb\xbftext", "text/plain"),
    ],
)
def test_other_forms_of_them(content: bytes, found: str) -> None:
    assert sniff(content) == found


@pytest.mark.parametrize(
    "content",
    [
        b"", b" \n", b"MZ\x90\0\x03", b"\x7fELF\x02\x01", b"\0" * 100, b"GIF89a\x01\0\x01\0", b"\xff\xff\xff\xff",
        b"\xff\xfb\xf0\x64",  # a reserved bit rate
        b"\xff\xfb\x9c\x64\0\0",  # a reserved sampling rate
        box(b"qt  ", b"qt  "), b"\0\0\0\x08ftyp", b"RIFF\0\0\0\0WAVE", b"PK\x03\x04", b"PK\x03\x04" + bytes(40),
        b"PK\x05\x06" + bytes(18), archive("a.txt"), archive("word/document.xml"), archive("[Content_Types].xml"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),  # macros
        DOCUMENT[:-40], b"text \x1b[31m", b"\x81\x20broken",
    ],
)  # fmt: skip
def test_what_no_case_holds(content: bytes) -> None:
    assert sniff(content) is None


def test_a_directory_that_lies_is_read_to_no_end() -> None:
    end = DOCUMENT.rfind(b"PK\x05\x06")
    for entries, offset in ((65535, 0), (3, 2**32 - 1), (4, None)):
        lie = bytearray(DOCUMENT)
        struct.pack_into("<HH", lie, end + 8, entries, entries)
        if offset is not None:
            struct.pack_into("<L", lie, end + 16, offset)
        assert sniff(bytes(lie)) is None


@pytest.mark.parametrize(
    ("name", "said", "agreed"),
    [
        ("照片.jpg", "image/jpeg", True),
        ("照片.JPEG", "image/jpg; q=1", True),
        ("照片", "", True),
        ("照片.jpg", "application/octet-stream", True),
        ("照片.png", "image/jpeg", False),
        ("照片.jpg.exe", "image/jpeg", False),
        ("照片.jpg", "image/png", False),
        ("照片.", "image/jpeg", False),
    ],
)
def test_what_it_is_called(name: str, said: str, agreed: bool) -> None:
    assert agrees("image/jpeg", name, said) is agreed
