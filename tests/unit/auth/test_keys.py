"""A key's life: published before it signs, verifying until its last token has expired."""

from dataclasses import replace
from datetime import UTC, datetime

from auth.keys import HAND_OVER, LEEWAY, ROTATE_AFTER, TOKEN_LIFETIME, KeySet, new_key, retirement

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def test_no_key_signs_nothing_and_asks_for_one() -> None:
    empty = KeySet()
    assert empty.signing(NOW) is None
    assert empty.published(NOW) == {"keys": []}
    assert empty.rotation_due(NOW)


def test_the_hand_over_leaves_no_gap() -> None:
    first = new_key(NOW, first=True)
    later = NOW + ROTATE_AFTER
    assert KeySet([first]).rotation_due(later)
    second = new_key(later)
    keys = KeySet([replace(first, retired_at=retirement(second)), second])

    def signer(moment: datetime) -> str:
        found = keys.signing(moment)
        assert found is not None
        return found[0]

    assert not keys.rotation_due(later)
    assert signer(later) == first.kid
    assert [key["kid"] for key in keys.published(later)["keys"]] == sorted([first.kid, second.kid])
    assert signer(later + HAND_OVER) == second.kid
    last_token_ends = later + HAND_OVER + TOKEN_LIFETIME
    assert keys.verifying(first.kid, last_token_ends) is not None
    assert keys.verifying(first.kid, last_token_ends + LEEWAY) is None
    assert [key["kid"] for key in keys.published(last_token_ends + LEEWAY)["keys"]] == [second.kid]


def test_a_published_key_shows_no_private_part() -> None:
    key = new_key(NOW)
    assert sorted(key.public_jwk) == ["alg", "crv", "kid", "kty", "use", "x", "y"]
    assert "PRIVATE" not in repr(key)
