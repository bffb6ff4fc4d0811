"""How often a write asks the database: each trip is waited for, by the caller and by who waits for her locks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from stdnum.cn import ric

from domain.access import Access
from domain.people.commands import RegisterPerson, UpdatePerson
from domain.people.forms import WomanDetails
from domain.people.use_cases import register_person, update_person
from persistence.crypto import FieldCipher
from persistence.writing.unit_of_work import PostgresUnitOfWork

from .conftest import VILLAGE

NUMBER = "42108119780305322" + ric.calc_check_digit("421081197803053220")


# What the driver asks of a type, once in the life of a connection.
TYPES = ("typeinfo_tree", "current_setting('jit')")


class Counting:
    """A pool that notes what is asked."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool, self.asked = pool, list[str]()

    def note(self, query: Any) -> None:
        if not any(one in query.query for one in TYPES):
            self.asked.append(query.query)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[asyncpg.Connection]:
        async with self.pool.acquire() as connection:
            with connection.query_logger(self.note):
                yield connection


@pytest.fixture
def counting(pool: asyncpg.Pool, regions: None) -> Counting:
    return Counting(pool)


async def test_a_registration_and_an_update(counting: Counting, cipher: FieldCipher, officer: Access) -> None:
    uow = PostgresUnitOfWork(counting, cipher)
    command: dict[str, Any] = {"region": VILLAGE, "name": "张秀英", "sex": "2", "identity_number": NUMBER}
    saved = await register_person(
        officer, uow, RegisterPerson(**command, woman=WomanDetails(children_in_care=2), new_household=True)
    )
    # Begin, division, holder, three inserts, campaigns; with everybody's eyes facts, rules, status, its insert;
    # own eyes, files like hers, events, commit.
    assert len(counting.asked) == 16, counting.asked
    counting.asked.clear()
    await update_person(officer, uow, _update(saved.id))
    assert len(counting.asked) == 6, counting.asked  # begin, circle, person, update, event, commit


def _update(person: UUID) -> UpdatePerson:
    return UpdatePerson(person_id=person, version=1, phone="13812345678")
