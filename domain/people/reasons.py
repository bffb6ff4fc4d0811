"""The sentences behind a determination's reasons, as a township clerk would say them."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, computed_field

from domain.people.determination import Determination, Reason
from domain.people.model import LeftBehind, Population
from domain.unit_of_work import RulesInForce

_PARENT = {"father": "父亲", "mother": "母亲"}
_OF_PARENT = {
    "dead": "已去世",
    "missing": "失联",
    "imprisoned": "正在服刑",
    "away": "自{since}起外出",
    "incapable": "无监护能力",
    "incapable_by_form": "登记表载明无监护能力",
    "home": "未外出",
    "away_by_form": "登记表载明外出，未登记外出时间",
    "away_or_incapable_by_form": "登记表载明父母一方外出、另一方无监护能力，未写明是哪一方",
    "unknown": "情况未登记",
}
# Where a code carries the rule's months, N stands in their place.
SENTENCES = {
    "all_children_away_N_months": "{children}名成年子女全部外出，均已满{months}个月",
    "birth_date_unknown": "出生日期未登记，无法认定",
    "child_at_home": "{children}名成年子女中外出满{months}个月的有{away}名，并非全部外出",
    "child_away": "儿童本人自{since}起外出，不在本地生活",
    "child_too_old": "自{on}起已超过留守儿童的年龄",
    "children_unknown": "子女情况未登记，无法认定",
    "elder_away": "老人本人自{since}起外出，不在本地生活",
    "elder_too_young": "未到留守老年人的年龄，{on}达到",
    "husband_absence_not_counted": "丈夫自{since}起外出，但外出原因或去向不属于认定范围",
    "husband_away_N_months": "丈夫自{since}起外出务工或经商，已满{months}个月",
    "husband_away_by_form_N_months": "登记表载明丈夫自{since}起外出务工或经商，已满{months}个月",
    "husband_away_by_form_under_N_months": "登记表载明丈夫自{since}起外出，未满{months}个月",
    "husband_away_under_N_months": "丈夫自{since}起外出，未满{months}个月",
    "husband_dead": "丈夫已去世",
    "husband_home": "丈夫未外出",
    "husband_imprisoned": "丈夫正在服刑，不属于外出务工或经商",
    "husband_missing": "丈夫失联，不属于外出务工或经商",
    "no_adult_children": "没有成年子女",
    "no_husband": "未婚、离异、丧偶，或未登记丈夫",
    "no_living_children": "没有健在的子女，标注为独居无子女",
    "woman_away": "本人外出，不在本地居住",
    "woman_too_old": "自{on}起超过认定的年龄上限",
    "woman_too_young": "未到认定的年龄下限，{on}达到",
} | {f"{who}_{what}": name + sentence for who, name in _PARENT.items() for what, sentence in _OF_PARENT.items()}
_MONTHS = re.compile(r"_[0-9]+_months$")


def sentence(reason: Reason) -> str:
    """Return the Chinese sentence of a reason."""
    template = SENTENCES[_MONTHS.sub("_N_months", reason.code)]
    return template.format(**{key: _said(value) for key, value in reason.facts.items()})


def _said(value: object) -> object:
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else value


class ExplainedReason(BaseModel):
    """A reason: its stable code, its sentence, the dates and counts behind it."""

    code: str
    message: str
    facts: dict[str, Any]


class ExplainedResult(BaseModel):
    """The outcome for one population."""

    population: Population
    status: LeftBehind
    since: date | None
    reasons: list[ExplainedReason]
    flags: list[str]
    next_review_on: date | None


class ExplainedRules(BaseModel):
    """The rule set it was decided by."""

    id: UUID
    source: str
    parameters: dict[str, Any]


class Explanation(BaseModel):
    """The determination of a person on a day, explained (留守认定说明)."""

    person_id: UUID
    as_of: date
    rule_set: ExplainedRules
    results: list[ExplainedResult]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rule_set_id(self) -> UUID:
        """Which rule set."""
        return self.rule_set.id

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rule_set_source(self) -> str:
        """Which document the rules follow."""
        return self.rule_set.source


def explain(
    person_id: UUID, as_of: date, rules: RulesInForce, determinations: tuple[Determination, ...]
) -> Explanation:
    """Put a determination into words."""
    return Explanation(
        person_id=person_id,
        as_of=as_of,
        rule_set=ExplainedRules(
            id=rules.id, source=rules.source, parameters=rules.parameters.model_dump(mode="json", exclude_none=True)
        ),
        results=[
            ExplainedResult(
                population=found.population,
                status=found.status,
                since=found.since,
                reasons=[
                    ExplainedReason(code=one.code, message=sentence(one), facts=dict(one.facts))
                    for one in found.reasons
                ],
                flags=list(found.flags),
                next_review_on=found.next_review_on,
            )
            for found in determinations
        ],
    )
