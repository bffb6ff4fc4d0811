"""What cases seal is sealed anew with everything else: a reporter's telephone number, a confidential note."""

from datetime import UTC, datetime

import asyncpg

from persistence.crypto import FieldCipher, KeyRing
from persistence.keys.reseal import reseal, settled
from persistence.writing import records
from tests.integration.keys.test_reseal import NEW, REGION, ring

AT = datetime(2026, 3, 2, tzinfo=UTC)


async def test_a_reporters_phone_and_a_note_open_under_the_new_key_alone(
    owner: asyncpg.Connection, pool: asyncpg.Pool
) -> None:
    agency = await owner.fetchval(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) VALUES "
        "(gen_random_uuid(), 'civil_affairs', 3, '民政局', 421081000000, '2020-01-01') RETURNING id"
    )
    case = await records.insert(owner, ring(1), "care_case", {
        "region_code": REGION, "number": "421081-20260302-7K3QZM", "source": "report", "category": "violence",
        "audience": "woman", "work_order": 1, "remit": 128, "title": "求助", "description": "求助", "agency_id": agency,
        "restricted": True, "received_at": AT, "accept_by": AT, "finish_by": AT, "due_at": AT,
        "reporter_phone": "19012345678",
    })  # fmt: skip
    note = await records.insert(owner, ring(1), "case_note", {
        "case_id": case["id"], "region_code": REGION, "agency_id": agency, "kind": "confidential",
        "secret_note": "某不敢回家",
    })  # fmt: skip
    await reseal(pool, ring(2))
    assert await settled(owner, ring(2))
    only = FieldCipher(KeyRing(2, {2: NEW}))
    for table, row, field, plain in (
        ("care_case", case, "reporter_phone", "19012345678"), ("case_note", note, "secret_note", "某不敢回家"),
    ):  # fmt: skip
        stored = await owner.fetchrow(f"SELECT * FROM {table} WHERE id = $1", row["id"])
        assert stored[f"{field}_cipher"] != row[f"{field}_cipher"]
        assert records.opened(only, table, stored, [field]) == {field: plain}
        assert stored["version"] == row["version"]  # nobody changed it
