"""The tree is that of RFC 6962: compared with the recursive definition and with known roots."""

from hashlib import sha256

import pytest

from persistence.sealing.merkle import path_of, root_from, root_of

# From the test vectors of Certificate Transparency (RFC 6962 trees over these leaves).
LEAVES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}


def recursive(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + recursive(leaves[:split]) + recursive(leaves[split:])).digest()


@pytest.mark.parametrize("count", ROOTS)
def test_known_roots(count: int) -> None:
    assert root_of(LEAVES[:count]).hex() == ROOTS[count]


def test_every_size_is_the_recursive_definition_and_every_leaf_is_proven() -> None:
    leaves = [sha256(bytes([number])).digest() for number in range(70)]
    for count in range(71):
        some = leaves[:count]
        root = root_of(some)
        assert root == recursive(some)
        for index, leaf in enumerate(some):
            path = path_of(some, index)
            assert root_from(leaf, index, count, path) == root
            assert root_from(leaves[-1] if leaf != leaves[-1] else b"", index, count, path) != root
            assert root_from(leaf, index, count, [*path, b"\0" * 32]) is None
            if count > 1:
                assert root_from(leaf, (index + 1) % count, count, path) != root
                assert root_from(leaf, index, count, path[1:]) is None


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_none(index: int) -> None:
    with pytest.raises(IndexError):
        path_of([b"a", b"b", b"c"], index)
