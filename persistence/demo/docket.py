"""Cases of the demo county as rows and events: each act leaves behind what its use case would have.

States, deadlines, parties and opened files follow the rules of ``domain.cases``; only the days are invented.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from domain.cases.acts import ANEW, COUNTY, PAST, RESTRICTED, due_at, look_at, work_order
from domain.cases.deadlines import reminded_from
from domain.cases.model import CASE_STATES, CaseAct, CaseState, PartyRole, PersonRole
from domain.cases.parties import OPENS, VIA
from domain.cases.records import (
    ASSIGNMENT_STATES,
    REFERRAL_STATES,
    AssignmentAct,
    AssignmentState,
    NoteKind,
    ReferralAct,
    ReferralKind,
    ReferralState,
    StepKind,
)
from domain.cases.referring import LINES
from domain.cases.use_cases.assignments import ENTRIES
from domain.notifications.model import NoticeKind
from domain.people.days import SHANGHAI
from persistence.demo import case_texts as texts
from persistence.demo.history import Act, Census
from persistence.demo.numbers import Numbers

Row = dict[str, Any]
TABLES: Final = (
    "care_case", "case_party", "case_person", "case_entry", "case_referral", "case_assignment", "case_note",
    "case_step", "case_link", "person_access", "notification",
)  # fmt: skip
MOVES: Final = frozenset(act for ways in CASE_STATES.ways.values() for act in ways)
ROLES: Final = (
    PartyRole.INFORMED, PartyRole.REPORTER, PartyRole.ASKED, PartyRole.NGO, PartyRole.OVERSEER, PartyRole.CO,
    PartyRole.LEAD,
)  # fmt: skip
UNREAD_FOR: Final = timedelta(days=10)
A_MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class File:
    """A case that is being told: its row, who takes part, who it is about."""

    row: Row
    at: datetime  # of the last act
    known_since: datetime | None = None  # when its subject's own file was entered
    parties: dict[UUID, Row] = field(default_factory=dict)  # open ones, by agency
    people: list[Row] = field(default_factory=list)
    opened: list[Row] = field(default_factory=list)  # person_access that has not ended
    assignment: Row | None = None  # the open one


class Docket:
    """Writes cases down, act by act."""

    def __init__(self, keys: Numbers, census: Census, now: datetime, desks: Mapping[UUID, UUID]) -> None:
        """``now``: what was told more than some days before was read; ``desks``: by whom, of each agency."""
        self.keys = keys
        self._desks = desks
        self._census = census
        self._now = now
        self.rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self.events: list[Row] = []

    # ---- the case ---------------------------------------------------------------------------------

    def enter(self, values: Row, by: Act, known_since: datetime | None) -> File:
        """Enter a case as it was received."""
        at = values["received_at"]
        row = values | {"version": 1, "created_at": at, "updated_at": at}
        row["due_at"] = due_at(row)
        row["work_order"] = work_order(row)
        file = File(row, at - A_MINUTE, known_since)
        self.rows["care_case"].append(row)
        self.record(file, CaseAct.REGISTER, at, by, source=str(row["source"]))
        return file

    def act(
        self, file: File, act: CaseAct, at: datetime, by: Act, changes: Row | None = None, remark: str | None = None,
        **data: object,
    ) -> None:  # fmt: skip
        """Do an act that changes the case."""
        row = file.row
        if act in MOVES:
            row["state"] = CASE_STATES.after(CaseState(row["state"]), act)
        before = (row["due_at"], row["agency_id"])
        row |= changes or {}
        row["due_at"] = due_at(row)
        row |= {"work_order": work_order(row), "version": row["version"] + 1}
        if (row["due_at"], row["agency_id"]) != before:
            row["look_at"] = look_at(row["due_at"], at if act in ANEW else row["received_at"])
            if row["due_at"] is not None:
                row |= {"warned_for": None, "escalated_for": None, "escalation_level": 0}
        self.record(file, act, at, by, remark, **data)
        row["updated_at"] = file.at
        if row["state"] in {CaseState.CLOSED, CaseState.MERGED}:
            self._end_files(file, [one["via_id"] for one in file.opened])

    def record(
        self, file: File, act: CaseAct, at: datetime, by: Act, remark: str | None = None, **data: object
    ) -> None:
        """Write a line of the timeline and its event."""
        row = file.row
        file.at = max(at, file.at + A_MINUTE)
        who = by.by or {"id": None, "agency_id": None}
        self.rows["case_entry"].append({
            "id": self.keys.key(file.at), "case_id": row["id"], "region_code": row["region_code"], "at": file.at,
            "act": act, "state": row["state"], "agency_id": who["agency_id"], "staff_id": who["id"],
            "remark": remark,
        })  # fmt: skip
        known = file.known_since is not None and file.known_since <= file.at and not row["restricted"]
        where = row["region_code"] // COUNTY * COUNTY if row["restricted"] else row["region_code"]
        said = {"category": str(row["category"]), "state": str(row["state"]), **data}
        aggregate = {"id": row["id"], "version": row["version"], "region_code": where}
        if row["restricted"]:
            aggregate["aggregate"] = RESTRICTED
        subject = row["person_id"] if known else None
        self.events.append(self._census.event(f"case.{PAST[act]}", aggregate, subject, file.at, said, None, by))

    # ---- who takes part ---------------------------------------------------------------------------

    def enlist(self, file: File, agency_id: UUID, role: PartyRole) -> None:
        """Let an agency take part, in the stronger of two roles."""
        party = file.parties.get(agency_id)
        if party is None:
            party = self._beside(file) | {"agency_id": agency_id, "role": role, "ended_at": None}
            file.parties[agency_id] = party
            self.rows["case_party"].append(party)
        elif ROLES.index(party["role"]) < ROLES.index(role):
            self._changed(file, party, role=role)
        else:
            return
        self._open_files(file, party, file.people)

    def step_back(self, file: File, agency_id: UUID, to: PartyRole | None) -> None:
        """Bring an agency down to a weaker role, or let it go."""
        party = file.parties[agency_id]
        self._end_files(file, [party["id"]])
        if to is None:
            self._changed(file, party, ended_at=file.at)
            del file.parties[agency_id]
        else:
            self._changed(file, party, role=to)
            self._open_files(file, party, file.people)

    def involve(self, file: File, person_id: UUID, role: PersonRole) -> None:
        """Name a person of a case."""
        one = self._beside(file) | {"person_id": person_id, "role": role}
        file.people.append(one)
        self.rows["case_person"].append(one)
        for party in file.parties.values():
            self._open_files(file, party, [one])

    def reopen_files(self, file: File) -> None:
        """Open the files again of a case that is taken up again."""
        for party in file.parties.values():
            self._open_files(file, party, file.people)

    def _open_files(self, file: File, party: Row, people: Iterable[Row]) -> None:
        for one in people if party["role"] in OPENS else ():
            if any((o["via_id"], o["person_id"]) == (party["id"], one["person_id"]) for o in file.opened):
                continue
            access = {
                "id": self.keys.key(file.at), "grantee_id": party["agency_id"], "person_id": one["person_id"],
                "via": VIA, "via_id": party["id"], "ended_at": None,
            }  # fmt: skip
            file.opened.append(access)
            self.rows["person_access"].append(access)

    def _end_files(self, file: File, grounds: Iterable[UUID]) -> None:
        ended = {*grounds}
        for one in file.opened:
            if one["via_id"] in ended:
                one["ended_at"] = file.at
        file.opened = [one for one in file.opened if one["via_id"] not in ended]

    # ---- what stands beside it --------------------------------------------------------------------

    def refer(  # noqa: PLR0913, PLR0917 - what a referral says
        self, file: File, kind: ReferralKind, to: Row, at: datetime, by: Act, reason: str, respond_by: datetime
    ) -> Row:
        """Ask another agency to take the case over, or to work on it too."""
        self.act(file, CaseAct.REFER, at, by, None, reason)
        former = file.parties.get(to["id"], {}).get("role")
        referral = self._beside(file) | {
            "kind": kind, "state": ReferralState.SENT, "from_agency_id": file.row["agency_id"],
            "to_agency_id": to["id"], "to_department_id": None, "former_role": former, "reason": reason,
            "respond_by": respond_by, "look_at": reminded_from(file.at, respond_by), "answered_at": None,
            "answer": None,
        }  # fmt: skip
        self.rows["case_referral"].append(referral)
        self.enlist(file, to["id"], PartyRole.ASKED)
        return referral

    def answer(self, file: File, referral: Row, act: ReferralAct, at: datetime, by: Act, answer: str | None) -> None:
        """Answer a referral; a transfer that is accepted passes the lead on with everything."""
        state = REFERRAL_STATES.after(ReferralState(referral["state"]), act)
        line, former = LINES[act], referral["former_role"]
        to = referral["to_agency_id"]
        taken = state is ReferralState.ACCEPTED
        if taken and referral["kind"] is ReferralKind.TRANSFER:
            old = file.row["agency_id"]
            self.act(
                file, line, at, by, {"agency_id": to, "department_id": None, "handler_id": by.by and by.by["id"]},
                answer,
            )  # fmt: skip
            self.step_back(file, old, PartyRole.INFORMED)
            self.enlist(file, to, PartyRole.LEAD)
        else:
            self.record(file, line, at, by, answer)
            if taken:
                self.enlist(file, to, PartyRole.CO)
            elif file.parties[to]["role"] is PartyRole.ASKED:
                self.step_back(file, to, former)
        self._changed(file, referral, state=state, look_at=None, answered_at=file.at, answer=answer)

    def assign(self, file: File, contract: Row, at: datetime, by: Act, task: str, until: datetime) -> None:
        """Give a case to an NGO under a contract."""
        self.act(file, CaseAct.ASSIGN, at, by)
        file.assignment = self._beside(file) | {
            "agency_id": contract["ngo_agency_id"], "contract_id": contract["id"],
            "assigned_by_id": file.row["agency_id"], "state": AssignmentState.OPEN, "task": task, "until": until,
            "ended_at": None, "end_reason": None,
        }  # fmt: skip
        self.rows["case_assignment"].append(file.assignment)
        self.enlist(file, contract["ngo_agency_id"], PartyRole.NGO)

    def end_assignment(self, file: File, act: AssignmentAct, at: datetime, by: Act, reason: str | None) -> None:
        """End what an NGO was given; a case that is closed completes it without a line of its own."""
        assignment = file.assignment
        assert assignment is not None
        if act in ENTRIES:
            self.record(file, ENTRIES[act], at, by, reason)
        if act is AssignmentAct.HAND_BACK:
            self._write(file, by, texts.LAST_WORD)
        state = ASSIGNMENT_STATES.after(AssignmentState(assignment["state"]), act)
        self._changed(file, assignment, state=state, ended_at=file.at, end_reason=reason)
        self.step_back(file, assignment["agency_id"], None)
        file.assignment = None

    def note(self, file: File, at: datetime, by: Act, text: str, kind: NoteKind = NoteKind.NORMAL) -> None:
        """Write a note; the text of a confidential one is sealed later."""
        self.record(file, CaseAct.NOTE, at, by, kind=str(kind))
        self._write(file, by, text, kind)

    def _write(self, file: File, by: Act, text: str, kind: NoteKind = NoteKind.NORMAL) -> None:
        assert by.by is not None
        open_text = text if kind is NoteKind.NORMAL else None
        self.rows["case_note"].append(
            self._beside(file)
            | {"kind": kind, "agency_id": by.by["agency_id"], "staff_id": by.by["id"], "body": open_text}
            | {"secret_note": None if open_text else text}
        )

    def step(self, file: File, kind: StepKind, at: datetime, by: Act, content: str, **more: Any) -> None:
        """Record something done."""
        assert by.by is not None
        self.record(file, CaseAct.STEP, at, by, kind=str(kind))
        blank = dict.fromkeys(("minutes", "place", "with_whom", "result", "satisfaction"))
        self.rows["case_step"].append(
            self._beside(file)
            | {"kind": kind, "agency_id": by.by["agency_id"], "staff_id": by.by["id"], "content": content}
            | {"done_on": file.at.astimezone(SHANGHAI).date(), **blank, **more}
        )

    def link(self, one: File, other: File, at: datetime, by: Act, reason: str) -> None:
        """Say that two cases have to do with each other."""
        self.record(one, CaseAct.LINK, at, by, reason, other=str(other.row["id"]))
        for here, there in ((one, other), (other, one)):
            stamped = self._beside(here) | {"id": self.keys.key(one.at), "created_at": one.at, "updated_at": one.at}
            self.rows["case_link"].append(stamped | {"other_id": there.row["id"], "reason": reason})

    def tell(self, file: File, kind: NoticeKind, agency_id: UUID, staff_id: UUID | None = None) -> None:
        """Put a notice into an inbox; what is older than some days was read there."""
        row, at = file.row, file.at
        read = at + timedelta(hours=20) if at < self._now - UNREAD_FOR else None
        self.rows["notification"].append({
            "id": self.keys.key(at), "version": 2 if read else 1, "created_at": at, "updated_at": read or at,
            "agency_id": agency_id, "staff_id": staff_id, "kind": kind, "urgent": row["urgent"],
            "record": "care_case", "record_id": row["id"], "region_code": row["region_code"],
            "due_at": row["due_at"], "slot": str(row["version"]), "read_at": read,
            "read_by": f"staff:{staff_id or self._desks[agency_id]}" if read else None,
        })  # fmt: skip

    def _beside(self, file: File) -> Row:
        stamped = {"id": self.keys.key(file.at), "version": 1, "created_at": file.at, "updated_at": file.at}
        return stamped | {"case_id": file.row["id"], "region_code": file.row["region_code"]}

    @staticmethod
    def _changed(file: File, row: Row, **changes: object) -> None:
        row |= {**changes, "version": row["version"] + 1, "updated_at": file.at}


__all__ = ["TABLES", "Docket", "File"]
