"""Any document of any caller: the compiled answer is graphql-core's over a model of its own, byte for byte."""

import json
from random import Random

import pytest
from graphql import parse, validate
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from tests.oracle.answer import Oracle, schema
from tests.oracle.callers import CALLERS
from tests.oracle.examples import few, many
from tests.oracle.fixtures import Service, ordered
from tests.oracle.questions import ask


async def agree(service: Service, caller: str, chance: Random) -> None:
    """Ask one random question and compare the two answers."""
    access = CALLERS[caller]
    eyes = service.eyes(access)
    question = ask(chance, eyes)
    shown = f"{caller}\n{question.text}\n{json.dumps(question.variables, ensure_ascii=False)}"
    assert not validate(schema(), parse(question.text)), shown
    expected = Oracle(eyes, question.text, question.variables).answer()
    try:
        answer = await service.answer(access, question.text, question.variables)
    except InvalidInput as error:  # a fragment spread often in fragments spread often; limits have tests of their own
        assume(error.code != "graphql.too_complex")
        raise
    refused = [path for path, _ in answer.errors]
    if expected.data is None:
        assert answer.data is None, shown
        return
    assert answer.data is not None, f"{shown}\n{answer.errors}"
    assert ordered(answer.data) == ordered(json.dumps(expected.data)), shown
    assert len(refused) == len(set(refused)), shown
    assert set(refused) == expected.refused, f"{shown}\n{answer.errors}"


@pytest.mark.parametrize("caller", CALLERS)
@few(6)
@given(chance=st.randoms(use_true_random=False))
async def test_random_documents_are_answered_as_the_oracle_does(service: Service, caller: str, chance: Random) -> None:
    await agree(service, caller, chance)


@pytest.mark.prove
@pytest.mark.parametrize("caller", CALLERS)
@many(80)
@given(chance=st.randoms(use_true_random=False))
async def test_many_random_documents_are_answered_as_the_oracle_does(
    service: Service, caller: str, chance: Random
) -> None:
    await agree(service, caller, chance)
