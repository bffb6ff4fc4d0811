"""Random GraphQL documents: valid ones, over the whole schema, with all of the language.

Driven by a ``Random``, which hypothesis gives and shrinks. A *scope* is one merged selection set:
it remembers what each response name stands for, so that repeated fields can be merged.
"""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from tests.oracle.answer import LISTS, ONES, node_kinds, schema
from tests.oracle.ids import PEOPLE
from tests.oracle.literals import UNSET, absent_or, literal
from tests.oracle.model import Eyes, field_of
from tests.oracle.spec import KINDS
from tests.oracle.values import as_json, snake

# Names that could meet a name of the statement, or another field's own.
ALIASES = (*"qaornvxX", "t1", "t2", "t3", "t7", "c0", "doc", "set", "row", "id", "name", "user", "__x")
LONGEST = "a" * 63
DIRECTORY = ("Region", "RegionAlias", "CodeList", "Department", "LeadingGroup")  # asked often enough as it is
DIVISIONS = ("42", "4210", "421081", "421081100", "421081100201", "44")
INTROSPECTION = (
    '__type(name: "Person") { name kind fields { name type { kind name ofType { name } } } }',
    "__schema { queryType { name } directives { name } }",
    '__type(name: "Nobody") { name }',
    '__type(name: "Situation") { __typename enumValues { name } }',
)


@dataclass
class Scope:
    """One merged selection set: response name → (what is written after the alias, the scope below)."""

    names: dict[str, tuple[str, "Scope"]] = field(default_factory=dict)
    prefix: str = ""  # inside ``node``: names differ by type, so that no two types give one name two shapes


@dataclass
class Question:
    """A document and its variables."""

    text: str
    variables: dict[str, Any]


class Asker:
    """Writes one document for one caller."""

    def __init__(self, chance: Random, eyes: Eyes, *, faults: float = 0.03) -> None:
        self.chance, self.eyes, self.faults = chance, eyes, faults
        self.definitions: list[str] = []
        self.variables: dict[str, Any] = {}
        self.fragments: list[str] = []
        self.small: dict[str, list[tuple[str, str]]] = {}  # type → fragments of plain fields: (name, its fields)
        self.size = self.cost = 0
        seen = [name for name, kind in KINDS.items() if eyes.visible(name)]
        self.open_roots = [root for root, name in (LISTS | ONES).items() if name in seen and name not in DIRECTORY]
        self.open_roots = self.open_roots or list(LISTS)

    def question(self) -> Question:
        """Return a document."""
        scope = Scope()
        body = " ".join(self._root(scope) for _ in range(self.chance.choice((1, 1, 2, 4))))
        if self.often(0.2):
            self._fragment("Roots", "Query", body)
            body = f"...Roots {body if self.often() else ''}"
        if self.often(0.1):
            body += f" ... {self.directive(always=True)} {{ __typename }}"
        definitions = f"({', '.join(self.definitions)})" if self.definitions else ""
        head = f"query {self.chance.choice(('', 'Ask'))}{definitions} " if definitions or self.often() else ""
        text = " ".join((body, *self.fragments))
        # A shared fragment may have met no set where its names were free.
        spread = [one for one in self.fragments if f"...{one.split()[1]} " in text]
        parts = [f"{head}{{ {body} }}", *spread]
        self.chance.shuffle(parts)
        return Question("\n".join(parts), self.variables)

    def often(self, share: float = 0.5) -> bool:
        """Decide."""
        return self.chance.random() < share

    # ---- roots ---------------------------------------------------------------------------------------

    def _root(self, scope: Scope) -> str:
        kind = self.chance.random()
        query = schema().query_type
        assert query is not None
        if kind < 0.06:
            return f"{self._alias(scope)}__typename"
        if kind < 0.12:
            return f"{self._fresh('i')}: {self.chance.choice(INTROSPECTION)}"
        fields = [one for one in query.fields if one != "searchPeople"]  # tests/api/searching asks that
        name = self.chance.choice((*fields, "node", "node", *self.open_roots, *self.open_roots))
        return self._field(query, name, query.fields[name], scope, 1, 1)

    # ---- selection sets --------------------------------------------------------------------------------

    def selection(self, parent: Any, scope: Scope, depth: int, rows: int) -> str:
        """Return the braces' content for a type; never empty."""
        if isinstance(parent, GraphQLInterfaceType):
            return self._of_node(scope, depth, rows)
        parts = [self._one(parent, scope, depth, rows) for _ in range(self.chance.choice((1, 2, 3, 5)))]
        return " ".join(parts)

    def _of_node(self, scope: Scope, depth: int, rows: int) -> str:
        parts = [self.chance.choice(("id", "__typename", "id __typename", "... on Node { id }", "... { __typename }"))]
        for name in (*self.chance.sample(node_kinds(), 3), "Person"):
            inner = Scope(prefix=f"{name}_")
            found = self.selection(schema().type_map[name], inner, depth, rows)
            parts.append(f"... on {name} {self.directive()} {{ {found} }}")
        del scope
        return " ".join(parts)

    def _one(self, parent: GraphQLObjectType, scope: Scope, depth: int, rows: int) -> str:
        self.size += 1
        way = self.chance.random()
        if way < 0.08:
            condition = self.chance.choice([f"on {parent.name}", "", *(f"on {one.name}" for one in parent.interfaces)])
            if condition.endswith("Node"):
                return f"... {condition} {self.directive()} {{ id }}" if self._free(scope, "id", "id") else "__typename"
            return f"... {condition} {self.directive()} {{ {self._one(parent, scope, depth, rows)} }}"
        if way < 0.13:
            name = self._fresh("F")
            self._fragment(name, parent.name, self._one(parent, scope, depth, rows))
            return " ".join([f"...{name} {self.directive()}"] * self.chance.choice((1, 1, 2)))
        if way < 0.2 and not scope.prefix:
            return self._shared(parent, scope)
        if way < 0.27 and not scope.prefix:
            return f"{self._alias(scope)}__typename {self.directive()}"
        name = self._chosen(parent, depth, rows)
        return self._field(parent, name, parent.fields[name], scope, depth, rows)

    def _chosen(self, parent: GraphQLObjectType, depth: int, rows: int) -> str:
        leaves = [name for name, one in parent.fields.items() if is_leaf_type(get_named_type(one.type))]
        deep = depth > 9 or self.size > 70 or rows > 100 or self.cost > 1_500  # far from the limits
        names: list[str] = list(parent.fields)
        if deep:
            names = leaves or names
        if "withheld" in parent.fields and self.often(0.15):
            return "withheld"
        return self.chance.choice(names)

    def _shared(self, parent: GraphQLObjectType, scope: Scope) -> str:
        """Spread a fragment of plain fields that other sets of this type spread too."""
        known = self.small.setdefault(parent.name, [])
        if not known or self.often(0.3):
            leaves = [n for n, one in parent.fields.items() if is_leaf_type(get_named_type(one.type)) and not one.args]
            plain = self.chance.sample(leaves, min(len(leaves), 3)) or ["__typename"]
            name = self._fresh("S")
            self._fragment(name, parent.name, " ".join(plain))
            known.append((name, " ".join(plain)))
        name, plain_fields = self.chance.choice(known)
        if not all(self._free(scope, one, one) for one in plain_fields.split()):
            return f"... on {parent.name} @skip(if: true) {{ __typename }}"
        return f"...{name} {self.directive()}"

    def _fragment(self, name: str, on: str, body: str) -> None:
        self.fragments.append(f"fragment {name} on {on} {{ {body} }}")

    # ---- fields ----------------------------------------------------------------------------------------

    def _field(
        self, parent: GraphQLObjectType, name: str, definition: GraphQLField, scope: Scope, depth: int, rows: int
    ) -> str:
        repeated = [key for key, (text, _) in scope.names.items() if text == name or text.startswith(f"{name}(")]
        if repeated and self.often(0.4):
            key = self.chance.choice(repeated)
            written, below = scope.names[key]
        else:
            arguments, rows = self._arguments(parent, name, definition, rows)
            written = f"{name}{arguments}"
            key = self._key(scope, name, written)
            _, below = scope.names.setdefault(key, (written, Scope()))
        size = self._rows_of(get_named_type(definition.type).name, written, rows)
        alias = f"{key}: " if key != name else ""
        target = get_named_type(definition.type)
        text = f"{alias}{written} {self.directive()}"
        if is_leaf_type(target):
            return text
        inner = " ".join(
            self.selection(target, below, depth + 1, size) for _ in range(self.chance.choice((1, 1, 1, 2)))
        )
        return f"{text} {{ {inner} }}"

    def _rows_of(self, target: str, written: str, rows: int) -> int:
        """Count the rows that can be returned, as the limits do; a variable may fall back to the default."""
        if target.endswith("Connection"):
            first = re.search(r"first: ([1-5])", written)
            rows *= int(first[1]) if first else 20
        self.cost += rows
        return rows

    def _key(self, scope: Scope, name: str, written: str) -> str:
        if scope.prefix:
            return scope.prefix + self._fresh("k")
        wanted = self.chance.choice((*ALIASES, LONGEST)) if self.often(0.25) else name
        return wanted if self._free(scope, wanted, written) else self._fresh("k")

    def _free(self, scope: Scope, key: str, written: str) -> bool:
        """Take a response name if it is free or stands for the same; tells whether it could be taken."""
        if scope.prefix:
            return False
        return scope.names.setdefault(key, (written, Scope()))[0] == written

    def _alias(self, scope: Scope) -> str:
        key = self._fresh("y")
        scope.names[key] = ("__typename", Scope())
        return f"{key}: " if scope.prefix or self.often() else ""

    def _fresh(self, letter: str) -> str:
        self.size += 1
        return f"{letter}{self.size}_{len(self.fragments)}"

    # ---- arguments -------------------------------------------------------------------------------------

    def _arguments(self, parent: GraphQLObjectType, name: str, definition: GraphQLField, rows: int) -> tuple[str, int]:
        if not definition.args:
            return "", rows
        target = get_named_type(definition.type).name
        if "first" not in definition.args:
            if target.startswith("Statistics"):
                return self._figures_arguments(definition), rows
            if target == "Routing":
                return self._routing_arguments(), rows
            return f"({', '.join(self._key_argument(target, one) for one in definition.args)})", rows
        kind = target.removesuffix("Connection")
        parts = []
        if rows > 1 or self.often(0.8):
            first = self.chance.choice((0, 101, -1)) if self.often(self.faults) else self.chance.choice((1, 2, 3, 5))
            parts.append(f"first: {self.value('Int', first, default=20)}")
        order = KINDS[kind].orders[0] if parent.name == "Query" else KINDS[parent.name].ways[name].order
        if "orderBy" in definition.args and self.often():
            order = "nothing" if self.often(self.faults) else self.chance.choice(KINDS[kind].orders)
            parts.append(f"orderBy: {self.value('String', order, nullable=True)}")
        if self.often(0.3):
            relation = "" if parent.name == "Query" else snake(name)
            parts.append(f"after: {self.value('String', self._cursor(kind, relation, order), nullable=True)}")
        if "filter" in definition.args and self.often(0.5):
            parts.append(f"filter: {self._filter(kind)}")
        self.chance.shuffle(parts)
        return f"({', '.join(parts)})" if parts else "", rows

    def _figures_arguments(self, definition: GraphQLField) -> str:
        parts = [f"region: {self.value('String', '421081', nullable=True)}"] if self.often(0.5) else []
        if "groupBy" in definition.args and self.often(0.5):
            parts.append('groupBy: ["sex", "region"]')
        return f"({', '.join(parts)})" if parts else ""

    def _routing_arguments(self) -> str:
        parts = [f"category: {self.value('String', 'relief')}"]
        given = (("audience", "String", "child"), ("region", "String", "421081"), ("on", "Date", "2026-02-01"))
        parts += [f"{name}: {self.value(kind, value, nullable=True)}" for name, kind, value in given if self.often(0.5)]
        return f"({', '.join(parts)})"

    def _key_argument(self, target: str, argument: str) -> str:
        if argument == "asOf":
            return f"asOf: {self.value('Date', '2026-02-01', nullable=True)}"
        kind = self.chance.choice(node_kinds()) if target == "Node" else target
        if argument == "personId" or kind == "EventProof" or (kind == "Person" and self.often(0.4)):
            found: Any = PEOPLE["resident"]
        else:
            rows = self.eyes.data.tables[KINDS[kind].table] if self.often(0.3) else self.eyes.visible(kind)
            found = self.chance.choice(rows)[KINDS[kind].key] if rows else "nowhere"
        if self.often(0.05):
            found = self.chance.choice(("", "1", "00000000-0000-0000-0000-000000000000"))
        return f"{argument}: {self.value('ID', str(found))}"

    def _cursor(self, kind: str, relation: str, order: str) -> str | None:
        rows = self.eyes.data.tables[KINDS[kind].table] if self.often(0.1) else self.eyes.visible(kind)
        if not rows or self.often(0.1):
            return None
        if self.often(self.faults):
            return self.chance.choice(("", ".", "forged", f"{rows[0][KINDS[kind].key]}.AAAAAAAAAAAAAAAA"))
        return self.eyes.token(kind, relation, order, self.chance.choice(rows)[KINDS[kind].key])

    # ---- filters ---------------------------------------------------------------------------------------

    def _filter(self, kind: str) -> str:
        inputs = schema().type_map[f"{kind}Filter"].fields  # type: ignore[attr-defined]
        chosen = self.chance.sample(list(inputs), min(len(inputs), self.chance.choice((0, 1, 1, 2))))
        values = {name: self._wanted(kind, name, get_named_type(inputs[name].type)) for name in chosen}
        if self.often(0.3):
            return self.variable(f"{kind}Filter", values, UNSET)
        if self.often(0.05):
            return "null"
        written = []
        for name, value in values.items():
            type_name = get_named_type(inputs[name].type).name
            written.append(f"{name}: {self.value(type_name, value, nullable=True)}")
        return "{" + ", ".join(written) + "}"

    def _wanted(self, kind: str, name: str, wanted: Any) -> Any:
        """Return a filter's value: mostly one that some row has."""
        if self.often(0.08):
            return None
        if wanted.name == "Boolean":
            return self.often()
        spec = KINDS[kind]
        name_of = field_of(spec, name)
        if name_of in spec.divisions:
            return "12345" if self.often(self.faults) else self.chance.choice(DIVISIONS)
        if isinstance(wanted, GraphQLEnumType):
            return self.chance.choice(list(wanted.values))
        rows = self.eyes.data.tables[spec.table]
        stored = self.chance.choice(rows)[spec.columns.get(name_of, snake(name_of))]
        value = as_json(stored)
        if name.endswith("Prefix"):
            return (value or "")[: self.chance.choice((0, 1, 2, 9))]
        if value is None:
            return {"Int": 1, "ID": "nobody", "Date": "2020-01-01", "DateTime": "2020-01-01T00:00:00Z"}.get(
                wanted.name, ""
            )
        if wanted.name == "DateTime" and self.often(self.faults):
            return "2025-01-01T00:00:00"
        return value

    # ---- values: literals or variables -------------------------------------------------------------------

    def value(self, type_name: str, value: Any, *, nullable: bool = False, default: Any = UNSET) -> str:
        """Return a value as a literal or a variable, given, defaulted, null or absent."""
        if self.often(0.6):
            return literal(schema().type_map.get(type_name), value)
        return self.variable(type_name, value, default, nullable=nullable)

    def variable(self, type_name: str, value: Any, fallback: Any = UNSET, *, nullable: bool = True) -> str:
        """Declare a variable; ``fallback`` is what its place falls back to."""
        name = f"v{len(self.definitions)}"
        kind = schema().type_map[type_name]
        can_be_null = nullable or fallback is not UNSET
        if fallback is not UNSET and self.often(self.faults):
            value = None
        definition, given = absent_or(self.chance, kind, value, nullable=nullable, can_be_absent=can_be_null)
        self.definitions.append(f"${name}: {definition}")
        if given is not UNSET:
            self.variables[name] = given
        return f"${name}"

    def directive(self, *, always: bool = False) -> str:
        """Return @skip and @include, or mostly nothing."""
        if not always and self.often(0.85):
            return ""
        kinds = self.chance.sample(("skip", "include"), self.chance.choice((1, 1, 2)))
        return " ".join(f"@{kind}(if: {self.value('Boolean', self.often())})" for kind in kinds)


def ask(chance: Random, eyes: Eyes) -> Question:
    """Return a random document for a caller."""
    return Asker(chance, eyes).question()
