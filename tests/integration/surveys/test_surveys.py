"""Surveys in a county of two villages: editions that stay, one answer each, tallies, reports and their outcome."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from auth.policy import grants_of
from domain.access import Access
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from domain.people.commands import RegisterPerson
from domain.people.use_cases import register_person
from domain.surveys import commands, use_cases
from domain.unit_of_work import Saved
from tests.api.survey_acts import ANSWERS, COUNTED, QUESTIONS
from tests.integration.people.conftest import UnitAt, access_of

CLERK = access_of("village_worker", "village_committee", "421081100201")
COUNTY, TOWNSHIP, VILLAGE = 421081000000, 421081100000, 421081100201
TABLES = (
    "questionnaire",
    "survey",
    "survey_answer",
    "survey_reply",
    "survey_tally",
    "research_report",
    "research_finding",
)
SHORT = [ANSWERS[0], ANSWERS[2]]


class Study:
    """Does acts and reads what stands in the tables."""

    def __init__(self, owner: asyncpg.Connection, unit_at: UnitAt, officer: Access) -> None:
        self.owner, self.unit_at, self.officer = owner, unit_at, officer

    async def do(self, act: str, access: Access, /, **given: Any) -> Saved:
        command = getattr(commands, "".join(part.title() for part in act.split("_")))
        plain = {name: str(one) if isinstance(one, UUID) else one for name, one in given.items()}
        done: Saved = await getattr(use_cases, act)(access, self.unit_at(), command.model_validate(plain))
        return done

    async def woman(self, region: str = "421081100201") -> UUID:
        body = {"region": region, "name": "王小花", "woman": {}, "new_household": True}
        return (await register_person(self.officer, self.unit_at(), RegisterPerson.model_validate(body))).id

    async def edition(self, questions: list[Any] | None = None) -> UUID:
        drafted = await self.do(
            "create_questionnaire", self.officer, region="421081", title="亲情联系", questions=questions or QUESTIONS
        )
        return (await self.do("publish_questionnaire", self.officer, questionnaire_id=drafted.id, version=1)).id

    async def asked(self, *, anonymous: bool = False, **changed: Any) -> UUID:
        body = {
            "questionnaire_id": await self.edition(COUNTED if anonymous else None), "region": "421081",
            "title": "秋季调研", "opens_on": "2026-10-20", "closes_on": "2026-11-20", "audience": ["woman"],
            "anonymous": anonymous,
        }  # fmt: skip
        made = await self.do("create_survey", self.officer, **(body | changed))
        return (await self.do("open_survey", self.officer, survey_id=made.id, version=1)).id

    async def tally(self, survey: UUID, question: str = "", choice: str = "") -> dict[int, int]:
        sql = "SELECT region_code, people FROM survey_tally WHERE survey_id = $1 AND question = $2 AND choice = $3"
        return {row["region_code"]: row["people"] for row in await self.owner.fetch(sql, survey, question, choice)}

    async def refused(self, kind: type[Exception], code: str, act: str, access: Access, /, **given: Any) -> None:
        """Check that an act is refused with a code and leaves everything as it was."""
        before = [await self.owner.fetch(f"SELECT * FROM {one} ORDER BY id") for one in (*TABLES, "event")]
        with pytest.raises(kind) as found:
            await self.do(act, access, **given)
        codes = [fault.code for fault in getattr(found.value, "faults", ())] or [getattr(found.value, "code", "")]
        assert codes == [code]
        assert before == [await self.owner.fetch(f"SELECT * FROM {one} ORDER BY id") for one in (*TABLES, "event")]


@pytest.fixture
async def study(owner: asyncpg.Connection, unit_at: UnitAt, officer: Access) -> Study:
    await owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) VALUES "
        "($1, 'civil_affairs', 3, '民政局', 421081000000, '2020-01-01'), "
        "($2, 'health', 3, '卫健局', 421081000000, '2020-01-01')",
        officer.agency_id, UUID(int=8),
    )  # fmt: skip
    return Study(owner, unit_at, officer)


def resident_of(person: UUID) -> Access:
    grants = grants_of(["resident"], None)
    return Access(sub=f"person:{person}", client_id="wx", roles=("resident",), grants=grants, person_id=person)


async def test_a_published_edition_never_changes(study: Study) -> None:
    edition = await study.edition()
    shortened = {"questionnaire_id": edition, "version": 2, "questions": COUNTED}
    await study.refused(Conflict, "questionnaire.not_allowed", "update_questionnaire", study.officer, **shortened)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await study.owner.execute("UPDATE questionnaire SET questions = '[]' WHERE id = $1", edition)
    copies = await asyncio.gather(
        *(study.do("copy_questionnaire", study.officer, questionnaire_id=edition) for _ in range(2))
    )
    rows = await study.owner.fetch("SELECT * FROM questionnaire ORDER BY edition")
    assert [(row["edition"], row["state"]) for row in rows] == [(1, "published"), (2, "draft"), (3, "draft")]
    assert len({row["series_id"] for row in rows}) == 1
    changed = shortened | {"questionnaire_id": copies[0].id, "version": 1}
    await study.do("update_questionnaire", study.officer, **changed)
    kept = await study.owner.fetchval("SELECT jsonb_array_length(questions) FROM questionnaire WHERE id = $1", edition)
    assert kept == len(QUESTIONS)
    await study.refused(
        Conflict, "questionnaire.not_allowed", "create_survey", study.officer, questionnaire_id=copies[1].id,
        region="421081", title="x", opens_on="2026-10-20", closes_on="2026-11-20",
    )  # fmt: skip


async def test_one_answer_a_person_and_round_counted_at_every_level(study: Study) -> None:
    survey, women = await study.asked(), [await study.woman() for _ in range(3)]
    elsewhere = await study.woman("421081100202")
    done = await asyncio.gather(
        *(study.do("answer_survey", CLERK, survey_id=survey, person_id=women[0], answers=ANSWERS) for _ in range(2)),
        *(study.do("answer_survey", resident_of(w), survey_id=survey, person_id=w, answers=SHORT) for w in women[1:]),
        study.do("answer_survey", study.officer, survey_id=survey, person_id=elsewhere, answers=SHORT),
        return_exceptions=True,
    )  # fmt: skip
    assert [one.code for one in done if isinstance(one, Conflict)] == ["survey.answered"]
    assert sum(isinstance(one, Saved) for one in done) == 4
    everywhere = {COUNTY: 4, TOWNSHIP: 4, VILLAGE: 3, 421081100202: 1}
    assert await study.tally(survey) == await study.tally(survey, "mood", "2") == everywhere
    assert await study.tally(survey, "why") == {COUNTY: 1, TOWNSHIP: 1, VILLAGE: 1}
    rows = await study.owner.fetch(
        "SELECT question, field_class, as_personal, as_health, as_hardship FROM survey_reply WHERE person_id = $1 "
        "ORDER BY question", women[0],
    )  # fmt: skip
    assert [tuple(row) for row in rows] == [
        ("contact", "personal", ["seldom"], [], []), ("mood", "health", [], ["2"], []),
        ("why", "hardship", [], [], ["工地上忙"]),
    ]  # fmt: skip


async def test_who_may_answer_when(study: Study) -> None:
    survey, woman, other = await study.asked(), await study.woman(), await study.woman()
    act: dict[str, Any] = {"survey_id": survey, "person_id": woman, "answers": SHORT}
    await study.refused(NotFound, "not_found", "answer_survey", resident_of(other), **act)
    await study.refused(NotFound, "not_found", "answer_survey", access_of(region="421083"), **act)
    await study.owner.execute(
        "INSERT INTO person_access (id, grantee_id, person_id, via, via_id) VALUES (uuidv7(), $1, $2, 'pairing', $2)",
        other, woman,
    )  # fmt: skip
    await study.refused(Forbidden, "survey.not_hers", "answer_survey", resident_of(other), **act)
    for_children = await study.asked(audience=["child"])
    await study.refused(InvalidInput, "survey.not_asked", "answer_survey", CLERK, **(act | {"survey_id": for_children}))
    wrong = [{"question": "contact", "choices": ["never"]}]
    await study.refused(InvalidInput, "answer.no_option", "answer_survey", CLERK, **(act | {"answers": wrong}))
    late = await study.do(
        "create_survey", study.officer, questionnaire_id=await study.edition(), region="421081", title="已过",
        opens_on="2026-10-01", closes_on="2026-10-31",
    )  # fmt: skip
    await study.refused(Conflict, "survey.not_today", "open_survey", study.officer, survey_id=late.id, version=1)
    township = access_of(region="421081100")
    await study.refused(Forbidden, "region.forbidden", "close_survey", township, survey_id=survey, version=2)
    await study.do("close_survey", study.officer, survey_id=survey, version=2)
    await study.refused(Conflict, "survey.not_allowed", "answer_survey", CLERK, **act)


async def test_anonymous_answers_are_only_counted_one_a_household(study: Study) -> None:
    woman = await study.woman()
    survey = await study.asked(anonymous=True, audience=[])
    act = {"survey_id": survey, "region": "421081100201", "answers": SHORT}
    await study.refused(
        Conflict, "survey.is_anonymous", "answer_survey", CLERK, survey_id=survey, person_id=woman, answers=SHORT
    )
    wide = act | {"region": "421081100"}
    await study.refused(InvalidInput, "survey.not_its_village", "count_answer", study.officer, **wide)
    await study.do("count_answer", CLERK, **act)
    await study.refused(Conflict, "survey.every_household", "count_answer", CLERK, **act)
    assert await study.tally(survey, "mood", "2") == {COUNTY: 1, TOWNSHIP: 1, VILLAGE: 1}
    assert await study.owner.fetchval("SELECT count(*) FROM survey_answer") == 0
    await study.refused(
        InvalidInput, "survey.anonymous_text", "create_survey", study.officer, questionnaire_id=await study.edition(),
        region="421081", title="x", opens_on="2026-10-20", closes_on="2026-11-20", anonymous=True,
    )  # fmt: skip


async def test_small_counts_are_kept_back_once_the_survey_is_closed(study: Study) -> None:
    survey = await study.asked()
    for at in range(7):
        woman = await study.woman()
        answers = SHORT if at < 6 else [{"question": "contact", "choices": ["weekly"]}]
        await study.do("answer_survey", CLERK, survey_id=survey, person_id=woman, answers=answers)
    assert await study.owner.fetchval("SELECT count(people_safe) FROM survey_tally") == 0
    await study.do("close_survey", study.officer, survey_id=survey, version=2)
    rows = await study.owner.fetch("SELECT question, choice, people, people_safe FROM survey_tally WHERE level = 3")
    assert {(row["question"], row["choice"]): (row["people"], row["people_safe"]) for row in rows} == {
        ("", ""): (7, 7), ("contact", "seldom"): (6, None), ("contact", "weekly"): (1, None), ("mood", "2"): (6, 6),
    }  # fmt: skip


async def test_a_report_is_published_and_its_findings_lead_to_something(study: Study) -> None:
    health = access_of("county_officer", "health")
    health = Access(**{name: getattr(health, name) for name in health.__slots__} | {"agency_id": UUID(int=8)})
    stranger = Access(**{name: getattr(health, name) for name in health.__slots__} | {"agency_id": UUID(int=9)})
    body = {"region": "421081", "title": "亲情联系调研报告", "summary": "入户100户"}
    report = await study.do("create_report", study.officer, **body)
    publish = {"report_id": report.id, "version": 1}
    await study.refused(Conflict, "research_report.no_finding", "publish_report", study.officer, **publish)
    found = {"finding": "联系少", "action": "每周开放亲情连线室", "agency_id": UUID(int=8)}
    finding = await study.do("add_finding", study.officer, report_id=report.id, **found)
    unknown = {**found, "agency_id": UUID(int=77)}
    await study.refused(InvalidInput, "agency.unknown", "add_finding", study.officer, report_id=report.id, **unknown)
    done = {"finding_id": finding.id, "version": 1, "done_on": "2026-10-30", "outcome": "两个村已开放"}
    await study.refused(Conflict, "research_report.not_allowed", "conclude_finding", study.officer, **done)
    await study.refused(NotFound, "not_found", "conclude_finding", health, **done)  # not published yet
    await study.do("publish_report", study.officer, **publish)
    await study.refused(
        Conflict,
        "research_report.not_allowed",
        "update_report",
        study.officer,
        report_id=report.id,
        version=2,
        title="改",
    )
    done["version"] = 2
    await study.refused(Forbidden, "research_finding.not_responsible", "conclude_finding", CLERK_OF_OTHERS, **done)
    await study.refused(NotFound, "not_found", "conclude_finding", stranger, **done)
    await study.do("conclude_finding", health, **done)
    await study.refused(
        Conflict, "research_finding.concluded", "conclude_finding", study.officer, **(done | {"version": 3})
    )
    row = await study.owner.fetchrow("SELECT done_on, outcome FROM research_finding")
    assert (str(row["done_on"]), row["outcome"]) == ("2026-10-30", "两个村已开放")


CLERK_OF_OTHERS = Access(**{name: getattr(CLERK, name) for name in CLERK.__slots__} | {"agency_id": UUID(int=5)})


async def test_answers_go_with_a_file_that_is_merged_unless_the_survivor_has_answered(study: Study) -> None:
    both, own = await study.asked(), await study.asked()
    merged, survivor = await study.woman(), await study.woman("421081100202")
    for survey, person in ((both, merged), (both, survivor), (own, merged)):
        await study.do("answer_survey", study.officer, survey_id=survey, person_id=person, answers=ANSWERS)
    async with study.unit_at().begin(study.officer, "people:write") as work:
        async with work.as_system():
            moved = await work.duplicates.hand_over(merged, survivor)
        await work.commit(None)
    assert {one: moved[one] for one in ("survey_answer", "survey_reply")} == {"survey_answer": 1, "survey_reply": 3}
    rows = await study.owner.fetch("SELECT survey_id, person_id, region_code FROM survey_answer ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (both, merged, VILLAGE), (both, survivor, 421081100202), (own, survivor, 421081100202),
    ]  # fmt: skip
    strays = (
        "SELECT count(*) FROM survey_reply r JOIN survey_answer a ON a.id = r.answer_id "
        "WHERE a.person_id <> r.person_id"
    )
    assert await study.owner.fetchval(strays) == 0
