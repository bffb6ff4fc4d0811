"""One chunk of roster rows as lines for the staging tables; made in the parser process.

Here a person named in several rows becomes one record, personal fields are sealed, search keys
and blind indexes are made, so that the database is left with sets to join and insert.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import orjson

from domain.imports.determination import POPULATION, age_fault, facts_of
from domain.imports.forms import HOUSEHOLD_ROLES, MEMBER_ROLES
from domain.imports.model import RosterForm, RowOutcome
from domain.imports.roster import Individual, RosterRow
from domain.imports.whole_file import WholeFile, compact
from domain.people.determination import RuleParameters, determine
from domain.people.masks import mask_address, mask_contact
from domain.people.remits import remit_bits
from persistence.crypto import FieldCipher
from persistence.importing import copy_text as pg
from persistence.importing.ids import HOUSEHOLD, PROFILE, SUBJECT, Ids
from persistence.importing.people_lines import Home, PeopleLines, StagedPerson, fill, stated
from persistence.importing.staging import stages_of


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule set in force in one region."""

    id: UUID
    parameters: RuleParameters


@dataclass(slots=True)
class Chunk:
    """Lines per staging table, in the order of ``staging.STAGES``, and the rows they come from."""

    first_row: int
    last_row: int = 0
    lines: dict[str, list[str]] = field(default_factory=dict)


class ChunkBuilder:
    """Turns roster rows into chunks; remembers across chunks what the file has said of whom."""

    def __init__(self, form: RosterForm, as_of: date, ids: Ids, cipher: FieldCipher, memory: WholeFile) -> None:
        self.form, self.as_of = form, as_of
        self._ids, self._cipher, self._memory = ids, cipher, memory
        population = POPULATION[form]
        self._population = population
        self._subject_remit = remit_bits((population,), (population,))
        self._member_remit = remit_bits((), (population,))
        self._other_remit = remit_bits(())
        self._lines = PeopleLines(form, cipher)
        self._named: dict[int, tuple[int, int]] = {}  # repeated number → id, which facts were stated
        self._unnumbered: dict[tuple[int, str, str], tuple[int, int]] = {}  # household, relation, name → the same
        self._people: dict[int, StagedPerson] = {}
        self._households: set[int] = set()
        self.chunk = Chunk(1)

    def start(self, first_row: int) -> None:
        """Begin a chunk."""
        self.chunk = Chunk(first_row, first_row - 1, {table: [] for table in stages_of(self.form)})
        self._people = {}
        self._households = set()
        self._lines.start()

    def add(self, row: RosterRow, rules: Mapping[int, Rules]) -> None:
        """Add a row. It ends here when it is rejected or a duplicate."""
        self.chunk.last_row = row.number
        first = None if row.rejected else self._memory.first_row_of(row)
        if row.rejected or first is not None:
            self._row_line(row, RowOutcome.REJECTED if row.rejected else RowOutcome.DUPLICATE, first, None, None)
            return
        unfit = age_fault(row, self.form, self.as_of, rules[row.region_code].parameters)
        if unfit is not None:
            row.faults.append(unfit)
        root = self._memory.household_of(row, self.form)
        household = self._ids.of(root, HOUSEHOLD)
        subject = self._stage(row.subject, row, SUBJECT, Home(household, ties=True, remit=self._subject_remit), None)
        head = self._relatives(row, subject, household, root)
        self._household_line(row, household, subject if head is None else head)
        self._profile_line(row, subject)
        self._determine(row, subject, rules)

    def _relatives(self, row: RosterRow, subject: int, household: int, root: int) -> int | None:
        """Stage relatives, kinship and guardianship; returns who heads a child's household."""
        lines, region = self.chunk.lines, str(row.region_code)
        number = str(row.number)
        ward = pg.key(subject)
        head: int | None = None
        named = set()
        for slot, one in enumerate(row.relatives, start=1):
            member = one.role in MEMBER_ROLES
            remit = self._member_remit if member else self._other_remit
            home = Home(household if member else None, one.role in HOUSEHOLD_ROLES, remit)
            key = self._stage(one.person, row, slot, home, (root, one.relation, one.person.name))
            if key == subject or (key, one.relation) in named:
                continue
            named.add((key, one.relation))
            relative = pg.key(key)
            lines["kinship"].append(f"{number}\t{ward}\t{relative}\t{one.relation}\t{region}")
            if one.guards is not None:
                lines["guardianship"].append(
                    "\t".join(
                        (
                            number,
                            ward,
                            relative,
                            one.guards.kind,
                            one.relation,
                            one.guards.capability or pg.NULL,
                            region,
                        )
                    )
                )
                if head is None and one.person.away is None:
                    head = key  # whoever of the guardians is there
        return head

    def _stage(
        self,
        said: Individual,
        row: RosterRow,
        slot: int,
        home: Home,
        unnumbered: tuple[int, str, str] | None,
    ) -> int:
        """Return the id of a person of a row; what an earlier row stated of her stands."""
        key = self._ids.of(row.number, slot)
        number = None if said.identity_number is None else compact(said.identity_number)
        before = 0
        if number is not None and number in self._memory.repeated:
            key, before = self._named.get(number, (key, 0))
            self._named[number] = (key, before | stated(said))
        elif number is None and unnumbered is not None:
            key, before = self._unnumbered.get(unnumbered, (key, 0))
            self._unnumbered[unnumbered] = (key, before | stated(said))
        known = self._people.get(key)
        if known is None:
            again = key != self._ids.of(row.number, slot)
            self._people[key] = StagedPerson(
                key, row.number, unnumbered is None, row.region_code, home.household, home.ties, again, before,
                home.remit, said,
            )  # fmt: skip
        else:
            fill(known.said, said)
            known.remit |= home.remit
            known.ties |= home.ties
            known.subject |= unnumbered is None
            known.household = known.household or home.household
        return key

    def _household_line(self, row: RosterRow, household: int, head: int) -> None:
        if household in self._households:
            return
        self._households.add(household)
        address = row.household_address
        sealed = masked = None
        if address:
            sealed = self._cipher.seal_bytes("household", "address_cipher", household.to_bytes(16), address.encode())
            masked = mask_address(address)
        self.chunk.lines["household"].append(
            "\t".join(
                (
                    pg.key(household),
                    str(row.number),
                    str(row.region_code),
                    pg.key(head),
                    pg.octets(sealed),
                    pg.text(masked),
                )
            )
        )

    def _profile_line(self, row: RosterRow, subject: int) -> None:
        values = row.profile
        key = self._ids.of(row.number, PROFILE)
        if "emergency_contact" in values:
            values = self._with_contact(values, key)
        self.chunk.lines[f"{self.form}_profile"].append(
            "\t".join(
                (pg.key(key), str(row.number), pg.key(subject), str(row.region_code), *map(pg.value, values.values()))
            )
        )

    def _with_contact(self, values: dict[str, object], key: int) -> dict[str, object]:
        """Seal an elder's emergency contact in its place among the columns."""
        sealed: dict[str, object] = {}
        for name, value in values.items():
            if name != "emergency_contact":
                sealed[name] = value
                continue
            contact = value if isinstance(value, str) else None
            sealed["emergency_contact_cipher"] = (
                self._cipher.seal_bytes("elder_profile", "emergency_contact_cipher", key.to_bytes(16), contact.encode())
                if contact
                else None
            )
            sealed["emergency_contact_masked"] = mask_contact(contact) if contact else None
        return sealed

    def _determine(self, row: RosterRow, subject: int, rules: Mapping[int, Rules]) -> None:
        told = facts_of(self._memory.as_said(row, self.form), self.form, self.as_of)
        in_force = rules[row.region_code]
        found = determine(told, self.as_of, in_force.parameters)
        left_behind = found[0].left_behind if found else None
        self._row_line(row, None, None, subject, left_behind, orjson.dumps(told, default=list).decode())
        for one in found:
            self.chunk.lines["status"].append(
                "\t".join(
                    (
                        str(row.number),
                        pg.key(subject),
                        one.population,
                        one.status,
                        pg.array(one.flags),
                        pg.array([reason.code for reason in one.reasons]),
                        pg.number(one.since),
                        pg.number(one.next_review_on),
                        str(in_force.id),
                        str(row.region_code),
                    )
                )
            )

    def _row_line(
        self,
        row: RosterRow,
        outcome: RowOutcome | None,
        first_row: int | None,
        subject: int | None,
        left_behind: bool | None,
        told: str | None = None,
    ) -> None:
        own = row.subject.identity_number
        blind = self._lines.blind(own) if own and outcome is not RowOutcome.REJECTED else None
        faults = orjson.dumps([one.as_json() for one in row.faults]).decode() if row.faults else "[]"
        self.chunk.lines["row"].append(
            "\t".join(
                (
                    str(row.number),
                    pg.text(row.sheet),
                    str(row.sheet_row),
                    outcome or pg.NULL,
                    pg.number(first_row),
                    pg.key(subject),
                    pg.octets(blind),
                    pg.flag(left_behind),
                    pg.text(faults),
                    pg.array(row.repaired),
                    pg.text(told),
                )
            )
        )

    def finish(self) -> Chunk:
        """Write the lines of the chunk's people and their absences, and return the chunk."""
        people, absences = self.chunk.lines["person"], self.chunk.lines["absence"]
        for one in self._people.values():
            people.append(self._lines.person(one))
            if (absence := self._lines.absence(one)) is not None:
                absences.append(absence)
        return self.chunk


__all__ = ["Chunk", "ChunkBuilder", "Rules"]
