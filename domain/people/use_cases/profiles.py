"""Opening, changing and closing the dated profiles that make a person a woman, child or elder of the ledger."""

from datetime import date
from typing import Final

from domain.access import Access
from domain.campaigns.use_cases import surveyed
from domain.errors import Conflict, Fault, InvalidInput
from domain.events import Event
from domain.people.commands import CloseProfile, OpenProfile, UpdateProfile
from domain.people.days import birthday
from domain.people.forms import Details
from domain.people.kin import MALE
from domain.people.model import Population
from domain.people.use_cases.consequences import event_of, in_force, reevaluate, refresh_remits
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

WRITE: Final = "people:write"


async def add_profile(
    work: Work, person: Row, population: Population, form: Details, valid_from: date, cause: Event | None = None
) -> tuple[Row, Event]:
    """Insert a profile and its event; what follows from it is the caller's to work out."""
    await _refuse_unfit(work, person, population)
    table = f"{population}_profile"
    values = {"person_id": person["id"], "region_code": person["region_code"], "valid_from": valid_from}
    profile = await work.insert(table, values | form.given())
    event = event_of(f"{table}.opened", profile, subject=person["id"], by=cause, changed=sorted(form.model_fields_set))
    await work.append(event)
    await surveyed(work, person, population, event)
    return profile, event


async def open_profile(access: Access, uow: UnitOfWork, command: OpenProfile) -> Saved:
    """Put a person into a population. Raises ``Conflict`` (``profile.open``) where she is in it."""
    async with uow.begin(access, WRITE) as work:
        await work.lock_circle(command.person_id)
        person = in_force(await work.load("person", command.person_id))
        population, form = command.chosen
        profile, cause = await add_profile(work, person, population, form, command.valid_from or work.today)
        await _follow(work, person, cause)
        return await work.commit(Saved(f"{population}_profile", profile["id"], profile["version"]))


async def update_profile(access: Access, uow: UnitOfWork, command: UpdateProfile) -> Saved:
    """Change the details the command names of a profile in force."""
    async with uow.begin(access, WRITE) as work:
        population, form = command.chosen
        table = f"{population}_profile"
        profile, person = await _profile(work, table, command)
        changes = work.differing(table, profile, form.given())
        if not changes:
            return await work.commit(Saved(table, profile["id"], profile["version"]))
        changed = await work.update(table, profile, changes)
        cause = event_of(f"{table}.updated", changed, subject=person["id"], changed=sorted(changes))
        await work.append(cause)
        await surveyed(work, person, population, cause)
        await reevaluate(work, [person["id"]], work.today, cause)
        return await work.commit(Saved(table, changed["id"], changed["version"]))


async def close_profile(access: Access, uow: UnitOfWork, command: CloseProfile) -> Saved:
    """Take a person out of a population; her status in it ends."""
    async with uow.begin(access, WRITE) as work:
        table = f"{command.population}_profile"
        profile, person = await _profile(work, table, command)
        on = command.on or work.today
        if on < profile["valid_from"]:
            raise InvalidInput(Fault("/on", "date.before_begin"))
        closed = await work.update(table, profile, {"valid_to": on, "end_reason": command.reason})
        cause = event_of(f"{table}.closed", closed, subject=person["id"], reason=command.reason)
        await work.append(cause)
        await _follow(work, person, cause)
        return await work.commit(Saved(table, closed["id"], closed["version"]))


async def _refuse_unfit(work: Work, person: Row, population: Population) -> None:
    """Refuse a profile she cannot have: a man's as a woman, and by the age bounds of the rule set in force today.

    Whose birth date is not known is taken at her word.
    """
    if population is Population.WOMAN:
        if person["sex"] == MALE:
            raise InvalidInput(Fault("/woman", "profile.not_a_woman"))
        return
    born = person["birth_date"]
    if born is None:
        return
    rules = (await work.rules(person["region_code"], work.today)).parameters
    if population is Population.CHILD and birthday(born, rules.child_under) <= work.today:
        raise InvalidInput(Fault("/child", "profile.not_a_child", {"under": rules.child_under}))
    if population is Population.ELDER and work.today < birthday(born, rules.elder_from):
        raise InvalidInput(Fault("/elder", "profile.not_an_elder", {"from": rules.elder_from}))


async def _profile(work: Work, table: str, command: UpdateProfile | CloseProfile) -> tuple[Row, Row]:
    """Lock a profile in force and its person, the person first as everywhere."""
    person_id = (await work.load(table, command.profile_id, lock=False))["person_id"]
    await work.lock_circle(person_id)
    person = await work.load("person", person_id)
    profile = await work.load(table, command.profile_id, version=command.version)
    if profile["valid_to"] is not None:
        raise Conflict("profile.closed")
    return profile, in_force(person)


async def _follow(work: Work, person: Row, cause: Event) -> None:
    await refresh_remits(work, [person["id"]])
    await reevaluate(work, [person["id"]], work.today, cause)
