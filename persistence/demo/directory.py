"""Agencies, departments, staff and the leading group of the demo county.

Names follow the real pattern, people and credit codes are invented. Townships and villages are
those of the loaded divisions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.codes.credit_code import with_check
from domain.people.days import SHANGHAI
from domain.regions.codes import level_of, padded
from persistence.demo import names
from persistence.demo.people import FEMALE, MALE, Maker

COUNTY: Final = "421081"
NEIGHBOUR: Final = "421022"
PILOT_TOWNSHIP: Final = "421081104"
SINCE: Final = date(2020, 1, 1)

HEAD_AND_OFFICER: Final = ("head", "officer")


class Office(NamedTuple):
    """An agency of the directory; ``parent`` is a key, ``posts`` those of its staff, one each."""

    type: str
    region: str
    name: str
    parent: str | None
    posts: tuple[str, ...]


OFFICES: Final[dict[str, Office]] = {
    "operator": Office("platform_operator", "42", "湖北省留守关爱服务平台运营中心", None, ("head", "operator")),
    "province_federation": Office("womens_federation", "42", "湖北省妇女联合会", None, ("federation_chair", "officer")),
    "province_civil_affairs": Office("civil_affairs", "42", "湖北省民政厅", None, HEAD_AND_OFFICER),
    "province_statistics": Office("statistics", "42", "湖北省统计局", None, ("head", "statistician")),
    "city_federation": Office(
        "womens_federation", "4210", "荆州市妇女联合会", "province_federation", ("federation_chair",),
    ),
    "city_civil_affairs": Office("civil_affairs", "4210", "荆州市民政局", "province_civil_affairs", HEAD_AND_OFFICER),
    "neighbour_civil_affairs": Office(
        "civil_affairs", NEIGHBOUR, "公安县民政局", "city_civil_affairs", HEAD_AND_OFFICER,
    ),
    "neighbour_federation": Office(
        "womens_federation", NEIGHBOUR, "公安县妇女联合会", "city_federation", ("federation_chair",),
    ),
    "federation": Office(
        "womens_federation", COUNTY, "石首市妇女联合会", "city_federation", ("federation_chair", "officer"),
    ),
    "civil_affairs": Office("civil_affairs", COUNTY, "石首市民政局", "city_civil_affairs", HEAD_AND_OFFICER),
    "public_security": Office("public_security", COUNTY, "石首市公安局", None, HEAD_AND_OFFICER),
    "justice": Office("justice", COUNTY, "石首市司法局", None, ("head", "legal_aid_liaison")),
    "finance": Office("finance", COUNTY, "石首市财政局", None, HEAD_AND_OFFICER),
    "human_resources": Office("human_resources", COUNTY, "石首市人力资源和社会保障局", None, HEAD_AND_OFFICER),
    "agriculture": Office("agriculture", COUNTY, "石首市农业农村局", None, HEAD_AND_OFFICER),
    "culture_tourism": Office("culture_tourism", COUNTY, "石首市文化和旅游局", None, HEAD_AND_OFFICER),
    "health": Office("health", COUNTY, "石首市卫生健康局", None, HEAD_AND_OFFICER),
    "sports": Office("sports", COUNTY, "石首市体育事业发展中心", "culture_tourism", HEAD_AND_OFFICER),
    "rural_revitalisation": Office("rural_revitalisation", COUNTY, "石首市乡村振兴局", None, HEAD_AND_OFFICER),
    "women_children_committee": Office(
        "women_children_committee", COUNTY, "石首市妇女儿童工作委员会办公室", "federation", HEAD_AND_OFFICER,
    ),
    "disabled_federation": Office("disabled_federation", COUNTY, "石首市残疾人联合会", None, HEAD_AND_OFFICER),
    "education": Office("education", COUNTY, "石首市教育局", None, HEAD_AND_OFFICER),
    "school": Office("school", PILOT_TOWNSHIP, "石首市桃花山镇中心小学", "education", HEAD_AND_OFFICER),
    "ngo": Office("ngo", COUNTY, "石首市春苗社会工作服务中心", None, ("head", "social_worker")),
    "ngo_2": Office("ngo", COUNTY, "石首市邻里守望社会工作服务社", None, ("head", "social_worker")),
    "womens_association": Office("womens_association", COUNTY, "石首市巾帼家政服务协会", None, HEAD_AND_OFFICER),
    "statistics": Office("statistics", COUNTY, "石首市统计局", None, ("head", "statistician")),
    "audit": Office("audit", COUNTY, "石首市审计局", None, ("head", "auditor")),
}  # fmt: skip
TOWNSHIP_POSTS: Final = ("head", "child_supervisor", "federation_chair")
VILLAGE_POSTS: Final = ("head", "child_director", "federation_executive")

# Document 001: the five departments of Harbin's women's federation.
DEPARTMENTS: Final[dict[str, dict[str, str]]] = {
    "federation": {
        "development": "发展部",
        "publicity": "宣传部",
        "rights": "权益部",
        "children_family": "儿童和家庭部",
        "organisation": "组织部",
    },
    "civil_affairs": {
        "child_welfare": "儿童福利股",
        "elder_care": "养老服务股",
        "social_assistance": "社会救助股",
        "office": "办公室",
    },
    "justice": {"other": "法律援助中心"},
}
LEADING_GROUP: Final = "石首市农村留守妇女儿童老人关爱服务工作领导小组"
SEATS: Final = (
    ("civil_affairs", "head"), ("federation", "deputy"), ("education", "member"), ("health", "member"),
    ("public_security", "member"), ("justice", "member"), ("human_resources", "member"), ("finance", "member"),
)  # fmt: skip


@dataclass(slots=True)
class Directory:
    """Rows by table, and where callers find their agency and staff."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    agencies: dict[str, dict[str, Any]] = field(default_factory=dict)  # by key; townships and villages by code
    staff: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # by agency key and post


def directory(make: Maker, places: Sequence[Mapping[str, Any]]) -> Directory:
    """Return the whole directory; ``places`` are code, name and parent's name of townships and villages."""
    made = Directory({"agency": [], "department": [], "staff": [], "leading_group": [], "leading_group_member": []})
    offices = OFFICES | {place["code"]: _office(place) for place in places}
    for number, (key, office) in enumerate(offices.items(), 1):
        enter(make, made, key, office, number, DEPARTMENTS.get(key, {}))
    _leading_group(make, made)
    return made


def enter(make: Maker, made: Directory, key: str, office: Office, number: int, departments: Mapping[str, str]) -> None:
    """Enter an agency with its departments and staff; ``number`` makes its credit code."""
    _agency(make, made, key, office, number)
    _departments(make, made, key, departments)
    _staff(make, made, key, office.posts)


def _office(place: Mapping[str, Any]) -> Office:
    """Return the government of a township, or the committee of a village."""
    code, name = place["code"], place["name"]
    if level_of(code) == 4:  # noqa: PLR2004 - 乡镇
        seat = "人民政府" if name[-1] in "镇乡" else "办事处" if name.endswith("街道") else "管理委员会"
        return Office("township_government", code, f"石首市{name}{seat}", None, TOWNSHIP_POSTS)
    return Office("village_committee", code, f"{place['above']}{name}", code[:9], VILLAGE_POSTS)


def _agency(make: Maker, made: Directory, key: str, office: Office, number: int) -> None:
    authority = {"ngo": "52", "womens_association": "51", "village_committee": "54"}.get(office.type, "11")
    row = _row(make) | {
        "type": office.type,
        "level": level_of(office.region),
        "name": office.name,
        "short_name": None,
        "region_code": padded(office.region),
        "parent_id": made.agencies[office.parent]["id"] if office.parent else None,
        "credit_code": with_check(f"{authority}{office.region[:6].ljust(6, '0')}MB{number:07}"),
        "valid_from": SINCE,
        "valid_to": None,
    }
    made.agencies[key] = row
    made.rows["agency"].append(row)


def _departments(make: Maker, made: Directory, key: str, departments: Mapping[str, str]) -> None:
    agency = made.agencies[key]["id"]
    for kind, name in departments.items():
        made.rows["department"].append(_row(make) | {"agency_id": agency, "kind": kind, "name": name})


def _staff(make: Maker, made: Directory, key: str, posts: Sequence[str]) -> None:
    agency = made.agencies[key]
    departments = [one for one in made.rows["department"] if one["agency_id"] == agency["id"]]
    for post in posts:
        sex = FEMALE if post.startswith(("federation", "child")) or make.happens(0.4) else MALE
        held = ["officer", "child_supervisor"] if post == "child_supervisor" else [post]
        row = _row(make) | {
            "agency_id": agency["id"],
            "department_id": departments[0]["id"] if departments and "head" not in held else None,
            "region_code": agency["region_code"],
            "name": names.surname(make.chance) + names.given(make.chance, sex, 1980),
            "posts": sorted(held),
            "phone": make.numbers.phone(),
            "valid_from": SINCE,
            "valid_to": None,
        }
        made.staff[key, post] = row
        made.rows["staff"].append(row)


def _leading_group(make: Maker, made: Directory) -> None:
    federation = made.agencies["federation"]["id"]
    office = next(
        one for one in made.rows["department"] if (one["agency_id"], one["kind"]) == (federation, "children_family")
    )
    group = _row(make) | {
        "name": LEADING_GROUP,
        "region_code": padded(COUNTY),
        "office_department_id": office["id"],
        "valid_from": SINCE,
        "valid_to": None,
    }
    made.rows["leading_group"].append(group)
    for position, (key, role) in enumerate(SEATS, 1):
        member = made.staff.get((key, "head")) or made.staff[key, "federation_chair"]
        made.rows["leading_group_member"].append(
            _row(make) | {"leading_group_id": group["id"], "staff_id": member["id"], "role": role, "position": position}
        )


def _row(make: Maker) -> dict[str, UUID | datetime]:
    at = datetime.combine(SINCE, time(9), SHANGHAI)
    return {"id": make.numbers.key(at), "created_at": at, "updated_at": at}
