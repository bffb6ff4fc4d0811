"""Whoever owns the database may do anything to it; whatever was done to the history is found and named."""

import base64
import json
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from persistence.sealing.merkle import root_of
from persistence.sealing.statement import Statement
from persistence.sealing.verify import verify
from persistence.writing.events import digest_of
from tests.integration.sealing.conftest import House

Tampering = Callable[[House], Awaitable[None]]


@pytest.fixture
async def sealed(house: House) -> House:
    """Nine events in three batches of three."""
    await house.write(*range(1, 10))
    await house.seal(batch=3)
    assert await house.found() == set()
    return house


async def event_at(house: House, position: int) -> asyncpg.Record:
    return await house.owner.fetchrow(
        "SELECT e.* FROM event e JOIN event_position p ON p.event_id = e.id WHERE p.position = $1", position
    )


async def edit(house: House) -> None:
    row = await event_at(house, 5)
    await house.tamper(f"UPDATE event SET actor = 'staff:2' WHERE id = '{row['id']}'")


async def edit_of_what_no_view_shows(house: House) -> None:
    row = await event_at(house, 5)
    await house.tamper(f"UPDATE event SET data = '{{\"changed\":[\"name\"]}}' WHERE id = '{row['id']}'")


async def edit_with_its_digest(house: House) -> None:
    row = dict(await event_at(house, 5)) | {"purpose": "another"}
    changed = digest_of(row).hex()
    await house.tamper(f"UPDATE event SET purpose = 'another', digest = '\\x{changed}' WHERE id = '{row['id']}'")


async def edit_with_digest_and_leaf(house: House) -> None:
    await edit_with_its_digest(house)
    row = await event_at(house, 5)
    await house.tamper(f"UPDATE event_position SET digest = '\\x{row['digest'].hex()}' WHERE position = 5")


async def rewrite_with_root(house: House) -> None:
    """Recompute everything that needs no key."""
    await edit_with_digest_and_leaf(house)
    leaves = await house.owner.fetch(
        "SELECT digest FROM event_position WHERE position BETWEEN 4 AND 6 ORDER BY position"
    )
    root = root_of([row["digest"] for row in leaves]).hex()
    await house.tamper(f"UPDATE event_seal SET root = '\\x{root}' WHERE batch = 2")


async def move_to_another_month(house: House) -> None:
    row = await event_at(house, 5)
    await house.tamper(f"UPDATE event SET at = at + interval '1 second' WHERE id = '{row['id']}'")


async def delete_an_event(house: House) -> None:
    row = await event_at(house, 5)
    await house.tamper(f"DELETE FROM event WHERE id = '{row['id']}'")


async def delete_with_its_position(house: House) -> None:
    await delete_an_event(house)
    await house.tamper("DELETE FROM event_position WHERE position = 5")


async def delete_and_close_the_gap(house: House) -> None:
    await delete_with_its_position(house)
    await house.tamper(*(f"UPDATE event_position SET position = {at - 1} WHERE position = {at}" for at in range(6, 10)))


async def reorder(house: House) -> None:
    await house.tamper(
        "UPDATE event_position SET position = -1 WHERE position = 5",
        "UPDATE event_position SET position = 5 WHERE position = 6",
        "UPDATE event_position SET position = 6 WHERE position = -1",
    )


async def insert_behind_the_seal(house: House) -> None:
    await house.write(10)
    await house.tamper("UPDATE event SET xact = 3 WHERE aggregate_version = 10")


async def insert_without_a_transaction(house: House) -> None:
    await house.write(10)
    await house.tamper("UPDATE event SET xact = NULL WHERE aggregate_version = 10")


async def insert_for_the_far_future(house: House) -> None:
    await house.write(10)
    await house.tamper("UPDATE event SET xact = 9000000000000000000 WHERE aggregate_version = 10")


async def insert_with_a_position(house: House) -> None:
    (made,) = await house.write(10)
    await house.tamper(
        f"INSERT INTO event_position SELECT 10, id, at, digest FROM event WHERE id = '{made}'",
    )


async def drop_a_batch(house: House) -> None:
    await house.tamper(
        "DELETE FROM event WHERE aggregate_version BETWEEN 4 AND 6",
        "DELETE FROM event_position WHERE position BETWEEN 4 AND 6",
        "DELETE FROM event_seal WHERE batch = 2",
    )


async def drop_and_renumber(house: House) -> None:
    await drop_a_batch(house)
    await house.tamper(
        "UPDATE event_position SET position = position - 3 WHERE position > 6",
        "UPDATE event_seal SET batch = 2, first_position = 4 WHERE batch = 3",
    )


async def backdate_a_seal(house: House) -> None:
    await house.tamper("UPDATE event_seal SET sealed_at = sealed_at - interval '1 day' WHERE batch = 3")


async def cut_the_tail(house: House) -> None:
    await house.tamper(
        "DELETE FROM event WHERE aggregate_version > 6",
        "DELETE FROM event_position WHERE position > 6",
        "DELETE FROM event_seal WHERE batch = 3",
    )


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (edit, {("event_edited", 2, 5)}),
        (edit_of_what_no_view_shows, {("event_edited", 2, 5)}),
        (edit_with_its_digest, {("event_edited", 2, 5)}),
        (edit_with_digest_and_leaf, {("root_mismatch", 2, None)}),
        (
            rewrite_with_root,
            {("signature_invalid", 2, None), ("chain_broken", 3, None), ("root_lost", 2, None),
             ("roots_incomplete", 2, None)},
        ),
        (move_to_another_month, {("event_missing", 2, 5)}),
        (delete_an_event, {("event_missing", 2, 5)}),
        (delete_with_its_position, {("positions_broken", 2, None)}),
        (delete_and_close_the_gap, {("root_mismatch", 2, None), ("positions_broken", 3, None)}),
        (reorder, {("root_mismatch", 2, None)}),
        (insert_behind_the_seal, {("event_unsealed", None, None)}),
        (insert_without_a_transaction, {("event_unsealed", None, None)}),
        (insert_for_the_far_future, {("event_unsealed", None, None)}),
        (insert_with_a_position, {("positions_broken", None, 10)}),
        (drop_a_batch, {("chain_broken", 3, None)}),
        (
            drop_and_renumber,
            {("chain_broken", 2, None), ("signature_invalid", 2, None), ("root_lost", 2, None),
             ("roots_incomplete", 2, None), ("root_lost", 3, None)},
        ),
        (
            backdate_a_seal,
            {("signature_invalid", 3, None), ("root_lost", 3, None), ("roots_incomplete", 3, None)},
        ),
        (cut_the_tail, {("root_lost", 3, None)}),
    ],
)  # fmt: skip
async def test_it_is_found(sealed: House, tampering: Tampering, found: set[tuple[str, int | None, int | None]]) -> None:
    await tampering(sealed)
    assert await sealed.found() == found


async def test_a_cut_tail_needs_the_roots_outside(sealed: House) -> None:
    await cut_the_tail(sealed)
    assert await sealed.found(with_roots=False) == set()


async def test_a_cut_tail_is_found_also_when_sealing_went_on(sealed: House) -> None:
    await cut_the_tail(sealed)
    await sealed.write(11, 12)
    assert await sealed.seal() == 2
    assert await sealed.found() == {("root_lost", 3, None)}
    assert [json.loads(line)["batch"] for line in sealed.roots.read_bytes().splitlines()] == [1, 2, 3, 3]
    await sealed.write(13)
    assert await sealed.seal() == 1
    assert await sealed.found() == {("root_lost", 3, None)}


async def test_edited_events_are_named_by_their_ids(sealed: House) -> None:
    row = await event_at(sealed, 5)
    await edit(sealed)
    report = await sealed.verify()
    assert [one.event_id for one in report.findings] == [row["id"]]


async def test_a_chain_signed_anew_by_a_key_slipped_in(sealed: House) -> None:
    """All is rewritten and signed: the private half must open under the master key, which no dump holds."""
    await edit_with_digest_and_leaf(sealed)
    forged = Ed25519PrivateKey.generate()
    public = forged.public_key().public_bytes_raw()
    kid = await sealed.owner.fetchval("SELECT kid FROM seal_key")
    statements, previous = [f"UPDATE seal_key SET public_key = '\\x{public.hex()}'"], None
    for row in await sealed.owner.fetch("SELECT * FROM event_seal ORDER BY batch"):
        statement = Statement.from_row(row)
        leaves = await sealed.owner.fetch(
            "SELECT digest FROM event_position WHERE position >= $1 AND position < $2 ORDER BY position",
            statement.first, statement.after,
        )  # fmt: skip
        root = root_of([one["digest"] for one in leaves])
        statement = Statement(
            statement.batch, statement.first, statement.count, root, previous or statement.previous,
            statement.sealed_at, kid,
        )  # fmt: skip
        previous = statement.digest()
        statements.append(
            f"UPDATE event_seal SET root = '\\x{root.hex()}', previous = '\\x{statement.previous.hex()}', "
            f"signature = '\\x{forged.sign(statement.signed_bytes()).hex()}' WHERE batch = {statement.batch}"
        )
    await sealed.tamper(*statements)
    bad = {("signature_invalid", batch, None) for batch in (1, 2, 3)}
    assert await sealed.found(with_roots=False) == bad
    without_keys = await verify(sealed.sealer, None, None)
    assert without_keys.findings == []  # who has neither the master key nor the roots sees a whole chain
    assert ("root_lost", 2, None) in await sealed.found()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda lines: lines[:2], {("roots_incomplete", 3, None)}),
        (lambda lines: lines[1:], {("roots_incomplete", 1, None)}),
        (lambda lines: [lines[0], lines[2]], {("roots_incomplete", 2, None)}),
        (lambda lines: [*lines, b"{}"], {("roots_incomplete", None, None)}),
        (lambda lines: [*lines, b"\xff"], {("roots_incomplete", None, None)}),
        (lambda lines: [lines[2], lines[0], lines[1]], set()),
        (lambda lines: [*lines, lines[1]], set()),
    ],
)
async def test_the_file_outside_is_checked_too(
    sealed: House, change: Callable[[list[bytes]], list[bytes]], found: set[tuple[str, int | None, int | None]]
) -> None:
    sealed.roots.write_bytes(b"\n".join(change(sealed.roots.read_bytes().splitlines())) + b"\n")
    assert await sealed.found() == found


async def test_a_root_outside_that_nobody_signed(sealed: House) -> None:
    lines = sealed.roots.read_bytes().splitlines()
    members = json.loads(lines[2])
    members["signature"] = base64.b64encode(b"\0" * 64).decode()
    sealed.roots.write_bytes(b"\n".join([*lines[:2], json.dumps(members).encode()]) + b"\n")
    assert await sealed.found() == {("roots_incomplete", 3, None)}


async def test_from_a_later_batch_on(sealed: House) -> None:
    await edit(sealed)
    assert (await sealed.verify(since=3)).findings == []
    assert [one.batch for one in (await sealed.verify(since=2)).findings] == [2]


async def test_old_months_are_verified_too(house: House) -> None:
    await house.owner.execute("SELECT ensure_event_partitions('2019-01-01', 2)")
    (old,) = await house.write(1)
    await house.tamper(f"UPDATE event SET at = '2019-01-15T00:00:00Z' WHERE id = '{old}'")
    row = await house.owner.fetchrow("SELECT * FROM event")
    await house.tamper(f"UPDATE event SET digest = '\\x{digest_of(row).hex()}'")
    await house.seal()
    assert await house.found() == set()
    await house.tamper("UPDATE event_2019_01 SET actor = 'nobody'")
    assert await house.found() == {("event_edited", 1, 1)}
