"""What the census left in the log: who was entered, by whom, and who was found left behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from domain.people.days import SHANGHAI
from domain.people.determination import Determination, determine
from persistence.demo.numbers import Numbers
from persistence.loading.bulk import copy_rows
from persistence.writing.events import COLUMNS, digest_of
from persistence.writing.facts import load_facts, load_rules

Row = dict[str, Any]
PURPOSE: Final = "农村留守人员摸底排查"


@dataclass(frozen=True, slots=True)
class Act:
    """An act other than an entry of the census: whose, why, and by which way in."""

    by: Row | None  # a member of staff; none: the house itself, as ``sub`` says
    purpose: str | None = None
    channel: str = "rest"
    sub: str | None = None
    client: str = "system"  # what it came through, if not a member of staff's own


class Census:
    """Writes events: as acts of township staff during the census, if nothing else is said."""

    def __init__(
        self, keys: Numbers, staff: Mapping[int, Row], default: Row, clients: Mapping[UUID, str],
        origins: Mapping[UUID, int],
    ) -> None:  # fmt: skip
        """``staff`` is who entered people, by township (9 digits); ``default`` acts elsewhere.

        ``clients`` are what members of staff sign in through; ``origins``, where people were entered who
        have been handed over since.
        """
        self._keys = keys
        self._staff = staff
        self._default = default
        self._clients = clients
        self.origins = origins

    def taker(self, region: int) -> Row:
        """Return who enters people of a division."""
        return self._staff.get(region // 1000, self._default)

    def event(  # noqa: PLR0913, PLR0917 - what an event is made of
        self,
        kind: str,
        row: Mapping[str, Any],
        subject: UUID | None,
        at: datetime,
        data: Row,
        cause: Row | None,
        act: Act | None = None,
    ) -> Row:
        """Return the event of an act on a row."""
        done = act or Act(self.taker(row["region_code"]), PURPOSE, "import")
        who = done.by or {"id": None, "agency_id": None}
        event: Row = dict.fromkeys(COLUMNS) | {
            "id": self._keys.key(at),
            "at": at,
            "type": kind,
            "aggregate": row.get("aggregate", kind.partition(".")[0]),
            "aggregate_id": row["id"],
            "subject_id": subject,
            "aggregate_version": row.get("version", 1),
            "region_code": row["region_code"],
            "county": row["region_code"] // 1_000_000,
            "actor": done.sub or f"staff:{who['id']}",
            "actor_agency_id": who["agency_id"],
            "client_id": self._clients.get(who["id"]) if done.by else done.client,
            "channel": done.channel,
            "purpose": done.purpose,
            "cause_id": cause["id"] if cause else None,
            "data": data,
        }
        return event | {"digest": digest_of(event)}


def registrations(census: Census, rows: Mapping[str, Sequence[Row]]) -> tuple[dict[UUID, Row], list[Row]]:
    """Return the registration of every person by her id, and the events of absences and guardianships."""
    registered = {
        person["id"]: census.event(
            "person.registered",
            _entered(census, person, person["id"]),
            person["id"],
            person["created_at"],
            {"changed": _filled(person)},
            None,
        )
        for person in rows["person"]
    }
    others = []
    for table, subject, kind in (
        ("absence", "person_id", "absence.recorded"),
        ("guardianship", "ward_id", "guardianship.declared"),
    ):
        for row in rows[table]:
            cause = registered[row[subject]]
            data = {"changed": _filled(row)}
            entered = _entered(census, row, row[subject])
            others.append(census.event(kind, entered, row[subject], row["created_at"], data, cause))
    return registered, others


def _entered(census: Census, row: Row, person: UUID) -> Row:
    """Return a row as it was entered: where the person lived then."""
    return row | {"version": 1, "region_code": census.origins.get(person, row["region_code"])}


async def statuses(
    conn: asyncpg.Connection, census: Census, keys: Numbers, registered: Mapping[UUID, Row], as_of: date
) -> tuple[list[Row], list[Row]]:
    """Determine everybody by the rule in force, and return the status rows with their events."""
    facts = await load_facts(conn, registered, as_of)
    counties = {region // 1_000_000 for region, _ in facts.values()}
    rules = {county: await load_rules(conn, county * 1_000_000, as_of) for county in counties}
    at = datetime.combine(as_of, time(0, 30), SHANGHAI)
    found, events = [], []
    for person_id in sorted(facts):
        region, known = facts[person_id]
        in_force = rules[region // 1_000_000]
        cause = registered[person_id]
        for outcome in determine(known, as_of, in_force.parameters):
            row = _status(outcome, keys.key(at), person_id, region, at, cause) | {"rule_set_id": in_force.id}
            found.append(row)
            data = {
                "population": str(outcome.population),
                "before": None,
                "after": str(outcome.status),
                "flags": list(outcome.flags),
                "reasons": row["reasons"],
            }
            events.append(census.event("left_behind_status.changed", row, person_id, at, data, cause))
    return found, events


def _status(outcome: Determination, key: UUID, person_id: UUID, region: int, at: datetime, cause: Row) -> Row:
    return {
        "id": key,
        "created_at": at,
        "updated_at": at,
        "region_code": region,
        "person_id": person_id,
        "population": str(outcome.population),
        "status": str(outcome.status),
        "flags": list(outcome.flags),
        "reasons": [reason.code for reason in outcome.reasons],
        "valid_from": outcome.since or cause["at"].date(),
        "evaluated_on": at.date(),
        "next_review_on": outcome.next_review_on,
        "cause": cause["type"],
        "cause_event_id": cause["id"],
    }


async def copy_events(conn: asyncpg.Connection, events: Iterable[Row]) -> None:
    """COPY events, by way of a table without ``jsonb``: its codec here is a text one, COPY is binary."""
    rows = [event | {"data": orjson.dumps(event["data"]).decode()} for event in events]
    first, last = min(row["at"] for row in rows), max(row["at"] for row in rows)
    months = (last.year - first.year) * 12 + last.month - first.month + 2
    await conn.execute("SELECT ensure_event_partitions($1, $2)", first.date(), months)
    columns = ", ".join(COLUMNS)
    await conn.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {columns} FROM event WITH NO DATA")
    await conn.execute("ALTER TABLE incoming ALTER COLUMN data TYPE text")
    await copy_rows(conn, "incoming", [{column: row[column] for column in COLUMNS} for row in rows])
    chosen = columns.replace("data", "data::jsonb")
    await conn.execute(f"INSERT INTO event ({columns}) SELECT {chosen} FROM incoming")


def _filled(row: Row) -> list[str]:
    """Return which columns were filled in, under the names callers know."""
    hidden = ("_blind", "_masked", "_pinyin", "_initials")
    kept = {"id", "version", "created_at", "updated_at", "remit", "priority", "household_id", "surveyed_on"}
    names = (name for name, value in row.items() if value not in (None, []) and name not in kept)
    return sorted(name.removesuffix("_cipher").removesuffix("_code") for name in names if not name.endswith(hidden))
