"""Pinyin as it is typed: syllables written out, initials, or the one after the other (``ouyangxx``)."""

from dataclasses import dataclass
from typing import Final

# 声母 and 韵母 of Hanyu Pinyin that occur together (GB/T 16159), ü as v: every syllable a name can have.
_FINALS: Final = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng iao o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES: Final = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
_LONGEST: Final = max(map(len, SYLLABLES))


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word of Latin letters. ``head`` and ``initials``: syllables written out, then initials alone.

    ``spelling("ouyangxx") == Spelling("ouyangxx", "ouyangx", "oyxx")``; both are empty where the
    word cannot be read so.
    """

    letters: str
    head: str = ""
    initials: str = ""


def spelling(word: str) -> Spelling:
    """Return how a word of Latin letters may be meant; case, apostrophes and hyphens do not count."""
    letters = "".join(one for one in word.lower().replace("ü", "v") if one.isalpha())
    syllables: list[str] = []
    at = 0
    while at < len(letters):
        size = next(
            (n for n in range(_LONGEST, 1, -1) if letters[at : at + n] in SYLLABLES and at + n <= len(letters)), 0
        )
        if not size:
            break
        syllables.append(letters[at : at + size])
        at += size
    rest = letters[at:]
    if not syllables or not rest:
        return Spelling(letters)
    return Spelling(letters, letters[: at + 1], "".join(one[0] for one in syllables) + rest)


__all__ = ["SYLLABLES", "Spelling", "spelling"]
