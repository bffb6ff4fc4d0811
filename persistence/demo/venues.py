"""The demo county's venues: one in each village with a committee, and activities past and to come."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from domain.people.days import SHANGHAI
from domain.people.model import Population
from domain.venues.model import (
    ActivityKind,
    ActivityState,
    Attendance,
    SignUpState,
    VenueKind,
    VenueRoom,
    VenueService,
    VenueState,
)
from persistence.demo.directory import COUNTY, PILOT_TOWNSHIP, Directory
from persistence.demo.numbers import Numbers
from persistence.demo.people import Family, Someone
from persistence.demo.population import PILOT_VILLAGE

Row = dict[str, Any]
VILLAGE_DIGITS: Final = 12
OPENED_BEFORE: Final = timedelta(days=400)
WORKING_DAYS: Final = [{"weekday": day, "opens": "08:30", "closes": "17:30"} for day in range(1, 6)]
AFTER_SCHOOL: Final = [{"weekday": day, "opens": "16:30", "closes": "18:30"} for day in range(1, 6)] + [
    {"weekday": day, "opens": "09:00", "closes": "17:00"} for day in (6, 7)
]
HOURS_NOTE: Final = "工作日开放，节假日按村委会通知"
WOMENS_HOME: Final = (
    VenueKind.WOMENS_HOME, "妇女之家",
    (VenueRoom.CONFIDING_ROOM, VenueRoom.HEART_STATION, VenueRoom.MEDIATION_ROOM),
    (VenueService.COUNSELLING, VenueService.LEGAL_ADVICE, VenueService.MEDIATION), 30,
)  # fmt: skip
CHILDRENS_HOME: Final = (
    VenueKind.CHILDRENS_HOME, "儿童之家",
    (VenueRoom.READING_ROOM, VenueRoom.PLAY_ROOM, VenueRoom.VIDEO_CALL_ROOM),
    (VenueService.HOMEWORK_HELP, VenueService.FAMILY_CONTACT, VenueService.PARENTING_ADVICE), 40,
)  # fmt: skip


def venues(keys: Numbers, made: Directory, families: Sequence[Family], as_of: date) -> dict[str, list[Row]]:
    """Return venues, activities and sign-ups; women and children of the pilot village have signed up."""
    maker = _Maker(keys, made, as_of)
    villages = [int(key) for key in made.agencies if key.isdigit() and len(key) == VILLAGE_DIGITS]
    for number, code in enumerate(villages):
        maker.village_venue(code, WOMENS_HOME if number % 2 == 0 or code == PILOT_VILLAGE else CHILDRENS_HOME)
    maker.county_venue()
    people = [one for family in families if family.village.code == PILOT_VILLAGE for one in family.people]
    maker.activities(_of(people, "woman"), _of(people, "child"))
    return maker.rows


def _of(people: Sequence[Someone], population: str) -> list[Someone]:
    return [one for one in people if population in one.profiles and one.columns.get("situation") != "dead"]


class _Maker:
    """Makes the rows; what is past lies before ``as_of``, what is open after it."""

    def __init__(self, keys: Numbers, made: Directory, as_of: date) -> None:
        self._keys, self._made, self._as_of = keys, made, as_of
        self.rows: dict[str, list[Row]] = {"venue": [], "activity": [], "sign_up": []}
        self._by_region: dict[int, Row] = {}

    def village_venue(self, code: int, kind: tuple[VenueKind, str, tuple[Any, ...], tuple[Any, ...], int]) -> None:
        """Make the venue of a village, run by its committee."""
        agency = self._made.agencies[str(code)]
        hours = WORKING_DAYS if kind[0] is VenueKind.WOMENS_HOME else AFTER_SCHOOL
        self._venue(code, agency, f"{agency['name']}{kind[1]}", kind, hours, (str(code), "federation_executive"))

    def county_venue(self) -> None:
        """Make the rights station of the county's women's federation."""
        kind = (
            VenueKind.RIGHTS_STATION, "姐妹港湾", (VenueRoom.CONFIDING_ROOM, VenueRoom.MEDIATION_ROOM),
            (VenueService.LEGAL_ADVICE, VenueService.MEDIATION), 12,
        )  # fmt: skip
        county = int(COUNTY) * 1_000_000
        agency = self._made.agencies["federation"]
        self._venue(county, agency, "石首市姐妹港湾维权站", kind, WORKING_DAYS, ("federation", "officer"))

    def _venue(
        self, code: int, agency: Row, name: str, kind: tuple[Any, ...], hours: list[Row], post: tuple[str, str]
    ) -> None:
        began = self._as_of - OPENED_BEFORE
        row = self._stamped(began) | {
            "region_code": code,
            "kind": kind[0],
            "name": name,
            "place": "村委会一楼" if code % 1_000_000 else "市妇联一楼",
            "agency_id": agency["id"],
            "responsible_id": self._staff(*post),
            "rooms": [*kind[2]],
            "services": [*kind[3]],
            "capacity": kind[4],
            "hours_note": HOURS_NOTE,
            "hours": hours,
            "state": VenueState.OPEN,
            "opened_on": began,
            "version": 2,
        }
        self.rows["venue"].append(row)
        self._by_region[code] = row

    def activities(self, women: Sequence[Someone], children: Sequence[Someone]) -> None:
        """Make activities held, open and planned, with who signed up for them."""
        day, county = timedelta(days=1), int(COUNTY) * 1_000_000
        township = int(PILOT_TOWNSHIP) * 1_000
        held = self._activity(
            PILOT_VILLAGE, ActivityKind.LECTURE, "家庭暴力防治与妇女权益讲座", self._as_of - 21 * day, capacity=30,
            audience=[Population.WOMAN], state=ActivityState.HELD, summary="讲解反家庭暴力法，现场解答土地承包问题",
        )  # fmt: skip
        self._sign_up(held, women[:8], absent=2)
        lesson = self._activity(
            PILOT_VILLAGE, ActivityKind.GIRLS_PROTECTION, "女童保护公开课", self._as_of - 9 * day, capacity=20,
            audience=[Population.CHILD], state=ActivityState.HELD, summary="认识身体、学会求助",
        )  # fmt: skip
        self._sign_up(lesson, children[:6], absent=1)
        coming = self._activity(
            PILOT_VILLAGE, ActivityKind.PARENT_SCHOOL, "家长课堂：隔代教育怎么做", self._as_of + 12 * day, capacity=4,
            audience=[Population.WOMAN], state=ActivityState.OPEN,
        )  # fmt: skip
        self._sign_up(coming, women[1:7])
        self._activity(
            township, ActivityKind.CULTURE_SPORT, "桃花山镇广场舞展演", self._as_of + 26 * day, capacity=None,
            audience=[], state=ActivityState.OPEN,
        )  # fmt: skip
        self._activity(
            county, ActivityKind.DELEGATES_DAY, "妇女代表活动日", self._as_of + 19 * day, capacity=60,
            audience=[Population.WOMAN], state=ActivityState.OPEN,
        )  # fmt: skip
        self._activity(
            county, ActivityKind.SKILL_TRAINING, "家政服务员培训", self._as_of + 60 * day, capacity=40,
            audience=[Population.WOMAN], state=ActivityState.PLANNED,
        )  # fmt: skip

    def _activity(  # noqa: PLR0913 - a row of the table above
        self, code: int, kind: ActivityKind, title: str, on: date, *, capacity: int | None,
        audience: list[Population], state: ActivityState, summary: str | None = None,
    ) -> Row:  # fmt: skip
        venue = self._by_region.get(code)
        starts = datetime.combine(on, time(9, 30), SHANGHAI)
        announced = min(on, self._as_of) - timedelta(days=6)
        post = (str(code), "federation_executive") if venue and code == PILOT_VILLAGE else ("federation", "officer")
        row = self._stamped(announced) | {
            "region_code": code,
            "venue_id": venue["id"] if venue else None,
            "place": None if venue else "镇文化广场",
            "kind": kind,
            "title": title,
            "agency_id": venue["agency_id"] if venue else self._made.agencies["federation"]["id"],
            "responsible_id": self._staff(*post),
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=2),
            "sign_up_until": starts - timedelta(days=1),
            "capacity": capacity,
            "audience": audience,
            "state": state,
            "opened_on": None if state is ActivityState.PLANNED else announced,
            "summary": summary,
            "arrivals": 0,
            "taken": 0,
            "waiting": 0,
            "attended": 0,
            "others_attended": 5 if state is ActivityState.HELD else 0,
            "version": {ActivityState.PLANNED: 1, ActivityState.OPEN: 2}.get(state, 3),
        }
        self.rows["activity"].append(row)
        return row

    def _sign_up(self, activity: Row, people: Sequence[Someone], absent: int = 0) -> None:
        for arrival, person in enumerate(people, 1):
            seated = activity["capacity"] is None or activity["taken"] < activity["capacity"]
            came = None
            if activity["state"] is ActivityState.HELD:
                came = Attendance.ABSENT if arrival <= absent else Attendance.PRESENT
            self.rows["sign_up"].append(
                self._stamped(activity["opened_on"] + timedelta(days=1))
                | {
                    "region_code": person.village.code,
                    "activity_id": activity["id"],
                    "person_id": person.id,
                    "arrival": arrival,
                    "state": SignUpState.REGISTERED if seated else SignUpState.WAITING,
                    "attendance": came,
                    "minutes": 120 if came is Attendance.PRESENT else None,
                    "version": 1 if came is None else 2,
                }
            )
            activity["arrivals"] += 1
            activity["taken" if seated else "waiting"] += 1
            activity["attended"] += came is Attendance.PRESENT

    def _staff(self, agency: str, post: str) -> object:
        found = self._made.staff.get((agency, post))
        return found["id"] if found else None

    def _stamped(self, day: date) -> Row:
        at = datetime.combine(day, time(10), SHANGHAI)
        return {"id": self._keys.key(at), "created_at": at, "updated_at": at}


__all__ = ["venues"]
