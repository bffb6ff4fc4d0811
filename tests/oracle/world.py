"""A small but nasty world: ties, nulls, ended rows, households over borders, texts that break things.

Made by a fixed chance, so that every run meets the same world. Rows are written as the owner;
what is derived in the product (remits, the ancestors' ranges) is derived here by hand.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from domain.duplicates.model import DuplicateReason, DuplicateState, RaisedBy
from domain.people.model import (
    AbsenceReason,
    Capability,
    CareClass,
    EndReason,
    GuardianshipKind,
    Hardship,
    Health,
    IncapableParent,
    LeftBehind,
    LivingArrangement,
    Schooling,
    SelfCare,
)
from tests.oracle.accounts import accounts
from tests.oracle.campaigns import campaigns
from tests.oracle.cases import cases
from tests.oracle.contracts import contracts
from tests.oracle.directory import VILLAGES, directory
from tests.oracle.history import told
from tests.oracle.ids import AGENCIES, PEOPLE, key
from tests.oracle.inboxes import inboxes
from tests.oracle.log import events, operations
from tests.oracle.policies import policies
from tests.oracle.requests import openings, transfers
from tests.oracle.surveys import surveys
from tests.oracle.venues import venues

Row = dict[str, Any]
Tables = dict[str, list[Row]]

NAMES = (
    "张三", "张三丰", "李", "王秀英", "欧阳 娜娜", 'O"Neil', "d'Arc", "back\\slash", "行1\n行2", "tab\tname", "😀花",
    "</script><b>", "\u202eلعربية\u202c", "é", "e\u0301", "%_*", "", "$1", "{t}", "null", "--", "𠮷野",
)  # fmt: skip
TEXTS = (
    None,
    None,
    "好",
    'quote " and \\',
    "line\nbreak\r\n",
    "</script>",
    "👩‍👧‍👦",
    "' OR 1=1 --",
    "\u0001\u007f",
    "x" * 300,
)
OWN = {"woman": 1, "child": 2, "elder": 4}
ANYONE = 128
DAYS = (
    date(1931, 2, 28),
    date(1964, 12, 31),
    date(1990, 6, 15),
    date(2010, 2, 28),
    date(2012, 2, 29),
    date(2023, 9, 1),
)
PEOPLE_COUNT = 72
LATER = datetime(2999, 1, 1, tzinfo=UTC)


class World:
    """Makes the rows, table by table."""

    def __init__(self) -> None:
        self.chance = random.Random(20260)
        self.names, self.texts = NAMES, TEXTS
        self.tables: Tables = {}
        self.numbers: dict[int, int] = {}

    def id(self, space: int) -> UUID:
        """Return the next key of a space."""
        self.numbers[space] = self.numbers.get(space, 9) + 1
        return key(space, self.numbers[space])

    def add(self, table: str, row: Row) -> Row:
        """Keep a row for insertion."""
        self.tables.setdefault(table, []).append(row)
        return row

    def maybe(self, values: Iterable[Any], nulls: float = 0.3) -> Any:
        """Return one of some values, or now and then None."""
        return None if self.chance.random() < nulls else self.chance.choice(list(values))

    def day(self, nulls: float = 0.0) -> date | None:
        """Return a day; many are equal."""
        return self.maybe(DAYS, nulls)  # type: ignore[no-any-return]

    def moment(self) -> datetime:
        """Return a moment with none to six digits of a second."""
        fraction = self.chance.choice((0, 0, 100_000, 120_000, 123_456, 7))
        days = self.chance.choice((0, 0, 1, 30, 250))
        return datetime(2025, 12, 31, 16, 0, 0, fraction, tzinfo=UTC) - timedelta(days=days)

    def some(self, values: Sequence[Any]) -> list[Any]:
        """Return none to three different values."""
        return self.chance.sample(list(values), self.chance.choice((0, 0, 1, min(2, len(values)))))

    def versioned(self) -> Row:
        """Return the columns of every row that changes."""
        return {"version": self.chance.randint(1, 9), "created_at": self.moment(), "updated_at": self.moment()}

    # ---- people ------------------------------------------------------------------------------------

    def households(self) -> list[Row]:
        """Make households in every village; the last has no member left."""
        return [
            self.add("household", {"id": self.id(3), "region_code": village, "remit": ANYONE, "head_id": None,
                "address_masked": self.maybe(("湖北省荆州***", 'a"b***')), **self.versioned()})
            for village in (*VILLAGES, *VILLAGES, VILLAGES[0])
        ]  # fmt: skip

    def person(self, person_id: UUID, household: Row | None, village: int) -> Row:
        """Make one person."""
        pick, name = self.chance, self.chance.choice(NAMES)
        situation = pick.choice(("living",) * 6 + ("dead", "missing", "imprisoned"))
        row = {
            "id": person_id, "region_code": village, "household_id": household and household["id"], "remit": ANYONE,
            "registered_region_code": self.maybe((*VILLAGES, 420000000000, 441900000000)), "name": name,
            "name_pinyin": pick.choice(("zhang san", "li", "wang", "Z", "", "ou yang", "~")), "name_initials": "x",
            "sex": pick.choice("0129"),
            "birth_date": self.day(0.2), "ethnicity": self.maybe(("01", "08")), "education": self.maybe(("70", "81")),
            "marital_status": self.maybe(("10", "20")), "identity_number_masked": self.maybe(("4210**********123X",)),
            "phone_masked": self.maybe(("138****1234", "**12")), "address_masked": self.maybe(("湖北省荆州***",)),
            "health": self.maybe([*Health]), "disability_category": self.maybe(("肢体",), 0.8),
            "disability_grade": self.maybe((1, 2, 3, 4), 0.8), "illness": pick.choice(TEXTS),
            "hardship": self.some([*Hardship]), "priority": pick.choice((0, 0, 0, 1, 1, 2, 3)),
            "capable": self.maybe((True, False)), "situation": situation,
            "died_on": date(2024, 5, 1) if situation == "dead" else None, "deregistered_on": self.maybe(DAYS[-1:], 0.9),
            "source_system": self.maybe(("welfare",)), "external_id": None, "surveyed_on": self.day(0.5),
            **self.versioned(),
        }  # fmt: skip
        return self.add("person", row)

    def people(self) -> list[Row]:
        """Make everybody: members of households, some of them away in another county, and people without one."""
        households = self.households()[:-1]
        ids = [*PEOPLE.values(), *(self.id(2) for _ in range(PEOPLE_COUNT))]
        made = []
        for at, person_id in enumerate(ids):
            home = households[at % len(households)] if self.chance.random() < 0.8 else None
            elsewhere = home is None or self.chance.random() < 0.15
            village = self.chance.choice(VILLAGES) if elsewhere or home is None else home["region_code"]
            made.append(self.person(person_id, home, village))
        for household in households:
            household["head_id"] = self.maybe([one["id"] for one in made], 0.3)
        return made

    def profiles(self, people: list[Row]) -> None:
        """Give people dated profiles; current ones decide the remits."""
        current: dict[UUID, set[str]] = {}
        for person in people:
            for population in OWN:
                for ended in (True, False):
                    if self.chance.random() < (0.2 if ended else 0.45):
                        self.profile(person, population, ended=ended)
                        if not ended:
                            current.setdefault(person["id"], set()).add(population)
        by_household: dict[UUID | None, int] = {}
        for person in people:
            own = sum(OWN[one] for one in current.get(person["id"], ()))
            by_household[person["household_id"]] = by_household.get(person["household_id"], 0) | own
        for person in people:
            own = sum(OWN[one] for one in current.get(person["id"], ()))
            shared = by_household[person["household_id"]] if person["household_id"] else own
            person["remit"] = own | shared << 4 | ANYONE
        for household in self.tables["household"]:
            household["remit"] = by_household.get(household["id"], 0) | ANYONE

    def bound(self, space: int, person: Row) -> Row:
        """Return the columns of a row of a person's file."""
        return {"id": self.id(space), "region_code": person["region_code"], **self.versioned()}

    def dated(self, *, ended: bool) -> Row:
        """Return when a record was in force."""
        start = self.chance.choice(DAYS[2:])
        end = start + timedelta(days=self.chance.choice((0, 400))) if ended else None
        return {"valid_from": start, "valid_to": end, "end_reason": self.maybe([*EndReason]) if ended else None}

    def profile(self, person: Row, population: str, *, ended: bool) -> None:
        """Make one dated profile."""
        count = (0, 1, 3)
        own: Row

        def text() -> str | None:
            return self.chance.choice(TEXTS)

        def flag() -> bool | None:
            return self.maybe((True, False))  # type: ignore[no-any-return]

        if population == "woman":
            own = {
                "children_in_care": self.maybe(count), "elders_in_care": self.maybe(count),
                "land_contract_registered": flag(), "income_band": text(), "income_sources": self.some(("打工收入",
                "a,b")),
                "skills": text(), "training_wanted": text(), "loan_wanted": flag(), "screened_on": self.day(0.5),
                "screening_result": text(), "rights_problems": self.some(("land", "safety")),
                "counselling_wanted": flag(), "husband_away": flag(), "husband_away_since": self.day(0.5),
                "husband_away_reason": self.maybe(("work", "business")),
            }  # fmt: skip
        elif population == "child":
            own = {
                "household_registered": flag(), "schooling": self.maybe([*Schooling]), "boarding": flag(),
                "both_parents_away": flag(), "incapable_parent": self.maybe([*IncapableParent]), "entrusted": flag(),
                "care_class": self.maybe([*CareClass]), "income_sources": self.some(("其他",)),
                "relief": self.some(("低保",)),
            }  # fmt: skip
        else:
            own = {
                "living_arrangement": self.maybe([*LivingArrangement]), "self_care": self.maybe([*SelfCare]),
                "dementia": flag(), "chronic_diseases": self.some(('高"血压', "糖尿病")),
                "living_children": self.maybe(count),
                "pension": text(), "emergency_contact_masked": self.maybe(("张** 138****1234",)), "key_holder": text(),
                "last_seen_on": self.day(0.5), "last_seen_by": text(),
            }  # fmt: skip
        self.add(
            f"{population}_profile", self.bound(4, person) | {"person_id": person["id"]} | self.dated(ended=ended) | own
        )

    def ties(self, people: list[Row]) -> None:
        """Make kinship, guardianships (many with guardians elsewhere), absences and statuses."""
        for person in people:
            others = self.chance.sample([one for one in people if one is not person], 3)
            for other in others[: self.chance.choice((0, 1, 3))]:
                kin = {
                    "person_id": person["id"],
                    "relative_id": other["id"],
                    "relation": self.chance.choice(("10", "51", "52")),
                }
                self.add("kinship", self.bound(5, person) | kin)
            for guardian in others[: self.chance.choice((0, 0, 1, 2))]:
                self.guardianship(person, guardian["id"], ended=self.chance.random() < 0.4)
            for ended in (True, True, False)[self.chance.randint(0, 3) :]:
                since = self.chance.choice(DAYS[2:])
                away = {
                    "person_id": person["id"], "since": since, "reason": self.chance.choice([*AbsenceReason]),
                    "destination": self.chance.choice(TEXTS), "expected_return": self.day(0.5),
                    "returned_on": since if ended else None, "contact_frequency": self.chance.choice(TEXTS),
                }  # fmt: skip
                self.add("absence", self.bound(7, person) | away)
            for population in self.some([*OWN]):
                self.status(person, population, ended=self.chance.random() < 0.5)
        self.guardianship(people[3], PEOPLE["guardian"], ended=False)
        self.guardianship(people[4], PEOPLE["guardian"], ended=True)

    def guardianship(self, ward: Row, guardian: UUID, *, ended: bool) -> None:
        """Make one guardianship; its region is the ward's."""
        own = {
            "ward_id": ward["id"], "guardian_id": guardian, "kind": self.chance.choice([*GuardianshipKind]),
            "relation": self.maybe(("61", "62")), "capability": self.maybe([*Capability]),
            "commitment_signed_on": self.day(0.5),
        }  # fmt: skip
        self.add("guardianship", self.bound(6, ward) | own | self.dated(ended=ended))

    def status(self, person: Row, population: str, *, ended: bool) -> None:
        """Make one outcome of the determination."""
        dates = {name: one for name, one in self.dated(ended=ended).items() if name != "end_reason"}
        own = {
            "person_id": person["id"], "population": population, "status": self.chance.choice([*LeftBehind]),
            "flags": self.some(("alone",)), "reasons": self.some(("child.both_parents_away", "x")),
            "evaluated_on": date(2026, 1, 1), "next_review_on": self.day(0.5), "cause": "time",
        }  # fmt: skip
        self.add("left_behind_status", self.bound(8, person) | own | dates)

    def openings(self, people: list[Row]) -> None:
        """Open people to agencies and persons; some openings have ended, some are given twice."""
        ended = datetime(2025, 1, 1, tzinfo=UTC)
        opened = [
            *((AGENCIES["ngo"], people[at], "case", None) for at in (5, 6, 7, 20, 20)),
            *((AGENCIES["ngo"], people[at], "case", ended) for at in (7, 8, 21)),
            *((AGENCIES["police"], people[at], "case", None) for at in (9, 30, 31)),
            (PEOPLE["guardian"], people[3], "guardianship", None),
            (PEOPLE["guardian"], people[4], "guardianship", ended),
            *((PEOPLE["volunteer"], people[at], "pairing", None) for at in (10, 40)),
            *((AGENCIES["federation"], one, "case", None) for one in people[8::7]),
            *((AGENCIES["federation"], one, "case", ended) for one in people[11::7]),
            *((AGENCIES["education"], one, "case", None) for one in people[3::9]),
            (AGENCIES["civil"], people[50], "case", None),  # an office sees by region all the same
        ]
        for grantee, person, via, end in opened:
            row = {"grantee_id": grantee, "person_id": person["id"], "via": via, "ended_at": end}
            self.add("person_access", {"id": self.id(9)} | row)
        for person, until in ((people[51], LATER), (people[52], ended)):  # one that ends by itself, one that has
            row = {"grantee_id": AGENCIES["ngo"], "person_id": person["id"], "via": "break_glass", "ended_at": None}
            self.add("person_access", {"id": self.id(9), "expires_at": until} | row)

    def duplicates(self, people: list[Row]) -> None:
        """Make questions about pairs in every state, agencies' questions about one, and merges, one of them undone."""
        for at, other in enumerate(people[12:90]):
            first, second = sorted((people[at], other), key=lambda one: one["id"])
            asked = at % 7 == 0
            pair = {
                "person_id": first["id"], "other_id": None if asked else second["id"],
                "reasons": self.some([*DuplicateReason]), "score": self.chance.randint(0, 4) * 25,
                "state": self.chance.choice([*DuplicateState]), "raised_by": self.chance.choice([*RaisedBy]),
                "requested_by_agency_id": AGENCIES["neighbour"] if asked else None,
                "decision": self.chance.choice(TEXTS),
            }  # fmt: skip
            if asked:
                pair["state"] = "distinct"
            question = self.add("duplicate_candidate", self.bound(13, first) | pair)
            if at % 9 == 0 and not asked:
                self.merge(first, second, question, undone=at % 2 == 0)

    def merge(self, survivor: Row, merged: Row, question: Row, *, undone: bool) -> None:
        """Make one merge, and the closed file that leads to the survivor."""
        if (
            not undone
            and survivor.get("merged_into") is None
            and self.tables["person"].index(survivor) < self.tables["person"].index(merged)
        ):
            merged |= {"merged_into": survivor["id"], "deregistered_on": DAYS[-1]}
        own = {
            "person_id": survivor["id"], "merged_id": merged["id"], "duplicate_id": question["id"],
            "taken": self.some(("phone", "address")), "undone_at": self.moment() if undone else None,
            "undo_reason": self.chance.choice(TEXTS) if undone else None,
        }  # fmt: skip
        self.add("person_merge", self.bound(14, survivor) | own)


def make() -> Tables:
    """Return the whole world, table by table in the order of insertion."""
    world = World()
    directory(world)
    people = world.people()
    world.profiles(people)
    for at, person in enumerate(people):
        person["external_id"] = f"ext-{at}" if at % 3 else None
    world.ties(people)
    world.openings(people)
    transfers(world, people)
    openings(world, people)
    world.duplicates(people)
    events(world, people)
    operations(world, people)
    campaigns(world)
    venues(world, people)
    surveys(world, people)
    policies(world)
    accounts(world)
    inboxes(world)
    contracts(world)
    cases(world, people)
    return world.tables


async def load(owner: asyncpg.Connection) -> Tables:
    """Write the world as the owner and read all of it back, as stored."""
    made = make()
    for table, rows in made.items():
        await owner.execute(f"DELETE FROM {table}") if table in ("code_list", "code_item") else None
        for row in rows:
            slots = ", ".join(f"${at}" for at in range(1, len(row) + 1))
            await owner.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({slots})", *row.values())
    stored = {table: [dict(row) for row in await owner.fetch(f"SELECT * FROM {table}")] for table in made}
    return stored | {"event": [told(row) for row in stored["event"]]}
