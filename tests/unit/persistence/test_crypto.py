"""Sealed fields open only where they were sealed; blind indexes find equal texts only."""

import time
from typing import Any, get_args
from uuid import UUID

import pytest

from domain.ids import new_id
from persistence.crypto import FieldCipher, KeyRing, Profile, Unreadable

MASTER, OTHER = bytes(range(32)), bytes(range(1, 33))
ROW = UUID("01890000-0000-7000-8000-000000000001")
PROFILES = get_args(Profile)


@pytest.fixture(params=PROFILES)
def cipher(request: pytest.FixtureRequest) -> FieldCipher:
    return FieldCipher(MASTER, request.param)


def test_a_sealed_field_opens_in_its_place(cipher: FieldCipher) -> None:
    sealed = cipher.seal("person", "phone", ROW, "13800000000")
    assert cipher.open("person", "phone", ROW, sealed) == "13800000000"
    assert b"13800000000" not in sealed
    assert len(sealed) == 2 + 12 + 11 + 16
    assert sealed != cipher.seal("person", "phone", ROW, "13800000000"), "a nonce was used twice"


@pytest.mark.parametrize(
    "place", [("household", "phone", ROW), ("person", "address", ROW), ("person", "phone", new_id())]
)
def test_a_field_moved_elsewhere_does_not_open(cipher: FieldCipher, place: tuple[str, str, UUID]) -> None:
    sealed = cipher.seal("person", "phone", ROW, "13800000000")
    with pytest.raises(Unreadable):
        cipher.open(*place, sealed)


def test_every_flipped_bit_and_every_cut_is_noticed(cipher: FieldCipher) -> None:
    sealed = cipher.seal("person", "address", ROW, "村口第一家")
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        with pytest.raises(Unreadable):
            cipher.open("person", "address", ROW, bytes(altered))
        with pytest.raises(Unreadable):
            cipher.open("person", "address", ROW, sealed[:at])


def test_many_are_sealed_as_one_by_one(cipher: FieldCipher) -> None:
    rows = [(new_id(), text) for text in ("", "甲", "乙" * 500)]
    sealed = cipher.seal_many("person", "address", rows)
    assert [cipher.open("person", "address", row_id, one) for (row_id, _), one in zip(rows, sealed, strict=True)] == [
        text for _, text in rows
    ]
    assert len({one[2:14] for one in sealed}) == 3


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = FieldCipher(KeyRing(1, {1: MASTER}))
    sealed = old.seal("person", "phone", ROW, "13800000000")
    rotated = FieldCipher(KeyRing(2, {1: MASTER, 2: OTHER}))
    assert rotated.open("person", "phone", ROW, sealed) == "13800000000"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.seal("person", "phone", ROW, "13800000000"))
    assert rotated.blind("phone", "13800000000") == old.blind("phone", "13800000000"), "the index must not split"
    with pytest.raises(Unreadable):
        FieldCipher(KeyRing(2, {2: OTHER})).open("person", "phone", ROW, sealed)


def test_a_profile_change_leaves_old_rows_readable() -> None:
    sealed = FieldCipher(MASTER, "aes").seal("person", "phone", ROW, "13800000000")
    national = FieldCipher(MASTER, "sm4")
    assert national.open("person", "phone", ROW, sealed) == "13800000000"
    assert not national.is_current(sealed)


def test_blind_indexes_depend_on_text_kind_and_key(cipher: FieldCipher) -> None:
    index = cipher.blind("phone", "13800000000")
    assert len(index) == 32
    assert index == cipher.blind("phone", "13800000000")
    assert index != cipher.blind("phone", "13800000001")
    assert index != cipher.blind("identity_number", "13800000000")
    assert index != FieldCipher(OTHER).blind("phone", "13800000000")
    assert cipher.blind_many("phone", ["13800000000"]) == [index]
    with pytest.raises(ValueError, match="blind"):
        cipher.blind("address", "13800000000")


def test_keys_for_other_purposes_are_their_own(cipher: FieldCipher) -> None:
    keys = {cipher.key_for("page_token"), cipher.key_for("webhook"), FieldCipher(OTHER).key_for("page_token")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert cipher.key_for("page_token") in keys


@pytest.mark.parametrize(
    "arguments", [(1, {1: b"short"}), (1, {}), (2, {1: MASTER}), (300, {300: MASTER}), (1, {1: MASTER}, 9)]
)
def test_a_ring_that_cannot_work_is_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="key"):
        KeyRing(*arguments)


def test_a_ring_does_not_print_its_keys() -> None:
    assert str(MASTER) not in repr(KeyRing(1, {1: MASTER}))


def test_an_import_can_be_sealed_at_speed() -> None:
    cipher = FieldCipher(MASTER)
    rows = [(new_id(), "421081199001011234")] * 50_000
    started = time.process_time()
    cipher.seal_many("person", "identity_number", rows)
    assert time.process_time() - started < 5, "a third of a second was measured"
