"""A database with the shipped policy documents, the demo's agencies, and a few of a county in Jilin."""

from datetime import date

import asyncpg
import pytest

from persistence.demo.directory import HEAD_AND_OFFICER, Directory, Office, directory, enter
from persistence.demo.elsewhere import COUNTY_UNITS, elsewhere
from persistence.demo.population import maker
from persistence.loading.bulk import copy_rows
from persistence.loading.policies import load_policies

AS_OF = date(2026, 11, 1)
PLACES = (
    {"code": "421081104", "name": "桃花山镇", "above": "石首市"},
    {"code": "421081104209", "name": "李花山村村委会", "above": "桃花山镇"},
)


def jilin() -> Directory:
    """Return agencies of a county where nothing but a draft speaks."""
    make, made = maker(7, AS_OF), Directory({"agency": [], "department": [], "staff": []})
    for number, (kind, name) in enumerate(COUNTY_UNITS.items(), 1):
        enter(make, made, kind, Office(kind, "220122", f"农安县{name}", None, HEAD_AND_OFFICER), number, {})
    return made


@pytest.fixture
async def catalogue(owner: asyncpg.Connection) -> asyncpg.Connection:
    """The owner's connection to a database that can answer."""
    await load_policies(owner)
    for made in (directory(maker(1, AS_OF), PLACES), elsewhere(maker(2, AS_OF)), jilin()):
        for table in ("agency", "department"):
            await copy_rows(owner, table, made.rows[table])
    return owner
