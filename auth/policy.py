"""The one table: role → permission → (row scope, clearance).

Everything that decides who may see or do what is read off here; ``cli export`` prints it, joined
with the operations that ask for each permission, to ``openapi/access-matrix.md``. A role's row
scope for people may still be narrowed by its agency's type (``REMITS``): conventions, "Who sees
what by default".
"""

from collections.abc import Iterable
from dataclasses import replace

from domain.access import Access, Clearance, Grant, Opening, RowScope, Sight
from domain.accounts.rules import within
from domain.agencies.model import AgencyType
from domain.people.model import Remit

NONE, MASKED, FULL = Sight.NONE, Sight.MASKED, Sight.FULL

# Identity numbers and contacts are masked in every view; the full ones leave by reveal alone.
OFFICE = Clearance(personal=FULL, contact=MASKED, identity=MASKED, health=FULL, hardship=FULL)
PARTNER = Clearance(personal=FULL, contact=MASKED, identity=MASKED)
OWN_FILE = Clearance(personal=FULL, contact=MASKED, identity=MASKED, health=FULL, hardship=FULL)
COMPANION = Clearance(personal=FULL, contact=MASKED)
NOTHING = Clearance()
SAFE_COUNTS = Clearance(personal=MASKED)  # tallies of answers without their small counts

REGION, ASSIGNED, SELF, EVENTS, PLATFORM, OWN, AGENCY, NOBODY, PUBLISHED = (
    RowScope.REGION,
    RowScope.ASSIGNED,
    RowScope.SELF,
    RowScope.EVENTS,
    RowScope.PLATFORM,
    RowScope.OWN,
    RowScope.AGENCY,
    RowScope.NOBODY,
    RowScope.PUBLISHED,
)

# Whoever has no token (``GET /v1/public/…``).
ANYBODY = Access(sub="public", client_id="public", roles=(), grants={"statistics:read": Grant(PUBLISHED, NOTHING)})

# What everybody with a token may read: divisions, code lists, the directory of agencies, the policy documents.
# And nobody is kept from reporting that a minor is in danger (未成年人保护法 art. 11).
DIRECTORY = {
    "agencies:read": Grant(NOBODY, NOTHING),
    "codes:read": Grant(NOBODY, NOTHING),
    "minors:report": Grant(NOBODY, NOTHING),
    "policy:read": Grant(NOBODY, NOTHING),
    "regions:read": Grant(NOBODY, NOTHING),
}

# What every member of staff may do with her own account, sign-ins and inbox.
OWN_ACCOUNT = {
    "accounts:read": Grant(OWN, NOTHING),
    "notifications:read": Grant(AGENCY, NOTHING),
    "notifications:write": Grant(AGENCY, NOTHING),
    "own_account:write": Grant(OWN, NOTHING),
    "sessions:read": Grant(OWN, NOTHING),
    "sessions:write": Grant(OWN, NOTHING),
}

# Exact counts are of people one may see, so they follow the rows; everybody else reads what is published.
PUBLISHED_FIGURES = {"statistics:read": Grant(PUBLISHED, NOTHING)}

_OFFICE_PERMISSIONS = OWN_ACCOUNT | {
    "break_glass:read": Grant(REGION, OFFICE),
    "break_glass:write": Grant(REGION, OFFICE),
    "campaign_villages:write": Grant(REGION, OFFICE),
    "campaigns:read": Grant(REGION, OFFICE),
    "case_work:read": Grant(REGION, OFFICE),
    "case_work:reveal": Grant(REGION, OFFICE),
    "case_work:write": Grant(REGION, OFFICE),
    "cases:read": Grant(REGION, OFFICE),
    "cases:report": Grant(REGION, OFFICE),
    "cases:write": Grant(REGION, OFFICE),
    "duplicates:read": Grant(REGION, OFFICE),
    "duplicates:write": Grant(REGION, OFFICE),
    "events:read": Grant(REGION, OFFICE),
    "exports:read": Grant(REGION, OFFICE),
    "exports:write": Grant(REGION, OFFICE),
    "imports:read": Grant(REGION, OFFICE),
    "imports:write": Grant(REGION, OFFICE),
    "people:read": Grant(REGION, OFFICE),
    "people:reveal": Grant(REGION, OFFICE),
    "people:write": Grant(REGION, OFFICE),
    "research_findings:write": Grant(REGION, OFFICE),
    "research_reports:read": Grant(REGION, OFFICE),
    "rules:read": Grant(NOBODY, NOTHING),
    "sign_ups:write": Grant(REGION, OFFICE),
    "staff:read": Grant(REGION, OFFICE),
    "statistics:read": Grant(REGION, OFFICE),
    "statistics:summary": Grant(REGION, OFFICE),
    "survey_answers:write": Grant(REGION, OFFICE),
    "survey_tallies:read": Grant(REGION, OFFICE),
    "surveys:read": Grant(REGION, OFFICE),
    "transfers:read": Grant(REGION, OFFICE),
    "transfers:write": Grant(REGION, OFFICE),
    "venues:read": Grant(REGION, OFFICE),
    "venues:write": Grant(REGION, OFFICE),
}

ROLES: dict[str, dict[str, Grant]] = {
    # Staff of a county department; which people, follows from the agency's type (REMITS).
    "county_officer": DIRECTORY
    | _OFFICE_PERMISSIONS
    | {
        "campaigns:write": Grant(REGION, OFFICE),
        "contracts:read": Grant(REGION, NOTHING),
        "contracts:write": Grant(REGION, NOTHING),
        "research_reports:write": Grant(REGION, OFFICE),
        "surveys:write": Grant(REGION, OFFICE),
    },
    # Township and village workers: all classes but confidential, in their own place.
    "village_worker": DIRECTORY | _OFFICE_PERMISSIONS,
    # City and province departments look, and change nothing but the cases that they lead themselves.
    "supervisor": DIRECTORY
    | OWN_ACCOUNT
    | {
        "break_glass:read": Grant(REGION, OFFICE),
        "break_glass:review": Grant(REGION, OFFICE),
        "break_glass:write": Grant(REGION, OFFICE),
        "campaigns:read": Grant(REGION, OFFICE),
        "contracts:read": Grant(REGION, NOTHING),
        "case_work:read": Grant(REGION, OFFICE),
        "case_work:reveal": Grant(REGION, OFFICE),
        "cases:read": Grant(REGION, OFFICE),
        "cases:report": Grant(REGION, OFFICE),
        "cases:write": Grant(REGION, OFFICE),
        "duplicates:read": Grant(REGION, OFFICE),
        "events:read": Grant(REGION, OFFICE),
        "imports:read": Grant(REGION, OFFICE),
        "people:read": Grant(REGION, OFFICE),
        "research_reports:read": Grant(REGION, OFFICE),
        "rules:read": Grant(NOBODY, NOTHING),
        "staff:read": Grant(REGION, OFFICE),
        "statistics:read": Grant(REGION, OFFICE),
        "statistics:summary": Grant(REGION, OFFICE),
        "survey_tallies:read": Grant(REGION, OFFICE),
        "surveys:read": Grant(REGION, OFFICE),
        "transfers:read": Grant(REGION, OFFICE),
        "venues:read": Grant(REGION, OFFICE),
    },
    # Aggregates only: no person-bound row.
    "statistician": DIRECTORY
    | OWN_ACCOUNT
    | PUBLISHED_FIGURES
    | {
        "research_reports:read": Grant(EVENTS, NOTHING),
        "rules:read": Grant(NOBODY, NOTHING),
        "survey_tallies:read": Grant(EVENTS, SAFE_COUNTS),
        "surveys:read": Grant(EVENTS, NOTHING),
    },
    # NGO and social-work organisations: the people of cases assigned to them.
    "ngo_worker": DIRECTORY
    | OWN_ACCOUNT
    | PUBLISHED_FIGURES
    | {
        "contracts:read": Grant(AGENCY, NOTHING),
        "case_work:read": Grant(ASSIGNED, PARTNER),
        "case_work:reveal": Grant(ASSIGNED, PARTNER),
        "case_work:write": Grant(ASSIGNED, PARTNER),
        "cases:read": Grant(ASSIGNED, PARTNER),
        "people:read": Grant(ASSIGNED, PARTNER),
        "research_reports:read": Grant(ASSIGNED, NOTHING),
        "venues:read": Grant(ASSIGNED, NOTHING),
    },
    # Another system of the civil affairs department.
    "integration": DIRECTORY
    | {
        "cases:read": Grant(REGION, OFFICE),
        "cases:report": Grant(REGION, OFFICE),
        "imports:read": Grant(REGION, OFFICE),
        "imports:write": Grant(REGION, OFFICE),
        "people:read": Grant(REGION, OFFICE),
        "people:write": Grant(REGION, OFFICE),
    },
    # Events, never a person.
    "auditor": DIRECTORY
    | OWN_ACCOUNT
    | {
        "break_glass:read": Grant(EVENTS, NOTHING),
        "break_glass:review": Grant(EVENTS, NOTHING),
        "events:read": Grant(EVENTS, NOTHING),
        "rules:read": Grant(NOBODY, NOTHING),
    },
    # Runs the platform; sees no person. Opens the account of an agency's first administrator.
    "platform_admin": DIRECTORY
    | OWN_ACCOUNT
    | {
        "accounts:read": Grant(REGION, NOTHING),
        "accounts:write": Grant(REGION, NOTHING),
        "agencies:write": Grant(NOBODY, NOTHING),
        "events:read": Grant(PLATFORM, NOTHING),
        "rules:read": Grant(NOBODY, NOTHING),
        "rules:write": Grant(NOBODY, NOTHING),
        "staff:read": Grant(REGION, PARTNER),
        "staff:write": Grant(NOBODY, NOTHING),
    },
    # Keeps her agency's accounts, clients and sign-ins, beside her working role; gives no role beyond her own.
    "agency_admin": DIRECTORY
    | OWN_ACCOUNT
    | {
        "accounts:read": Grant(AGENCY, NOTHING),
        "accounts:write": Grant(AGENCY, NOTHING),
        "clients:read": Grant(AGENCY, NOTHING),
        "clients:write": Grant(AGENCY, NOTHING),
        "sessions:read": Grant(AGENCY, NOTHING),
        "sessions:write": Grant(AGENCY, NOTHING),
        "staff:read": Grant(REGION, PARTNER),
    },
    # A resident: her own file, and her wards'.
    "resident": DIRECTORY
    | {
        "cases:read": Grant(SELF, OWN_FILE),
        "cases:report": Grant(SELF, OWN_FILE),
        "people:read": Grant(SELF, OWN_FILE),
        "people:reveal": Grant(SELF, OWN_FILE),
        "sign_ups:write": Grant(SELF, OWN_FILE),
        "survey_answers:write": Grant(SELF, OWN_FILE),
        "surveys:read": Grant(SELF, NOTHING),
        "venues:read": Grant(SELF, NOTHING),
    },
    # A volunteer: the people paired with her.
    "volunteer": DIRECTORY | {"people:read": Grant(SELF, COMPANION), "venues:read": Grant(SELF, NOTHING)},
}

# All that is left to a caller who reads under break-glass: the one file, masked as ever.
BROKEN_GLASS: dict[str, Grant] = {
    **{permission: grant for permission, grant in DIRECTORY.items() if permission.endswith(":read")},
    "people:read": Grant(ASSIGNED, OFFICE),
}

PERMISSIONS = tuple(sorted({permission for grants in ROLES.values() for permission in grants}))

_ALL = Remit.ANYONE
_WOMEN_AND_CHILDREN = Remit.WOMAN | Remit.CHILD | Remit.WOMAN_HOUSEHOLD | Remit.CHILD_HOUSEHOLD

# Which people of its region a type of agency may see at all. A type without a row sees only the
# people of cases referred to it.
REMITS: dict[AgencyType, Remit] = {
    AgencyType.CIVIL_AFFAIRS: _ALL,
    AgencyType.TOWNSHIP_GOVERNMENT: _ALL,
    AgencyType.VILLAGE_COMMITTEE: _ALL,
    AgencyType.WOMENS_FEDERATION: _WOMEN_AND_CHILDREN,
    AgencyType.EDUCATION: Remit.CHILD,
}


# An agency without a remit keeps these, for the people of cases referred to it, or as everybody has
# them, or around its own seat; it loses the other permissions on people, whose rows it could not reach.
BY_CASE = {
    "case_work:read": ASSIGNED, "case_work:reveal": ASSIGNED, "case_work:write": ASSIGNED, "cases:read": ASSIGNED,
    "cases:report": REGION, "cases:write": ASSIGNED, "people:read": ASSIGNED, "people:reveal": ASSIGNED,
    "research_findings:write": ASSIGNED, "research_reports:read": ASSIGNED, "statistics:read": PUBLISHED,
    "surveys:read": ASSIGNED, "venues:read": ASSIGNED,
}  # fmt: skip
WITH_REMIT = (
    "break_glass:", "campaign_villages:", "campaigns:", "case_work:", "cases:", "duplicates:", "events:", "exports:",
    "imports:", "people:", "sign_ups:", "research_", "statistics:", "survey_", "surveys:", "transfers:", "venues:",
)  # fmt: skip


def remit_of(agency_type: str | None) -> Remit:
    """Return the remit bits of an agency type; none for the types that work by case only."""
    return REMITS.get(AgencyType(agency_type), Remit(0)) if agency_type else Remit(0)


def grants_of(roles: Iterable[str], agency_type: str | None, scope: Iterable[str] = ()) -> dict[str, Grant]:
    """Return the grants of a caller.

    The union of her roles' grants; where two name a permission, the first decides it unless the other
    opens all that it does and more. Narrowed to ``scope`` when the token asks for less; when the
    agency's type has no remit, people reached by region become people reached by case.
    """
    wanted = frozenset(scope)
    remit = remit_of(agency_type)
    grants: dict[str, Grant] = {}
    for role in roles:
        for permission, grant in ROLES.get(role, {}).items():
            if wanted and permission not in wanted:
                continue
            by_case = grant.rows is REGION and not remit and permission.startswith(WITH_REMIT)
            if by_case and permission not in BY_CASE:
                continue
            found = Grant(BY_CASE[permission], grant.clearance) if by_case else grant
            if permission not in grants or within({permission: grants[permission]}, {permission: found}):
                grants[permission] = found
    return grants


def under_break_glass(access: Access, opening: Opening) -> Access:
    """Return what a caller may see who reads under an opening of hers: that file alone, and to change nothing."""
    return replace(access, grants=BROKEN_GLASS, regions=(), remit=0, opening=opening)
