"""Deciding whether two files are one person's: distinct, merged, and unmerged again."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.codes import identity_number as numbers
from domain.duplicates.commands import MarkDistinct, MergePeople, ReviewDuplicate, UndoMerge
from domain.duplicates.detecting import DECIDE
from domain.duplicates.model import DuplicateState, undecided
from domain.errors import Conflict, Fault, InvalidInput, NotFound
from domain.people.model import EndReason
from domain.people.priority import priority_of
from domain.people.use_cases.consequences import close_file, event_of, in_force, reevaluate, refresh_remits
from domain.pinyin import name_keys
from domain.transfers.requests import refuse_asked_for
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

QUEUE: Final = "duplicate_candidate"
SECRETS: Final = ("identity_number", "phone", "address")
COLUMNS: Final = {  # field of the command → column
    "name": "name", "sex": "sex", "birth_date": "birth_date", "registered_region": "registered_region_code",
    "ethnicity": "ethnicity", "education": "education", "marital_status": "marital_status", "health": "health",
    "disability_category": "disability_category", "disability_grade": "disability_grade", "illness": "illness",
    "hardship": "hardship", "capable": "capable", "household": "household_id",
}  # fmt: skip
BLANK: Final = {"sex": "0", "hardship": []}


async def review_duplicate(access: Access, uow: UnitOfWork, command: ReviewDuplicate) -> Saved:
    """Take a question up, so that others see that somebody is looking into it."""
    async with uow.begin(access, DECIDE) as work:
        row = await work.load(QUEUE, command.duplicate_id, version=command.version)
        if row["state"] != DuplicateState.OPEN:
            raise Conflict("duplicate.decided", state=row["state"])
        changed = await work.update(QUEUE, row, {"state": DuplicateState.UNDER_REVIEW})
        await work.append(event_of("duplicate.taken_up", changed, subject=row["person_id"]))
        return await work.commit(Saved(QUEUE, row["id"], changed["version"]))


async def mark_distinct(access: Access, uow: UnitOfWork, command: MarkDistinct) -> Saved:
    """Decide that they are two people; an agency that asked about somebody it does not see is answered so, too."""
    async with uow.begin(access, DECIDE) as work:
        row = await work.load(QUEUE, command.duplicate_id, version=command.version)
        undecided(row["state"])
        changes = {"state": DuplicateState.DISTINCT, "decision": command.reason}
        changed = await work.update(QUEUE, row, changes)
        await work.append(
            event_of("duplicate.held_distinct", changed, subject=row["person_id"], purpose=command.reason)
        )
        return await work.commit(Saved(QUEUE, row["id"], changed["version"]))


async def merge_people(access: Access, uow: UnitOfWork, command: MergePeople) -> Saved:
    """Make two files one: the survivor takes over the other's records, and the other leads to her.

    Both must lie within the caller's write scope. The other file stays, closed, with its own history,
    its external id and ``merged_into``. Everybody concerned is determined anew.
    """
    async with uow.begin(access, DECIDE) as work:
        row = await work.load(QUEUE, command.duplicate_id, version=command.version)
        undecided(row["state"])
        survivor, merged, circle = await _both(work, row, command.survivor_id)
        former = await work.duplicates.remember((survivor["id"], merged["id"]), merged["id"])
        values, taken = await _chosen(work, survivor, merged, frozenset(command.take or ()))
        closed = {"merged_into": survivor["id"], "deregistered_on": work.today, "household_id": None}
        if "identity_number" in values:
            closed["identity_number"] = None  # one number, one file
        gone = await work.update("person", merged, closed)
        kept = await work.update("person", survivor, values)
        async with work.as_system():
            moved = await work.duplicates.hand_over(merged["id"], survivor["id"])
        data = {"from": merged["id"], "changed": taken, "moved": moved}
        cause = event_of("person.absorbed", kept, subject=survivor["id"], **data)
        await work.append(cause, event_of("person.merged", gone, subject=merged["id"], by=cause, into=survivor["id"]))
        await close_file(work, merged["id"], work.today, EndReason.REPLACED, cause)
        homes = (survivor["household_id"], merged["household_id"])
        await refresh_remits(work, [survivor["id"], merged["id"]], homes)
        await reevaluate(work, circle, work.today, cause)
        async with work.as_system():
            await work.duplicates.supersede(merged["id"], row["id"])
        merge = await work.insert("person_merge", {
            "person_id": survivor["id"], "merged_id": merged["id"], "duplicate_id": row["id"], "taken": taken,
            "region_code": survivor["region_code"],
        })  # fmt: skip
        await work.duplicates.keep(merge["id"], former)
        await work.update(QUEUE, row, {"state": DuplicateState.MERGED})
        return await work.commit(Saved("person_merge", merge["id"], merge["version"]))


async def undo_merge(access: Access, uow: UnitOfWork, command: UndoMerge) -> Saved:
    """Take a merge back: every row it changed is again what it was.

    Raises ``Conflict`` (``merge.undone``, ``merge.survivor_merged``, ``merge.changed_since``).
    """
    async with uow.begin(access, DECIDE) as work:
        merge = await work.load("person_merge", command.merge_id, version=command.version)
        if merge["undone_at"] is not None:
            raise Conflict("merge.undone")
        pair = (merge["person_id"], merge["merged_id"])
        circle = await work.lock_circle(*pair)
        before = {one: await work.load("person", one) for one in sorted(pair)}
        if before[pair[0]]["merged_into"] is not None:
            raise Conflict("merge.survivor_merged")
        moment = await work.duplicates.restore(merge["id"])
        people = {one: (await work.find("person", where={"id": one}))[0] for one in pair}
        cause = event_of("person.unmerged", people[pair[1]], subject=pair[1], purpose=command.reason, out_of=pair[0])
        released = event_of("person.released", people[pair[0]], subject=pair[0], by=cause, whom=pair[1])
        await work.append(cause, released)
        homes = {one["household_id"] for one in (*before.values(), *people.values())}
        await refresh_remits(work, sorted(pair), homes)
        await reevaluate(work, circle | await work.lock_circle(*pair), work.today, cause)
        undone = await work.update("person_merge", merge, {"undone_at": moment, "undo_reason": command.reason})
        for row in await work.find(QUEUE, where={"id": merge["duplicate_id"]}):
            await work.update(QUEUE, row, {"state": DuplicateState.OPEN})
        return await work.commit(Saved("person_merge", undone["id"], undone["version"]))


async def _both(work: Work, row: Row, survivor_id: UUID) -> tuple[Row, Row, frozenset[UUID]]:
    """Lock and return survivor and merged, both in force and both the caller's to change."""
    if row["other_id"] is None:
        raise Conflict("duplicate.one_file")
    pair = (row["person_id"], row["other_id"])
    if survivor_id not in pair:
        raise InvalidInput(Fault("/survivor_id", "duplicate.survivor"))
    circle = await work.lock_circle(*pair)
    try:
        people = {one: in_force(await work.load("person", one)) for one in sorted(pair)}
    except NotFound:
        raise Conflict("duplicate.elsewhere") from None  # the other agency's file: hers to decide, or to transfer
    await refuse_asked_for(work, people.values())
    merged_id = next(one for one in pair if one != survivor_id)
    return people[survivor_id], people[merged_id], circle


async def _chosen(work: Work, survivor: Row, merged: Row, take: frozenset[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what the survivor's row takes from the other, by column, and the names of those fields."""
    held, theirs = await work.reveal("person", survivor, SECRETS), await work.reveal("person", merged, SECRETS)
    held |= {field: survivor[column] for field, column in COLUMNS.items()}
    theirs |= {field: merged[column] for field, column in COLUMNS.items()}
    values: dict[str, Any] = {
        COLUMNS.get(field, field): value
        for field, value in theirs.items()
        if not _blank(field, value) and value != held[field] and (field in take or _blank(field, held[field]))
    }
    number = values.get("identity_number", held["identity_number"])
    if number is not None:
        values["birth_date"] = numbers.parse(number, today=date.max).birth_date
    if values.get("birth_date") == survivor["birth_date"]:
        values.pop("birth_date", None)
    if "name" in values:
        values["name_pinyin"], values["name_initials"] = name_keys(values["name"])
    after = {**survivor, **values}
    disability = after["disability_grade"] or after["disability_category"]
    priority = priority_of(after["hardship"], disability, after["health"], after["illness"])
    taken = sorted(field for field in {*COLUMNS, *SECRETS} if COLUMNS.get(field, field) in values)
    return values | {"priority": priority}, taken


def _blank(field: str, value: object) -> bool:
    return value is None or value == BLANK.get(field)


__all__ = ["mark_distinct", "merge_people", "review_duplicate", "undo_merge"]
