"""Files opened in an emergency: whom they open, for how long, who is told, who may end and judge them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from auth.policy import under_break_glass
from domain.access import Access
from domain.break_glass.commands import EndBreakGlass, OpenFile, ReviewBreakGlass
from domain.break_glass.use_cases import end_break_glass, note_read, open_file, opening_of, review_break_glass
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from domain.events import Origin
from domain.people.commands import RecordDeath, Reveal
from domain.people.use_cases import record_death, reveal
from domain.unit_of_work import Saved
from persistence.crypto import FieldCipher
from persistence.engine import scope_settings, set_scope
from persistence.reading.reader import Reader
from persistence.writing import records
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.api.acts import identity_number

VILLAGE, NEIGHBOUR = "421081100201", "421083100201"
REASON = "急诊送医，需联系家属并了解病史"
PHONE = "19012345678"


def asking(**fields: Any) -> OpenFile:
    return OpenFile.model_validate({"reason": REASON} | fields)


async def code_of(error: type[Exception], act: Any) -> str:
    """Return the code with which an act is refused."""
    with pytest.raises(error) as refused:
        await act
    faults = getattr(refused.value, "faults", ())
    return str(faults[0].code if faults else refused.value.code)  # type: ignore[attr-defined]


@pytest.fixture
def supervisor(caller: Callable[..., Access]) -> Access:
    return replace(caller("supervisor", region="4210"), sub="staff:9", agency_id=UUID(int=9))


@pytest.fixture
async def file(register: Any) -> Saved:
    """A woman of the first county, whom its neighbour does not see."""
    found: Saved = await register("王小花", birth_date="1980-05-05", phone=PHONE, woman={}, new_household=True)
    return found


async def seen(pool: asyncpg.Pool, access: Access, table: str = "person") -> set[UUID]:
    """Return what row-level security alone shows."""
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, scope_settings(access, "people:read"))
        return {row["id"] for row in await connection.fetch(f"SELECT id FROM {table}")}


async def narrowed(access: Access, uow: PostgresUnitOfWork, opened: Saved) -> Access:
    return under_break_glass(access, await opening_of(access, uow, opened.id, Origin("rest", "req-1")))


async def compiled(pool: asyncpg.Pool, uow: PostgresUnitOfWork, access: Access, person: UUID) -> str | None:
    """Return a person as the compiled path shows her."""
    from api.rest.selections import selection
    from domain.selection import ById, Query
    from domain.view import VIEWS

    async def witness(who: Access, views: Any) -> None:
        await note_read(who, uow, views)

    reader = Reader(pool, "x", witness)
    chosen = selection(VIEWS["Person"], "id,phone,household.id")
    query = Query((("row", ById("id", (chosen,))),), bare=True)
    text, _ = await reader.read(access, ("one", "Person", "id"), lambda: query, {"id": person})
    return text.decode() if text else None


async def test_a_file_is_open_to_whoever_opened_it_and_read_before_witnesses(
    file: Saved, register: Any, neighbour: Access, uow: PostgresUnitOfWork, pool: asyncpg.Pool, ledger: Any
) -> None:
    await register("李二妹")
    opened = await open_file(neighbour, uow, asking(person_id=str(file.id), hours=2))
    row = await ledger.row("break_glass", opened.id)
    assert (row["actor"], row["region_code"], row["opener_region_code"], row["state"]) == (
        neighbour.sub, int(VILLAGE), 421083000000, "unreviewed",
    )  # fmt: skip
    assert 2 * 3600 <= (row["expires_at"] - row["created_at"]).total_seconds() < 3 * 3600
    told = await ledger.owner.fetch(
        "SELECT region_code, subject_id, purpose FROM event WHERE type LIKE 'break_glass.%'"
    )
    assert {tuple(one) for one in told} == {(421083000000, file.id, REASON), (int(VILLAGE), file.id, REASON)}
    # As herself she sees nobody more than before; under the opening that one file, and nothing of others.
    assert await seen(pool, neighbour) == set()
    under = await narrowed(neighbour, uow, opened)
    assert await seen(pool, under) == {file.id}
    assert len(await seen(pool, under, "woman_profile")) == 1
    assert len(await seen(pool, under, "household")) == 1
    shown = await compiled(pool, uow, under, file.id)
    assert shown is not None
    assert PHONE not in shown
    assert "190****5678" in shown
    read = await ledger.owner.fetch("SELECT * FROM event WHERE type = 'break_glass.read'")
    assert [(one["actor"], one["subject_id"], one["data"]) for one in read] == [
        (neighbour.sub, file.id, {"views": ["Household", "Person"]})
    ]
    with pytest.raises(Forbidden):
        await reveal(under, uow, Reveal(person_id=file.id, purpose="核实"))
    assert set(under.grants) == {"agencies:read", "codes:read", "people:read", "policy:read", "regions:read"}


async def test_it_closes_by_itself_in_every_predicate(
    file: Saved, neighbour: Access, uow: PostgresUnitOfWork, pool: asyncpg.Pool, ledger: Any
) -> None:
    opened = await open_file(neighbour, uow, asking(person_id=str(file.id)))
    under = await narrowed(neighbour, uow, opened)
    assert await code_of(Conflict, open_file(neighbour, uow, asking(person_id=str(file.id)))) == "break_glass.open"
    await ledger.owner.execute("UPDATE person_access SET expires_at = clock_timestamp()")
    assert await seen(pool, under) == await seen(pool, under, "household") == set()
    assert await compiled(pool, uow, under, file.id) is None
    await ledger.owner.execute("UPDATE break_glass SET expires_at = clock_timestamp()")
    assert await code_of(Forbidden, narrowed(neighbour, uow, opened)) == "break_glass.closed"
    assert await code_of(Conflict, end_break_glass(neighbour, uow, EndBreakGlass(opening_id=opened.id))) == (
        "break_glass.ended"
    )
    assert (await open_file(neighbour, uow, asking(person_id=str(file.id)))).version == 1


async def test_she_is_found_by_what_is_known_of_her(
    register: Any, neighbour: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    number = identity_number("19750303")
    held = await register("王翠花", identity_number=number)
    await open_file(neighbour, uow, asking(identity_number=number))
    described = {"name": "张大妈", "birth_date": "1950-01-01", "region": "421081"}
    other = await register("张大妈", birth_date="1950-01-01")
    await open_file(neighbour, uow, asking(**described))
    opened = await ledger.owner.fetch("SELECT person_id FROM break_glass ORDER BY id")
    assert [one["person_id"] for one in opened] == [held.id, other.id]
    await register("张大妈", birth_date="1950-01-01")
    before = await ledger.counts()
    for error, code, fields in (
        (Conflict, "break_glass.ambiguous", described),
        (NotFound, "not_found", described | {"birth_date": "1951-01-01"}),
        (NotFound, "not_found", {"identity_number": identity_number()}),
        (NotFound, "not_found", {"person_id": str(UUID(int=1))}),
        (InvalidInput, "region.too_coarse", described | {"region": "4210"}),
    ):
        assert await code_of(error, open_file(neighbour, uow, asking(**fields))) == code
    assert await ledger.counts() == before


async def test_what_is_not_opened(  # noqa: PLR0917 - fixtures
    file: Saved, officer: Access, neighbour: Access, caller: Any, uow: PostgresUnitOfWork, ledger: Any,
    cipher: FieldCipher,
) -> None:  # fmt: skip
    asked = asking(person_id=str(file.id))
    assert await code_of(Conflict, open_file(officer, uow, asked)) == "break_glass.not_needed"
    roles = ("ngo_worker", "volunteer", "resident", "statistician", "platform_admin", "auditor", "integration")
    for role in roles:
        assert await code_of(Forbidden, open_file(caller(role, region="421083"), uow, asked)) == "access.forbidden"
    police = caller(agency_type="public_security", region="421083")
    assert await code_of(Forbidden, open_file(police, uow, asked)) == "access.forbidden"
    member = {
        "agency_id": (await _agency(ledger.owner, 421083000000)), "region_code": 421083000000, "name": "王小花",
        "posts": ["officer"], "valid_from": date(2020, 1, 1), "phone": PHONE,
    }  # fmt: skip
    herself = replace(neighbour, staff_id=(await records.insert(ledger.owner, cipher, "staff", member))["id"])
    assert await code_of(Forbidden, open_file(herself, uow, asked)) == "break_glass.oneself"
    await record_death(officer, uow, RecordDeath(person_id=file.id, version=1, died_on=date(2026, 10, 30)))
    assert await code_of(Conflict, open_file(neighbour, uow, asked)) == "break_glass.file_closed"
    assert await ledger.owner.fetchval("SELECT count(*) FROM break_glass") == 0
    assert await ledger.owner.fetchval("SELECT count(*) FROM event WHERE type LIKE 'break_glass.%'") == 0


async def _agency(owner: asyncpg.Connection, region: int, parent: UUID | None = None) -> UUID:
    found: UUID = await owner.fetchval(
        "INSERT INTO agency (id, type, level, name, region_code, parent_id, valid_from) "
        "VALUES (gen_random_uuid(), 'civil_affairs', 3, $1::text, $2, $3, '2020-01-01') RETURNING id",
        f"民政局{region}{parent}", region, parent,
    )  # fmt: skip
    return found


async def test_the_supervising_agency_is_the_one_above_or_its_like(
    file: Saved, neighbour: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    city = await _agency(ledger.owner, 421000000000)
    county = await _agency(ledger.owner, 421083000000)
    below = await _agency(ledger.owner, 421083100000, county)
    for agency, above in ((county, city), (below, county)):
        opener = replace(neighbour, agency_id=agency, sub=f"staff:{agency}")
        opened = await open_file(opener, uow, asking(person_id=str(file.id)))
        assert (await ledger.row("break_glass", opened.id))["supervisor_agency_id"] == above


async def test_who_may_end_and_judge_it(  # noqa: PLR0917 - fixtures
    file: Saved, officer: Access, neighbour: Access, supervisor: Access, caller: Any, uow: PostgresUnitOfWork,
    pool: asyncpg.Pool, ledger: Any,
) -> None:  # fmt: skip
    opened = await open_file(neighbour, uow, asking(person_id=str(file.id)))
    under = await narrowed(neighbour, uow, opened)
    end = EndBreakGlass(opening_id=opened.id)
    other = replace(neighbour, sub="staff:2")
    assert await code_of(Forbidden, narrowed(other, uow, opened)) == "break_glass.closed"
    for stranger in (other, replace(officer, sub="staff:3")):  # both see the row: the one's county, the file's county
        assert await code_of(Forbidden, end_break_glass(stranger, uow, end)) == "break_glass.not_yours"
    assert await code_of(NotFound, end_break_glass(caller(region="4401"), uow, end)) == "not_found"
    judged = ReviewBreakGlass.model_validate({"opening_id": opened.id, "verdict": "unjustified", "note": "并非急诊"})
    for access in (neighbour, officer):
        assert await code_of(Forbidden, review_break_glass(access, uow, judged)) == "access.forbidden"
    own = replace(supervisor, sub=neighbour.sub)
    assert await code_of(Forbidden, review_break_glass(own, uow, judged)) == "break_glass.own"
    beyond = caller("auditor", "audit", "421081")  # the file's county, not the opener's
    assert await code_of(Forbidden, review_break_glass(replace(beyond, sub="staff:4"), uow, judged)) == (
        "break_glass.not_yours"
    )
    assert (await review_break_glass(supervisor, uow, judged)).version == 2
    assert await code_of(Conflict, review_break_glass(supervisor, uow, judged)) == "break_glass.reviewed"
    assert await seen(pool, under) == {file.id}
    assert (await end_break_glass(supervisor, uow, end)).version == 3  # bites in the next statement
    assert await seen(pool, under) == set()
    assert await code_of(Forbidden, narrowed(neighbour, uow, opened)) == "break_glass.closed"
    assert await code_of(Conflict, end_break_glass(neighbour, uow, end)) == "break_glass.ended"
    row = await ledger.row("break_glass", opened.id)
    assert (row["verdict"], row["note"], row["reviewed_by"], row["ended_by"]) == (
        "unjustified", "并非急诊", "staff:9", "staff:9",
    )  # fmt: skip
