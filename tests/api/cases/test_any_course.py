"""Whatever callers ask in whatever order, by either transport: cases stay what the model says, for all eyes."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.api.cases.asking import County
from tests.api.cases.model import (
    BY_NAME,
    ENDED,
    REPLIED,
)
from tests.api.cases.with_others import WithOthers
from tests.api.running import Service


class Everything(WithOthers):
    """What holds after every step."""

    @invariant()
    def rows_are_the_models(self) -> None:
        ids = [case.id for case in self.cases]
        owner = self.county.service.owner
        rows = self.county.wait(owner.fetch("SELECT * FROM care_case WHERE id = ANY ($1::text[]::uuid[])", ids))
        parties = self.county.wait(
            owner.fetch("SELECT * FROM case_party WHERE case_id = ANY ($1::text[]::uuid[]) AND ended_at IS NULL", ids)
        )
        opened = self.county.wait(
            owner.fetch(
                "SELECT y.case_id, a.grantee_id, a.person_id FROM person_access a JOIN case_party y ON y.id = a.via_id "
                "WHERE y.case_id = ANY ($1::text[]::uuid[]) AND a.via = 'case' AND a.ended_at IS NULL",
                ids,
            )
        )
        found = {str(row["id"]): row for row in rows}
        for case in self.cases:
            row = found[case.id]
            assert (row["state"], row["version"], str(row["agency_id"])) == (case.state, case.version, case.lead)
            assert row["merged_into_id"] is None or str(row["merged_into_id"]) == case.merged_into
            assert (row["outcome"] is not None) == (case.state in ENDED)
            assert (row["reply"] is not None) == (case.state in REPLIED)
            assert (row["closed_at"] is not None) == (case.state == "closed")
            assert {str(one) for one in row["barred"]} == case.barred
            now = (row["accept_by"], row["finish_by"])
            if case.deadlines:
                assert all(later >= earlier for later, earlier in zip(now, case.deadlines, strict=True))
            case.deadlines = now
            mine = {str(one["agency_id"]): one["role"] for one in parties if str(one["case_id"]) == case.id}
            assert mine == case.parties
            assert [agency for agency, role in mine.items() if role == "lead"] == [case.lead]
            files = {(str(o["grantee_id"]), str(o["person_id"])) for o in opened if str(o["case_id"]) == case.id}
            assert files == case.opened()

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        for name, who in BY_NAME.items():
            if who.reach is None:
                self._sees_none(name)
                continue
            eyes = self.county.eyes[name]
            expected = {case.id for case in self.cases if eyes.lists(case)}
            ids, total = self.county.listed(name)
            own = {case.id for case in self.cases}
            assert (ids & own, total - self.totals[name]) == (expected, len(expected)), name
            seen = {case.id: (case.version, case.state) for case in self.cases if eyes.sees(case)}
            nodes, count, by_id = self.county.by_graphql(name, sorted(own))
            assert (nodes & own, count - self.totals[name], by_id) == (expected, len(expected), seen), name
            if self.touched:
                answer = self.county.get(name, f"/v1/cases/{self.touched.id}")
                assert answer.status_code == (200 if self.touched.id in seen else 404), (name, self.touched)

    def _sees_none(self, name: str) -> None:
        paths = ["/v1/cases", *([f"/v1/cases/{self.touched.id}"] if self.touched else [])]
        assert {self.county.get(name, path).status_code for path in paths} == {403}


async def drive(service: Service, examples: int, steps: int, *, by_chance: bool) -> None:
    """Run the machine in a thread of its own, against the service on this loop."""
    county = County(service, asyncio.get_running_loop())
    await county.know()
    machine = type("Everything", (Everything,), {"county": county})
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=not by_chance,
        phases=[Phase.generate], suppress_health_check=[*HealthCheck], print_blob=False,
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)


async def test_a_sample_of_courses(service: Service) -> None:
    await drive(service, 3, 25, by_chance=False)


async def test_a_course_through_an_organisation(service: Service) -> None:
    """What chance seldom comes by: given to an organisation, taken back, given again, and over."""
    county = County(service, asyncio.get_running_loop())
    await county.know()

    def through() -> None:
        course = type("Everything", (Everything,), {"county": county})()
        contract = "石首市困境和留守儿童关爱保护服务"
        course.register("village_worker", ("relief", "woman"), False, False, True, "rest")
        case = course.cases[0]
        course._do("civil_affairs_county", case, "accept", case.version, "graphql")
        for door in ("rest", "graphql"):
            course.assign(None, 0, contract, 0, door)
            assert case.assignment
            course.everybody_sees_what_the_model_says()
            for by in ("resident", "ngo_partner_2", "neighbour_county", "police_county", "village_worker"):
                course.take_back(by, 0, "hand_back", 0, door)
            if door == "rest":
                course.take_back("ngo_partner", 0, "hand_back", 0, door)
                course.everybody_sees_what_the_model_says()
        for act in ("start", "resolve", "reply", "close"):
            course._do("civil_affairs_county", case, act, case.version, "rest")
        course.rows_are_the_models()
        course.everybody_sees_what_the_model_says()
        assert (case.state, case.assignment) == ("closed", None)

    await asyncio.to_thread(through)


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_many_courses(service: Service) -> None:
    await drive(service, 40, 60, by_chance=True)
