"""Who works where in the demo county, and under which service contracts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain.contracts.model import ContractState
from domain.policy.model import Audience
from domain.regions.codes import range_of
from persistence.demo.case_chances import DEPARTMENTS
from persistence.demo.directory import Directory
from persistence.demo.people import Maker

Row = dict[str, Any]


class Office:
    """Who works where, and under which contracts."""

    def __init__(self, make: Maker, made: Directory, contracts: Sequence[Row]) -> None:
        self._make, self._made, self._contracts = make, made, contracts
        self.agencies = {one["id"]: one for one in made.rows["agency"]}
        self._staff: dict[UUID, list[Row]] = {}
        for one in made.rows["staff"]:
            self._staff.setdefault(one["agency_id"], []).append(one)

    def agency(self, key: str) -> Row:
        """Return an agency by its key in the directory."""
        return self._made.agencies[key]

    def clerk(self, key: str) -> Row:
        """Return who does the daily work of an agency of the directory."""
        return self.worker(self.agency(key)["id"])

    def worker(self, agency_id: UUID) -> Row:
        """Return who does the daily work of an agency: not its head where it has others."""
        staff = self._staff[agency_id]
        return self._make.chance.choice(staff[1:] or staff)

    def nearest(self, village: int) -> Row:
        """Return who reports from a village: its committee's child director, or the township's supervisor."""
        code = str(village)
        if code in self._made.agencies and self._make.happens(0.7):
            return self._made.staff[code, "child_director"]
        return self._made.staff[code[:9], "child_supervisor"]

    def above(self, agency_id: UUID) -> list[UUID]:
        """Return the offices above an agency, nearest first."""
        found: list[UUID] = []
        upper = self.agencies[agency_id]["parent_id"]
        while upper:
            found.append(upper)
            upper = self.agencies[upper]["parent_id"]
        return found

    def department(self, agency_id: UUID, audience: Audience) -> UUID | None:
        """Return the department of an agency that works for somebody."""
        kind = DEPARTMENTS[audience]
        rows = self._made.rows["department"]
        found: list[UUID] = [one["id"] for one in rows if (one["agency_id"], one["kind"]) == (agency_id, kind)]
        return found[0] if found else None

    def contract(self, row: Row, on: date) -> Row | None:
        """Return the contract of the agency that leads a case that covers it on a day, with a place left."""
        for one in self._contracts:
            covers = row["category"] in one["categories"] and one["starts_on"] <= on <= one["ends_on"]
            here = any(row["region_code"] in range_of(code) for code in one["regions"])
            left = one["assigned"] < one["quota"] and one["state"] is ContractState.ACTIVE
            if covers and here and left and one["buyer_agency_id"] == row["agency_id"]:
                return one
        return None


__all__ = ["Office"]
