"""Whatever the use cases do, in any order, the figures are those of a full count."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from domain.access import Access
from domain.errors import ShouwangError
from domain.people.commands import (
    CloseProfile,
    DeclareGuardianship,
    Deregister,
    EndGuardianship,
    OpenProfile,
    RecordAbsence,
    RecordDeath,
    RecordKinship,
    RecordReturn,
    RegisterPerson,
    UpdatePerson,
    UpdateProfile,
)
from domain.people.use_cases import (
    close_profile,
    declare_guardianship,
    deregister,
    end_guardianship,
    open_profile,
    record_absence,
    record_death,
    record_kinship,
    record_return,
    register_person,
    update_person,
    update_profile,
)
from domain.transfers.commands import MovePerson
from domain.transfers.moving import move_person
from persistence.statistics.upkeep import fold, recount
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.people.conftest import OTHER_VILLAGE, TODAY, VILLAGE
from tests.integration.statistics.conftest import Asked

UnitAt = Callable[[date], PostgresUnitOfWork]
# By the order they were made in (ids are of version 7): their random bits must not decide, or a seed is no history.
ROWS = "SELECT * FROM {0} ORDER BY id OFFSET (SELECT floor($1::float8 * count(*))::bigint FROM {0}) LIMIT 1"
POPULATIONS = ("woman", "child", "elder")


class Clerk:
    """Does one random thing after another; what the rules refuse is refused, and counts for nothing."""

    def __init__(self, owner: asyncpg.Connection, officer: Access, unit_at: UnitAt, seed: int) -> None:
        self.owner, self.officer, self.unit_at = owner, officer, unit_at
        self.chance = random.Random(seed)
        self.done = 0

    async def row(self, table: str) -> Any:
        """Return a random row."""
        return await self.owner.fetchrow(ROWS.format(table), self.chance.random())

    def day(self) -> str:
        """Return a day of the last year."""
        return (TODAY - timedelta(days=self.chance.randrange(365))).isoformat()

    def details(self, population: str) -> dict[str, Any]:
        """Return details of a profile."""
        pick = self.chance.choice
        return {
            "woman": {},
            "child": {"schooling": pick(("primary", "junior", None)), "care_class": pick(("good", "nobody", None))},
            "elder": {"living_arrangement": pick(("alone", None)), "self_care": pick(("able", "unable", None))},
        }[population]

    async def act(self) -> None:
        """Do something."""
        name = self.chance.choices(list(ACTS), [3, 2, 2, 2, 2, 1, 2, 3, 2, 2, 1, 1, 1])[0]
        uow = self.unit_at(TODAY)
        try:
            command, use_case = await ACTS[name](self)
            await use_case(self.officer, uow, command)
            self.done += 1
        except (ShouwangError, TypeError):  # refused; or there is no such row yet
            return


async def _register(clerk: Clerk) -> Any:
    pick = clerk.chance.choice
    population = pick((*POPULATIONS, None))
    oldest, days = {"child": (date(2012, 1, 1), 5_000), "elder": (date(1940, 1, 1), 7_000)}.get(
        str(population), (date(1940, 1, 1), 31_000)
    )
    born = oldest + timedelta(days=clerk.chance.randrange(days))
    given = {
        "name": "王小花", "region": pick((VILLAGE, OTHER_VILLAGE)), "sex": pick(("1", "2", None)),
        "birth_date": born.isoformat(), "health": pick(("healthy", "disabled", None)),
        "hardship": pick((["low_income"], [], ["destitute", "poverty_file"])), "education": pick(("71", "81", None)),
        **({population: clerk.details(population)} if population else {}),
    }  # fmt: skip
    return RegisterPerson.model_validate(
        {key: value for key, value in given.items() if value is not None}
    ), register_person


async def _update(clerk: Clerk) -> Any:
    row = await clerk.row("person")
    change: dict[str, Any] = clerk.chance.choice(
        ({"sex": "2"}, {"birth_date": "2013-02-28"}, {"hardship": []}, {"situation": "missing"})
    )
    return UpdatePerson.model_validate(
        {"person_id": str(row["id"]), "version": row["version"], **change}
    ), update_person


async def _move(clerk: Clerk) -> Any:
    row = await clerk.row("person")
    region = clerk.chance.choice((VILLAGE, OTHER_VILLAGE, "421081100"))
    return MovePerson(person_id=row["id"], version=row["version"], region=region, reason="迁居邻村"), move_person


async def _die(clerk: Clerk) -> Any:
    row = await clerk.row("person")
    return RecordDeath.model_validate(
        {"person_id": str(row["id"]), "version": row["version"], "died_on": clerk.day()}
    ), record_death


async def _strike(clerk: Clerk) -> Any:
    row = await clerk.row("person")
    return Deregister(person_id=row["id"], version=row["version"], reason="登记有误"), deregister


async def _open(clerk: Clerk) -> Any:
    row, population = await clerk.row("person"), clerk.chance.choice(POPULATIONS)
    return OpenProfile.model_validate(
        {"person_id": str(row["id"]), population: clerk.details(population)}
    ), open_profile


async def _change(clerk: Clerk) -> Any:
    population = clerk.chance.choice(POPULATIONS)
    row = await clerk.row(f"{population}_profile")
    given = {"profile_id": str(row["id"]), "version": row["version"], population: clerk.details(population)}
    return UpdateProfile.model_validate(given), update_profile


async def _close(clerk: Clerk) -> Any:
    population = clerk.chance.choice(POPULATIONS)
    row = await clerk.row(f"{population}_profile")
    given = {"profile_id": str(row["id"]), "version": row["version"], "population": population}
    return CloseProfile.model_validate(given), close_profile


async def _guard(clerk: Clerk) -> Any:
    ward, guardian = await clerk.row("person"), await clerk.row("person")
    given = {"ward_id": str(ward["id"]), "guardian_id": str(guardian["id"]), "kind": "entrusted",
             "relation": clerk.chance.choice(("62", "85", "99")), "capability": "good"}  # fmt: skip
    return DeclareGuardianship.model_validate(given), declare_guardianship


async def _unguard(clerk: Clerk) -> Any:
    row = await clerk.row("guardianship")
    return EndGuardianship(guardianship_id=row["id"], version=row["version"]), end_guardianship


async def _relate(clerk: Clerk) -> Any:
    one, other = await clerk.row("person"), await clerk.row("person")
    relation = clerk.chance.choice(("10", "51", "52"))
    return RecordKinship(person_id=one["id"], relative_id=other["id"], relation=relation), record_kinship


async def _leave(clerk: Clerk) -> Any:
    row = await clerk.row("person")
    return RecordAbsence.model_validate({"person_id": str(row["id"]), "since": clerk.day()}), record_absence


async def _return(clerk: Clerk) -> Any:
    row = await clerk.row("absence")
    return RecordReturn(absence_id=row["id"], version=row["version"]), record_return


ACTS = {
    "register": _register, "relate": _relate, "leave": _leave, "move": _move, "update": _update, "die": _die,
    "guard": _guard, "change": _change, "open": _open, "close": _close, "unguard": _unguard, "return": _return,
    "strike": _strike,
}  # fmt: skip


async def _live(clerk: Clerk, owner: asyncpg.Connection, asked: Asked, acts: int) -> None:
    for number in range(acts):
        await clerk.act()
        if number % 40 == 0:
            await fold(owner)
    assert clerk.done > acts / 3
    found = await recount(owner, TODAY)
    assert (found.people, found.sums) == (0, 0)
    counted = "SELECT count(*) FROM person WHERE situation <> 'dead' AND deregistered_on IS NULL"
    assert await asked.total() == await owner.fetchval(counted) > 0
    by_region = await asked.cells("region", "population")
    assert await asked.cells("population") == _without_place(by_region)


def _without_place(cells: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for (_, *rest), n in cells.items():
        found[tuple(rest)] = found.get(tuple(rest), 0) + n
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_recount_agrees_after_any_acts(
    owner: asyncpg.Connection, officer: Access, unit_at: UnitAt, asked: Asked, seed: int
) -> None:
    await _live(Clerk(owner, officer, unit_at, seed), owner, asked, 150)


@pytest.mark.prove
async def test_a_recount_agrees_after_ten_thousand_acts(
    owner: asyncpg.Connection, officer: Access, unit_at: UnitAt, asked: Asked
) -> None:
    await _live(Clerk(owner, officer, unit_at, 10_000), owner, asked, 10_000)
