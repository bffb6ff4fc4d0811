"""Acts about cases (``tests.api.acts``)."""

from typing import Any

from tests.api.acts import OFFICE, VILLAGE, Prepared, Stage, act
from tests.api.venue_acts import step

STORY = "灶上的铁锅破了，孩子放学没有热饭吃，奶奶卧床。"


def matter(stage: Stage, **more: Any) -> dict[str, Any]:
    """Return a case to be raised by the village."""
    return {
        "category": "relief", "title": f"{stage.sign}家没有热饭", "description": STORY, "source": "visit",
        "region": VILLAGE, "audience": "household", **more,
    }  # fmt: skip


async def case(stage: Stage, *acts: str, **more: Any) -> dict[str, Any]:
    """Raise a case from the village and bring it on by some acts of the county's office."""
    made = await stage.create("village_worker", "/v1/cases", matter(stage, **more))
    for name in acts:
        made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:{name}", made, BODIES[name])
    return made


BODIES: dict[str, dict[str, Any]] = {
    "accept": {"remark": "予以受理"},
    "refuse": {"reason": "不属于受理范围，请向法院起诉"},
    "start": {},
    "resolve": {"outcome": "solved", "outcome_note": "送去铁锅和一月口粮，安排邻居送饭"},
    "resume": {"reason": "锅又坏了"},
    "reply": {"reply": "问题已解决，谢谢您的反映", "channel": "phone"},
    "close": {"remark": "归档"},
    "reopen": {"reason": "回访不满意"},
    "extend": {"reason": "等待评残结果"},
}
ON_THE_WAY = {
    "accept": (), "refuse": (), "start": ("accept",), "resolve": ("accept", "start"),
    "resume": ("accept", "start", "resolve"), "reply": ("accept", "start", "resolve"),
    "close": ("accept", "start", "resolve", "reply"), "reopen": ("accept", "start", "resolve", "reply", "close"),
    "extend": ("accept",),
}  # fmt: skip
PAST = {
    "accept": "accepted", "refuse": "refused", "start": "started", "resolve": "resolved", "resume": "resumed",
    "reply": "replied", "close": "closed", "reopen": "reopened", "extend": "extended",
}  # fmt: skip


@act("village_worker", "case.registered")
async def register_case(stage: Stage) -> Prepared:
    child = await stage.person(child={"schooling": "primary"}, birth_date="2016-05-05")
    return Prepared(matter(
        stage, person_id=child["id"], audience="child", reporter_name=f"王{stage.sign}", reporter_phone="19012345678",
    ))  # fmt: skip


@act("village_worker", "case.registered")
async def report_minor(stage: Stage) -> Prepared:
    return Prepared({"description": f"{stage.sign}：邻居夜里打孩子，孩子身上有伤。"})


def _on_the_way(name: str) -> None:
    async def prepared(stage: Stage) -> Prepared:
        made = await case(stage, *ON_THE_WAY[name])
        return Prepared(BODIES[name], made["id"], made["version"])

    prepared.__name__ = f"{name}_case"
    act(OFFICE, f"case.{PAST[name]}")(prepared)


for _name in BODIES:
    _on_the_way(_name)


@act(OFFICE, "case.redirected")
async def redirect_case(stage: Stage) -> Prepared:
    made = await case(stage)
    agencies = await stage.one("/v1/agencies?type=womens_federation&region=421081")
    to = next(one for one in agencies["items"] if one["region"] == "421081")
    return Prepared({"agency_id": to["id"], "reason": "属妇联职责"}, made["id"], made["version"])


@act(OFFICE, "case.handed")
async def hand_case(stage: Stage) -> Prepared:
    made = await case(stage, "accept")
    me = await stage.one("/v1/me", OFFICE)
    return Prepared({"handler_id": me["staff_id"], "remark": "由我经办"}, made["id"], made["version"])


@act(OFFICE, "case.person_named")
async def involve_person(stage: Stage) -> Prepared:
    made = await case(stage, "accept")
    return Prepared({"person_id": (await stage.person())["id"], "role": "witness"}, made["id"], made["version"])


@act(OFFICE, "case.merged", "case.merged")
async def merge_case(stage: Stage) -> Prepared:
    main, made = await case(stage, "accept"), await case(stage)
    return Prepared({"into_id": main["id"], "reason": "同一件事"}, made["id"], made["version"])


@act(OFFICE, "case.linked")
async def link_case(stage: Stage) -> Prepared:
    one, other = await case(stage, "accept"), await case(stage, "accept")
    return Prepared({"other_id": other["id"], "reason": "同一家庭"}, one["id"])
