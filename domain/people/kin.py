"""Kinship by GB/T 4761-2008: which codes mean spouse, parent, child.

A row says "``relative`` is the ``relation`` of ``person``". It may have been recorded from either
side, so every question about kin is asked in both directions.
"""

from typing import Final

SPOUSE: Final = frozenset({"10", "11", "12"})
FATHER: Final = frozenset({"51", "57"})  # 57: step- or adoptive father
MOTHER: Final = frozenset({"52", "58"})
PARENT: Final = frozenset({"50", "51", "52", "57", "58", "59"})
# 28 and 38 are sons- and daughters-in-law: not one's children.
SON: Final = frozenset({"20", "21", "22", "23", "24", "25", "26", "27", "29"})
DAUGHTER: Final = frozenset({"30", "31", "32", "33", "34", "35", "36", "37", "39"})
CHILD: Final = SON | DAUGHTER

MALE: Final = "1"  # GB/T 2261.1
FEMALE: Final = "2"
# GB/T 2261.2: unmarried, widowed, divorced. 20–23 are kinds of married, 90 unknown.
NOT_MARRIED: Final = frozenset({"10", "30", "40"})


def inverse(relation: str, sex: str) -> str | None:
    """Return what ``person`` is to ``relative``, given the sex of ``person``; None beyond the nuclear family."""
    if relation in SPOUSE:
        return {MALE: "11", FEMALE: "12"}.get(sex, "10")
    if relation in PARENT:
        return {MALE: "20", FEMALE: "30"}.get(sex)
    if relation in CHILD:
        return {MALE: "51", FEMALE: "52"}.get(sex, "50")
    return None
