"""Every committed event gets one position, without a gap, in commit order; what a crash leaves is made up for."""

import json
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from domain.events import Event, Origin
from domain.ids import new_id
from persistence.crypto import FieldCipher
from persistence.engine import RUNTIME_ROLE, connect
from persistence.sealing import roots, sealer
from persistence.sealing.sealer import seal
from persistence.writing.events import append_events
from tests.integration.sealing.conftest import ACCESS, PERSON, Another, House


async def test_events_are_numbered_in_batches_that_hang_together(house: House) -> None:
    written = await house.write(1, 2, 3, 4, 5)
    assert await house.seal(batch=2) == 5
    assert await house.seal() == 0
    assert await house.order() == written
    seals = await house.owner.fetch("SELECT batch, first_position, count FROM event_seal ORDER BY batch")
    assert [tuple(row) for row in seals] == [(1, 1, 2), (2, 3, 2), (3, 5, 1)]
    more = await house.write(6)
    assert await house.seal() == 1
    assert await house.order() == [*written, *more]
    report = await house.verify()
    assert (report.events, report.batches, report.outside, report.waiting, report.findings) == (6, 4, 4, 0, [])


async def test_who_commits_late_comes_late_and_leaves_no_gap(house: House, another: Another) -> None:
    slow = await another()
    late = slow.transaction()
    await late.start()
    (last,) = await append_events(slow, ACCESS, Origin(), [Event("a.b", "a", new_id())])
    first = await house.write(1)
    assert await house.seal() == 1
    second = await house.write(2)
    assert await house.seal() == 1
    await late.commit()
    assert await house.seal() == 1
    assert await house.order() == [*first, *second, last]
    assert (await house.verify()).findings == []


async def test_a_version_is_never_sealed_before_the_one_it_follows(house: House) -> None:
    """The clock stepped back between two versions: time says the wrong order, versions the right one."""
    before, other, after = await house.write(1), await house.write(1, aggregate=new_id()), await house.write(2)
    back = timedelta(minutes=10)
    await house.owner.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
    await house.owner.execute("UPDATE event SET at = at - $2::interval WHERE id = $1", after[0], back)
    assert await house.seal() == 3
    order = await house.order()
    assert order.index(before[0]) < order.index(after[0])
    assert set(order) == {*before, *other, *after}


async def test_the_xmin_of_a_snapshot_alone_would_turn_versions_round(house: House, another: Another) -> None:
    """Version 2 is of an older transaction than version 1, and one between them is still open."""
    older, between = await another(), await another()
    second = older.transaction()
    await second.start()
    await older.fetchval("SELECT pg_current_xact_id()")
    open_one = between.transaction()
    await open_one.start()
    await between.fetchval("SELECT pg_current_xact_id()")
    first_event = await house.write(1)
    event = Event("person.updated", "person", PERSON, 421081100201, PERSON, 2)
    (second_event,) = await append_events(older, ACCESS, Origin(), [event])
    await second.commit()
    assert await house.seal() == 2
    await open_one.rollback()
    assert await house.order() == [*first_event, second_event]


async def test_only_one_seals(house: House, another: Another) -> None:
    rival = await another()
    await rival.execute("SELECT pg_advisory_lock($1)", sealer.LOCK)
    await house.write(1)
    assert await house.seal() == 0
    await rival.execute("SELECT pg_advisory_unlock($1)", sealer.LOCK)
    assert await house.seal() == 1


async def test_a_crash_after_a_batch_loses_and_doubles_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    written = await house.write(1, 2, 3, 4)
    closing, calls = sealer._close_batch, []

    async def failing(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError
        await closing(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sealer, "_close_batch", failing)
    with pytest.raises(OSError, match=r"^$"):
        await house.seal(batch=2)
    assert await house.order() == written[:2]
    assert not house.roots.exists()
    monkeypatch.undo()
    assert await house.seal() == 2
    assert await house.order() == written
    assert len(house.roots.read_bytes().splitlines()) == 2
    assert (await house.verify()).findings == []


async def test_a_file_that_cannot_be_written_does_not_stop_sealing(house: House) -> None:
    await house.write(1)
    house.roots.mkdir(parents=True)
    assert await house.seal() == 1
    house.roots.rmdir()
    assert await house.seal() == 0
    assert json.loads(house.roots.read_bytes())["batch"] == 1
    assert house.roots.stat().st_mode & 0o777 == 0o600


async def test_half_a_line_of_a_crash_is_seen_and_the_root_written_again(house: House) -> None:
    await house.write(1)
    await house.seal()
    whole = house.roots.read_bytes()
    house.roots.write_bytes(whole + whole[:40])
    await house.write(2)
    await house.seal()
    lines = house.roots.read_bytes().splitlines()
    assert [json.loads(line)["batch"] for line in (lines[0], lines[2])] == [1, 2]
    assert await house.found() == {("roots_incomplete", None, None)}


async def test_positions_read_well_by_the_feed(house: House) -> None:
    await house.owner.execute(
        "INSERT INTO event (id, at, type, aggregate, aggregate_id, actor, channel, digest) "
        "SELECT uuidv7(), clock_timestamp(), 'a.b', 'a', uuidv7(), 'system:a', 'job', sha256(n::text::bytea) "
        "FROM generate_series(1, 5000) n"
    )
    assert await house.seal() == 5000
    await house.owner.execute("ANALYZE event, event_position")
    plan = await house.owner.fetch(
        "EXPLAIN (COSTS OFF) SELECT p.position, e.type FROM event_position p LEFT JOIN LATERAL "
        "(SELECT * FROM event WHERE event.id = p.event_id AND event.at = p.at LIMIT 1) e ON true "
        "WHERE p.position > 4000 ORDER BY p.position LIMIT 5"
    )
    text = "\n".join(row[0] for row in plan)
    assert "event_position_pkey" in text
    assert "Sort" not in text


async def test_after_a_restore_into_another_cluster_nothing_is_missed(house: House) -> None:
    """Numbers of transactions say nothing in a new cluster: all events are looked at once."""
    await house.write(1)
    await house.seal()
    lost = await house.write(2)
    await house.owner.execute("UPDATE seal_state SET cluster = 'another', settled = 9223372036854775807")
    await house.tamper(f"UPDATE event SET xact = 9223372036854775806 WHERE id = '{lost[0]}'")
    assert await house.seal() == 1
    assert len(await house.order()) == 2
    await house.write(3)
    assert await house.seal() == 1
    assert (await house.verify()).findings == []


async def test_the_runtime_role_changes_no_seal(house: House) -> None:
    await house.write(1)
    await house.seal()
    for statement in (
        "UPDATE event_position SET position = 9", "DELETE FROM event_position", "TRUNCATE event_position",
        "UPDATE event_seal SET count = 9", "DELETE FROM event_seal", "DELETE FROM seal_key",
    ):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await house.sealer.execute(statement)


async def test_a_younger_key_signs_and_the_older_one_still_verifies(house: House) -> None:
    from persistence.sealing.keys import add_key

    await house.write(1)
    await house.seal()
    younger = await add_key(house.sealer, house.cipher)
    await house.write(2)
    await house.seal()
    assert await house.owner.fetchval("SELECT kid FROM event_seal WHERE batch = 2") == younger.kid
    assert (await house.verify()).findings == []


async def test_a_line_outside_stands_by_itself(house: House) -> None:
    from persistence.sealing.keys import verifies

    await house.write(1)
    await house.seal()
    root = roots.read(house.roots.read_bytes())
    assert verifies(root.public_key, root.signature, root.statement.signed_bytes())
    assert root.line() == house.roots.read_bytes()


async def test_events_without_a_region_are_sealed_too(house: House) -> None:
    async with house.owner.transaction():
        await append_events(house.owner, ACCESS, Origin("cli"), [Event("signing_key.rotated", "signing_key", new_id())])
    assert await house.seal() == 1


async def test_sealing_needs_no_more_than_the_runtime_role(database: str, cipher: FieldCipher) -> None:
    connection = await connect(database, role=RUNTIME_ROLE)
    async with connection.transaction():
        await append_events(connection, ACCESS, Origin(), [Event("a.b", "a", UUID(int=5))])
    assert await seal(connection, cipher, None) == 1
    await connection.close()
