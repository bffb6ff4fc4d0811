"""Reading the people of a roster page by page, through the compiled path and under the caller's own access."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from domain.access import Access
from domain.exports.operations import ExportParameters
from domain.people.model import Population
from domain.selection import Item, Object, One, Page, Query, Scalar
from domain.view import VIEWS
from persistence.crypto import FieldCipher
from persistence.reading.reader import Reader

PAGE: Final = 200
MOST_KIN: Final = 50
AWAY: Final = ("since", "reason", "destination", "contact_frequency")
RELATIVE: Final = ("id", "name", "sex", "situation", "identity_number", "phone")
SUBJECT: Final = (
    "id", "region", "registered_region", "name", "sex", "birth_date", "ethnicity", "education", "marital_status",
    "identity_number", "phone", "health", "disability_category", "disability_grade", "illness", "hardship",
)  # fmt: skip
_SECRETS: Final = "SELECT id, identity_number_cipher, phone_cipher FROM person WHERE id = ANY ($1::uuid[])"
_CONTACTS: Final = """
SELECT id, person_id, emergency_contact_cipher FROM elder_profile
WHERE person_id = ANY ($1::uuid[]) AND valid_to IS NULL AND emergency_contact_cipher IS NOT NULL
"""
_COUNT: Final = "total"


async def people(
    connection: asyncpg.Connection, reader: Reader, access: Access, asked: ExportParameters
) -> AsyncIterator[tuple[int, list[dict[str, Any]]]]:
    """Yield how many people a page read and those of them that were asked for, in the order of their keys."""
    token: str | None = None
    while True:
        query = _query(asked, after=token is not None)
        arguments: dict[str, object] = {"region": asked.region, "population": asked.form, "open": True}
        if token is not None:
            arguments["after"] = token
        signature = ("export", asked.form, len(asked.region), token is not None)
        text, _ = await reader.read(access, signature, lambda query=query: query, arguments, connection)  # type: ignore[misc]
        page = orjson.loads(text or "null")
        yield len(page["items"]), [one for one in page["items"] if _wanted(one, asked)]
        token = page["next"]
        if token is None:
            return


async def total(connection: asyncpg.Connection, reader: Reader, access: Access, asked: ExportParameters) -> int:
    """Return how many people the pages hold before a status is asked of them."""
    view = VIEWS["Person"]
    page = Page(view, "", _filters(asked), "id", 1, None, ((_COUNT, "total"),))
    arguments: dict[str, object] = {"region": asked.region, "population": asked.form}
    signature = ("export total", len(asked.region))
    text, _ = await reader.read(access, signature, lambda: Query((("page", page),), bare=True), arguments, connection)
    found: int = orjson.loads(text or "null")[_COUNT]
    return found


async def reveal(connection: asyncpg.Connection, cipher: FieldCipher, page: Sequence[dict[str, Any]]) -> None:
    """Put the full numbers of a page's people, and of the relatives shown with them, in the place of masked ones."""
    shown = [one for person in page for one in _shown(person)]
    ids = list({UUID(one["id"]) for one in shown})
    rows = {row["id"]: row for row in await connection.fetch(_SECRETS, ids)}
    for one in shown:
        row = rows[UUID(one["id"])]
        for name in ("identity_number", "phone"):
            if one[name] is not None:
                one[name] = cipher.open("person", f"{name}_cipher", row["id"], row[f"{name}_cipher"])
    contacts = {row["person_id"]: row for row in await connection.fetch(_CONTACTS, ids)}
    for person in page:
        contact = contacts.get(UUID(person["id"]))
        if contact is not None and person.get("elder"):
            person["elder"]["emergency_contact"] = cipher.open(
                "elder_profile", "emergency_contact_cipher", contact["id"], contact["emergency_contact_cipher"]
            )


def _shown(person: dict[str, Any]) -> list[dict[str, Any]]:
    kin = [one["relative"] for one in person["kin"]["items"]]
    guardians = [one["guardian"] for one in person["guardianships"]["items"]]
    return [person, *(one for one in (*kin, *guardians) if one)]


def _wanted(person: Mapping[str, Any], asked: ExportParameters) -> bool:
    if asked.status is None:
        return True
    statuses = person["left_behind_statuses"]["items"]
    return any(one["population"] == asked.form and one["status"] == asked.status for one in statuses)


def _filters(asked: ExportParameters) -> tuple[tuple[str, str, int], ...]:
    return (("region", "region", len(asked.region)), ("population", "population", 0))


def _query(asked: ExportParameters, *, after: bool) -> Query:
    view = VIEWS["Person"]
    profile = VIEWS[f"{Population(asked.form).value.title()}Profile"]
    relative = _object("Person", RELATIVE, _page("Person", "absences", "-id", ("current",), _object("Absence", AWAY)))
    subject = _object(
        "Person",
        SUBJECT,
        (asked.form.value, One(asked.form, Object(profile, tuple((name, Scalar(name)) for name in profile.fields)))),
        _page("Person", "kin", "id", (), _object("Kinship", ("relation",), ("relative", One("relative", relative)))),
        _page(
            "Person", "guardianships", "-id", ("current",),
            _object("Guardianship", ("kind", "relation", "capability"), ("guardian", One("guardian", relative))),
        ),
        _page(
            "Person", "left_behind_statuses", "-id", ("current",),
            _object("LeftBehindStatus", ("population", "status")),
        ),
    )  # fmt: skip
    parts = (("items", subject), ("next", "next"))
    page = Page(view, "", _filters(asked), "id", PAGE, "after" if after else None, parts)  # type: ignore[arg-type]
    return Query((("page", page),), bare=True)


def _object(name: str, fields: Sequence[str], *more: tuple[str, Item]) -> Object:
    return Object(VIEWS[name], (*((one, Scalar(one)) for one in fields), *more))


def _page(parent: str, relation: str, order: str, only: Sequence[str], target: Object) -> tuple[str, Page]:
    """Return a page of related rows; ``current`` keeps those that are open."""
    view = VIEWS[VIEWS[parent].relations[relation].target]
    filters = tuple((one, "open", 1) for one in only)
    return relation, Page(view, relation, filters, order, MOST_KIN, None, (("items", target),))


__all__ = ["people", "reveal", "total"]
