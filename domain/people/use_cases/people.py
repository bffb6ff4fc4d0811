"""Registering, changing and closing a person's file."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.codes import identity_number as numbers
from domain.duplicates.detecting import COMPARED, ask_holder, look_for_duplicates
from domain.duplicates.model import RaisedBy
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.ids import new_id
from domain.people.commands import Deregister, RecordDeath, RegisterPerson, UpdatePerson, details_of
from domain.people.days import refuse_before_birth
from domain.people.forms import Details
from domain.people.kin import MALE
from domain.people.model import EndReason, Population, Situation
from domain.people.priority import priority_of
from domain.people.remits import household_remit, remit_bits
from domain.people.use_cases.consequences import (
    close_file,
    event_of,
    in_force,
    populations_at,
    reevaluate,
    refresh_remits,
)
from domain.people.use_cases.places import place
from domain.people.use_cases.profiles import add_profile
from domain.pinyin import name_keys
from domain.transfers.requests import end_requests
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "people:write"
# What the determination of her, her spouse, children or parents rests on.
FACTS: Final = frozenset({"birth_date", "capable", "marital_status", "sex", "situation"})
_NOT_COLUMNS = ("region", "registered_region", "new_household", "since", *Population)
_DERIVED: Final = frozenset({"name_initials", "name_pinyin", "priority"})  # no field of their own in an event


async def register_person(access: Access, uow: UnitOfWork, command: RegisterPerson) -> Saved:
    """Enter a person with her profiles and household.

    Raises ``InvalidInput`` (unknown division, number and birth date that disagree), ``Forbidden``
    (a place or a person outside the caller's scope), ``Conflict`` (``person.duplicate`` with the
    id inside the scope, ``person.under_review`` and nothing more outside it; the holder's agency is asked).
    """
    async with _asking(access, uow, command.identity_number), uow.begin(access, WRITE) as work:
        forms = details_of(command)
        values = command.given(*_NOT_COLUMNS) | {
            "id": new_id(),
            "region_code": await place(work, command.region),
            "registered_region_code": await _registered(work, command.registered_region),
            **_name_columns(command.name),
            **_read_off(command.identity_number, command.birth_date, command.sex),
        }
        values["priority"] = _priority(values)
        _refuse_unfit(forms, values["sex"])
        await _refuse_duplicate(work, command.identity_number)
        values["household_id"] = await _home(work, command, values, forms)
        joined = command.household_id
        around = (await populations_at(work, joined)).values() if joined else ()
        values["remit"] = remit_bits(forms, frozenset[Population]().union(*around))
        if not values["remit"] & access.remit:
            raise Forbidden("person.outside_remit")
        person = await work.insert("person", values)
        cause = event_of("person.registered", person, subject=person["id"], changed=sorted(command.model_fields_set))
        await work.append(cause)
        for population, form in forms.items():
            await add_profile(work, person, population, form, command.since or work.today, cause)
        if joined:  # what she is counts for everybody there; alone she was inserted with it
            await refresh_remits(work, [], [joined])
        await reevaluate(work, [person["id"]], work.today, cause)
        await look_for_duplicates(work, [person["id"]], RaisedBy.ENTRY, cause)
        return await work.commit(Saved("person", person["id"], person["version"]))


async def update_person(access: Access, uow: UnitOfWork, command: UpdatePerson) -> Saved:
    """Change the fields the command names; everybody whose determination rests on them is determined anew.

    Raises ``Conflict`` where the identity number is another person's, as ``register_person`` does.
    """
    async with _asking(access, uow, command.identity_number), uow.begin(access, WRITE) as work:
        circle = await work.lock_circle(command.person_id)
        person = in_force(await work.load("person", command.person_id, version=command.version))
        given = command.given("person_id", "version")
        changes = {name: value for name, value in given.items() if name not in _NOT_COLUMNS}
        if "registered_region" in given:
            changes["registered_region_code"] = await _registered(work, given["registered_region"])
        if "name" in given:
            changes |= _name_columns(given["name"])
        if {"identity_number", "birth_date"} & given.keys():
            changes |= await _agreed(work, person, given)
        changes["priority"] = _priority({**person, **changes})
        if changes.get("sex") == MALE and Population.WOMAN in (await work.populations([person["id"]]))[person["id"]]:
            raise InvalidInput(Fault("/sex", "profile.not_a_woman"))
        if command.identity_number:
            await _refuse_duplicate(work, command.identity_number, besides=person["id"])
        changes = work.differing("person", person, changes)
        if not changes:
            return await work.commit(Saved("person", person["id"], person["version"]))
        changed = await work.update("person", person, changes)
        named = {name.removesuffix("_code") for name in changes.keys() - _DERIVED}
        cause = event_of("person.updated", changed, subject=person["id"], changed=sorted(named))
        await work.append(cause)
        if any(changed[name] != person[name] for name in FACTS):
            await reevaluate(work, circle, work.today, cause)
        if COMPARED & changes.keys():
            await look_for_duplicates(work, [person["id"]], RaisedBy.ENTRY, cause)
        return await work.commit(Saved("person", person["id"], changed["version"]))


async def record_death(access: Access, uow: UnitOfWork, command: RecordDeath) -> Saved:
    """Record a death: it closes her file and moves the determination of those she leaves."""
    async with uow.begin(access, WRITE) as work:
        circle = await work.lock_circle(command.person_id)
        person = in_force(await work.load("person", command.person_id, version=command.version))
        refuse_before_birth(person["birth_date"], command.died_on, "/died_on")
        changes = {"situation": Situation.DEAD, "died_on": command.died_on}
        changed = await work.update("person", person, changes)
        cause = event_of("person.died", changed, subject=person["id"], changed=sorted(changes))
        await work.append(cause)
        await _close(work, person, circle, command.died_on, EndReason.DEATH, cause)
        return await work.commit(Saved("person", person["id"], changed["version"]))


async def deregister(access: Access, uow: UnitOfWork, command: Deregister) -> Saved:
    """Strike a person off the ledger; the file stays, closed."""
    async with uow.begin(access, WRITE) as work:
        circle = await work.lock_circle(command.person_id)
        person = in_force(await work.load("person", command.person_id, version=command.version))
        on = command.on or work.today
        changed = await work.update("person", person, {"deregistered_on": on})
        cause = event_of(
            "person.deregistered", changed, subject=person["id"], changed=["deregistered_on"], purpose=command.reason
        )
        await work.append(cause)
        await _close(work, person, circle, on, EndReason.DEREGISTRATION, cause)
        return await work.commit(Saved("person", person["id"], changed["version"]))


async def _close(work: Work, person: Row, circle: Iterable[UUID], on: date, reason: EndReason, cause: Any) -> None:
    await close_file(work, person["id"], on, reason, cause)
    await end_requests(work, person["id"], cause)
    await refresh_remits(work, [person["id"]])
    await reevaluate(work, circle, work.today, cause)


async def _home(
    work: Work, command: RegisterPerson, values: dict[str, Any], forms: Iterable[Population]
) -> UUID | None:
    """Return the household she is entered into: one that is there, or a new one with her as its head."""
    if command.household_id:
        found: UUID = (await work.load("household", command.household_id))["id"]
        return found
    if not command.new_household:
        return None
    columns = {"region_code": values["region_code"], "head_id": values["id"], "address": command.address}
    home = await work.insert("household", columns | {"remit": household_remit(forms)})
    await work.append(event_of("household.created", home, subject=values["id"]))
    created: UUID = home["id"]
    return created


@asynccontextmanager
async def _asking(access: Access, uow: UnitOfWork, number: str | None) -> AsyncIterator[None]:
    """Where a write is refused for a number that somebody out of sight holds, ask her agency about it."""
    try:
        yield
    except Conflict as refused:
        if number and refused.code == "person.under_review":
            await ask_holder(access, uow, number)
        raise


async def _refuse_duplicate(work: Work, number: str | None, besides: UUID | None = None) -> None:
    """Refuse an identity number somebody else holds, saying no more than the caller may know."""
    holder = await work.holder_of(number) if number else None
    if holder is None or holder[0] == besides:
        return
    person_id, seen = holder
    if seen:
        raise Conflict("person.duplicate", id=str(person_id))
    raise Conflict("person.under_review")


async def _agreed(work: Work, person: Row, given: dict[str, Any]) -> dict[str, Any]:
    """Return birth date and sex as the number and what is given agree on them; a new number outweighs the file."""
    if "identity_number" in given:
        number = given["identity_number"]
    else:
        number = (await work.reveal("person", person, ["identity_number"]))["identity_number"]
    on_file = None if given.get("identity_number") else person["birth_date"]
    return _read_off(number, given.get("birth_date", on_file), given.get("sex", person["sex"]))


def _read_off(number: str | None, born: date | None, sex: str | None) -> dict[str, Any]:
    """Return birth date and sex, read off the identity number where they were not given.

    A birth date that contradicts the number is a fault; a sex that does is not: the number's may
    be the wrong one, and only the police corrects it (GB 11643).
    """
    said = sex if sex not in {None, "0"} else None
    if number is None:
        return {"birth_date": born, "sex": said or "0"}
    read = numbers.parse(number, today=date.max)
    if born is not None and born != read.birth_date:
        raise InvalidInput(Fault("/birth_date", "birth_date.identity_number_mismatch"))
    return {"birth_date": read.birth_date, "sex": said or read.sex}


def _refuse_unfit(forms: dict[Population, Details], sex: str) -> None:
    if Population.WOMAN in forms and sex == MALE:
        raise InvalidInput(Fault("/woman", "profile.not_a_woman"))


async def _registered(work: Work, code: str | None) -> int | None:
    if code is None:
        return None
    found = await work.region(code, work.today)
    if found is None:
        raise InvalidInput(Fault("/registered_region", "region.unknown"))
    return found


def _name_columns(name: str) -> dict[str, str]:
    pinyin, initials = name_keys(name)
    return {"name": name, "name_pinyin": pinyin, "name_initials": initials}


def _priority(values: dict[str, Any]) -> int:
    disability = values.get("disability_grade") or values.get("disability_category")
    return priority_of(values.get("hardship") or (), disability, values.get("health"), values.get("illness"))
