"""The world's places, code lists, agencies and staff."""

from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracle.ids import AGENCIES, key

if TYPE_CHECKING:
    from tests.oracle.world import World

VILLAGES = (421081100201, 421081100202, 421081101201, 421083100201, 421102001001, 440305001001, 441900003001)
ENDS = (2, 4, 6, 9, 12)
EXTRA = ("441900", "4419")  # 东莞: two divisions of one padded code
BEGAN = date(2023, 6, 30)
TYPES = {
    "civil": ("civil_affairs", 421081000000),
    "neighbour": ("civil_affairs", 421083000000),
    "federation": ("womens_federation", 421081000000),
    "education": ("education", 421081000000),
    "police": ("public_security", 421081000000),
    "village": ("village_committee", 421081100201),
    "township": ("township_government", 421081100000),
    "city": ("civil_affairs", 421000000000),
    "statistics": ("statistics", 420000000000),
    "ngo": ("ngo", 421081000000),
    "idle_ngo": ("ngo", 441900000000),
    "audit": ("audit", 421000000000),
    "platform": ("platform_operator", 420000000000),
}
ODD = ("阿", "Abc", "abc", "aBd", "B", "_x", "é", "～", "😀", "张'三\"", "a", "Zz")


def directory(world: "World") -> None:
    """Add divisions with ended ones and aliases, code lists, agencies with departments and staff, leading groups."""
    _regions(world)
    _codes(world)
    _rules(world)
    _agencies(world)
    _staff(world)


def _regions(world: "World") -> None:
    codes = sorted({str(village)[:digits] for village in VILLAGES for digits in ENDS} | set(EXTRA))
    for at, code in enumerate(codes):
        width = 10 ** (12 - len(code))
        parent = max((one for one in codes if code.startswith(one) and one != code), key=len, default=None)
        ended = at % 7 == 3
        world.add("region", {
            "code": code, "name": ODD[at % len(ODD)], "path": f"路径{at}/", "level": ENDS.index(len(code)) + 1,
            "parent_code": parent, "lo": int(code) * width, "hi": (int(code) + 1) * width,
            "pinyin": ODD[(at * 5) % len(ODD)].lower(), "initials": "x" * (at % 3), "valid_from": BEGAN,
            "valid_to": date(2024, 1, 1) if ended else None, "successor_code": codes[at - 1] if ended else None,
            "source": "NBS 2023",
        })  # fmt: skip
        for number in range(at % 3):
            world.add("region_alias", {"id": world.id(12), "region_code": code, "name": f"{ODD[at % 5]}{number}"})


def _codes(world: "World") -> None:
    for at, name in enumerate(("sex", "Ethnicity", "空 list", "kinship", "_odd", "absence_reason")):
        world.add("code_list", {"id": name, "name_zh": "表", "name_en": ODD[at], "standard": 'GB/T "2261.1"'})
        for position in range(at * 7):
            code = f"{position:02d}" if at % 2 else ODD[position % len(ODD)] + str(position)
            labels: dict[str, Any] = {"label_zh": "标签\n", "label_en": f"label {position}"}
            world.add("code_item", {"list_id": name, "code": code, "position": position} | labels)
    reason: dict[str, Any] = {"list_id": "absence_reason", "code": "work", "position": 99}
    world.add("code_item", reason | {"label_zh": '务"工', "label_en": "Work"})


def _rules(world: "World") -> None:
    numbers = ("months", "child_months", "child_under", "elder_from", "adult_from", "tolerated_home_visit_days")
    whole: dict[str, Any] = dict.fromkeys(numbers, 6) | {"woman_min_age": None, "woman_max_age": 59}
    whole |= {f"{one}_reasons": ["work", "business"] for one in ("woman", "child", "elder")}
    whole |= {"cross_county_required": False}
    for at, region in enumerate((0, 421081000000, 420000000000)):
        row = {"id": world.id(17), "region_code": region, "valid_from": date(2020 + at, 1, 1), "source": ODD[at]}
        world.add("rule_set", row | {"valid_to": None if at else BEGAN, "parameters": whole if at else {}})


def _agencies(world: "World") -> None:
    previous = None
    for at, (name, agency_id) in enumerate(AGENCIES.items()):
        kind, region = TYPES[name]
        world.add("agency", {
            "id": agency_id, "type": kind, "level": at % 5 + 1, "name": ODD[at % len(ODD)] + name,
            "short_name": ODD[at % 3] if at % 2 else None, "region_code": region, "parent_id": previous,
            "credit_code": f"1142108100000000{at:02d}" if at % 3 else None, "valid_from": BEGAN,
            "valid_to": date(2025, 1, 1) if at % 5 == 4 else None, **world.versioned(),
        })  # fmt: skip
        previous = agency_id if at % 4 else None
        for number in range(at % 3):
            kinds = ("development", "rights", "office")
            row = {"id": world.id(13), "agency_id": agency_id, "kind": kinds[number], "name": ODD[number]}
            world.add("department", row | world.versioned())


def _staff(world: "World") -> None:
    departments = world.tables["department"]
    posts = ("child_director", "head", "officer")
    for at in range(40):
        department = world.maybe(departments)
        agency_id = department["agency_id"] if department else world.chance.choice(list(AGENCIES.values()))
        world.add("staff", {
            "id": key(14, at), "agency_id": agency_id, "department_id": department and department["id"],
            "region_code": world.chance.choice((*VILLAGES, 421081000000, 420000000000)),
            "name": world.chance.choice(ODD),
            "posts": world.some(posts), "phone_masked": world.maybe(("139****0000",)), "valid_from": BEGAN,
            "valid_to": world.maybe((date(2025, 1, 1),), 0.7), **world.versioned(),
        })  # fmt: skip
    for at in range(5):
        group = world.add("leading_group", {
            "id": world.id(15), "name": ODD[at], "region_code": (421081000000, 421000000000, 441900000000)[at % 3],
            "office_department_id": world.maybe([one["id"] for one in departments]), "valid_from": date(2020 + at, 1,
            1),
            "valid_to": date(2025, 1, 1) if at % 2 else None, **world.versioned(),
        })  # fmt: skip
        for seat in range(at):
            role = ("head", "deputy", "member")[min(seat, 2)]
            row = {"leading_group_id": group["id"], "staff_id": key(14, at * 3 + seat), "role": role, "position": seat}
            world.add("leading_group_member", {"id": world.id(16)} | row | world.versioned())
