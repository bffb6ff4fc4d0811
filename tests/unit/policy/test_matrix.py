"""The responsibility matrix: which measure decides, which agency receives, and what is said of it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain.agencies.model import AgencyType, DepartmentKind
from domain.policy.matrix import Answer, Candidate, Named, Office, PassedBecause, Question, answer
from domain.policy.model import Audience, CaseCategory, PolicyStatus, ResponsibilityMode, ResponsibilityRole
from domain.policy.remits import REMITS
from domain.policy.sentences import PASSED, sentence

T = AgencyType
DAY = date(2026, 11, 1)
QUESTION = Question(CaseCategory.VIOLENCE, Audience.WOMAN, 421081104209, DAY)
DEFAULT = (T.PUBLIC_SECURITY, T.WOMENS_FEDERATION, T.SPORTS)


def office(number: int, kind: T, level: int, **more: object) -> Office:
    return Office(UUID(int=number), f"{kind}-{level}", kind, level, date(2000, 1, 1), **more)  # type: ignore[arg-type]


FEDERATION = office(1, T.WOMENS_FEDERATION, 3)
POLICE = office(2, T.PUBLIC_SECURITY, 3)
CIVIL = office(3, T.CIVIL_AFFAIRS, 3)
JUSTICE = office(4, T.JUSTICE, 2)
CITY_FEDERATION = office(5, T.WOMENS_FEDERATION, 2, departments=((DepartmentKind.RIGHTS, UUID(int=50), "权益部"),))
OFFICES = (FEDERATION, POLICE, CIVIL, JUSTICE, CITY_FEDERATION)


def units(role: ResponsibilityRole, *types: T) -> tuple[Named, ...]:
    return tuple(Named(one, role) for one in types)


BASE = Candidate(
    document_id=UUID(int=100), document_code="a", document_title="通知", document_number=None,
    measure_id=UUID(int=101), measure_code="2.1", measure_title="维权", level=3, status=PolicyStatus.IN_FORCE,
    mode=ResponsibilityMode.SOLE, audiences=frozenset({Audience.WOMAN}), position=1,
    named=units(ResponsibilityRole.SOLE, T.WOMENS_FEDERATION),
)  # fmt: skip


def ask(*candidates: Candidate, offices: tuple[Office, ...] = OFFICES, question: Question = QUESTION) -> Answer:
    return answer(question, candidates, DEFAULT, offices)


def receiver(found: Answer) -> str | None:
    return found.route.receiver.agency_name if found.route.receiver else None


def test_the_nearest_measure_in_force_decides() -> None:
    city, province = replace(BASE, level=2, measure_code="c"), replace(BASE, level=1, measure_code="p")
    found = ask(province, BASE, city)
    assert found.measure == BASE
    assert found.passed == ((city, PassedBecause.FARTHER), (province, PassedBecause.FARTHER))
    assert (found.route.basis, found.route.mode, receiver(found)) == ("measure", "sole", "womens_federation-3")
    assert found.route.why == ("nearest_measure", "named_by_measure")


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"status": PolicyStatus.DRAFT}, "draft"),
        ({"status": PolicyStatus.ENDED}, "ended"),
        ({"audiences": frozenset({Audience.CHILD, Audience.ELDER})}, "other_audience"),
        ({"valid_from": date(2026, 11, 2)}, "not_yet_valid"),
        ({"valid_to": DAY}, "no_longer_valid"),
    ],
)
def test_what_does_not_hold_is_passed_over(changed: dict[str, object], because: str) -> None:
    nearer, farther = replace(BASE, **changed), replace(BASE, level=1)  # type: ignore[arg-type]
    found = ask(nearer, farther)
    assert found.measure == farther
    assert found.passed == ((nearer, because),)
    alone = ask(nearer)
    assert (alone.measure, alone.route.basis, receiver(alone)) == (None, "default", "public_security-3")
    assert alone.route.why == ("no_document", "default_table")


def test_it_holds_on_its_first_day_until_the_day_before_its_end_and_without_days_always() -> None:
    dated = replace(BASE, valid_from=DAY, valid_to=date(2026, 11, 2))
    assert ask(dated).measure == dated
    assert ask(BASE, question=replace(QUESTION, on=date(1990, 1, 1))).measure == BASE


def test_in_one_place_the_newest_then_the_most_special_then_the_first_decides() -> None:
    older = replace(BASE, document_code="z", valid_from=date(2014, 1, 1))
    wide = replace(BASE, valid_from=date(2020, 1, 1), audiences=frozenset(Audience))
    special = replace(BASE, valid_from=date(2020, 1, 1), position=9)
    later = replace(special, position=10)
    found = ask(older, wide, later, special)
    assert found.measure == special
    assert found.passed == tuple((one, PassedBecause.SAME_PLACE) for one in (later, wide, older))


def test_a_lead_receives_and_the_others_co_operate() -> None:
    named = (*units(ResponsibilityRole.CO, T.CIVIL_AFFAIRS, T.SPORTS), *units(ResponsibilityRole.LEAD, T.JUSTICE))
    route = ask(replace(BASE, mode=ResponsibilityMode.LEAD, named=named)).route
    assert route.receiver is not None
    assert (route.mode, route.receiver.agency_name) == ("lead", "justice-2")  # the county has none: the city's
    assert [one.agency_name for one in route.co] == ["civil_affairs-3"]
    assert (route.informed, route.missing) == ((), (T.SPORTS,))


def test_of_those_without_a_lead_the_first_whose_remit_fits_receives() -> None:
    named = units(ResponsibilityRole.SHARED, T.JUSTICE, T.PUBLIC_SECURITY, T.WOMENS_FEDERATION, T.SPORTS)
    found = ask(replace(BASE, mode=ResponsibilityMode.SHARED, named=named))
    assert (found.route.mode, receiver(found), found.route.co) == ("shared", "public_security-3", ())
    assert [one.agency_name for one in found.route.informed] == ["justice-2", "womens_federation-3"]
    assert found.route.missing == (T.SPORTS,)
    assert found.route.why == ("nearest_measure", "shared_by_remit")
    assert sentence(found) == (
        "依据《通知》第2.1项“维权”，未写明牵头单位，按职责分工，由public_security-3办理，"
        "告知justice-2、womens_federation-3。另有1类单位在当地没有登记。"
    )


def test_where_no_remit_fits_the_default_receives_and_the_named_are_told() -> None:
    named = units(ResponsibilityRole.SHARED, T.JUSTICE, T.CIVIL_AFFAIRS)
    found = ask(replace(BASE, mode=ResponsibilityMode.SHARED, named=named))
    assert (found.route.basis, receiver(found), found.route.measure_code) == ("default", "public_security-3", "2.1")
    assert [one.agency_name for one in found.route.informed] == ["justice-2", "civil_affairs-3"]
    assert found.route.why == ("nearest_measure", "no_remit_fits", "default_table")


def test_a_measure_that_names_nobody_is_the_ground_and_the_default_receives() -> None:
    found = ask(replace(BASE, mode=ResponsibilityMode.UNNAMED, named=()))
    assert (found.route.basis, found.route.measure_code, receiver(found)) == ("default", "2.1", "public_security-3")
    assert [one.agency_name for one in found.route.co] == ["womens_federation-3"]
    assert found.route.missing == (T.SPORTS,)
    assert sentence(found, ["《反家庭暴力法》第十五条"]) == (
        "依据《通知》第2.1项“维权”；未写明责任单位，按全国默认分工（《反家庭暴力法》第十五条），"
        "由public_security-3牵头办理，womens_federation-3配合。另有1类单位在当地没有登记。"
    )


def test_a_named_unit_that_is_not_here_gives_way_to_the_default() -> None:
    found = ask(replace(BASE, named=units(ResponsibilityRole.SOLE, T.HEALTH)))
    assert (found.route.basis, receiver(found)) == ("default", "public_security-3")
    assert found.route.missing == (T.HEALTH, T.SPORTS)
    assert found.route.why == ("nearest_measure", "named_not_here", "default_table")


def test_a_department_receives_where_it_is_and_is_told_where_it_is_higher_up() -> None:
    named = (Named(T.WOMENS_FEDERATION, ResponsibilityRole.SOLE, DepartmentKind.RIGHTS),)
    found = ask(replace(BASE, named=named))
    assert found.route.receiver is not None
    assert (receiver(found), found.route.receiver.department_id) == ("womens_federation-3", None)
    assert [(one.agency_name, one.department_name) for one in found.route.informed] == [
        ("womens_federation-2", "权益部")
    ]
    assert found.route.why == ("nearest_measure", "named_by_measure", "department_not_here")
    city = ask(replace(BASE, named=named), offices=(CITY_FEDERATION,)).route
    assert city.receiver is not None
    assert (city.receiver.department_id, city.informed) == (UUID(int=50), ())


def test_an_agency_that_has_ended_or_not_begun_or_sits_too_low_never_receives() -> None:
    ended, future = replace(FEDERATION, valid_to=DAY), replace(FEDERATION, valid_from=date(2026, 11, 2))
    low = office(9, T.WOMENS_FEDERATION, 4)
    for one in (ended, future, low):
        assert receiver(ask(BASE, offices=(one, CITY_FEDERATION))) == "womens_federation-2"
    village, township = office(10, T.VILLAGE_COMMITTEE, 5), office(11, T.TOWNSHIP_GOVERNMENT, 4)
    named = units(ResponsibilityRole.SOLE, T.VILLAGE_COMMITTEE)
    assert receiver(ask(replace(BASE, named=named), offices=(village, township))) == "village_committee-5"


def test_nobody_is_left_without_a_receiver_while_civil_affairs_or_the_township_is_there() -> None:
    assert receiver(ask(offices=(CIVIL,))) == "civil_affairs-3"
    assert ask(offices=(CIVIL,)).route.why == ("no_document", "last_resort")
    nobody = ask(offices=())
    assert (nobody.route.basis, nobody.route.mode, receiver(nobody)) == ("none", None, None)
    assert nobody.route.missing == DEFAULT
    assert sentence(nobody) == "没有适用的政策文件，按全国默认分工，当地没有可以承办的单位。"


def test_every_category_has_a_remit_and_every_reason_a_sentence() -> None:
    assert REMITS.keys() == {*CaseCategory}
    assert all(REMITS.values())
    assert PASSED.keys() == {*PassedBecause}
