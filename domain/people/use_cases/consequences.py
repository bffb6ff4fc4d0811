"""What follows from a change of facts, in the same transaction: statuses, remits, closed files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.errors import Conflict
from domain.events import Event
from domain.people.determination import Determination, determine
from domain.people.model import EndReason, Population, Situation
from domain.people.remits import household_remit, remit_bits
from domain.unit_of_work import Row, RulesInForce, Work

STATUS: Final = "left_behind_status"


def event_of(
    kind: str, row: Row, *, subject: UUID, by: Event | None = None, purpose: str | None = None, **data: Any
) -> Event:
    """Return the event of an act on a row, brought about ``by`` another; ``kind`` is ``aggregate.past_participle``."""
    return Event(
        type=kind,
        aggregate=kind.partition(".")[0],
        aggregate_id=row["id"],
        region_code=row["region_code"],
        subject_id=subject,
        aggregate_version=row["version"],
        cause_id=by.id if by else None,
        purpose=purpose,
        data=data,
    )


def in_force(person: Row) -> Row:
    """Return a person whose file is open, or raise ``Conflict``."""
    if person["merged_into"] is not None:
        raise Conflict("person.merged", id=str(person["merged_into"]))
    if person["situation"] == Situation.DEAD:
        raise Conflict("person.dead")
    if person["deregistered_on"] is not None:
        raise Conflict("person.deregistered")
    return person


async def reevaluate(work: Work, people: Iterable[UUID], as_of: date, cause: Event | None) -> int:
    """Determine people anew and keep what changed; returns how many statuses did.

    Each change is an event with the cause's id, or with the cause "time" where there is none. It
    sees kin beyond the caller's scope: whether a wife is left behind does not depend on who asks.
    """
    changed = 0
    async with work.as_system():
        facts = await work.facts(people, as_of)
        for person_id in sorted(people):
            region, known = facts.get(person_id, (None, None))
            rules = None if region is None else await work.rules(region, as_of)
            found = determine(known, as_of, rules.parameters) if known and rules else ()
            by_population = {one.population: one for one in found}
            rows = await work.find(STATUS, where={"person_id": person_id}, open_until="valid_to")
            current = {Population(row["population"]): row for row in rows}
            for population in sorted({*by_population, *current}):
                determination, row = by_population.get(population), current.get(population)
                if determination is None:
                    assert row is not None
                    await _end(work, row, as_of, cause)
                    changed += 1
                elif region is not None and rules is not None:
                    basis = _Basis(region, rules, as_of, cause)
                    changed += await _settle(work, person_id, row, determination, basis)
    return changed


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a status rests on besides the facts."""

    region: int
    rules: RulesInForce
    as_of: date
    cause: Event | None


async def _settle(work: Work, person_id: UUID, row: Row | None, found: Determination, basis: _Basis) -> bool:
    """Write a determination down; tells whether the status changed."""
    cause = basis.cause
    rests_on = {
        "reasons": [reason.code for reason in found.reasons],
        "rule_set_id": basis.rules.id,
        "next_review_on": found.next_review_on,
    }
    if row is not None and (row["status"], row["flags"]) == (found.status, list(found.flags)):
        if any(row[name] != value for name, value in rests_on.items()):
            await work.update(STATUS, row, rests_on | {"evaluated_on": basis.as_of})
        return False
    starts = found.since or basis.as_of
    if row is not None:
        starts = max(starts, row["valid_from"])
        await work.update(STATUS, row, {"valid_to": starts, "next_review_on": None})
    new = await work.insert(
        STATUS,
        {
            "person_id": person_id,
            "region_code": basis.region,
            "population": found.population,
            "status": found.status,
            "flags": list(found.flags),
            "valid_from": starts,
            "evaluated_on": basis.as_of,
            "cause": cause.type if cause else "time",
            "cause_event_id": cause.id if cause else None,
            **rests_on,
        },
    )
    before = row["status"] if row is not None else None
    event = event_of(
        f"{STATUS}.changed", new, subject=person_id, by=cause, population=found.population, before=before,
        after=found.status, flags=list(found.flags), reasons=rests_on["reasons"], **{} if cause else {"cause": "time"},
    )  # fmt: skip
    await work.append(event)
    return True


async def _end(work: Work, row: Row, as_of: date, cause: Event | None) -> None:
    """Close the status of a population that is no longer the person's."""
    closed = await work.update(STATUS, row, {"valid_to": max(row["valid_from"], as_of), "next_review_on": None})
    await work.append(
        event_of(
            f"{STATUS}.ended", closed, subject=row["person_id"], by=cause,
            population=row["population"], before=row["status"],
        )
    )  # fmt: skip


async def refresh_remits(work: Work, people: Iterable[UUID], households: Iterable[UUID | None] = ()) -> None:
    """Work out again which remits people fall under, with everybody of their households."""
    async with work.as_system():
        loose: dict[UUID, Row] = {}
        homes = {one for one in households if one is not None}
        for person_id in sorted(people):
            (person,) = await work.find("person", where={"id": person_id})
            if person["household_id"] is None:
                loose[person_id] = person
            else:
                homes.add(person["household_id"])
        held = await work.populations(loose)
        for person_id in loose:
            await work.set_remit("person", person_id, remit_bits(held[person_id]))
        for home in sorted(homes):
            held = await populations_at(work, home)
            union = frozenset[Population]().union(*held.values())
            for member, own in held.items():
                await work.set_remit("person", member, remit_bits(own, union))
            await work.set_remit("household", home, household_remit(union))


async def populations_at(work: Work, household_id: UUID) -> dict[UUID, frozenset[Population]]:
    """Return the members of a household with their profiles in force."""
    return await work.populations(
        [one["id"] for one in await work.find("person", where={"household_id": household_id})]
    )


async def close_file(work: Work, person_id: UUID, on: date, reason: EndReason, cause: Event) -> None:
    """Close what a death or deregistration ends: profiles, guardianships both ways, absences, openings."""
    async with work.as_system():
        for population in Population:
            table = f"{population}_profile"
            for row in await work.find(table, where={"person_id": person_id}, open_until="valid_to"):
                await _close(work, table, row, _ended(row, on, reason), cause)
        for side in ("ward_id", "guardian_id"):
            for row in await work.find("guardianship", where={side: person_id}, open_until="valid_to"):
                await _close(work, "guardianship", row, _ended(row, on, reason), cause)
                await work.end_access("guardianship", row["id"])
        for row in await work.find("absence", where={"person_id": person_id}, open_until="returned_on"):
            await _close(work, "absence", row, {"returned_on": max(row["since"], on)}, cause)
        await work.close_access(person_id)
        if reason is EndReason.DEATH:
            await _switch_off(work, person_id, cause)


async def _switch_off(work: Work, person_id: UUID, cause: Event) -> None:
    """Switch off the clients that act for a person who has died: nobody signs in for the dead."""
    for row in await work.find("client", where={"person_id": person_id, "active": True}):
        client = await work.update("client", row, {"active": False, "secret_hashes": []})
        await work.append(client_ended(client, cause.region_code, cause.id))


def client_ended(client: Row, region_code: int | None, cause_id: UUID) -> Event:
    """Return the event of a client switched off with the person it acted for."""
    return Event(
        type="client.ended",
        aggregate="client",
        aggregate_id=client["id"],
        aggregate_version=client["version"],
        region_code=region_code,
        cause_id=cause_id,
    )


async def _close(work: Work, table: str, row: Row, changes: dict[str, Any], cause: Event) -> None:
    closed = await work.update(table, row, changes)
    subject = row["ward_id"] if table == "guardianship" else row["person_id"]
    await work.append(event_of(f"{table}.closed", closed, subject=subject, by=cause, changed=sorted(changes)))


def _ended(row: Row, on: date, reason: EndReason) -> dict[str, Any]:
    return {"valid_to": max(row["valid_from"], on), "end_reason": reason}
