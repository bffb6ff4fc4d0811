"""Who may give which role, over all pairs of roles; where codes may be sent; which pages may call."""

from itertools import product

import pytest

from auth.policy import ROLES, grants_of
from domain.access import Clearance, Grant, RowScope, Sight
from domain.accounts.model import Role, held_by_staff, held_by_systems
from domain.accounts.rules import (
    first_administrator,
    givable,
    is_registered,
    may_administer,
    may_give,
    not_oneself,
    origin_fault,
    redirect_fault,
    rows_within,
    within,
)
from domain.agencies.model import AgencyType
from domain.errors import Conflict, Forbidden, InvalidInput

PAIRS = list(product(ROLES, ROLES))


def test_the_roles_are_those_of_the_policy() -> None:
    assert {*ROLES} == {*Role}


def test_rows_within_is_an_order() -> None:
    for a, b, c in product(RowScope, repeat=3):
        assert rows_within(a, a)
        assert not (rows_within(a, b) and rows_within(b, c)) or rows_within(a, c)
        assert not (rows_within(a, b) and rows_within(b, a)) or a is b
    assert all(rows_within(RowScope.NOBODY, one) for one in RowScope)


@pytest.mark.parametrize(("giver", "given"), PAIRS, ids=str)
def test_nobody_gives_a_role_that_opens_more_than_her_own(giver: str, given: str) -> None:
    """Said a second time, by hand: every permission, its rows, each class of fields."""
    own = grants_of(["agency_admin", giver], AgencyType.CIVIL_AFFAIRS)
    wanted = grants_of([given], AgencyType.CIVIL_AFFAIRS)
    wider = {
        ("region", "agency"), ("region", "own"), ("agency", "own"),
        *((one.value, one.value) for one in RowScope), *((one.value, "nobody") for one in RowScope),
        *((one.value, "published") for one in RowScope if one is not RowScope.NOBODY),
    }  # fmt: skip
    above = [
        permission
        for permission, grant in wanted.items()
        if permission not in own
        or (own[permission].rows.value, grant.rows.value) not in wider
        or any(
            getattr(own[permission].clearance, name) < getattr(grant.clearance, name)
            for name in ("personal", "contact", "identity", "health", "hardship", "confidential")
        )
    ]
    assert (given in givable(own, {given: wanted})) is (above == [])


def test_what_an_officer_who_administers_may_give() -> None:
    def of(*roles: str, agency_type: AgencyType = AgencyType.CIVIL_AFFAIRS) -> set[str]:
        return {*givable(grants_of(roles, agency_type), {one: grants_of([one], agency_type) for one in ROLES})}

    officer = of("agency_admin", "county_officer")
    assert {"agency_admin", "county_officer", "integration", "village_worker"} <= officer
    # A supervisor reviews what officers opened in emergencies: no officer makes her own.
    assert officer & {"platform_admin", "auditor", "resident", "supervisor", "volunteer", "ngo_worker"} == set()
    assert of("agency_admin") == {"agency_admin"}
    assert of("agency_admin", "supervisor") & {"county_officer", "village_worker", "integration"} == set()
    ngo = of("agency_admin", "ngo_worker", agency_type=AgencyType.NGO)
    assert "ngo_worker" in ngo
    assert ngo & {"platform_admin", "auditor"} == set()


@pytest.mark.parametrize("agency_type", [*AgencyType])
def test_no_role_of_a_person_and_no_administration_by_a_system(agency_type: AgencyType) -> None:
    staff, systems = held_by_staff(agency_type), held_by_systems(agency_type)
    assert {Role.RESIDENT, Role.VOLUNTEER, Role.INTEGRATION} & staff == set()
    assert {Role.RESIDENT, Role.VOLUNTEER, Role.AGENCY_ADMIN, Role.PLATFORM_ADMIN} & systems == set()
    assert Role.AGENCY_ADMIN in staff
    assert (Role.PLATFORM_ADMIN in staff) is (agency_type is AgencyType.PLATFORM_OPERATOR)


@pytest.mark.parametrize("name", ["personal", "contact", "identity", "health", "hardship", "confidential"])
def test_each_class_of_fields_counts(name: str) -> None:
    masked, full = (
        {"people:read": Grant(RowScope.REGION, Clearance(**{name: sight}))} for sight in (Sight.MASKED, Sight.FULL)
    )
    assert (within(masked, full), within(full, masked), within(full, full)) == (True, False, True)


def test_giving_and_administering() -> None:
    fitting = frozenset({Role.COUNTY_OFFICER, Role.AGENCY_ADMIN})
    may_give(["county_officer"], frozenset({"county_officer"}), fitting)
    with pytest.raises(InvalidInput):
        may_give(["auditor"], frozenset({"auditor"}), fitting)
    with pytest.raises(Forbidden) as above:
        may_give(["county_officer", "agency_admin"], frozenset({"agency_admin"}), fitting)
    assert above.value.code == "account.above"
    may_administer([], frozenset())
    with pytest.raises(Forbidden):
        may_administer(["county_officer"], frozenset({"agency_admin"}))
    first_administrator(["agency_admin", "county_officer"], fitting)
    with pytest.raises(Forbidden):
        first_administrator(["county_officer"], fitting)
    with pytest.raises(InvalidInput):
        first_administrator(["agency_admin", "auditor"], fitting)
    not_oneself(None, None)
    not_oneself("a", "b")
    with pytest.raises(Conflict):
        not_oneself("a", "a")


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("https://a.example/back", None),
        ("https://a.example:8443/back?x=1", None),
        ("http://127.0.0.1/back", None),
        ("http://127.0.0.1:8000/back", None),
        ("http://[::1]:8000/back", None),
        ("cn.gov.example.app:/back", None),
        ("http://a.example/back", "client.redirect_insecure"),
        ("http://127.0.0.1.a.example/back", "client.redirect_insecure"),
        ("https://a.example/back#part", "client.redirect_malformed"),
        ("https://*.a.example/back", "client.redirect_malformed"),
        ("https://user@a.example/back", "client.redirect_malformed"),
        ("https:///back", "client.redirect_malformed"),
        ("https://a.example:99999/", "client.redirect_malformed"),
        ("https://a.example\\@b.example/", "client.redirect_malformed"),
        ("https://a.example/ back", "client.redirect_malformed"),
        ("javascript:alert(1)", "client.redirect_malformed"),
        ("data:text/html,x", "client.redirect_malformed"),
        ("//a.example/back", "client.redirect_malformed"),
        ("/back", "client.redirect_malformed"),
        ("", "client.redirect_malformed"),
    ],
)
def test_where_a_code_may_be_sent(uri: str, fault: str | None) -> None:
    assert redirect_fault(uri) == fault


@pytest.mark.parametrize(
    ("uri", "registered", "good"),
    [
        ("https://a.example/back", "https://a.example/back", True),
        ("https://a.example/back/", "https://a.example/back", False),
        ("https://a.example/back?x", "https://a.example/back", False),
        ("https://a.example:443/back", "https://a.example/back", False),
        ("HTTPS://a.example/back", "https://a.example/back", False),
        ("http://127.0.0.1:5001/back", "http://127.0.0.1/back", True),
        ("http://[::1]:5001/back", "http://[::1]/back", True),
        ("http://127.0.0.1:5001/other", "http://127.0.0.1/back", False),
        ("http://localhost:5001/back", "http://localhost/back", False),
        ("http://127.0.0.1:5001/back", "http://127.0.0.1:5000/back", False),
        ("http://127.0.0.1:5001@evil.example/back", "http://127.0.0.1/back", False),
        ("https://127.0.0.1:5001/back", "http://127.0.0.1/back", False),
    ],
)
def test_an_address_is_compared_letter_by_letter(uri: str, registered: str, good: bool) -> None:
    assert is_registered(uri, [registered]) is good


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ("https://a.example", None),
        ("https://a.example:8443", None),
        ("http://127.0.0.1:3000", None),
        ("http://localhost:3000", None),
        ("http://a.example", "client.redirect_insecure"),
        ("https://a.example/", "client.origin_malformed"),
        ("https://A.example", "client.origin_malformed"),
        ("https://*.example", "client.origin_malformed"),
        ("*", "client.origin_malformed"),
        ("null", "client.origin_malformed"),
        ("https://user@a.example", "client.origin_malformed"),
    ],
)
def test_a_web_origin_is_written_in_its_one_form(origin: str, fault: str | None) -> None:
    assert origin_fault(origin) == fault
