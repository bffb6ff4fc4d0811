"""Who may call the demo county: one caller for every kind of right, declared in one list."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, NotRequired, TypedDict

import asyncpg

from domain.ids import new_id
from persistence.demo.directory import COUNTY, Directory
from persistence.demo.families import GRANDPARENT
from persistence.demo.people import Family, Someone
from persistence.demo.population import PILOT_VILLAGE

VILLAGE: Final = str(PILOT_VILLAGE)
SECRET_BYTES: Final = 32
PASSWORD_BYTES: Final = 12
PREFIX: Final = "demo-"

Hasher = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Declared:
    """A demo caller. ``agency`` and ``post`` are keys of the directory, ``person`` one of ``people_of``."""

    name: str
    kind: str
    roles: tuple[str, ...]
    agency: str | None = None
    region: str | None = None
    post: str | None = None
    person: str | None = None

    @property
    def client_id(self) -> str:
        """What it calls itself at the token endpoint."""
        return PREFIX + self.name.replace("_", "-")


CALLERS: Final = (
    Declared("civil_affairs_county", "staff", ("county_officer",), "civil_affairs", COUNTY, "officer"),
    Declared("womens_federation_county", "staff", ("county_officer",), "federation", COUNTY, "officer"),
    Declared("village_worker", "staff", ("village_worker",), VILLAGE, VILLAGE, "child_director"),
    Declared("township_worker", "staff", ("village_worker",), VILLAGE[:9], VILLAGE[:9], "child_supervisor"),
    Declared("neighbour_county", "staff", ("county_officer",), "neighbour_civil_affairs", "421022", "officer"),
    Declared("city_supervisor", "staff", ("supervisor",), "city_civil_affairs", "4210", "officer"),
    Declared("province_statistician", "staff", ("statistician",), "province_statistics", "42", "statistician"),
    Declared("ngo_partner", "staff", ("ngo_worker",), "ngo", None, "social_worker"),
    Declared("ngo_partner_2", "staff", ("ngo_worker",), "ngo_2", None, "social_worker"),
    Declared("welfare_system", "system", ("integration",), "civil_affairs", COUNTY),
    Declared("civil_affairs_admin", "staff", ("agency_admin", "county_officer"), "civil_affairs", COUNTY, "head"),
    Declared("auditor", "staff", ("auditor",), "audit", COUNTY, "auditor"),
    Declared("platform_admin", "staff", ("platform_admin",), "operator", "42", "operator"),
    Declared("police_county", "staff", ("county_officer",), "public_security", COUNTY, "officer"),
    Declared("justice_county", "staff", ("county_officer",), "justice", COUNTY, "legal_aid_liaison"),
    Declared("health_county", "staff", ("county_officer",), "health", COUNTY, "officer"),
    Declared("education_county", "staff", ("county_officer",), "education", COUNTY, "officer"),
    Declared("resident", "person", ("resident",), person="resident"),
    Declared("guardian", "person", ("resident",), person="guardian"),
    Declared("volunteer", "person", ("volunteer",), person="volunteer"),
)


_RENEW = """
WITH changed AS (
  UPDATE client SET secret_hashes = $2, version = version + 1, updated_at = now()
  WHERE client_id = $1 RETURNING agency_id, staff_id
)
SELECT a.name, c.agency_id, c.staff_id FROM changed c LEFT JOIN agency a ON a.id = c.agency_id
"""
_OPEN_ACCOUNT = """
INSERT INTO account (id, staff_id, agency_id, login, roles, state, password_initial, second_factor)
VALUES ($1, $2, $3, $4, $5, 'active', false, false)
ON CONFLICT (login) DO UPDATE SET state = 'active', password_initial = false, second_factor = false RETURNING id
"""
_KEEP_HASH = """
INSERT INTO credential (id, password_hash, totp_step) VALUES ($1, $2, 0)
ON CONFLICT (id) DO UPDATE SET password_hash = EXCLUDED.password_hash, totp_secret_cipher = NULL, recovery_hashes = '{}'
"""
# An app of the operator, for trying a sign-in out: the documentation's own page, on whatever port it runs.
CONSOLE: Final = "console"
CONSOLE_REDIRECT: Final = "http://127.0.0.1/docs/oauth2-redirect"
_CONSOLE = """
INSERT INTO client (id, client_id, name, kind, agency_id, roles, scope, redirect_uris, active)
VALUES ($1, $2, '守望接口文档（演示）', 'app', $3, '{}', '', $4, true) ON CONFLICT (client_id) DO NOTHING
"""


class Caller(TypedDict):
    """What a caller is told: her credentials, and what she is taken to be."""

    name: str
    agency: str | None
    region: str | None
    roles: list[str]
    client_id: str
    client_secret: str
    account: NotRequired[str]  # staff only: what she signs in with
    password: NotRequired[str]


def people_of(families: Sequence[Family], volunteers: Sequence[Someone]) -> dict[str, Someone]:
    """Return the persons that callers are bound to: all of the pilot village.

    ``resident``: a woman whose husband is away and who has children in care; ``guardian``: a
    grandmother with an entrusted ward in another family; ``volunteer``: nobody's file but her own.
    """
    pilot = [family for family in families if family.village.code == PILOT_VILLAGE]
    resident = next(
        one for family in pilot for one in family.people if one.profiles.get("woman", {}).get("children_in_care", 0)
    )
    grandmothers = {relation for (_, sex), relation in GRANDPARENT.items() if sex == "2"}
    guardian = next(
        one.guardian
        for family in pilot
        for one in family.guardianships
        if one.kind == "entrusted" and one.relation in grandmothers and one.guardian is not resident
    )
    return {"resident": resident, "guardian": guardian, "volunteer": volunteers[0]}


async def register(
    conn: asyncpg.Connection, hasher: Hasher, directory: Directory, people: dict[str, Someone]
) -> list[Caller]:
    """Insert a client for every caller and return their credentials; the secrets exist nowhere else."""
    for one in CALLERS:
        agency = directory.agencies[one.agency] if one.agency else None
        staff = directory.staff[one.agency, one.post] if one.agency and one.post else None
        await conn.execute(
            "INSERT INTO client (id, client_id, name, kind, agency_id, staff_id, person_id, region_code, roles, "
            "scope, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', true)",
            new_id(),
            one.client_id,
            agency["name"] if agency else one.name,
            one.kind,
            agency["id"] if agency else None,
            staff["id"] if staff else None,
            people[one.person].id if one.person else None,
            one.region,
            list(one.roles),
        )
    await conn.execute(_CONSOLE, new_id(), CONSOLE, directory.agencies["operator"]["id"], [CONSOLE_REDIRECT])
    return await renew(conn, hasher)


async def renew(conn: asyncpg.Connection, hasher: Hasher) -> list[Caller]:
    """Give every caller a new secret, and staff a new password besides; the old ones stop working."""
    renewed: list[Caller] = []
    for one in CALLERS:
        secret = secrets.token_urlsafe(SECRET_BYTES)
        client = await conn.fetchrow(_RENEW, one.client_id, [await hasher(secret)])
        if client is None:  # declared after this county was loaded
            continue
        caller = Caller(
            name=one.name,
            agency=client["name"],
            region=one.region,
            roles=list(one.roles),
            client_id=one.client_id,
            client_secret=secret,
        )
        if client["staff_id"] is not None:
            caller |= {"account": one.name, "password": secrets.token_urlsafe(PASSWORD_BYTES)}
            account = await conn.fetchval(
                _OPEN_ACCOUNT, new_id(), client["staff_id"], client["agency_id"], one.name, list(one.roles)
            )
            await conn.execute(_KEEP_HASH, account, await hasher(caller["password"]))
        renewed.append(caller)
    return renewed


__all__ = ["CALLERS", "Caller", "Declared", "Hasher", "people_of", "register", "renew"]
