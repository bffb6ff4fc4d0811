"""The states of venues, activities and sign-ups: what is allowed, and that all else is refused with what is."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import Conflict
from domain.venues.commands import CreateActivity, CreateVenue, RecordAttendance
from domain.venues.model import (
    ACTIVITY_STATES,
    SIGN_UP_STATES,
    VENUE_STATES,
    ActivityAct,
    ActivityState,
    SignUpAct,
    SignUpState,
    VenueAct,
    VenueState,
    free_seats,
)

VENUES = {
    ("planned", "update"): "planned", ("planned", "open"): "open", ("planned", "close"): "closed",
    ("open", "update"): "open", ("open", "suspend"): "suspended", ("open", "close"): "closed",
    ("suspended", "update"): "suspended", ("suspended", "open"): "open", ("suspended", "close"): "closed",
}  # fmt: skip
ACTIVITIES = {
    ("planned", "update"): "planned", ("planned", "open"): "open", ("planned", "cancel"): "cancelled",
    ("open", "update"): "open", ("open", "sign_up"): "open", ("open", "withdraw"): "open", ("open", "attend"): "open",
    ("open", "hold"): "held", ("open", "cancel"): "cancelled", ("held", "attend"): "held",
}  # fmt: skip
SIGN_UPS = {
    ("registered", "withdraw"): "withdrawn", ("registered", "attend"): "registered",
    ("waiting", "promote"): "registered", ("waiting", "withdraw"): "withdrawn",
}  # fmt: skip
MACHINES: tuple[tuple[Callable[..., Any], type[StrEnum], type[StrEnum], dict[Any, str], str], ...] = (
    (VENUE_STATES.after, VenueState, VenueAct, VENUES, "venue.not_allowed"),
    (ACTIVITY_STATES.after, ActivityState, ActivityAct, ACTIVITIES, "activity.not_allowed"),
    (SIGN_UP_STATES.after, SignUpState, SignUpAct, SIGN_UPS, "sign_up.not_allowed"),
)


@pytest.mark.parametrize("machine", MACHINES, ids=("venue", "activity", "sign_up"))
def test_every_pair_of_state_and_act(machine: Any) -> None:
    after, states, acts, allowed, code = machine
    for state in states:
        names = [act for from_state, act in allowed if from_state == state]
        for act in acts:
            if (state, act) in allowed:
                assert after(state, act) == allowed[state, act]
                continue
            with pytest.raises(Conflict) as refused:
                after(state, act)
            assert refused.value.code == code
            assert refused.value.parameters == {"state": state, "allowed": tuple(names)}


@pytest.mark.parametrize(
    ("capacity", "taken", "asked", "free"), [(None, 900, 3, 3), (1, 0, 2, 1), (1, 1, 1, 0), (2, 3, 1, 0), (5, 3, 2, 2)]
)
def test_free_seats(capacity: int | None, taken: int, asked: int, free: int) -> None:
    assert free_seats(capacity, taken, asked) == free


def faults(command: Any, body: dict[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as refused:
        command.model_validate(body)
    return [(one["loc"], one["type"]) for one in refused.value.errors()]


def test_opening_times_are_put_in_order_and_do_not_overlap() -> None:
    venue = {"region": "421081", "kind": "womens_home", "name": "妇女之家"}
    monday = {"weekday": 1, "opens": "08:30", "closes": "12:00"}
    made = CreateVenue.model_validate(venue | {"hours": [monday | {"weekday": 2}, monday]})
    assert [one.weekday for one in made.hours] == [1, 2]
    late = monday | {"opens": "11:59", "closes": "13:00"}
    assert faults(CreateVenue, venue | {"hours": [late, monday]}) == [(("hours",), "venue.hours_overlap")]
    CreateVenue.model_validate(venue | {"hours": [monday, late | {"opens": "12:00"}]})
    back = monday | {"closes": "08:30"}
    assert faults(CreateVenue, venue | {"hours": [back]}) == [(("hours", 0), "venue.closes_before_opening")]
    for wrong in ("24:00", "8:30", "08:60", "０８:30"):
        assert faults(CreateVenue, venue | {"hours": [monday | {"opens": wrong}]})[0][0] == ("hours", 0, "opens")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2099-03-08T09:30:00", "time.offset_missing"), ("2099-03-08 09:30:00+08:00", "time.malformed"),
        ("2099-02-30T09:30:00+08:00", "time.malformed"), ("0001-01-01T00:00:00+08:00", "time.malformed"),
        ("9999-12-31T23:59:59-23:59", "time.malformed"), ("２099-03-08T09:30:00Z", "time.malformed"),
    ],
)  # fmt: skip
def test_a_moment_has_its_offset(written: str, code: str) -> None:
    body = {"region": "421081", "kind": "lecture", "title": "讲座", "ends_at": "2099-03-09T00:00:00Z"}
    assert faults(CreateActivity, body | {"starts_at": written}) == [(("starts_at",), code)]


def test_who_was_absent_spent_no_time() -> None:
    entry = {"sign_up_id": "01890000-0000-7000-8000-00000000dead", "attendance": "absent", "minutes": 5}
    body = {"activity_id": "01890000-0000-7000-8000-00000000dead", "entries": [entry]}
    assert faults(RecordAttendance, body) == [(("entries", 0), "sign_up.absent_minutes")]
