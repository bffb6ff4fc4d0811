"""Venues (阵地) and activities (活动): their kinds, their states, and who gets a seat.

Women's homes, children's homes, service stations, rights stations and parent schools are asked for by
documents 000–004; what takes place there (lectures, girls' protection classes, culture and sport teams,
women delegates' activity days) is an activity with sign-up and attendance.
"""

from enum import StrEnum
from typing import Final

from domain.states import States


class VenueKind(StrEnum):
    """What a venue is."""

    WOMENS_HOME = "womens_home"  # 妇女之家
    CHILDRENS_HOME = "childrens_home"  # 儿童之家
    LEFT_BEHIND_CHILDREN_STATION = "left_behind_children_station"  # 留守儿童服务站
    RIGHTS_STATION = "rights_station"  # 姐妹港湾/维权站
    PARENT_SCHOOL = "parent_school"  # 家长学校
    TRAINING_BASE = "training_base"  # 培训基地
    HANDICRAFT_STUDIO = "handicraft_studio"  # 手工工坊


class VenueRoom(StrEnum):
    """What a venue has."""

    CONFIDING_ROOM = "confiding_room"  # 悄悄话室
    HEART_STATION = "heart_station"  # 心灵驿站
    READING_ROOM = "reading_room"
    PLAY_ROOM = "play_room"
    CLASSROOM = "classroom"
    VIDEO_CALL_ROOM = "video_call_room"  # 亲情连线室
    MEDIATION_ROOM = "mediation_room"
    WORKSHOP = "workshop"
    SPORTS_GROUND = "sports_ground"


class VenueService(StrEnum):
    """What a venue offers."""

    COUNSELLING = "counselling"
    LEGAL_ADVICE = "legal_advice"
    MEDIATION = "mediation"
    HOMEWORK_HELP = "homework_help"
    DAY_CARE = "day_care"
    FAMILY_CONTACT = "family_contact"  # 亲情连线
    PARENTING_ADVICE = "parenting_advice"
    SKILL_TRAINING = "skill_training"
    HEALTH_ADVICE = "health_advice"
    CULTURE_AND_SPORT = "culture_and_sport"


class VenueState(StrEnum):
    """Life of a venue."""

    PLANNED = "planned"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class VenueAct(StrEnum):
    """What is done with a venue."""

    UPDATE = "update"
    OPEN = "open"
    SUSPEND = "suspend"
    CLOSE = "close"


class ActivityKind(StrEnum):
    """What kind of activity."""

    LECTURE = "lecture"
    GIRLS_PROTECTION = "girls_protection"  # 女童保护
    PARENT_SCHOOL = "parent_school"  # 家长学校
    CULTURE_SPORT = "culture_sport"  # 文体队
    DELEGATES_DAY = "delegates_day"  # 妇女代表活动日
    SKILL_TRAINING = "skill_training"
    FAMILY_EDUCATION = "family_education"
    HEALTH = "health"
    LEGAL_EDUCATION = "legal_education"
    HOLIDAY_CARE = "holiday_care"  # 假期关爱
    OTHER = "other"


class ActivityState(StrEnum):
    """Life of an activity."""

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"


class ActivityAct(StrEnum):
    """What is done with an activity."""

    UPDATE = "update"
    OPEN = "open"
    SIGN_UP = "sign_up"
    WITHDRAW = "withdraw"
    ATTEND = "attend"
    HOLD = "hold"
    CANCEL = "cancel"


class SignUpState(StrEnum):
    """Whether somebody who signed up has a seat."""

    REGISTERED = "registered"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


class SignUpAct(StrEnum):
    """What is done with a sign-up."""

    PROMOTE = "promote"
    WITHDRAW = "withdraw"
    ATTEND = "attend"


class Attendance(StrEnum):
    """Whether somebody with a seat came."""

    PRESENT = "present"
    ABSENT = "absent"


VENUE_STATES: Final = States(
    "venue.not_allowed",
    {
        VenueState.PLANNED: {
            VenueAct.UPDATE: VenueState.PLANNED,
            VenueAct.OPEN: VenueState.OPEN,
            VenueAct.CLOSE: VenueState.CLOSED,
        },
        VenueState.OPEN: {
            VenueAct.UPDATE: VenueState.OPEN,
            VenueAct.SUSPEND: VenueState.SUSPENDED,
            VenueAct.CLOSE: VenueState.CLOSED,
        },
        VenueState.SUSPENDED: {
            VenueAct.UPDATE: VenueState.SUSPENDED,
            VenueAct.OPEN: VenueState.OPEN,
            VenueAct.CLOSE: VenueState.CLOSED,
        },
        VenueState.CLOSED: {},
    },
)
ACTIVITY_STATES: Final = States(
    "activity.not_allowed",
    {
        ActivityState.PLANNED: {
            ActivityAct.UPDATE: ActivityState.PLANNED,
            ActivityAct.OPEN: ActivityState.OPEN,
            ActivityAct.CANCEL: ActivityState.CANCELLED,
        },
        ActivityState.OPEN: {
            ActivityAct.UPDATE: ActivityState.OPEN,
            ActivityAct.SIGN_UP: ActivityState.OPEN,
            ActivityAct.WITHDRAW: ActivityState.OPEN,
            ActivityAct.ATTEND: ActivityState.OPEN,
            ActivityAct.HOLD: ActivityState.HELD,
            ActivityAct.CANCEL: ActivityState.CANCELLED,
        },
        ActivityState.HELD: {ActivityAct.ATTEND: ActivityState.HELD},
        ActivityState.CANCELLED: {},
    },
)
SIGN_UP_STATES: Final = States(
    "sign_up.not_allowed",
    {
        SignUpState.REGISTERED: {
            SignUpAct.WITHDRAW: SignUpState.WITHDRAWN,
            SignUpAct.ATTEND: SignUpState.REGISTERED,
        },
        SignUpState.WAITING: {
            SignUpAct.PROMOTE: SignUpState.REGISTERED,
            SignUpAct.WITHDRAW: SignUpState.WITHDRAWN,
        },
        SignUpState.WITHDRAWN: {},
    },
)


def free_seats(capacity: int | None, taken: int, asked: int) -> int:
    """Return how many of ``asked`` find a seat; without a capacity there is room for everybody."""
    return asked if capacity is None else max(0, min(asked, capacity - taken))


__all__ = [
    "ACTIVITY_STATES",
    "SIGN_UP_STATES",
    "VENUE_STATES",
    "ActivityAct",
    "ActivityKind",
    "ActivityState",
    "Attendance",
    "SignUpAct",
    "SignUpState",
    "VenueAct",
    "VenueKind",
    "VenueRoom",
    "VenueService",
    "VenueState",
    "free_seats",
]
