"""The world in a real database, and everything that asks it: imported by the conftests beside the tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import pytest

from api.graphql.documents import Documents
from api.graphql.executor import Answer, Executor
from api.graphql.limits import Limits
from api.graphql.schema import build
from domain.access import Access
from domain.agencies.me import me
from persistence.crypto import FieldCipher
from persistence.engine import RUNTIME_ROLE, connect, open_pool
from persistence.reading.reader import Reader
from persistence.searching.questions import Questions
from tests.oracle.data import Data
from tests.oracle.documents import answer_for, count, determine, prove, sum_up, wait
from tests.oracle.model import SECRET, Eyes
from tests.oracle.world import load


class Service:
    """The compiled read path over the world."""

    def __init__(self, dsn: str, pool: asyncpg.Pool, data: Data) -> None:
        self.dsn, self.pool, self.data = dsn, pool, data
        self.reader = Reader(pool, SECRET)
        schema = build(None)
        providers = {
            "me": who,
            "determination": determine,
            "eventProof": prove,
            "work": wait,
            "responsibility": answer_for,
            "statistics": count,
            "statisticsSummary": sum_up,
        }
        questions = Questions(pool, FieldCipher(b"\0" * 32))
        self.executor = Executor(Documents(schema, Limits()), self.reader, providers, questions)

    def eyes(self, access: Access) -> Eyes:
        """Return what a caller sees, by the oracle."""
        return Eyes(self.data, access)

    async def answer(self, access: Access, text: str, variables: Mapping[str, Any] | None = None) -> Answer:
        """Answer a document by the compiled path."""
        prepared = self.executor.prepare(text, None, variables or {})
        return prepared if isinstance(prepared, Answer) else await self.executor.query(access, *prepared)

    async def data_of(self, access: Access, text: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Return the data of a document that must be answered without any error."""
        answer = await self.answer(access, text, variables)
        assert not answer.errors, answer.errors
        assert answer.data is not None
        return json.loads(answer.data)


async def who(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the document of ``me``."""
    return me(access)


@pytest.fixture(scope="session")
async def service(postgres: str, template: str) -> AsyncIterator[Service]:
    """The world, loaded once: no test here changes it."""
    admin = await asyncpg.connect(postgres.format("postgres"))
    taken = await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname LIKE 'oracle%'")
    name = f"oracle_{taken}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    await admin.close()
    owner = await connect(postgres.format(name))
    data = Data(await load(owner))
    await owner.close()
    pool = await open_pool(postgres.format(name), role=RUNTIME_ROLE, size=2)
    yield Service(postgres.format(name), pool, data)
    await asyncio.wait_for(pool.close(), 10)


def ordered(text: str | bytes) -> Any:
    """Parse JSON keeping the order of members, which counts."""
    return json.loads(text, object_pairs_hook=lambda pairs: ("object", pairs))
