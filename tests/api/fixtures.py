"""Fixtures over the demo county: imported by every conftest that wants a running service."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import asyncpg
import pytest

from api.cli.keyring import cipher_of
from api.settings import Mode, Settings
from auth.rotation import ensure_key
from auth.secrets import hash_secret
from domain.events import Origin
from persistence.auth_store import AuthStore
from persistence.demo.load import load_demo
from persistence.engine import RUNTIME_ROLE, connect, open_pool
from persistence.loading.codes import load_codes
from persistence.loading.policies import load_policies
from persistence.loading.regions import load_regions
from tests.api.running import Service, serving
from tests.conftest import copied, dropped

DIVISIONS = ("421081", "421022")
TEMPLATE = "template_demo_county"
Start = Callable[..., Awaitable[Service]]


@dataclass(frozen=True, slots=True)
class County:
    """The loaded county, to be copied: a template database, its master key, its callers' secrets."""

    folder: Path
    secrets: dict[str, tuple[str, str]]
    tokens: dict[str, str] = field(default_factory=dict)

    def settings(self, dsn: str, **chosen: object) -> Settings:
        """Return the settings of a service over a copy; limits far away unless chosen."""
        given: dict[str, object] = {
            "mode": Mode.DEMO, "database_url": dsn, "data_dir": self.folder, "rate_per_minute": 6_000_000,
            "rate_burst": 1_000_000, "access_token_seconds": 86_400, "database_pool_size": 6,
        }  # fmt: skip
        return Settings(**{**given, **chosen})  # type: ignore[arg-type]


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="swd"))


_made: dict[str, County] = {}  # several conftests import the fixture below; the county is loaded once


@pytest.fixture(scope="session")
async def county(postgres: str, template: str) -> County:
    """The demo county in a template database, with a signing key."""
    if postgres not in _made:
        admin = await asyncpg.connect(postgres.format("postgres"))
        await admin.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {template}")
        await admin.close()
        made = County(_folder(), {})
        settings = made.settings(postgres.format(TEMPLATE))
        owner = await connect(settings.owner_url)
        await load_regions(owner, only=DIVISIONS)
        await load_codes(owner)
        await load_policies(owner)
        demo = await load_demo(owner, cipher_of(settings), hash_secret)
        await owner.close()
        made.secrets.update({one["name"]: (one["client_id"], one["client_secret"]) for one in demo.callers})
        pool = await open_pool(settings.pooled_url, role=RUNTIME_ROLE, size=1)
        await ensure_key(AuthStore(pool, cipher_of(settings)), Origin("cli"))
        await pool.close()
        _made[postgres] = made
    return _made[postgres]


@pytest.fixture(scope="module")
async def start(postgres: str, county: County) -> AsyncIterator[Start]:
    """Start services with settings of their own, each over its own copy; they end with the module."""
    async with AsyncExitStack() as stack:

        async def started(**chosen: object) -> Service:
            dsn = await copied(postgres, TEMPLATE)
            stack.push_async_callback(dropped, postgres, dsn)
            running = serving(county.settings(dsn, **chosen), dsn, county.tokens, county.secrets)
            made = await stack.enter_async_context(running)
            for name in county.secrets:  # now, since a sign-in is an event of its own
                await made.caller(name)
            return made

        yield started


@pytest.fixture(scope="module")
async def service(start: Start) -> Service:
    """The service over a copy of the demo county, one a module."""
    return await start()


__all__ = ["DIVISIONS", "County", "Start", "county", "service", "start"]
