"""One well-formed act for every write of ``api.operations``: what is there before, what is asked, what follows.

An act is made anew for each transport, with a sign of its own in the names, so that the same thing
can be done by both and the two outcomes compared.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from itertools import count
from typing import Any

from domain.codes.credit_code import with_check
from domain.people.days import today
from tests.api.running import Caller, Service

VILLAGE, OTHER_VILLAGE, COUNTY, NEIGHBOUR_VILLAGE = "421081104209", "421081104202", "421081", "421022100201"
YESTERDAY, LAST_YEAR = str(today() - timedelta(1)), str(today() - timedelta(365))
PHONE, ADDRESS = "19012345678", "二组15号"
_numbers = count(1)


def identity_number(birth: str = "19800505", division: str = "421081") -> str:
    """Return a valid number that nobody holds yet (GB 11643): sequences of women that the demo seldom reaches."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    body = f"{division}{birth}{next(_numbers) * 2 % 1000:03}"
    return body + "10X98765432"[sum(int(one) * weight for one, weight in zip(body, weights, strict=True)) % 11]


@dataclass
class Prepared:
    """An act about to be done: the record's id and version where it has one, and the body."""

    body: dict[str, Any]
    key: str | None = None
    version: int | None = None


@dataclass
class Stage:
    """Prepares acts at a running service; ``sign`` goes into names."""

    service: Service
    sign: str

    async def create(self, caller: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create a record by REST and return it."""
        answer = await (await self.service.caller(caller)).post(path, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def person(self, **fields: Any) -> dict[str, Any]:
        """Register a person of the pilot village."""
        body = {"region": VILLAGE, "name": f"陈{self.sign}", "sex": "2", "birth_date": "1980-05-05", **fields}
        return await self.create("civil_affairs_county", "/v1/people", body)

    async def one(self, path: str, caller: str = "civil_affairs_county") -> dict[str, Any]:
        """Read a record."""
        answer = await (await self.service.caller(caller)).get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def profile(self) -> dict[str, Any]:
        """Return a woman's open profile."""
        person = await self.person(woman={"children_in_care": 1})
        page = await self.one(f"/v1/woman_profiles?person_id={person['id']}")
        found: dict[str, Any] = page["items"][0]
        return found

    async def agency(self) -> dict[str, Any]:
        """Create a school of the county."""
        body = {"type": "school", "name": f"石首市{self.sign}字第{next(_numbers)}小学", "region": COUNTY}
        return await self.create("platform_admin", "/v1/agencies", body)

    async def department(self) -> dict[str, Any]:
        """Create a department."""
        body = {"agency_id": (await self.agency())["id"], "kind": "other", "name": "办公室"}
        return await self.create("platform_admin", "/v1/departments", body)

    async def member(self) -> dict[str, Any]:
        """Create a member of staff."""
        body = {"agency_id": (await self.agency())["id"], "name": f"林{self.sign}", "posts": ["officer"]}
        return await self.create("platform_admin", "/v1/staff", body)

    async def group(self) -> dict[str, Any]:
        """Create a leading group."""
        seats = [{"staff_id": (await self.member())["id"], "role": "head"}]
        body = {"name": f"石首市{self.sign}字工作领导小组", "region": COUNTY, "seats": seats}
        return await self.create("platform_admin", "/v1/leading_groups", body)

    async def operation(self) -> dict[str, Any]:
        """Start an import; no worker runs beside these tests, so it stays queued."""
        office = await self.service.caller("civil_affairs_county")
        files = {"file": ("名册.csv", f"姓名,{self.sign}\n".encode(), "text/csv")}
        answer = await office.ask("POST", "/v1/imports", data={"mode": "validate", "form": "woman"}, files=files)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found


Make = Callable[[Stage], Awaitable[Prepared]]


@dataclass(frozen=True)
class Act:
    """What a write does in its happy case: by whom, from what, leaving which events in the log."""

    by: str
    make: Make
    events: tuple[str, ...]  # types, oldest first


ACTS: dict[str, Act] = {}


def act(by: str, *events: str) -> Callable[[Make], Make]:
    """Enter an act under the name of its write."""

    def enter(make: Make) -> Make:
        ACTS[make.__name__] = Act(by, make, events)
        return make

    return enter


OFFICE, ADMIN, NEIGHBOUR = "civil_affairs_county", "platform_admin", "neighbour_county"
DETERMINED = "left_behind_status.changed"


@act(OFFICE, "household.created", "person.registered", "woman_profile.opened", DETERMINED)
async def register_person(stage: Stage) -> Prepared:
    return Prepared({
        "region": VILLAGE, "registered_region": "421081104", "name": f"张{stage.sign}莲", "phone": "+86 190-1234-5678",
        "identity_number": identity_number(), "address": ADDRESS, "ethnicity": "01", "education": "70",
        "marital_status": "20", "health": "disabled", "disability_category": "肢体", "disability_grade": 2,
        "capable": True, "hardship": ["subsistence_allowance", "low_income"], "new_household": True,
        "woman": {"children_in_care": 2, "loan_wanted": True, "income_sources": ["打工收入"]}, "since": LAST_YEAR,
    })  # fmt: skip


@act(OFFICE, "person.updated")
async def update_person(stage: Stage) -> Prepared:
    person = await stage.person(phone=PHONE, ethnicity="01", woman={"children_in_care": 1})
    body = {"name": f"李{stage.sign}", "phone": None, "address": ADDRESS, "hardship": ["destitute"], "capable": False}
    return Prepared(body, person["id"], 1)


@act(OFFICE, "person.died", "woman_profile.closed", "left_behind_status.ended")
async def record_death(stage: Stage) -> Prepared:
    person = await stage.person(woman={}, since=LAST_YEAR)
    return Prepared({"died_on": YESTERDAY}, person["id"], 1)


@act(OFFICE, "person.deregistered")
async def deregister(stage: Stage) -> Prepared:
    return Prepared({"reason": "迁出本县", "on": YESTERDAY}, (await stage.person())["id"], 1)


@act(OFFICE, "person.household_left")
async def leave_household(stage: Stage) -> Prepared:
    return Prepared({}, (await stage.person(new_household=True))["id"], 1)


MOVED_OUT, MOVED_IN = "person.moved_out", "person.moved_in"


@act(OFFICE, MOVED_OUT, MOVED_IN, "household.moved_out", "household.moved_in")
async def move_person(stage: Stage) -> Prepared:
    person = await stage.person(new_household=True, woman={}, since=LAST_YEAR)
    body = {
        "region": OTHER_VILLAGE, "moved_on": YESTERDAY, "household": "take", "address": "四组3号", "reason": "易地搬迁",
    }  # fmt: skip
    return Prepared(body, person["id"], 1)


@act(OFFICE, MOVED_OUT, MOVED_IN, "household.moved_out", "household.moved_in")
async def move_household(stage: Stage) -> Prepared:
    home = (await stage.person(new_household=True))["household_id"]
    return Prepared({"region": OTHER_VILLAGE, "reason": "易地搬迁"}, home, 1)


TRANSFERRED = ("transfer.requested", "transfer.requested")  # one for each side


async def asked_for(stage: Stage) -> dict[str, Any]:
    """Offer a person of the pilot village to the next county."""
    return await stage.create(OFFICE, "/v1/transfers", (await request_transfer(stage)).body)


@act(OFFICE, *TRANSFERRED)
async def request_transfer(stage: Stage) -> Prepared:
    person = await stage.person(new_household=True, woman={})
    return Prepared({
        "person_id": person["id"], "region": NEIGHBOUR_VILLAGE, "together": True, "reason": "随迁居住", "days": 10,
    })  # fmt: skip


@act(NEIGHBOUR, *TRANSFERRED)
async def claim_person(stage: Stage) -> Prepared:
    number = identity_number()
    await stage.person(identity_number=number)
    body = {"identity_number": number, "name": f"陈{stage.sign}", "region": NEIGHBOUR_VILLAGE, "reason": "已在本村居住"}
    return Prepared(body)


@act(
    NEIGHBOUR, "transfer.accepted", "transfer.accepted", MOVED_OUT, MOVED_IN, "household.moved_out",
    "household.moved_in",
)  # fmt: skip
async def accept_transfer(stage: Stage) -> Prepared:
    body = {"region": NEIGHBOUR_VILLAGE, "moved_on": YESTERDAY, "address": "五组9号"}
    return Prepared(body, (await asked_for(stage))["id"])


@act(NEIGHBOUR, "transfer.rejected", "transfer.rejected")
async def reject_transfer(stage: Stage) -> Prepared:
    return Prepared({"note": "查无此户"}, (await asked_for(stage))["id"])


@act(OFFICE, "transfer.withdrawn", "transfer.withdrawn")
async def withdraw_transfer(stage: Stage) -> Prepared:
    return Prepared({"note": "不迁了"}, (await asked_for(stage))["id"])


EMERGENCY = "急诊送医，需联系家属并了解病史"


async def opened(stage: Stage) -> dict[str, Any]:
    """Open a file of the next county in an emergency."""
    return await stage.create(OFFICE, "/v1/break_glass", (await open_file(stage)).body)


@act(OFFICE, "break_glass.opened", "break_glass.opened")  # where the caller is supervised, and where the file is
async def open_file(stage: Stage) -> Prepared:
    body = {"region": NEIGHBOUR_VILLAGE, "name": f"陈{stage.sign}", "sex": "2", "birth_date": "1980-05-05"}
    person = await stage.create(NEIGHBOUR, "/v1/people", body)
    return Prepared({"person_id": person["id"], "reason": EMERGENCY, "hours": 2})


@act(OFFICE, "break_glass.ended", "break_glass.ended")
async def end_break_glass(stage: Stage) -> Prepared:
    return Prepared({}, (await opened(stage))["id"])


@act("city_supervisor", "break_glass.reviewed", "break_glass.reviewed")
async def review_break_glass(stage: Stage) -> Prepared:
    return Prepared({"verdict": "justified", "note": "情况属实"}, (await opened(stage))["id"])


@act(OFFICE, "person.revealed")
async def reveal(stage: Stage) -> Prepared:
    person = await stage.person(phone=PHONE, address=ADDRESS)
    return Prepared({"purpose": "电话核实近况", "fields": ["phone", "address"]}, person["id"])


@act(OFFICE, "elder_profile.opened", DETERMINED)
async def open_profile(stage: Stage) -> Prepared:
    person = await stage.person(birth_date="1950-05-05")
    elder = {
        "living_arrangement": "alone", "self_care": "partly", "dementia": False, "chronic_diseases": ["高血压"],
        "living_children": 1, "children_away": 1, "pension": "农村居民养老金", "emergency_contact": "赵六 19011112222",
    }  # fmt: skip
    return Prepared({"elder": elder, "valid_from": LAST_YEAR}, person["id"])


@act(OFFICE, "woman_profile.updated")
async def update_profile(stage: Stage) -> Prepared:
    profile = await stage.profile()
    return Prepared({"woman": {"skills": "缝纫", "children_in_care": None, "loan_wanted": True}}, profile["id"], 1)


@act(OFFICE, "woman_profile.closed", "left_behind_status.ended")
async def close_profile(stage: Stage) -> Prepared:
    return Prepared({"population": "woman", "reason": "other"}, (await stage.profile())["id"], 1)


@act(OFFICE, "household.created", "person.household_joined", "person.household_joined")
async def create_household(stage: Stage) -> Prepared:
    head, member = await stage.person(), await stage.person(sex="1")
    body = {"region": VILLAGE, "address": ADDRESS, "head_id": head["id"], "member_ids": [head["id"], member["id"]]}
    return Prepared(body)


@act(OFFICE, "person.household_joined")
async def add_member(stage: Stage) -> Prepared:
    home = (await stage.person(new_household=True))["household_id"]
    joining = await stage.person()
    return Prepared({"person_id": joining["id"]}, home, 1)


@act(OFFICE, "kinship.recorded")
async def record_kinship(stage: Stage) -> Prepared:
    child, mother = await stage.person(birth_date="2018-05-05"), await stage.person()
    return Prepared({"person_id": child["id"], "relative_id": mother["id"], "relation": "52"})


@act(OFFICE, "kinship.removed")
async def remove_kinship(stage: Stage) -> Prepared:
    body = (await record_kinship(stage)).body
    return Prepared({}, (await stage.create(OFFICE, "/v1/kinships", body))["id"], 1)


@act(OFFICE, "guardianship.declared")
async def declare_guardianship(stage: Stage) -> Prepared:
    ward, guardian = await stage.person(birth_date="2018-05-05"), await stage.person(birth_date="1960-05-05")
    return Prepared({
        "ward_id": ward["id"], "guardian_id": guardian["id"], "kind": "entrusted", "relation": "62",
        "capability": "average", "commitment_signed_on": YESTERDAY, "valid_from": LAST_YEAR,
    })  # fmt: skip


@act(OFFICE, "guardianship.updated")
async def update_guardianship(stage: Stage) -> Prepared:
    declared = await stage.create(OFFICE, "/v1/guardianships", (await declare_guardianship(stage)).body)
    return Prepared({"capability": "poor", "commitment_signed_on": None}, declared["id"], 1)


@act(OFFICE, "guardianship.ended")
async def end_guardianship(stage: Stage) -> Prepared:
    declared = await stage.create(OFFICE, "/v1/guardianships", (await declare_guardianship(stage)).body)
    return Prepared({"on": YESTERDAY, "reason": "return"}, declared["id"], 1)


@act(OFFICE, "absence.recorded")
async def record_absence(stage: Stage) -> Prepared:
    person = await stage.person(sex="1")
    return Prepared({
        "person_id": person["id"], "since": LAST_YEAR, "reason": "business", "destination": "广东省深圳市",
        "destination_region": "4403", "expected_return": "2099-02-01", "contact_frequency": "每周",
    })  # fmt: skip


@act(OFFICE, "absence.updated")
async def update_absence(stage: Stage) -> Prepared:
    recorded = await stage.create(OFFICE, "/v1/absences", (await record_absence(stage)).body)
    return Prepared({"reason": "study", "destination": None, "since": YESTERDAY}, recorded["id"], 1)


@act(OFFICE, "absence.returned")
async def record_return(stage: Stage) -> Prepared:
    recorded = await stage.create(OFFICE, "/v1/absences", (await record_absence(stage)).body)
    return Prepared({"returned_on": YESTERDAY}, recorded["id"], 1)


@act(ADMIN, "agency.created")
async def create_agency(stage: Stage) -> Prepared:
    code = with_check(f"52421081MJ{next(_numbers):07}")
    return Prepared({
        "type": "ngo", "name": f"石首市{stage.sign}字社会工作服务中心", "short_name": "春芽", "region": COUNTY,
        "credit_code": code, "valid_from": LAST_YEAR,
    })  # fmt: skip


@act(ADMIN, "agency.updated")
async def update_agency(stage: Stage) -> Prepared:
    body = {"name": f"石首市{stage.sign}字第{next(_numbers)}中学", "short_name": "中学"}
    return Prepared(body, (await stage.agency())["id"], 1)


@act(ADMIN, "agency.ended")
async def end_agency(stage: Stage) -> Prepared:
    return Prepared({"valid_to": "2099-01-01"}, (await stage.agency())["id"], 1)


@act(ADMIN, "department.created")
async def create_department(stage: Stage) -> Prepared:
    return Prepared({"agency_id": (await stage.agency())["id"], "kind": "rights", "name": "权益部"})


@act(ADMIN, "department.updated")
async def update_department(stage: Stage) -> Prepared:
    return Prepared({"kind": "office", "name": "综合股"}, (await stage.department())["id"], 1)


@act(ADMIN, "staff.created")
async def create_staff(stage: Stage) -> Prepared:
    department = await stage.department()
    return Prepared({
        "agency_id": department["agency_id"], "department_id": department["id"], "region": "421081104",
        "name": f"周{stage.sign}", "posts": ["officer", "head"], "phone": PHONE, "valid_from": LAST_YEAR,
    })  # fmt: skip


@act(ADMIN, "staff.updated")
async def update_staff(stage: Stage) -> Prepared:
    body = {"name": f"吴{stage.sign}", "posts": ["head"], "phone": PHONE, "region": VILLAGE}
    return Prepared(body, (await stage.member())["id"], 1)


@act(ADMIN, "staff.ended")
async def end_staff(stage: Stage) -> Prepared:
    return Prepared({"valid_to": "2099-01-01"}, (await stage.member())["id"], 1)


@act(ADMIN, "leading_group.created")
async def create_leading_group(stage: Stage) -> Prepared:
    office = await stage.department()
    seats = [
        {"staff_id": (await stage.member())["id"], "role": "head"},
        {"staff_id": (await stage.member())["id"], "role": "deputy"},
    ]
    name = f"石首市{stage.sign}字关爱服务领导小组"
    return Prepared({"name": name, "region": COUNTY, "office_department_id": office["id"], "seats": seats})


@act(ADMIN, "leading_group.updated")
async def update_leading_group(stage: Stage) -> Prepared:
    seats = [{"staff_id": (await stage.member())["id"], "role": "head"}]
    body = {"name": f"石首市{stage.sign}字联席会议", "seats": seats}
    return Prepared(body, (await stage.group())["id"], 1)


@act(ADMIN, "leading_group.ended")
async def end_leading_group(stage: Stage) -> Prepared:
    return Prepared({"valid_to": "2099-01-01"}, (await stage.group())["id"], 1)


@act(ADMIN, "rule_set.adopted")
async def adopt_rules(stage: Stage) -> Prepared:
    day = date(2099, 1, 1) + timedelta(next(_numbers))  # one set a region and day
    parameters = {"months": 12, "woman_min_age": None, "child_reasons": ["work"], "cross_county_required": True}
    return Prepared({"region": COUNTY, "valid_from": str(day), "source": "县级实施细则", "parameters": parameters})


@act(OFFICE, "operation.started")
async def start_export(stage: Stage) -> Prepared:
    del stage
    return Prepared({
        "form": "child", "region": VILLAGE, "status": "left_behind", "fields": ["name", "father.name"],
        "purpose": "入户走访核对名册", "reveal": True,
    })  # fmt: skip


@act(OFFICE, "operation.cancel_requested")
async def cancel_operation(stage: Stage) -> Prepared:
    return Prepared({}, (await stage.operation())["id"])


async def rest(service: Service, write: Any, prepared: Prepared, caller: Caller, **given: Any) -> Any:
    """Do an act by REST; returns the response."""
    path = write.path.replace("{id}", prepared.key or "")
    headers = {"if-match": f'"{prepared.version}"'} if prepared.version is not None else {}
    return await caller.ask(write.method, path, json=prepared.body, headers=headers | given.pop("headers", {}), **given)


for _area in ("account", "campaign", "case", "contract", "desk", "duplicate", "notice", "referral", "survey", "venue"):
    import_module(f"tests.api.{_area}_acts")  # enters its acts
