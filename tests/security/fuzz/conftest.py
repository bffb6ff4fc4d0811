"""What is shot at: the whole service over a copy of the demo county."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.fixtures import TEMPLATE, County, county, service, start
from tests.conftest import copied, dropped
from tests.security.fuzz.served import Target, serving, signed_in, some_ids

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[3] / "openapi" / "openapi.json").read_text(encoding="utf-8")
)
# Some more often than others: what is refused at the door proves little of the house.
OFFICE, ADMIN = ("civil_affairs_county",) * 4, ("platform_admin",) * 3
CALLERS = (*OFFICE, *ADMIN, "village_worker", "resident", "auditor", "welfare_system")


@pytest.fixture(scope="module")
async def target(postgres: str, county: County) -> AsyncIterator[Target]:
    """The running service, several callers' tokens, some ids that are there."""
    dsn = await copied(postgres, TEMPLATE)
    settings = county.settings(dsn, database_pool_size=4)
    with serving(settings) as address:
        tokens = signed_in(address, {name: county.secrets[name] for name in CALLERS})
        collections = [path.removeprefix("/v1/") for path in CONTRACT["paths"] if path.count("/") == 2]
        yield Target(address, tokens, some_ids(address, tokens, [one for one in collections if one != "me"]))
    await dropped(postgres, dsn)


__all__ = ["CALLERS", "CONTRACT", "county", "service", "start"]
