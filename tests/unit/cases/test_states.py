"""The states of a case: every pair of state and act, and no way to the end but through outcome and reply."""

from datetime import UTC, datetime
from itertools import product

import pytest

from domain.cases.acts import PAST, due_at, work_order
from domain.cases.model import CASE_STATES, OPEN, UNDER_WAY, WAITING, CaseAct, CaseState
from domain.errors import Conflict

WAYS = {
    "received": {
        "accept": "accepted",
        "redirect": "redirected",
        "refuse": "refused",
        "merge": "merged",
        "refer": "received",
    },
    "redirected": {
        "accept": "accepted",
        "redirect": "redirected",
        "refuse": "refused",
        "merge": "merged",
        "refer": "redirected",
    },
    "accepted": {
        "start": "in_progress",
        "extend": "accepted",
        "assign": "accepted",
        "merge": "merged",
        "refer": "accepted",
    },
    "in_progress": {
        "resolve": "resolved",
        "extend": "in_progress",
        "assign": "in_progress",
        "merge": "merged",
        "refer": "in_progress",
    },
    "resolved": {"reply": "replied", "resume": "in_progress"},
    "refused": {"reply": "replied", "reopen": "in_progress"},
    "replied": {"close": "closed", "reopen": "in_progress"},
    "closed": {"reopen": "in_progress"},
    "merged": {"reopen": "in_progress"},
}


@pytest.mark.parametrize(("state", "act"), [*product(CaseState, CaseAct)])
def test_every_pair_of_state_and_act(state: CaseState, act: CaseAct) -> None:
    if act in WAYS[state]:
        assert CASE_STATES.after(state, act) == WAYS[state][act]
        return
    with pytest.raises(Conflict) as refused:
        CASE_STATES.after(state, act)
    assert refused.value.code == "case.not_allowed"
    assert refused.value.parameters == {"state": state, "allowed": tuple(WAYS[state])}


def test_no_way_leads_to_the_end_but_through_an_outcome_and_a_reply() -> None:
    ways = [[CaseState.RECEIVED]]
    seen, ends = set(), set()
    while ways:
        way = ways.pop()
        for act, state in CASE_STATES.ways[way[-1]].items():
            if state is CaseState.CLOSED:
                ends.add((way[-2], way[-1]))
            if (way[-1], act) not in seen:
                seen.add((way[-1], act))
                ways.append([*way, state])
    assert ends == {(CaseState.RESOLVED, CaseState.REPLIED), (CaseState.REFUSED, CaseState.REPLIED)}
    assert {state for state, _ in seen} == {*CaseState}


def test_a_deadline_runs_in_every_state_until_somebody_was_told() -> None:
    assert {*CaseState} - OPEN == {CaseState.REPLIED, CaseState.CLOSED, CaseState.MERGED}
    for state in CaseState:
        due = due_at({"state": state, "accept_by": 1, "finish_by": 2})
        assert due == (1 if state in WAITING else 2 if state in UNDER_WAY else None)


def test_urgent_matters_come_before_priority_and_what_is_due_first_before_the_rest() -> None:
    def place(kind: str, day: int) -> int:
        return work_order({"priority_class": kind, "due_at": datetime(2026, 3, day, tzinfo=UTC)})

    told = work_order({"priority_class": "urgent", "due_at": None})
    assert place("urgent", 9) < place("priority", 1) < place("priority", 2) < place("normal", 1) < told


def test_every_act_has_a_name_in_the_log() -> None:
    assert PAST.keys() == {*CaseAct}
    assert len({*PAST.values()}) == len(PAST)
