"""What an operator does by hand, on a real database."""

from uuid import UUID

import asyncpg
import pytest

from api.cli.admin import create_agency, create_client, rotate_keys
from api.cli.keyring import cipher_of
from api.cli.preparing import SchemaBehind, expect_newest, load_code_lists
from api.settings import Mode, Settings
from auth.rotation import ensure_key
from auth.secrets import matches
from domain.errors import Conflict, InvalidInput, NotFound, ShouwangError
from domain.events import Origin
from persistence.auth_store import AuthStore
from persistence.clients import NewClient

AGENCY = UUID("01890000-0000-7000-8000-00000000a001")


@pytest.fixture
def settings(database: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture
async def agency(owner: asyncpg.Connection) -> str:
    await owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'civil_affairs', 3, '石首市民政局', 421081000000, '2020-01-01')",
        AGENCY,
    )
    return "石首市民政局"


def wanted(
    agency: str, client_id: str = "welfare-system", region: str | None = None, role: str = "integration"
) -> NewClient:
    return NewClient(client_id, "儿童福利信息系统", agency, (role,), region)


async def test_a_client_is_registered_with_its_event_and_its_secret_opens(
    settings: Settings, owner: asyncpg.Connection, agency: str
) -> None:
    secret = await create_client(settings, wanted(agency, region="421081100"))
    row = await owner.fetchrow("SELECT id, client_id, kind, agency_id, region_code, roles, secret_hashes FROM client")
    assert (row["client_id"], row["kind"], row["agency_id"]) == ("welfare-system", "system", AGENCY)
    assert (row["region_code"], row["roles"]) == ("421081100", ["integration"])
    assert secret not in row["secret_hashes"][0]
    assert await matches(secret, row["secret_hashes"])
    event = await owner.fetchrow("SELECT type, aggregate_id, region_code, actor, channel, data FROM event")
    assert dict(event) == {
        "type": "client.registered",
        "aggregate_id": row["id"],
        "region_code": 421081100000,
        "actor": "system:cli",
        "channel": "cli",
        "data": {"client_id": "welfare-system", "roles": ["integration"]},
    }


async def test_the_first_agency_is_entered_with_its_event_and_may_have_a_client(
    settings: Settings, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "INSERT INTO region (code, lo, hi, name, path, level, pinyin, initials, valid_from, source) VALUES "
        "('42', 420000000000, 430000000000, '湖北省', '湖北省', 1, 'hubeisheng', 'hbs', '2020-01-01', 'test')"
    )
    made = UUID(await create_agency(settings, type_="platform_operator", name="湖北省平台中心", region="42"))
    row = await owner.fetchrow("SELECT type, level, name, region_code, version FROM agency WHERE id = $1", made)
    assert tuple(row) == ("platform_operator", 1, "湖北省平台中心", 420000000000, 1)
    event = await owner.fetchrow("SELECT type, aggregate_id, actor, channel FROM event")
    assert tuple(event) == ("agency.created", made, "system:cli", "cli")
    assert await create_client(settings, wanted(str(made), role="platform_admin"))


@pytest.mark.parametrize(
    ("type_", "region", "found"),
    [
        ("king", "42", [("/type", "field.choice")]),
        ("platform_operator", "4", [("/region", "region.format")]),
        ("platform_operator", "42", [("/region", "region.unknown")]),
    ],
)
async def test_a_wrong_agency_is_refused_and_nothing_written(
    settings: Settings, owner: asyncpg.Connection, type_: str, region: str, found: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await create_agency(settings, type_=type_, name="湖北省平台中心", region=region)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == found
    assert await owner.fetchval("SELECT (SELECT count(*) FROM agency) + (SELECT count(*) FROM event)") == 0


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"agency": "没有这个机构"}, NotFound, "agency.not_found"),
        ({"client_id": "a b"}, InvalidInput, "client.id_malformed"),
        ({"role": "king"}, InvalidInput, "client.role_unknown"),
        ({"region": "4211"}, InvalidInput, "region.outside_agency"),
        ({"region": "42108"}, InvalidInput, "region.malformed"),
    ],
)
async def test_a_wrong_client_is_refused_and_nothing_written(
    settings: Settings, owner: asyncpg.Connection, agency: str, change: dict[str, str],
    error: type[ShouwangError], code: str,
) -> None:  # fmt: skip
    with pytest.raises(error) as caught:
        await create_client(settings, wanted(**({"agency": agency} | change)))
    found = caught.value.faults[0].code if isinstance(caught.value, InvalidInput) else caught.value.code
    assert found == code
    assert await owner.fetchval("SELECT (SELECT count(*) FROM client) + (SELECT count(*) FROM event)") == 0


async def test_a_client_id_is_given_once(settings: Settings, owner: asyncpg.Connection, agency: str) -> None:
    await create_client(settings, wanted(agency))
    with pytest.raises(Conflict, match=r"client\.exists"):
        await create_client(settings, wanted(str(AGENCY)))
    assert await owner.fetchval("SELECT count(*) FROM client") == 1
    assert await owner.fetchval("SELECT count(*) FROM event") == 1


async def test_signing_keys_are_handed_over_and_a_leaked_one_is_gone(
    settings: Settings, owner: asyncpg.Connection, pool: asyncpg.Pool
) -> None:
    await ensure_key(AuthStore(pool, cipher_of(settings)), Origin())
    (first,) = [row["kid"] for row in await owner.fetch("SELECT kid FROM signing_key")]
    assert await rotate_keys(settings, None) is True
    alive = await owner.fetch("SELECT kid, signs_from > now() AS later FROM signing_key ORDER BY signs_from")
    assert [(row["kid"] == first, row["later"]) for row in alive] == [(True, False), (False, True)]
    assert await rotate_keys(settings, "unknown") is False
    assert await rotate_keys(settings, first) is True
    assert await owner.fetchval("SELECT retired_at <= now() FROM signing_key WHERE kid = $1", first) is True


async def test_production_does_not_start_on_an_old_schema(settings: Settings, owner: asyncpg.Connection) -> None:
    await expect_newest(settings)
    await owner.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaBehind, match="0001"):
        await expect_newest(settings)


async def test_code_lists_load_twice_alike(settings: Settings, owner: asyncpg.Connection) -> None:
    await load_code_lists(settings)
    first = await owner.fetchval("SELECT count(*) FROM code_item")
    await load_code_lists(settings)
    assert first > 50
    assert await owner.fetchval("SELECT count(*) FROM code_item") == first
