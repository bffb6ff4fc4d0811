"""Arguments of one field: which of them are structure, and the values of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from domain.errors import Fault, InvalidInput
from domain.naming import camel, snake
from domain.people.search import Search, SearchPeople
from domain.reading import NOWHERE, check_text, filter_structure, order_of, row_key
from domain.view import View

MOST_PER_PAGE = 100
DEFAULT_PAGE = 20


@dataclass(frozen=True, slots=True)
class Structure:
    """What the arguments of a list make of its tree."""

    filters: tuple[tuple[str, int], ...] = ()
    order: str = ""
    size: int = DEFAULT_PAGE
    after: bool = False
    search: Search | None = None


def of_one(view: View, key: str, given: Mapping[str, object]) -> dict[str, object]:
    """Return the value of an id; one that has not the form of an id is an absent row."""
    return {key: row_key(view, str(given[view.key]))}


def of_node(key: str, given: Mapping[str, object]) -> dict[str, object]:
    """Return the value of ``node``'s id."""
    return {key: row_key_or_nowhere(str(given["id"]))}


def of_list(view: View, key: str, given: Mapping[str, object]) -> tuple[Structure, dict[str, object]]:
    """Return a list's structure and the values of its filters and cursor."""
    size = given.get("first", DEFAULT_PAGE)
    if not isinstance(size, int) or not 1 <= size <= MOST_PER_PAGE:
        raise InvalidInput(Fault("/first", "page_size.range", {"most": MOST_PER_PAGE}), malformed=True)
    values: dict[str, object] = {}
    after = given.get("after")
    if after is not None:
        values[f"{key}.after"] = check_text(str(after), "/after")
    filters = []
    wanted = given.get("filter")
    for member, chosen in wanted.items() if isinstance(wanted, Mapping) else ():  # in the schema's order
        if chosen is None:
            continue
        name = snake(member)
        one, pointer = view.filters[name], f"/filter/{camel(name)}"
        value = chosen.value if isinstance(chosen, Enum) else chosen
        if isinstance(value, str):
            check_text(value, pointer)
            if one.type is UUID:
                value = row_key_or_nowhere(value)
        how, values[f"{key}.{name}"] = filter_structure(one, value, pointer)
        filters.append((name, how))
    asked = given.get("orderBy", given.get("order_by"))
    order = order_of(view, None if asked is None else str(asked), [name for name, _ in filters])
    return Structure(tuple(filters), order, size, after is not None), values


def of_search(given: Mapping[str, object]) -> SearchPeople:
    """Return what a search asks, by the command that REST takes; ``ValidationError`` as there."""
    size = given.get("first", DEFAULT_PAGE)
    if not isinstance(size, int) or not 1 <= size <= MOST_PER_PAGE:
        raise InvalidInput(Fault("/first", "page_size.range", {"most": MOST_PER_PAGE}), malformed=True)
    asked: dict[str, object] = {"page_size": size}
    names = {"first": "", "after": "page_token"}
    for name, value in given.items():
        known = names.get(name, snake(name))
        if known and value is not None:
            asked[known] = value.value if isinstance(value, Enum) else str(value)
    return SearchPeople.model_validate(asked)


def row_key_or_nowhere(text: str) -> UUID:
    """Parse a UUID in its canonical form; what is none equals no row."""
    try:
        return UUID(text) if len(text) == 36 else NOWHERE  # noqa: PLR2004 - the canonical form
    except ValueError:
        return NOWHERE
