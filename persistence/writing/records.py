"""Rows of any table, written by column: versions compared, secrets sealed, in one place.

Not an ORM: a row is a dictionary, a write is one statement, made from the table's declaration.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.codes.phone import tail
from domain.errors import Conflict, Forbidden, Stale
from domain.ids import new_id
from domain.people.masks import mask_address, mask_contact, mask_identity_number, mask_phone
from persistence.crypto import FieldCipher
from persistence.stored import columns as stored_columns

# Secret field → how it is masked for lists. Where the table has a ``_blind`` column it is indexed too.
SECRETS: Final[dict[str, Callable[[str], str]]] = {
    "identity_number": mask_identity_number,
    "phone": mask_phone,
    "address": mask_address,
    "emergency_contact": mask_contact,
    "reporter_phone": mask_phone,
    "secret_note": lambda _: "",
    "totp_secret": lambda _: "",  # no list shows it, masked or not
}

# What a broken constraint means to the caller.
CONFLICTS: Final = {
    "absence_current_key": "absence.open",
    "account_login_key": "account.login_taken",
    "account_staff_key": "account.exists",
    "agency_credit_code_key": "agency.credit_code_taken",
    "agency_name_key": "agency.duplicate",
    "campaign_title_key": "campaign.duplicate",
    "case_assignment_open_key": "case.assigned",
    "case_link_key": "case.linked",
    "case_person_key": "case.person_named",
    "case_referral_open_key": "case.referral_open",
    "case_referral_transfer_key": "case.transfer_open",
    "child_profile_current_key": "profile.open",
    "client_client_id_key": "client.exists",
    "department_name_key": "department.duplicate",
    "elder_profile_current_key": "profile.open",
    "guardianship_current_key": "guardianship.exists",
    "kinship_pair_key": "kinship.exists",
    "person_identity_number_key": "person.under_review",
    "person_source_key": "person.external_id_taken",
    "sign_up_current_key": "sign_up.exists",
    "questionnaire_edition_key": "questionnaire.edition_taken",
    "survey_answer_key": "survey.answered",
    "transfer_person_open_key": "transfer.open",
    "venue_name_key": "venue.duplicate",
    "woman_profile_current_key": "profile.open",
}


@contextmanager
def translated() -> Any:
    """Turn what the database refuses into what the domain says; nothing of the row leaks out."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Conflict(CONFLICTS.get(error.constraint_name or "", "state.conflict")) from None
    except asyncpg.InsufficientPrivilegeError:
        raise Forbidden from None  # row-level security: the row would lie outside the caller's scope
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
        raise Conflict("state.busy") from None


async def select(
    connection: asyncpg.Connection,
    table: str,
    where: Mapping[str, Any],
    *,
    null: str | None = None,
    lock: bool = True,
    skip: bool = False,
) -> list[dict[str, Any]]:
    """Return rows by equal columns, in key order; locked against change until the transaction ends.

    ``skip``: without those that somebody else has locked.
    """
    sql = _select(table, tuple(where), null, lock) + " SKIP LOCKED" * skip
    with translated():
        return [dict(row) for row in await connection.fetch(sql, *where.values())]


async def insert(
    connection: asyncpg.Connection, cipher: FieldCipher, table: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Insert one row and return it; ``id`` is made unless given."""
    row_id = values.get("id") or new_id()
    columns = _defaults(table) | sealed(cipher, table, row_id, values) | {"id": row_id}
    with translated():
        return dict(await connection.fetchrow(_insert(table, tuple(columns)), *columns.values()))


async def update(
    connection: asyncpg.Connection, cipher: FieldCipher, table: str, row: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Change columns of a row read before, if nobody has in between; returns it with its next version."""
    columns = sealed(cipher, table, row["id"], changes)
    sql = _update(table, tuple(columns))
    with translated():
        found = await connection.fetchrow(sql, row["id"], row["version"], *columns.values())
    if found is None:
        raise Stale
    return dict(found)


async def mark(connection: asyncpg.Connection, table: str, row_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change columns of a row that nobody edits, so that its version stays."""
    terms = ", ".join(f"{_column(table, name)} = ${at}" for at, name in enumerate(changes, 2))
    with translated():
        await connection.execute(f"UPDATE {_known(table)} SET {terms} WHERE id = $1", row_id, *changes.values())


async def delete(connection: asyncpg.Connection, table: str, row: Mapping[str, Any]) -> None:
    """Delete a row read before, if nobody has changed it in between."""
    sql = f"DELETE FROM {_known(table)} WHERE id = $1 AND version = $2 RETURNING id"
    with translated():
        if await connection.fetchval(sql, row["id"], row["version"]) is None:
            raise Stale


def sealed(cipher: FieldCipher, table: str, row_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by column: each secret as its cipher text, masked form and, where kept, blind index."""
    columns: dict[str, Any] = {}
    stored = stored_columns(table)
    for name, value in values.items():
        cipher_column = f"{name}_cipher"
        if name not in SECRETS or cipher_column not in stored:
            empty = value is None and stored[name].is_list  # a list is empty, never null
            columns[name] = [] if empty else value
            continue
        columns[cipher_column] = None if value is None else cipher.seal(table, cipher_column, row_id, value)
        if f"{name}_masked" in stored:
            columns[f"{name}_masked"] = None if value is None else SECRETS[name](value)
        if f"{name}_blind" in stored:
            columns[f"{name}_blind"] = None if value is None else cipher.blind(name, value)
        if f"{name}_tail_blind" in stored:
            columns[f"{name}_tail_blind"] = None if value is None else cipher.blind(f"{name}_tail", tail(value))
    return columns


def differing(cipher: FieldCipher, table: str, row: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that change something; secrets are compared in plain text."""
    stored = {**row, **opened(cipher, table, row, [name for name in changes if f"{name}_cipher" in row])}
    changed: dict[str, Any] = {}
    for name, value in changes.items():
        cleared: Any = [] if isinstance(stored[name], list) else None
        if stored[name] != (cleared if value is None else value):
            changed[name] = value
    return changed


def opened(cipher: FieldCipher, table: str, row: Mapping[str, Any], fields: Sequence[str]) -> dict[str, str | None]:
    """Return the plain text of sealed fields of a row."""
    found: dict[str, str | None] = {}
    for name in fields:
        column = f"{name}_cipher"
        found[name] = None if row[column] is None else cipher.open(table, column, row["id"], row[column])
    return found


@lru_cache
def _defaults(table: str) -> dict[str, Any]:
    """Return the plain defaults a table's class declares; lists and moments have theirs in the database."""
    return {name: one.default for name, one in stored_columns(table).items() if one.default is not None}


@lru_cache(maxsize=512)
def _select(table: str, where: tuple[str, ...], null: str | None, lock: bool) -> str:
    terms = [f"{_column(table, name)} = ${i + 1}" for i, name in enumerate(where)]
    if null:
        terms.append(f"{_column(table, null)} IS NULL")
    return f"SELECT * FROM {_known(table)} WHERE {' AND '.join(terms)} ORDER BY id" + " FOR NO KEY UPDATE" * lock


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(_column(table, name) for name in columns)
    places = ", ".join(f"${i + 1}" for i in range(len(columns)))
    return f"INSERT INTO {_known(table)} ({names}) VALUES ({places}) RETURNING *"


@lru_cache(maxsize=512)
def _update(table: str, columns: tuple[str, ...]) -> str:
    terms = "".join(f"{_column(table, name)} = ${i + 3}, " for i, name in enumerate(columns))
    return (
        f"UPDATE {_known(table)} SET {terms}version = version + 1, updated_at = clock_timestamp() "
        "WHERE id = $1 AND version = $2 RETURNING *"
    )


def _known(table: str) -> str:
    stored_columns(table)
    return f'"{table}"'


def _column(table: str, name: str) -> str:
    if name not in stored_columns(table):
        raise KeyError(name)
    return f'"{name}"'


__all__ = ["delete", "differing", "insert", "mark", "opened", "sealed", "select", "translated", "update"]
