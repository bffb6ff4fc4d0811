"""Priority (重点对象): who comes first on every work list (documents 002, 004)."""

from collections.abc import Collection

from domain.people.model import Health


def priority_of(
    hardship: Collection[str],
    disability: str | int | None = None,
    health: str | None = None,
    illness: str | None = None,
) -> int:
    """Return how many of the three priority classes hold: hardship, disability, serious illness.

    ``disability`` is the category or the grade, whichever is known. A named illness counts as a
    serious one unless the form calls it chronic (慢性病) only.
    """
    disabled = bool(disability) or health == Health.DISABLED
    ill = health == Health.SERIOUS_ILLNESS or (bool(illness) and health != Health.CHRONIC)
    return bool(hardship) + disabled + ill
