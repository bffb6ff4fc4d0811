"""Who asks: one caller for every kind of right, and some no policy makes, to meet every mask."""

from dataclasses import replace
from uuid import UUID

from auth.policy import grants_of, remit_of
from domain.access import EVERYWHERE, Access, Clearance, Grant, RegionRange, RowScope, Sight
from domain.regions.codes import range_of
from tests.oracle.ids import AGENCIES, PEOPLE, key


def official(
    name: str,
    role: str,
    agency: str,
    agency_type: str,
    *regions: str,
    scope: tuple[str, ...] = (),
    staff: int | None = None,
) -> Access:
    """Return the access of somebody who acts for an agency."""
    ranges = tuple(EVERYWHERE if region == "0" else range_of(region) for region in regions)
    return Access(
        sub=f"staff:{name}",
        client_id=name,
        roles=tuple(role.split()),
        grants=grants_of(role.split(), agency_type, scope),
        regions=ranges,
        region=regions[0] if len(regions) == 1 else None,
        remit=int(remit_of(agency_type)),
        agency_id=AGENCIES[agency],
        agency_type=agency_type,
        staff_id=key(14, staff) if staff is not None else None,
        agency_name="某机构 \"'\\ 🌾",
    )


def citizen(name: str, role: str, person: UUID) -> Access:
    """Return the access of a person who acts for herself."""
    return Access(
        sub=f"person:{person}", client_id=name, roles=(role,), grants=grants_of([role], None), person_id=person
    )


def with_clearance(access: Access, sub: str, **sights: Sight) -> Access:
    """Return an access whose clearance no role has: the masks must hold for any."""
    clearance = Clearance(**sights)
    grants = {name: Grant(one.rows, clearance) for name, one in access.grants.items()}
    return replace(access, sub=sub, client_id=sub, grants=grants)


def _all() -> dict[str, Access]:
    civil = official("civil", "county_officer", "civil", "civil_affairs", "421081", staff=0)
    found = {
        "civil_affairs": civil,
        "neighbour": official("neighbour", "county_officer", "neighbour", "civil_affairs", "421083"),
        "federation": official("federation", "county_officer", "federation", "womens_federation", "421081"),
        "education": official("education", "county_officer", "education", "education", "421081"),
        "police": official("police", "county_officer", "police", "public_security", "421081"),
        "village": official("village", "village_worker", "village", "village_committee", "421081100201"),
        "township": official("township", "village_worker", "township", "township_government", "421081100"),
        "city": official("city", "supervisor", "city", "civil_affairs", "4210"),
        "city_federation": official("city_federation", "supervisor", "federation", "womens_federation", "4210"),
        "country": official("country", "supervisor", "city", "civil_affairs", "0"),
        "statistician": official("statistician", "statistician", "statistics", "statistics", "42"),
        "ngo": official("ngo", "ngo_worker", "ngo", "ngo"),
        "idle_ngo": official("idle_ngo", "ngo_worker", "idle_ngo", "ngo"),
        "integration": official("integration", "integration", "civil", "civil_affairs", "421081"),
        "auditor": official("auditor", "auditor", "audit", "audit", "4210"),
        "country_auditor": official("country_auditor", "auditor", "audit", "audit", "0"),
        "admin": official("admin", "platform_admin", "platform", "platform_operator", "42"),
        "keeper": official("keeper", "agency_admin county_officer", "civil", "civil_affairs", "421081", staff=1),
        "ngo_keeper": official("ngo_keeper", "ngo_worker agency_admin", "ngo", "ngo", staff=2),
        "operator": official("operator", "platform_admin agency_admin", "platform", "platform_operator", "42"),
        "resident": citizen("resident", "resident", PEOPLE["resident"]),
        "guardian": citizen("guardian", "resident", PEOPLE["guardian"]),
        "volunteer": citizen("volunteer", "volunteer", PEOPLE["volunteer"]),
        "two_regions": official("two", "county_officer", "civil", "civil_affairs", "421081100", "440305"),
        "two_of_federation": official("two_f", "supervisor", "federation", "womens_federation", "421081101", "4211"),
        "narrowed": official(
            "narrowed", "county_officer", "civil", "civil_affairs", "421081", scope=("people:read", "regions:read")
        ),
        "nowhere": replace(civil, sub="staff:nowhere", regions=(), region=None),
        "masked": with_clearance(
            civil, "masked", personal=Sight.MASKED, contact=Sight.MASKED, health=Sight.MASKED, hardship=Sight.NONE
        ),
        "blind": with_clearance(civil, "blind"),
        "all_seeing": with_clearance(
            replace(civil, regions=(RegionRange(0, 10**12),)),
            "all",
            **dict.fromkeys(Clearance.__dataclass_fields__, Sight.FULL),
        ),
    }
    assert found["ngo"].grants["people:read"].rows is RowScope.ASSIGNED
    return found


CALLERS = _all()
