"""Small agency trees where three of the policy documents hold: Harbin (001), Guangxi (002), Guangyuan (000).

Names follow the real pattern; nobody in them is real. They answer from their documents, while the demo
county, in Hubei, answers from its own (003) and the national default table.
"""

from collections.abc import Iterator
from typing import Final

from persistence.demo.directory import DEPARTMENTS, HEAD_AND_OFFICER, Directory, Office, enter
from persistence.demo.people import Maker

FEDERATION: Final = ("federation_chair", "officer")
# Document 002's units of the autonomous region, as it names them.
GUANGXI_UNITS: Final = {
    "civil_affairs": "民政厅", "public_security": "公安厅", "justice": "司法厅", "finance": "财政厅",
    "human_resources": "人力资源和社会保障厅", "agriculture": "农业农村厅", "culture_tourism": "文化和旅游厅",
    "health": "卫生健康委员会", "sports": "体育局", "rural_revitalisation": "乡村振兴局",
    "women_children_committee": "妇女儿童工作委员会办公室", "womens_federation": "妇女联合会",
    "disabled_federation": "残疾人联合会",
}  # fmt: skip
COUNTY_UNITS: Final = {
    "civil_affairs": "民政局", "public_security": "公安局", "justice": "司法局",
    "human_resources": "人力资源和社会保障局", "agriculture": "农业农村局", "health": "卫生健康局",
    "education": "教育局", "womens_federation": "妇女联合会", "disabled_federation": "残疾人联合会",
}  # fmt: skip
CITY_UNITS: Final = {
    "civil_affairs": "民政局",
    "culture_tourism": "文化广电和旅游局",
    "womens_federation": "妇女联合会",
}
FEDERATION_ABOVE: Final = {"womens_federation": "妇女联合会"}

# Region, its name, the types and names of its agencies; the tree's upper agency comes first.
PLACES: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    ("23", "黑龙江省", FEDERATION_ABOVE),
    ("2301", "哈尔滨市", CITY_UNITS),
    ("230125", "宾县", COUNTY_UNITS),
    ("45", "广西壮族自治区", GUANGXI_UNITS),
    ("4503", "桂林市", CITY_UNITS),
    ("450321", "阳朔县", COUNTY_UNITS),
    ("51", "四川省", FEDERATION_ABOVE),
    ("5108", "广元市", CITY_UNITS),
    ("510821", "旺苍县", COUNTY_UNITS),
)
# Document 001 names the city federation's five; a county's has fewer.
DEPARTMENTS_OF: Final[dict[str, dict[str, str]]] = {
    "2301": DEPARTMENTS["federation"] | {"children_family": "儿家部"},
    "230125": {"rights": "权益部", "children_family": "儿童和家庭部"},
    "5108": {"rights": "权益部"},
}


def offices() -> Iterator[tuple[str, Office]]:
    """Yield every agency by a key of its own, parents before their children."""
    known: set[str] = set()
    for region, place, units in PLACES:
        for kind, name in units.items():
            above = next((one for one in (f"{region[:4]}/{kind}", f"{region[:2]}/{kind}") if one in known), None)
            posts = FEDERATION if kind == "womens_federation" else HEAD_AND_OFFICER
            key = f"{region}/{kind}"
            known.add(key)
            yield key, Office(kind, region, f"{place}{name}", above, posts)


def elsewhere(make: Maker) -> Directory:
    """Return the agencies, departments and staff of these trees."""
    made = Directory({"agency": [], "department": [], "staff": []})
    for number, (key, office) in enumerate(offices(), 1):
        region, _, kind = key.partition("/")
        enter(make, made, key, office, number, DEPARTMENTS_OF.get(region, {}) if kind == "womens_federation" else {})
    return made


__all__ = ["elsewhere", "offices"]
