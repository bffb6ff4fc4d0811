"""Which departments' remits a person falls under, from the profiles in force around her."""

from collections.abc import Iterable

from domain.people.model import Population, Remit

OWN = {Population.WOMAN: Remit.WOMAN, Population.CHILD: Remit.CHILD, Population.ELDER: Remit.ELDER}
HOUSEHOLD = {
    Population.WOMAN: Remit.WOMAN_HOUSEHOLD,
    Population.CHILD: Remit.CHILD_HOUSEHOLD,
    Population.ELDER: Remit.ELDER_HOUSEHOLD,
}


def own_bits(populations: Iterable[Population]) -> int:
    """Return the bits of a person's own profiles; their union over the members is the household's remit."""
    bits = 0
    for population in populations:
        bits |= OWN[population]
    return bits


def remit_bits(populations: Iterable[Population], household_populations: Iterable[Population] = ()) -> int:
    """Return ``person.remit``: own profiles, those of anybody in the household (herself included), anyone."""
    own = frozenset(populations)
    bits = own_bits(own) | Remit.ANYONE
    for population in own.union(household_populations):
        bits |= HOUSEHOLD[population]
    return int(bits)


def household_remit(populations: Iterable[Population]) -> int:
    """Return ``household.remit``: the members' own bits, and the one every row of a region has."""
    return own_bits(populations) | int(Remit.ANYONE)
