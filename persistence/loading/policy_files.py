"""Read a policy document's YAML, and say of each fault in which line it stands."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import yaml
from pydantic import ValidationError

from domain.errors import Fault
from domain.policy.form import PolicyForm, faults_beside

MOST_BYTES: Final = 1_000_000


class PolicyRefused(ValueError):
    """A file that is no policy document: every fault with its line, in the order of the lines."""

    def __init__(self, content: bytes, faults: Iterable[Fault], *, line: int | None = None) -> None:
        """Take the faults of a file; ``line`` where the file cannot be read as YAML at all."""
        lines = Lines(content) if line is None else None
        placed = [(lines.of(one.pointer) if lines else line or 1, one) for one in faults]
        self.faults: list[tuple[int, Fault]] = sorted(placed, key=lambda one: (one[0], one[1].pointer))
        super().__init__(f"{len(self.faults)} faults")


class MalformedPolicy(ValueError):
    """What pydantic found, for whoever words it, and ``also`` what the well-formed parts say against each other."""

    def __init__(self, error: ValidationError, also: Iterable[Fault]) -> None:
        """Take what is wrong with a file."""
        self.error, self.also = error, tuple(also)
        super().__init__(f"{error.error_count()} faults")


class Lines:
    """The line of every place in a YAML document."""

    def __init__(self, content: bytes) -> None:
        self._root = yaml.compose(content.decode(), Loader=yaml.SafeLoader)

    def of(self, pointer: str) -> int:
        """Return the line, from 1, of the nearest place that is there on the way to a pointer (RFC 6901)."""
        node, line = self._root, self._root.start_mark.line if self._root else 0
        for step in pointer.split("/")[1:]:
            found = self._below(node, step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                break
            node, line = found
        return int(line) + 1

    @staticmethod
    def _below(node: Any, step: str) -> tuple[Any, int] | None:
        if isinstance(node, yaml.MappingNode):
            return next(((value, key.start_mark.line) for key, value in node.value if key.value == step), None)
        if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            return node.value[int(step)], node.value[int(step)].start_mark.line
        return None


def read_policy(content: bytes) -> PolicyForm:
    """Return a document. Raises ``PolicyRefused`` or ``MalformedPolicy`` with all that is wrong with it."""
    plain = _parsed(content)
    try:
        form = PolicyForm.model_validate(plain)
    except ValidationError as error:
        raise MalformedPolicy(error, faults_beside(plain)) from None
    faults = form.faults()
    if faults:
        raise PolicyRefused(content, faults)
    return form


def _parsed(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        raise PolicyRefused(content, [Fault("", "policy.too_large", {"most": MOST_BYTES})], line=1)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyRefused(content, [Fault("", "policy.not_utf8")], line=line) from None
    try:
        aliases = [one for one in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(one, yaml.AliasEvent)]
        twice = [] if aliases else [*_twice(yaml.compose(text, Loader=yaml.SafeLoader), "")]
        plain = None if aliases else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise PolicyRefused(content, [Fault("", "policy.not_yaml")], line=mark.line + 1 if mark else 1) from None
    if aliases:  # a few of them, each of the last, grow without end
        raise PolicyRefused(content, [Fault("", "policy.alias")], line=aliases[0].start_mark.line + 1)
    if twice:
        raise PolicyRefused(content, twice)
    return plain


def _twice(node: Any, at: str) -> Iterable[Fault]:
    """Yield the keys that stand twice in one mapping: YAML would quietly take the last."""
    children: Sequence[tuple[str, Any]] = ()
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(number), value) for number, value in enumerate(node.value)]
    names = [name for name, _ in children]
    yield from (Fault(f"{at}/{name}", "policy.key_twice") for name in dict.fromkeys(names) if names.count(name) > 1)
    for name, value in children:
        yield from _twice(value, f"{at}/{name}")


__all__ = ["Lines", "MalformedPolicy", "PolicyRefused", "read_policy"]
