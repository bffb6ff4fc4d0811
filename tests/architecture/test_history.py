"""Every type of event in the code is told in words, every changed field of the ledger has a label."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from api.messages import MESSAGES
from domain.agencies import commands as agency_commands
from domain.commands import Command
from domain.history.sentences import AGGREGATES, CODES, FIELDS, SPECIAL, VERBS
from domain.people import commands as people_commands
from persistence.tables import metadata

ROOT = Path(__file__).resolve().parents[2]
TYPE = re.compile(r"[a-z][a-z_]{2,}\.[a-z_]+")
MAKERS = {"event", "event_of", "save", "record_key"}  # what makes an event, less underscores in front
DONE = re.compile(r"(ed|\*|made|sent|given|left|begun|withdrawn|out|_in)$")
NOT_TOLD = re.compile(
    r"(.*_)?ids?|version|purpose|as_of|on|fields|population|child|elder|woman|source|parameters|new_household"
)


def strings(node: ast.AST) -> Iterator[str]:
    """Give texts below a node; a text put together gives ``*`` for what is put in."""
    inside: set[int] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr):
            inside |= {id(part) for part in one.values}
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in one.values)  # type: ignore[misc]
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in inside:
            yield one.value


def types() -> dict[str, str]:
    """Return every type of event with a place it stands; ``*`` for a part only known at run time.

    A type is a text of the right form handed to a maker of events, or one handed to anything else that
    names a table and something done and is no code of a problem.
    """
    found = {}
    for package in ("domain", "persistence", "auth", "api/cli"):
        for path in sorted((ROOT / package).rglob("*.py")):
            tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(ROOT).as_posix()
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call | ast.Dict | ast.Assign | ast.AnnAssign | ast.Return):
                    continue
                called = getattr(node, "func", None)
                if getattr(called, "attr", "") in {"error", "info", "warning"}:  # a line of the log of the process
                    continue
                maker = getattr(called, "id", getattr(called, "attr", "")).lower().lstrip("_") in MAKERS
                for text in strings(node):
                    aggregate, _, verb = text.partition(".")
                    if "*.*" in text or not TYPE.fullmatch(text.replace("*", "any")) or path.name == "sentences.py":
                        continue
                    told = aggregate in {*metadata.tables, "*"} and DONE.search(verb) and text not in MESSAGES
                    if maker or told:
                        found[text] = f"{name}:{node.lineno}"
    return found


def test_the_types_are_found() -> None:
    assert {"person.registered", "token.issued", "agency.updated", "*.closed", "signing_key.rotated"} <= set(types())
    assert len(types()) > 40


def test_every_type_is_told() -> None:
    silent = {
        kind: place
        for kind, place in types().items()
        if kind not in SPECIAL
        and not (kind.partition(".")[2] in {*VERBS, "*"} and kind.partition(".")[0] in {*AGGREGATES, "*", "*_profile"})
    }
    assert silent == {}, "domain/history/sentences.py tells each type of event: add its aggregate or verb there"


def test_words_are_whole() -> None:
    for table in (AGGREGATES, VERBS, SPECIAL, FIELDS):
        assert all(chinese.strip() and english.strip() for chinese, english in table.values())
    assert all(text.count("{}") == 1 for texts in VERBS.values() for text in texts)
    assert all(TYPE.fullmatch(kind) for kind in (*SPECIAL, *CODES))


def test_every_field_of_the_ledger_and_the_directory_has_a_label() -> None:
    commands = [
        one
        for module in (people_commands, agency_commands)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Command) and not one.__name__.startswith(("Rule", "Adopt"))
    ]
    names = {name for one in commands for name in one.model_fields if not NOT_TOLD.fullmatch(name)}
    assert len(names) > 50
    assert names - FIELDS.keys() == set()
