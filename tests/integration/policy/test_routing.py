"""The answer of every category and audience in five places, compared with a table read against the documents."""

import csv
from collections.abc import Iterable
from pathlib import Path

import asyncpg

from domain.policy.matrix import Answer, Question, answer
from domain.policy.model import Audience, CaseCategory
from domain.policy.routing import Unit
from persistence.catalogue import around
from persistence.writing.policy import PolicySql
from tests.integration.policy.conftest import AS_OF

TABLE = Path(__file__).resolve().parents[2] / "data" / "routing.csv"
PLACES = {
    "石首市桃花山镇李花山村": 421081104209,
    "哈尔滨市宾县": 230125000000,
    "桂林市阳朔县": 450321000000,
    "广元市旺苍县": 510821000000,
    "长春市农安县": 220122000000,
}
HEADER = (
    "place", "category", "audience", "basis", "document", "measure", "mode", "receiver", "co", "informed", "missing",
    "passed",
)  # fmt: skip


def names(units: Iterable[Unit | None]) -> str:
    return "、".join(one.agency_name + (one.department_name or "") for one in units if one)


def line(place: str, question: Question, found: Answer) -> tuple[str, ...]:
    route = found.route
    return (
        place, question.category, question.audience, route.basis, found.measure.document_code if found.measure else "",
        route.measure_code or "", route.mode or "", names([route.receiver]), names(route.co), names(route.informed),
        " ".join(route.missing),
        " ".join(f"{one.document_code}#{one.measure_code}:{because}" for one, because in found.passed),
    )  # fmt: skip


async def lines(connection: asyncpg.Connection) -> list[tuple[str, ...]]:
    found = []
    for place, code in PLACES.items():
        for category in CaseCategory:
            for audience in Audience:
                question = Question(category, audience, code, AS_OF)
                asked = await around(connection, question)
                known = answer(question, asked.candidates, asked.default, asked.offices)
                found.append(line(place, question, known))
    return found


async def test_every_answer_is_the_one_that_was_read_against_the_documents(catalogue: asyncpg.Connection) -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        expected = [tuple(row) for row in csv.reader(file)]
    assert expected[0] == HEADER
    assert len(expected) == 1 + 5 * 15 * 4
    assert await lines(catalogue) == expected[1:]


async def test_a_transaction_is_given_the_same_route(catalogue: asyncpg.Connection) -> None:
    part = PolicySql()
    part.connection = catalogue
    route = await part.route(CaseCategory.VIOLENCE, Audience.WOMAN, 230125000000, AS_OF)
    assert (route.basis, route.measure_code, route.mode) == ("measure", "2.3.1", "sole")
    assert route.receiver is not None
    assert (route.receiver.agency_name, route.receiver.department_name) == ("宾县妇女联合会", "权益部")
    assert route.receiver.department_id == await catalogue.fetchval(
        "SELECT d.id FROM department d JOIN agency a ON a.id = d.agency_id "
        "WHERE a.name = '宾县妇女联合会' AND kind = 'rights'"
    )
