"""The file of master keys: opened by its passphrase alone, and by nothing that was changed."""

import orjson
import pytest

from persistence.backup.keys import locked, unlocked
from persistence.backup.manifest import BackupError
from persistence.crypto import KeyRing

RING = KeyRing(2, {1: bytes(range(32)), 2: bytes(range(32, 64))}, 2)
WORDS = "石首 correct horse 42"


def test_what_was_locked_comes_back() -> None:
    data = locked(RING, "sm4", WORDS, cost=2**10)
    assert unlocked(data, WORDS) == (RING, "sm4")
    assert locked(RING, "sm4", WORDS, cost=2**10) != data
    assert bytes(range(8)).hex().encode() not in data


@pytest.mark.parametrize("words", ["", WORDS + " ", "another passphrase"])
def test_another_passphrase_opens_nothing(words: str) -> None:
    with pytest.raises(BackupError, match="passphrase"):
        unlocked(locked(RING, "aes", WORDS, cost=2**10), words)


@pytest.mark.parametrize(("member", "value"), [("n", 2**11), ("salt", "AAAA"), ("sealed", "AAAA"), ("r", 9)])
def test_a_changed_file_opens_nothing(member: str, value: object) -> None:
    data = orjson.loads(locked(RING, "aes", WORDS, cost=2**10)) | {member: value}
    with pytest.raises(BackupError):
        unlocked(orjson.dumps(data), WORDS)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BackupError, match="12"):
        locked(RING, "aes", "elevenchars")


def test_a_file_that_asks_for_all_memory_is_refused() -> None:
    data = orjson.loads(locked(RING, "aes", WORDS, cost=2**10)) | {"n": 2**30}
    with pytest.raises(BackupError, match="format"):
        unlocked(orjson.dumps(data), WORDS)
