"""The world's questionnaires, surveys, answers, tallies and reports: of divisions of every level, announced or not."""

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.people.model import Population
from domain.surveys.questions import ASKED_OF
from tests.oracle.directory import VILLAGES
from tests.oracle.ids import AGENCIES

if TYPE_CHECKING:
    from tests.oracle.world import Row, World

WIDTHS = (10**10, 10**8, 10**6, 10**3, 1)
SINCE = date(2026, 2, 1)
QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "q1", "text": 'a "b"', "kind": "single", "required": True, "least": None, "most": None,
        "shown_if": None, "field_class": "personal",
        "options": [{"code": "x", "label": "\n"}, {"code": "y", "label": "好"}],
    },
    {
        "key": "q2", "text": "", "kind": "number", "required": False, "least": -1, "most": 9, "options": [],
        "shown_if": {"question": "q1", "choices": ["x", "y"]}, "field_class": "health",
    },
]  # fmt: skip


def surveys(world: "World", people: "list[Row]") -> None:
    """Make everything of a survey in many divisions; people anywhere answered."""
    regions = sorted({village // width * width for village in VILLAGES for width in WIDTHS})
    rounds = [_round(world, region, at) for at, region in enumerate(regions)]
    for at, person in enumerate(people):
        survey = rounds[at % len(rounds)]
        own = {"survey_id": survey["id"], "person_id": person["id"]}
        answer = world.add("survey_answer", world.bound(26, person) | own | {"answered_on": world.day()})
        for number, kind in enumerate(world.some(ASKED_OF)):
            values = {f"as_{one}": ["x", 'y"'] if one == kind else [] for one in ASKED_OF}
            row = {"answer_id": answer["id"], "question": f"q{number}", "field_class": kind}
            world.add("survey_reply", world.bound(27, person) | own | values | row)
    for survey in rounds[::2]:
        for village in VILLAGES:
            for level, width in enumerate(WIDTHS[2:], 3):
                counted = level + village % 7
                world.add("survey_tally", {
                    "id": world.id(28), "survey_id": survey["id"], "level": level,
                    "region_code": village // width * width, "question": "q1", "choice": str(village),
                    "people": counted, "people_safe": None if counted < 5 else counted,
                })  # fmt: skip


def _round(world: "World", region: int, at: int) -> "Row":
    own = {"region_code": region, "agency_id": AGENCIES["civil"]}
    edition = world.add("questionnaire", own | {
        "id": world.id(24), "series_id": world.id(24), "edition": at + 1, "title": world.chance.choice(world.names),
        "questions": QUESTIONS[: at % 3], "state": ("draft", "published", "retired")[at % 3],
        "published_on": SINCE if at % 3 else None, "retired_on": None, **world.versioned(),
    })  # fmt: skip
    survey = world.add("survey", own | {
        "id": world.id(25), "questionnaire_id": edition["id"], "title": world.chance.choice(world.names),
        "opens_on": SINCE, "closes_on": SINCE, "audience": world.some([*Population]), "anonymous": at % 2 == 0,
        "state": ("planned", "open", "closed")[at % 3], "opened_on": SINCE if at % 3 else None, "closed_on": None,
        **world.versioned(),
    })  # fmt: skip
    report = world.add("research_report", own | {
        "id": world.id(29), "survey_id": survey["id"] if at % 2 else None, "title": world.chance.choice(world.names),
        "summary": world.chance.choice(world.names), "state": "published" if at % 2 else "draft",
        "published_on": SINCE if at % 2 else None, **world.versioned(),
    })  # fmt: skip
    for number in range(at % 3):
        done = {"done_on": SINCE, "outcome": "成\n"} if number else {"done_on": None, "outcome": None}
        world.add("research_finding", own | done | {
            "id": world.id(30), "report_id": report["id"], "finding": "f", "action": "a", "due_on": world.day(0.5),
            "published_on": report["published_on"], **world.versioned(),
        })  # fmt: skip
    return survey


__all__ = ["surveys"]
