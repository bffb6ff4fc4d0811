"""Every code that the tree can raise has its sentences, and each sentence its parameters."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.messages import MESSAGES
from domain import errors

ROOT = Path(__file__).parents[3]
OAUTH = ("auth/oauth.py", "api/rest/oauth.py")
# call -> which positional argument is the code
ERRORS = {name: 0 for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)}
CALLS = ERRORS | {"Fault": 1, "Refused": 1, "_Refused": 0, "PydanticCustomError": 0, "Problem": 1}


def raised() -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield where, code and the parameters given (None: not to be seen) of every error made in the tree."""
    for folder in ("api", "auth", "domain", "persistence"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    found = code_of(node)
                    if found:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", found, parameters_of(node)


def code_of(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    at = CALLS.get(name)
    if at is None:
        return None
    named = [one.value for one in call.keywords if one.arg == "code"]
    given = named[0] if named else call.args[at] if len(call.args) > at else None
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        return None
    return given.value


def parameters_of(call: ast.Call) -> set[str] | None:
    if any(one.arg is None for one in call.keywords) or not any(
        getattr(call.func, "id", getattr(call.func, "attr", "")) == name for name in ERRORS
    ):
        return None
    return {one.arg for one in call.keywords if one.arg}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_has_its_sentences() -> None:
    found = list(raised())
    assert len(found) > 30
    assert [f"{where}: {code}" for where, code, _ in found if code not in MESSAGES] == []


def test_every_parameter_of_a_sentence_is_given_where_it_is_raised() -> None:
    lacking = [
        f"{where}: {code} lacks {sorted(wanted - given)}"
        for where, code, given in raised()
        if given is not None and (wanted := placeholders(MESSAGES[code].zh) if code in MESSAGES else set()) - given
    ]
    assert lacking == []


def test_oauths_own_errors_have_sentences() -> None:
    names = set(re.findall(r'refused\("(\w+)"\)', "".join((ROOT / one).read_text() for one in OAUTH)))
    assert len(names) >= 4
    assert {f"oauth.{name}" for name in names} - MESSAGES.keys() == set()


def test_the_errors_own_codes_have_sentences() -> None:
    codes = {one.code for one in vars(errors).values() if isinstance(one, type) and hasattr(one, "code")}
    assert {code for code in codes if isinstance(code, str)} - MESSAGES.keys() == set()


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_say_it_with_the_same_parameters(code: str) -> None:
    message = MESSAGES[code]
    assert all(message)
    assert placeholders(message.zh) == placeholders(message.en)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in message.zh), "not Chinese"
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in message.en), "not English"
    assert not placeholders(message.title_zh) | placeholders(message.title_en)
