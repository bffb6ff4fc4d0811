"""Keys of the rows that callers are bound to."""

from uuid import UUID


def key(space: int, number: int) -> UUID:
    """Return a UUIDv7 whose order has nothing to do with ``number``'s."""
    scattered = (number * 2_654_435_761 + space * 40_503) % 2**32
    return UUID(int=(0x01980000_0000_7000_8000 << 48) | (scattered << 80) | (space << 16) | number)


AGENCIES = {
    name: key(1, at)
    for at, name in enumerate(
        (
            "civil", "neighbour", "federation", "education", "police", "village", "township", "city", "statistics",
            "ngo", "idle_ngo", "audit", "platform",
        )
    )
}  # fmt: skip

PEOPLE = {"resident": key(2, 0), "guardian": key(2, 1), "volunteer": key(2, 2)}
