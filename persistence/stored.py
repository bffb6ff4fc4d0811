"""What is stored: the columns of every table, for those who write SQL and need no SQLAlchemy for it.

The tables are declared once, in ``persistence.tables``. SQLAlchemy and SQLModel take 29 MB of every
process that loads them, and a request needs of it all the names of columns, which of them are lists,
which are computed, and the declared defaults. ``make export`` writes these to ``data/stored.json``; a
test compares.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

FILE = Path(__file__).parent / "data" / "stored.json"


class Stored(NamedTuple):
    """One column."""

    is_list: bool = False
    computed: bool = False
    default: str | int | None = None  # the declaration's own; lists and moments have theirs in the database


@cache
def tables() -> Mapping[str, Mapping[str, Stored]]:
    """Return the columns of every table by name, in their order."""
    read = orjson.loads(FILE.read_bytes())
    return {table: {name: Stored(**one) for name, one in columns.items()} for table, columns in read.items()}


def columns(table: str) -> Mapping[str, Stored]:
    """Return the columns of a table; ``KeyError`` for a name that is none."""
    return tables()[table]


def declared() -> bytes:
    """Return what ``persistence.tables`` says now, as the file keeps it: a line for each column."""
    from sqlalchemy import ARRAY
    from sqlmodel.main import default_registry

    from persistence.tables import metadata

    defaults = {
        str(one.class_.__tablename__): {
            name: field.default for name, field in one.class_.model_fields.items() if not field.is_required()
        }
        for one in default_registry.mappers
    }
    lines = []
    for name, table in sorted(metadata.tables.items()):
        parts = []
        for column in table.columns:
            default = defaults.get(name, {}).get(column.name)
            stored = Stored(
                isinstance(column.type, ARRAY),
                column.computed is not None,
                default if isinstance(default, str | int) else None,
            )
            said = {key: value for key, value in stored._asdict().items() if value != Stored._field_defaults[key]}
            parts.append(f"  {orjson.dumps(column.name).decode()}: {orjson.dumps(said).decode()}")
        lines.append(f"{orjson.dumps(name).decode()}: {{\n" + ",\n".join(parts) + "\n}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


__all__ = ["FILE", "Stored", "columns", "declared", "tables"]
