"""Merkle trees as RFC 6962 section 2.1 builds them: over event digests, in the order of their positions.

A leaf is hashed with the prefix 0x00 and a node with 0x01, so that no node can pass for a leaf. A tree
of n leaves splits at the largest power of two below n; pairing level by level and handing an odd last
node up unchanged gives the same tree.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Final

EMPTY: Final = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf (32 bytes)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two children."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of some leaves; that of none is SHA-256 of nothing."""
    level = [leaf_hash(one) for one in leaves]
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one leaf, from its sibling upward. Raises ``IndexError`` for a leaf that is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, path = [leaf_hash(one) for one in leaves], []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _above(level), index // 2
    return path


def root_from(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to; None when its length does not fit the tree."""
    found, rest, last = leaf_hash(leaf), list(path), count - 1
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            found = node_hash(sibling, found) if index % 2 else node_hash(found, sibling)
        index, last = index // 2, last // 2
    return None if rest else found


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [node_hash(left, right) for left, right in list(pairwise(level))[::2]]
    return pairs + level[-1:] if len(level) % 2 else pairs


__all__ = ["leaf_hash", "node_hash", "path_of", "root_from", "root_of"]
