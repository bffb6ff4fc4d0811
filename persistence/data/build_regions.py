"""Make the shipped list of divisions from the five CSV files of china-division.

    python -m persistence.data.build_regions FOLDER 2023-06-30

FOLDER holds ``provinces``, ``cities``, ``areas``, ``streets`` and ``villages`` as ``.csv`` or
``.csv.xz``, each with at least the columns ``code`` and ``name``. Written is
``regions/divisions-<as_of>.tsv.xz`` beside this file: one line a division, sorted by code, with
code, name and the pinyin syllables of the name separated by blanks. Readings are worked out here,
once and with the phrase dictionary, so that loading needs no pinyin tables. Takes about a minute.
"""

import csv
import io
import lzma
import sys
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from domain.regions.codes import is_code

HERE = Path(__file__).parent
FILES = ("provinces", "cities", "areas", "streets", "villages")

# 地名专读: county names that the phrase dictionary reads by their everyday sound.
READINGS = {
    "单县": "shan xian",
    "大城县": "dai cheng xian",
    "涡阳县": "guo yang xian",
    "莘县": "shen xian",
    "浚县": "xun xian",
    "洪洞县": "hong tong xian",
    "泌阳县": "bi yang xian",
    "中牟县": "zhong mu xian",
    "乐亭县": "lao ting xian",
    "繁峙县": "fan shi xian",
}


def rows(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (code, name) of every division in the five files."""
    for name in FILES:
        packed = folder / f"{name}.csv.xz"
        text = lzma.decompress(packed.read_bytes()) if packed.exists() else (folder / f"{name}.csv").read_bytes()
        for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig"))):
            yield row["code"], row["name"]


def latin(text: str) -> list[str]:
    """Return what is left of characters without a reading: letters and digits, lower case."""
    return [mark for mark in unicodedata.normalize("NFKC", text).lower() if mark.isascii() and mark.isalnum()]


def syllables(name: str) -> str:
    """Return the toneless syllables of a place name, e.g. ``"shi shou shi"``; ü is written v."""
    from pypinyin import lazy_pinyin

    return READINGS.get(name) or " ".join(lazy_pinyin(name, errors=latin))  # type: ignore[arg-type]  # a list is taken too


def build(folder: Path, as_of: date) -> Path:
    """Write the shipped file; raise ``ValueError`` when a code is malformed, doubled or an orphan."""
    divisions = {}
    for code, name in rows(folder):
        if not is_code(code) or code in divisions or not name.strip() or "\t" in name or "\\" in name:
            message = f"bad or doubled division {code!r}"
            raise ValueError(message)
        divisions[code] = name
    orphans = [code for code in divisions if len(code) > 2 and _parent(code) not in divisions]  # noqa: PLR2004
    if orphans:
        message = f"divisions without their parent: {orphans[:5]}"
        raise ValueError(message)
    readings = {name: syllables(name) for name in set(divisions.values())}
    body = "".join(f"{code}\t{divisions[code]}\t{readings[divisions[code]]}\n" for code in sorted(divisions))
    path = HERE / "regions" / f"divisions-{as_of.isoformat()}.tsv.xz"
    path.write_bytes(lzma.compress(body.encode(), preset=9 | lzma.PRESET_EXTREME))
    return path


def _parent(code: str) -> str:
    return code[: {4: 2, 6: 4, 9: 6, 12: 9}[len(code)]]


if __name__ == "__main__":
    written = build(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
    sys.stdout.write(f"{written} ({written.stat().st_size} bytes)\n")
