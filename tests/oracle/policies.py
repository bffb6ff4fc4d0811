"""The world's policy documents, measures and default routes: whole and bare, of divisions of every level."""

from typing import TYPE_CHECKING, Any

from domain.agencies.model import AgencyType, DepartmentKind
from domain.policy.model import Audience, CaseCategory, MeasureKind, PolicyStatus, ResponsibilityMode, Theme
from tests.oracle.directory import BEGAN, ODD, VILLAGES

if TYPE_CHECKING:
    from tests.oracle.world import World

WIDTHS = (10**10, 10**8, 10**6, 10**3, 1)
FIGURE = {"name": '一"', "value": 1, "most": None, "unit": "次"}
REPORT = {
    "title": "总结\n",
    "period": "year",
    "due": "年末",
    "due_on": None,
    "to": "",
    "cases": {"least": 1, "most": 2},
}
ISSUER = {"name": "某妇联", "type": "womens_federation"}


def policies(world: "World") -> None:
    """Add a document for every width of some villages, with up to three measures; some default routes."""
    for at, (village, level) in enumerate((one, level) for one in VILLAGES[::3] for level in range(5)):
        place: dict[str, Any] = {
            "region_code": village // WIDTHS[level] * WIDTHS[level], "level": level + 1,
            "status": [*PolicyStatus][at % 3], "valid_from": world.maybe((BEGAN,)), "valid_to": None,
        }  # fmt: skip
        document = world.add("policy_document", place | {
            "id": world.id(61), "code": f"code-{at}", "title": ODD[at % len(ODD)], "number": world.maybe(ODD),
            "issuers": [ISSUER] * (at % 3), "issued_on": world.maybe((BEGAN,)), "audiences": world.some([*Audience]),
            "summary": ODD[(at * 5) % len(ODD)], "figures": [FIGURE] * (at % 2), "digest": "00",
            "obligations": [REPORT, REPORT | {"cases": None}] if at % 2 else [],
            "consultation": {
                "opens_on": "2020-04-15", "closes_on": "2020-05-10", "channels": ["web"],
            } if at % 4 == 1 else None,
        })  # fmt: skip
        for number in range(at % 4):
            _measure(world, place | {"document_id": document["id"]}, number)
    for at, (category, audience) in enumerate((one, who) for one in CaseCategory for who in Audience):
        if at % 5:
            world.add("default_route", {
                "id": world.id(64), "category": category, "audience": audience,
                "unit_types": [*AgencyType][at % 7 : at % 7 + at % 3], "laws": ["《民法典》", '"'][: at % 3],
            })  # fmt: skip


def _measure(world: "World", place: dict[str, Any], number: int) -> None:
    measure = world.add("policy_measure", place | {
        "id": world.id(62), "code": f"2.{number}", "position": number + 1, "section": "第\n一",
        "title": ODD[number], "summary": "", "kind": [*MeasureKind][number % 2], "everybody": number == 1,
        "mode": [*ResponsibilityMode][number], "audiences": world.some([*Audience]), "themes": world.some([*Theme]),
        "categories": world.some([*CaseCategory]), "unit_types": [*AgencyType][:number],
        "figures": [FIGURE | {"most": 2}] * number, "dropped": number == 2,
    })  # fmt: skip
    for at in range(number):
        world.add("policy_responsibility", {
            "id": world.id(63), "measure_id": measure["id"], "position": at + 1, "name": ODD[at],
            "unit_type": [*AgencyType][at], "department_kind": world.maybe(DepartmentKind),
            "role": ("sole", "lead", "shared")[at % 3],
        })  # fmt: skip


__all__ = ["policies"]
