"""Two files that may be one person's: why it is thought so, how sure that is, what became of it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from domain.errors import Conflict


class DuplicateReason(StrEnum):
    """Why two files may be one person's (疑似重复的理由)."""

    IDENTITY_NUMBER = "identity_number"  # 同一身份证号码
    NAME_BIRTH_VILLAGE = "name_birth_village"  # 同村、同名、同出生日期
    PINYIN_BIRTH_KIN = "pinyin_birth_kin"  # 姓名同音、同出生日期、有共同亲属
    PROPOSED = "proposed"  # somebody who knows them says so


class DuplicateState(StrEnum):
    """Where the question stands."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    MERGED = "merged"
    DISTINCT = "distinct"  # two people indeed
    SUPERSEDED = "superseded"  # one of the two was merged with a third


class RaisedBy(StrEnum):
    """What noticed it."""

    ENTRY = "entry"
    CHECK = "check"
    IMPORT = "import"
    JOB = "job"
    PERSON = "person"


SCORES: Final[dict[DuplicateReason, int]] = {
    DuplicateReason.IDENTITY_NUMBER: 100,
    DuplicateReason.NAME_BIRTH_VILLAGE: 80,
    DuplicateReason.PINYIN_BIRTH_KIN: 70,
    DuplicateReason.PROPOSED: 60,
}
MORE: Final = 10  # for each reason beyond the strongest
MOST: Final = 100
UNDECIDED: Final = frozenset({DuplicateState.OPEN, DuplicateState.UNDER_REVIEW})


def score_of(reasons: Iterable[DuplicateReason]) -> int:
    """Return how sure it is, of a hundred: the strongest reason, and a little for each more."""
    scores = sorted((SCORES[one] for one in reasons), reverse=True)
    return min(MOST, scores[0] + MORE * (len(scores) - 1)) if scores else 0


def undecided(state: str) -> None:
    """Raise ``Conflict`` where the question is decided already."""
    if state not in UNDECIDED:
        raise Conflict("duplicate.decided", state=state)


__all__ = ["SCORES", "UNDECIDED", "DuplicateReason", "DuplicateState", "RaisedBy", "score_of", "undecided"]
