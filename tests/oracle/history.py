"""How an event is told, written down a second time: by hand, for the types that the world knows."""

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from tests.oracle.data import Data

Row = dict[str, Any]
SHANGHAI = timezone(timedelta(hours=8))
TYPES = ("person.updated", "absence.recorded", "person.revealed", "kinship.removed", "thing.dreamt")
ACTS = {
    "person.updated": "更新了人员档案",
    "absence.recorded": "登记了外出记录",
    "person.revealed": "查看了完整信息",
    "break_glass.read": "应急查阅了档案",
    "kinship.removed": "撤销了亲属关系",
    "thing.dreamt": "进行了一项操作",
}
LABELS = {"name": "姓名或名称", "phone": "联系电话"}


def told(row: Row) -> Row:
    """Return an event with what its type and data say of it."""
    read = row["type"] in {"person.revealed", "break_glass.read"}
    data = row["data"]
    named: list[str] = next((data[one] for one in ("changed", "fields") if isinstance(data.get(one), list)), [])
    return row | {
        "kind": "read" if read else "change",
        "changed": [] if read else named,
        "revealed": named if read else [],
    }


def sentence(data: "Data", row: Row, *, personal: bool) -> str:
    """Return the sentence in Chinese; code values only for whoever sees personal fields in full."""
    parts = [in_words(row["at"]), *_agency(data, row), _who(data, row["actor"]), ACTS[row["type"]]]
    details = []
    named = [LABELS[one] for one in row["changed"] + row["revealed"] if one in LABELS]
    if named and row["type"] in ("person.updated", "person.revealed"):
        details.append(("查看：" if row["kind"] == "read" else "更改：") + "、".join(named))
    if personal and row["type"] == "absence.recorded":
        details += [f"原因：{one}" for one in _labels(data, "absence_reason", row["data"].get("reason"))]
    if personal and row["type"] == "kinship.removed":
        details += [f"关系：{one}" for one in _labels(data, "kinship", row["data"].get("relation"))]
    return " ".join(parts) + (f"（{'；'.join(details)}）" if details else "")


def in_words(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _agency(data: "Data", row: Row) -> list[str]:
    return [one["name"] for one in data.where("agency", "id", row["actor_agency_id"])]


def _who(data: "Data", actor: str) -> str:
    kind, _, key = actor.partition(":")
    if kind == "system":
        return "系统"
    if kind == "person":
        return "居民"
    try:
        found = data.where("staff", "id", UUID(key))
    except ValueError:
        found = []
    return found[0]["name"][:1] + "*" * max(len(found[0]["name"]) - 1, 1) if found else "工作人员"


def _labels(data: "Data", listed: str, code: object) -> list[str]:
    return [one["label_zh"] for one in data.where("code_item", "list_id", listed) if one["code"] == code]


__all__ = ["TYPES", "in_words", "sentence", "told"]
