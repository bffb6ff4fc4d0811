"""Load the published code lists from ``persistence/data/codes``."""

import csv
from pathlib import Path

import asyncpg

FOLDER = Path(__file__).parent.parent / "data" / "codes"
ENUMERATIONS = "enumerations"  # all lists of the service's own values in one file

Item = tuple[str, str, str, str, int]  # list, code, label_zh, label_en, position from 1

_LIST = """
INSERT INTO code_list (id, name_zh, name_en, standard) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, standard = excluded.standard
"""
_ITEM = """
INSERT INTO code_item (list_id, code, label_zh, label_en, position) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (list_id, code) DO UPDATE
SET label_zh = excluded.label_zh, label_en = excluded.label_en, position = excluded.position
"""


def lists() -> list[tuple[str, str, str, str]]:
    """Return (id, name_zh, name_en, standard) of every list."""
    return [(row["id"], row["name_zh"], row["name_en"], row["standard"]) for row in _rows("lists")]


def items() -> list[Item]:
    """Return the items of every list, in published order."""
    own = _rows(ENUMERATIONS)
    found: list[Item] = []
    for list_id, *_ in lists():
        listed = [row for row in own if row["list_id"] == list_id] or _rows(list_id)
        found += [(list_id, row["code"], row["label_zh"], row["label_en"], at) for at, row in enumerate(listed, 1)]
    return found


async def load_codes(conn: asyncpg.Connection) -> int:
    """Bring ``code_list`` and ``code_item`` to the shipped lists; returns the number of items.

    Idempotent, in one transaction. A code that is no longer shipped stays: rows may hold it.
    """
    shipped = items()
    async with conn.transaction():
        await conn.executemany(_LIST, lists())
        await conn.executemany(_ITEM, shipped)
    return len(shipped)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
