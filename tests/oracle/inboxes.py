"""The world's notices: to desks and to members of staff, seen and unseen."""

from typing import TYPE_CHECKING, Any

from domain.notifications.model import NoticeKind
from tests.oracle.directory import VILLAGES
from tests.oracle.ids import AGENCIES, key

if TYPE_CHECKING:
    from tests.oracle.data import Data
    from tests.oracle.world import World

Row = dict[str, Any]
SAID = {NoticeKind.CASE_RECEIVED: "收到新个案，请决定是否受理", NoticeKind.CASE_OVERDUE: "个案已逾期"}


def inboxes(world: "World") -> None:
    """Make notices for every agency's desk and for its staff, some of whom call."""
    staff = [key(14, at) for at in (0, 1, 2, 3)]
    for at, agency_id in enumerate([*AGENCIES.values()] * 6):
        read, taken = world.maybe((world.moment(),)), world.maybe((world.moment(),), 0.6)
        world.add("notification", {
            "id": world.id(30), "agency_id": agency_id, "staff_id": staff[at % 5] if at % 5 < len(staff) else None,
            "kind": [*SAID][at % 2], "urgent": at % 4 == 0, "record": "case", "record_id": world.id(31),
            "region_code": (*VILLAGES, 421081000000, 0)[at % 9], "due_at": world.maybe((world.moment(),)),
            "slot": "", "read_at": read, "read_by": "staff:1" if read else None, "acknowledged_at": taken,
            "acknowledged_by": "staff:2" if taken else None, **world.versioned(),
        })  # fmt: skip


def notice(data: "Data", row: Row, when: str | None) -> str:
    """Return what a notice says, in Chinese; ``when`` is its due time in words."""
    codes = {len(one["code"]): one for one in data.tables["region"] if one["lo"] == row["region_code"]}
    place = f"{codes[min(codes)]['name']}：" if codes else ""
    return ("【紧急】" if row["urgent"] else "") + place + SAID[row["kind"]] + (f"，期限{when}" if when else "")


__all__ = ["inboxes", "notice"]
