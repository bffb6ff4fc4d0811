"""What REST must answer: the same model, under REST's names and shapes."""

from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import urlencode

from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from tests.oracle.answer import document_of, related, schema, typed
from tests.oracle.data import Row
from tests.oracle.model import Eyes, Page, field_of
from tests.oracle.spec import KINDS
from tests.oracle.values import as_json, camel, snake

NESTED_PAGE = 100
DIVISIONS = ("42", "4210", "421081", "421081100", "421081100201", "44", "441900")


def scalars(name: str) -> list[str]:
    """Return the scalar fields of a type, in the order of the printed schema."""
    fields = type_of(name).fields
    return [one for one, made in fields.items() if is_leaf_type(get_named_type(made.type)) and one != "withheld"]


def type_of(name: str) -> GraphQLObjectType:
    """Return the GraphQL type of a kind or document."""
    found = schema().type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


class RestOracle:
    """Answers reads of one caller as REST does."""

    def __init__(self, eyes: Eyes) -> None:
        self.eyes = eyes

    # ---- objects -------------------------------------------------------------------------------------

    def object(self, name: str, row: Row, paths: list[list[str]]) -> dict[str, Any]:
        """Return a row with the picked fields, or with its default ones."""
        kind = KINDS[name]
        heads: dict[str, list[list[str]]] = {}
        for head, *rest in paths:
            heads.setdefault(head, []).extend([rest] if rest else [])
        if not heads:
            parts = [one for one, way in kind.ways.items() if way.how.startswith("document")]
            chosen = [*scalars(name), *parts, *kind.embeds, *(["access"] if kind.actions else [])]
            heads = {snake(one): [] for one in chosen}
        found = {head: self._member(name, row, head, below) for head, below in heads.items()}
        if "withheld" in type_of(name).fields:
            found["withheld"] = [one for one in heads if one != "access" and self.eyes.withheld(kind, camel(one))]
        return found

    def _member(self, name: str, row: Row, head: str, below: list[list[str]]) -> Any:
        kind = KINDS[name]
        if head == "access":
            return self.eyes.open(kind, row)
        way = kind.ways.get(camel(head))
        if way is None:
            return self.eyes.value(kind, row, camel(head))
        if way.how.startswith("document"):
            return self.document(way.kind, document_of(self.eyes, row, way), below)
        if not self.eyes.may(KINDS[way.kind]):
            return None
        rows = related(self.eyes, row, way)
        if way.how == "many":
            page = self.eyes.page(way.kind, rows, way.order, NESTED_PAGE)
            return {"items": [self.object(way.kind, one, below) for one in page.rows], "total": page.total}
        return self.object(way.kind, rows[0], below) if rows else None

    def document(self, name: str, stored: Any, below: list[list[str]]) -> Any:
        """Return a part of a row's JSON."""
        if isinstance(stored, list):
            return [self.document(name, one, below) for one in stored]
        if not stored:
            return None
        heads = dict.fromkeys([path[0] for path in below] or [snake(one) for one in type_of(name).fields])
        found = {head: self._part(name, head, stored) for head in heads if head != "withheld"}
        if "withheld" in type_of(name).fields:
            found["withheld"] = [head for head in found if self.eyes.uncounted(name, camel(head))]
        return found

    def _part(self, name: str, head: str, stored: Row) -> Any:
        made = type_of(name).fields[camel(head)].type
        inner = get_named_type(made)
        if is_leaf_type(inner):
            return None if self.eyes.uncounted(name, camel(head)) else stored.get(head)
        empty: Any = [] if "[" in str(made) else None
        return self.document(inner.name, stored.get(head) or empty, []) or empty

    # ---- lists ---------------------------------------------------------------------------------------

    def page(self, name: str, rows: list[Row], asked: "Asked", relation: str = "") -> Page:
        """Return the page of a list; ``Refused`` when the caller may not ask so."""
        wanted = typed(name, {camel(one): value for one, value in asked.filters.items()})
        return self.eyes.page(name, rows, asked.order, asked.size, relation=relation, after=asked.token, wanted=wanted)

    def listed(self, name: str, page: Page, asked: "Asked") -> dict[str, Any]:
        """Return a page as REST's list."""
        paths = [path.split(".") for path in asked.fields.split(",")] if asked.fields else []
        found: dict[str, Any] = {
            "items": [self.object(name, row, paths) for row in page.rows],
            "next_page_token": page.cursor(page.rows[-1]) if page.more else None,
        }
        return found | ({"total": page.total} if asked.count else {})


class Asked:
    """A list's parameters: as the oracle takes them, and as the query string."""

    def __init__(
        self, order: str, *, size: int = 20, fields: str = "", count: bool = False, token: str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.order, self.size, self.fields, self.count, self.token = order, size, fields, count, token
        self.filters = filters or {}

    @property
    def query(self) -> bytes:
        """Return the query string."""
        given: dict[str, Any] = {"order_by": self.order, "page_size": self.size} | {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in self.filters.items()
        }
        given |= {"fields": self.fields} if self.fields else {}
        given |= {"count": "true"} if self.count else {}
        given |= {"page_token": self.token} if self.token else {}
        return urlencode(given).encode()


# ---- chance ------------------------------------------------------------------------------------------


def some_fields(chance: Random, name: str, deep: int = 2) -> str:
    """Return a random ``fields`` parameter; often none."""
    if chance.random() < 0.3:
        return ""
    return ",".join(dict.fromkeys(_path(chance, name, deep) for _ in range(chance.randint(1, 6))))


def _path(chance: Random, name: str, deep: int) -> str:
    kind = KINDS[name]
    ways = {one: way for one, way in kind.ways.items() if not way.how.startswith("document")}
    if ways and deep and chance.random() < 0.35:
        one, way = chance.choice(list(ways.items()))
        return f"{snake(one)}.{_path(chance, way.kind, deep - 1)}" if chance.random() < 0.7 else snake(one)
    others = [one for one, way in kind.ways.items() if way.how.startswith("document")] + (
        ["access"] if kind.actions else []
    )
    return snake(chance.choice([*scalars(name), *others]))


def some_filters(chance: Random, eyes: Eyes, name: str) -> dict[str, Any]:
    """Return random filters of a list, mostly ones that some row passes."""
    made = schema().type_map.get(f"{name}Filter")
    found: dict[str, Any] = {}
    if made is None:
        return found
    inputs = made.fields  # type: ignore[attr-defined]
    for one in chance.sample(list(inputs), min(len(inputs), chance.choice((0, 0, 1, 2)))):
        value = _wanted(chance, eyes, name, one, get_named_type(inputs[one].type))
        if value is not None:
            found[snake(one)] = value
    return found


def _wanted(chance: Random, eyes: Eyes, name: str, one: str, wanted: Any) -> Any:
    kind, field = KINDS[name], field_of(KINDS[name], one)
    if wanted.name == "Boolean":
        return chance.random() < 0.5
    if field in kind.divisions:
        return chance.choice(DIVISIONS)
    if hasattr(wanted, "values"):
        return chance.choice(list(wanted.values))
    row = chance.choice(eyes.data.tables[kind.table])
    value = as_json(row[kind.columns.get(field, snake(field))])
    return value[: chance.randint(0, 3)] if value and one.endswith("Prefix") else value


__all__ = ["Asked", "RestOracle", "scalars", "some_fields", "some_filters"]
