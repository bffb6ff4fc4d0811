"""The answer of the responsibility matrix in words, as a township clerk would say it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from domain.policy.matrix import Answer, Candidate, PassedBecause
from domain.policy.model import ResponsibilityMode, RouteBasis
from domain.policy.routing import Route, Unit

PASSED: Final = {
    PassedBecause.DRAFT: "征求意见稿，尚未生效",
    PassedBecause.ENDED: "已失效",
    PassedBecause.NOT_YET_VALID: "当日尚未施行",
    PassedBecause.NO_LONGER_VALID: "当日已停止施行",
    PassedBecause.OTHER_AUDIENCE: "不适用于该服务对象",
    PassedBecause.FARTHER: "有更近一级的文件",
    PassedBecause.SAME_PLACE: "同级另有更新、更专门或列在前面的措施",
}
WHY: Final = {
    "nearest_measure": "离当地最近的有效措施",
    "named_by_measure": "文件写明了责任单位",
    "department_not_here": "文件写明的部门在该单位未设，由该单位承办，设有该部门的上级单位知悉",
    "shared_by_remit": "文件未写明牵头单位，由列名在前且职责相符的单位承办，其他列名单位知悉",
    "units_unnamed": "文件未写明责任单位",
    "named_not_here": "文件写明的单位在当地没有登记",
    "no_remit_fits": "文件列名的单位中，没有职责相符且在当地登记的",
    "no_document": "没有适用的政策文件",
    "default_table": "按全国默认分工",
    "last_resort": "默认分工中的单位在当地均未登记，由民政部门或乡镇兜底",
    "nobody_here": "当地没有可以承办的单位",
}
"""Every code of ``Route.why``."""


def explained(answer: Answer, laws: Sequence[str]) -> dict[str, Any]:
    """Return the part of the ``Routing`` document that the answer fills; ``laws`` are the default row's."""
    route = answer.route
    by_default = route.basis is RouteBasis.DEFAULT
    return {
        "basis": route.basis,
        "mode": route.mode,
        "measure": _measure(answer.measure),
        "receiver": _unit(route.receiver),
        "co": [_unit(one) for one in route.co],
        "informed": [_unit(one) for one in route.informed],
        "missing": [*route.missing],
        "laws": [*laws] if by_default else [],
        "why": [{"code": one, "message": WHY[one]} for one in route.why],
        "passed": [
            {"measure": _measure(one), "code": because, "message": PASSED[because]} for one, because in answer.passed
        ],
        "sentence": sentence(answer, laws if by_default else ()),
    }


def sentence(answer: Answer, laws: Sequence[str] = ()) -> str:
    """Return the answer in one sentence: the ground, who receives, who helps, who is told."""
    route = answer.route
    if route.receiver is None:
        return f"{_ground(answer, laws)}当地没有可以承办的单位。"
    said = f"{_ground(answer, laws)}由{_name(route.receiver)}{_verb(route)}"
    if route.co:
        said += f"，{_names(route.co)}配合"
    if route.informed:
        said += f"，告知{_names(route.informed)}"
    said += "。"
    if route.missing:
        said += f"另有{len(route.missing)}类单位在当地没有登记。"
    return said


def _ground(answer: Answer, laws: Sequence[str]) -> str:
    measure, route = answer.measure, answer.route
    by_law = f"按全国默认分工（{'、'.join(laws)}）" if laws else "按全国默认分工"
    if measure is None:
        return f"没有适用的政策文件，{by_law}，"
    cited = f"{_cited(measure)}第{measure.measure_code}项“{measure.measure_title}”"
    if route.basis is RouteBasis.MEASURE:
        shared = "未写明牵头单位，按职责分工，" if route.mode is ResponsibilityMode.SHARED else ""
        return f"依据{cited}，{shared}"
    said = next(WHY[one] for one in route.why if one != "nearest_measure").removeprefix("文件")
    return f"依据{cited}；{said}，{by_law}，"


def _cited(measure: Candidate) -> str:
    number = f"（{measure.document_number}）" if measure.document_number else ""
    title = measure.document_title
    return f"{title}{number}" if "《" in title else f"《{title}》{number}"


def _verb(route: Route) -> str:
    return "牵头办理" if route.mode is ResponsibilityMode.LEAD else "办理"


def _name(unit: Unit) -> str:
    return unit.agency_name + (unit.department_name or "")


def _names(units: Iterable[Unit]) -> str:
    return "、".join(_name(one) for one in units)


def _unit(unit: Unit | None) -> dict[str, Any] | None:
    if unit is None:
        return None
    return {
        "agency_id": str(unit.agency_id), "agency_name": unit.agency_name, "agency_type": unit.agency_type,
        "department_id": unit.department_id and str(unit.department_id), "department_name": unit.department_name,
    }  # fmt: skip


def _measure(measure: Candidate | None) -> dict[str, Any] | None:
    if measure is None:
        return None
    return {
        "id": str(measure.measure_id), "code": measure.measure_code, "title": measure.measure_title,
        "document_id": str(measure.document_id), "document_code": measure.document_code,
        "document_title": measure.document_title, "document_number": measure.document_number,
        "status": measure.status, "level": measure.level,
    }  # fmt: skip


__all__ = ["PASSED", "WHY", "explained", "sentence"]
