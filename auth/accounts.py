"""From a verified token and what is stored now to the caller's access.

The token says what its holder asked for and got; the stored client says what still holds. A role
or permission counts when both have it, so taking one away bites at once and giving one needs a
new token. Whoever moved to another agency or region needs a new token too.
"""

from auth.policy import grants_of, remit_of
from auth.tokens import Claims
from domain.access import EVERYWHERE, Access, Grant, RegionRange, RowScope
from domain.accounts.model import held_by_staff, held_by_systems
from domain.accounts.rules import givable
from domain.agencies.model import AgencyType
from domain.clients.model import Client, ClientKind
from domain.errors import NotAuthenticated
from domain.regions.codes import range_of

WHOLE_COUNTRY = "0"


def access_of(client: Client, claims: Claims) -> Access:
    """Return what the holder of a token may see and do; raises ``NotAuthenticated`` when the token is outdated."""
    region = region_of(client)
    if (claims.sub, claims.agency, claims.region) != (client.sub, client.agency_id, region):
        raise NotAuthenticated("token.outdated")
    roles = tuple(role for role in client.roles if role in claims.roles)
    grants = _granted(client, roles, frozenset(claims.scope))
    person = client.kind is ClientKind.PERSON
    return Access(
        sub=client.sub,
        client_id=client.client_id,
        roles=roles,
        grants=grants,
        regions=_ranges(region, grants),
        region=region,
        remit=0 if person else int(remit_of(client.agency_type)),
        agency_id=client.agency_id,
        agency_type=client.agency_type,
        agency_name=client.agency_name,
        person_id=client.person_id if person else None,
        staff_id=client.staff_id,
        session_id=client.session_id,
        origins=client.cors_origins,
        documents_only=client.documents_only,
        documents=client.documents,
        may_give=_may_give(client, grants),
    )


def permissions_of(client: Client) -> frozenset[str]:
    """Return every permission a client may ask a token for."""
    return frozenset(_granted(client, client.roles, None))


def region_of(client: Client) -> str | None:
    """Return the code of the division a client works in, None for those who work by case or for themselves.

    A client's own region narrows its agency's and never widens it; two that do not contain each
    other leave none.
    """
    if client.kind is ClientKind.PERSON or client.agency_type == AgencyType.NGO:
        return None
    own, agency = client.region, client.agency_region
    if own is None or agency is None:
        return own or agency
    inner, outer = range_at(own), range_at(agency)
    if outer.lo <= inner.lo and inner.hi <= outer.hi:
        return own
    return agency if inner.lo <= outer.lo and outer.hi <= inner.hi else None


def range_at(region: str) -> RegionRange:
    """Return the range of 12-digit codes of a published code; ``"0"`` is the whole country."""
    return EVERYWHERE if region == WHOLE_COUNTRY else range_of(region)


def _granted(client: Client, roles: tuple[str, ...], scope: frozenset[str] | None) -> dict[str, Grant]:
    """Return the grants of some roles, within the token's scope and the client's own limit."""
    found = grants_of(roles, client.agency_type)
    return {
        permission: grant
        for permission, grant in found.items()
        if (scope is None or permission in scope) and (not client.scope or permission in client.scope)
    }


def _may_give(client: Client, grants: dict[str, Grant]) -> frozenset[str]:
    """Return the roles an administrator may give in her agency: none that opens more than she holds now."""
    if not grants.keys() & {"accounts:write", "clients:write"}:
        return frozenset()
    known = held_by_staff(client.agency_type) | held_by_systems(client.agency_type)
    return givable(grants, {role: grants_of([role], client.agency_type) for role in known})


def _ranges(region: str | None, grants: dict[str, Grant]) -> tuple[RegionRange, ...]:
    """Return the ranges a caller reaches; none when no grant of hers goes by region."""
    by_region = any(grant.rows in (RowScope.REGION, RowScope.EVENTS) for grant in grants.values())
    return (range_at(region),) if region is not None and by_region else ()


__all__ = ["access_of", "permissions_of", "range_at", "region_of"]
