"""Load policy documents and the national default table from their YAML files.

A document replaces the version before it by its ``code``: its row and the rows of its measures keep their
ids, for cases and work items refer to them. A measure that the new version dropped stays, marked so.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import yaml

from domain.access import Access
from domain.errors import Fault
from domain.events import Event, Origin
from domain.ids import new_id
from domain.policy.form import NAMING, DefaultTable, Measure, PolicyForm, Section
from domain.policy.model import ResponsibilityMode
from domain.regions.codes import level_of, padded
from persistence.loading.policy_files import PolicyRefused, read_policy
from persistence.writing.events import append_events

FOLDER: Final = Path(__file__).parent.parent / "data" / "policies"
OPERATOR: Final = Access("system:cli", "system", roles=(), grants={})
DEFAULTS: Final = Path(__file__).parent.parent / "data" / "default_routes.yaml"


class Done(StrEnum):
    """What loading a document did."""

    INSERTED = "inserted"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and what loading it did."""

    code: str
    measures: int
    done: Done


def shipped() -> list[PolicyForm]:
    """Return the documents that ship with the service."""
    return [read_policy(file.read_bytes()) for file in sorted(FOLDER.glob("*.yaml"))]


def default_table() -> DefaultTable:
    """Return the national default table."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return DefaultTable.model_validate({"rows": rows}, strict=False)


async def load_policies(conn: asyncpg.Connection) -> list[Loaded]:
    """Bring the catalogue to the shipped documents and the default table; runs as the owner. Idempotent."""
    async with conn.transaction():
        done = [await load_policy(conn, form) for form in shipped()]
        await conn.executemany(_DEFAULT, _default_rows(default_table()))
    return done


async def load_file(conn: asyncpg.Connection, content: bytes) -> Loaded:
    """Load one document, with its event. ``PolicyRefused`` has every fault with its line; then nothing is changed."""
    form = read_policy(content)
    async with conn.transaction():
        if not await conn.fetchval("SELECT EXISTS (SELECT FROM region WHERE code = $1)", form.region):
            raise PolicyRefused(content, [Fault("/region", "region.unknown")])
        loaded = await load_policy(conn, form)
        if loaded.done is not Done.UNCHANGED:
            row = await conn.fetchrow("SELECT id, version, digest FROM policy_document WHERE code = $1", form.code)
            await append_events(conn, OPERATOR, Origin("cli"), [Event(
                "policy_document.loaded", "policy_document", row["id"], padded(form.region),
                aggregate_version=row["version"], data={"code": form.code, "digest": row["digest"]},
            )])  # fmt: skip
        return loaded


async def load_policy(conn: asyncpg.Connection, form: PolicyForm) -> Loaded:
    """Insert a document, or put it in the place of the version before it."""
    measures = [(section, measure) for section in form.sections for measure in section.measures]
    digest = hashlib.sha256(form.model_dump_json().encode()).hexdigest()
    known = await conn.fetchrow("SELECT id, digest FROM policy_document WHERE code = $1 FOR UPDATE", form.code)
    if known and known["digest"] == digest:
        return Loaded(form.code, len(measures), Done.UNCHANGED)
    values = _document(form) | {"digest": digest}
    document_id: UUID = await _put(conn, "policy_document", ("code",), values)
    await conn.execute("UPDATE policy_measure SET dropped = true WHERE document_id = $1 AND NOT dropped", document_id)
    for position, (section, measure) in enumerate(measures, 1):
        row = _measure(form, section, measure) | {"document_id": document_id, "position": position}
        measure_id = await _put(conn, "policy_measure", ("document_id", "code"), row)
        await conn.execute("DELETE FROM policy_responsibility WHERE measure_id = $1", measure_id)
        await conn.executemany(_RESPONSIBILITY, _responsibilities(form, section, measure, measure_id))
    return Loaded(form.code, len(measures), Done.REPLACED if known else Done.INSERTED)


async def _put(conn: asyncpg.Connection, table: str, key: tuple[str, ...], values: dict[str, Any]) -> UUID:
    """Insert a row, or overwrite the one of the same key and count its version up; returns its id."""
    columns = ["id", *values]
    slots = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    changed = ", ".join(f"{one} = excluded.{one}" for one in values)
    put: UUID = await conn.fetchval(
        f"INSERT INTO {table} AS old ({', '.join(columns)}) VALUES ({slots}) ON CONFLICT ({', '.join(key)}) DO UPDATE "
        f"SET {changed}, version = old.version + 1, updated_at = now() RETURNING id",
        new_id(), *values.values(),
    )  # fmt: skip
    return put


def _document(form: PolicyForm) -> dict[str, Any]:
    plain = form.model_dump(mode="json", include={"issuers", "figures", "obligations", "consultation"})
    return plain | _place(form) | {
        "code": form.code, "title": form.title, "number": form.number, "issued_on": form.issued_on,
        "audiences": [*form.audiences], "summary": form.summary,
    }  # fmt: skip


def _place(form: PolicyForm) -> dict[str, Any]:
    return {
        "region_code": padded(form.region), "level": level_of(form.region), "status": form.status,
        "valid_from": form.valid_from, "valid_to": form.valid_to,
    }  # fmt: skip


def _measure(form: PolicyForm, section: Section, measure: Measure) -> dict[str, Any]:
    responsible = form.responsibility_of(section, measure)
    return _place(form) | {
        "code": measure.code, "section": section.title, "title": measure.title, "summary": measure.summary,
        "kind": section.kind, "mode": responsible.mode, "everybody": responsible.everybody,
        "audiences": [*(measure.audiences or form.audiences)], "themes": [*measure.themes],
        "categories": [*measure.categories], "unit_types": [*dict.fromkeys(one.type for one in responsible.units)],
        "figures": [one.model_dump(mode="json") for one in measure.figures], "dropped": False,
    }  # fmt: skip


def _responsibilities(form: PolicyForm, section: Section, measure: Measure, measure_id: UUID) -> list[tuple[Any, ...]]:
    responsible = form.responsibility_of(section, measure)
    if responsible.mode is ResponsibilityMode.UNNAMED:
        return []
    return [
        (new_id(), measure_id, at, one.name, one.type, one.department, one.role or NAMING[responsible.mode])
        for at, one in enumerate(responsible.units, 1)
    ]


def _default_rows(table: DefaultTable) -> list[tuple[Any, ...]]:
    return [
        (new_id(), category, audience, [*row.units], [*row.laws])
        for category, by_audience in table.rows.items()
        for audience, row in by_audience.items()
    ]


_RESPONSIBILITY = """
INSERT INTO policy_responsibility (id, measure_id, position, name, unit_type, department_kind, role)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_DEFAULT = """
INSERT INTO default_route (id, category, audience, unit_types, laws) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (category, audience) DO UPDATE SET unit_types = excluded.unit_types, laws = excluded.laws
"""

__all__ = ["Done", "Loaded", "default_table", "load_file", "load_policies", "load_policy", "shipped"]
