"""Search keys: made with what they are of, and made up for where a row has none yet."""

import asyncpg
import pytest

from auth.policy import grants_of, remit_of
from domain.access import Access
from domain.ids import new_id
from domain.regions.codes import range_of
from persistence.crypto import FieldCipher
from persistence.searching.keys import fill_phone_tails
from persistence.writing.unit_of_work import PostgresUnitOfWork

CIPHER = FieldCipher(bytes(range(32)))
ROW = {"region_code": 421081100201, "name": "某", "remit": 128}
ACCESS = Access(
    sub="staff:1", client_id="c", roles=(), grants=grants_of(["county_officer"], "civil_affairs"),
    regions=(range_of("421081"),), remit=int(remit_of("civil_affairs")),
)  # fmt: skip
TAIL = "SELECT phone_tail_blind FROM person WHERE id = $1"


async def test_the_key_goes_with_the_number(pool: asyncpg.Pool, owner: asyncpg.Connection) -> None:
    uow = PostgresUnitOfWork(pool, CIPHER)
    async with uow.begin(ACCESS, "people:write") as work:
        row = await work.insert("person", ROW | {"phone": "19012345678"})
        assert row["phone_tail_blind"] == CIPHER.blind("phone_tail", "5678")
        assert row["phone_tail_blind"] != CIPHER.blind("phone", "5678")
        row = await work.update("person", row, {"phone": "19011110000"})
        assert row["phone_tail_blind"] == CIPHER.blind("phone_tail", "0000")
        row = await work.update("person", row, {"phone": None})
        assert row["phone_tail_blind"] is None
        await work.commit(None)


async def test_rows_from_before_the_key_get_theirs(pool: asyncpg.Pool, owner: asyncpg.Connection) -> None:
    uow = PostgresUnitOfWork(pool, CIPHER)
    async with uow.begin(ACCESS, "people:write") as work:
        old = [(await work.insert("person", ROW | {"phone": f"1901234{at:04}"}))["id"] for at in range(5)]
        silent = (await work.insert("person", ROW))["id"]
        await work.commit(None)
    broken = old.pop()
    await owner.execute("UPDATE person SET phone_tail_blind = NULL")
    await owner.execute("UPDATE person SET phone_cipher = $2 WHERE id = $1", broken, b"\x01" * 40)
    assert await fill_phone_tails(pool, CIPHER) == 4
    for at, key in enumerate(old):
        assert await owner.fetchval(TAIL, key) == CIPHER.blind("phone_tail", f"{at:04}")
    assert await owner.fetchval(TAIL, silent) is None
    assert await owner.fetchval(TAIL, broken) is None
    assert await owner.fetchval("SELECT count(*) FROM person WHERE version <> 1") == 0  # nobody edited her
    assert await fill_phone_tails(pool, CIPHER) == 0


@pytest.mark.parametrize(
    ("name", "given", "rest"),
    [("张小红", "小红", "红"), ("欧阳小红", "小红", "红"), ("张红", "红", ""), ("单", "", ""), ("上官", "官", ""),
     ("阿依古丽", "依古丽", "古丽")],
)  # fmt: skip
async def test_the_database_cuts_names(owner: asyncpg.Connection, name: str, given: str, rest: str) -> None:
    row = await owner.fetchrow(
        "INSERT INTO person (id, region_code, name, name_pinyin, name_initials, sex, remit, priority, situation) "
        "VALUES ($1, 421081100201, $2, '', '', '0', 128, 0, 'living') RETURNING name_given, name_rest",
        new_id(), name,
    )  # fmt: skip
    assert tuple(row) == (given, rest)
