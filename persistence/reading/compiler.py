"""Compiles what a caller asks to read into one SQL statement whose result is the JSON, in UTF-8.

Every view reached, at the root and through every relation, gets its scope predicate; a withheld
field is never selected. Names of the answer are written as column names of sub-selects and become
JSON by ``row_to_json`` (which cuts at 63 bytes: longer names are refused before they come here).
"""

from dataclasses import dataclass
from itertools import count

from domain.access import Clearance, FieldClass, Sight
from domain.errors import Forbidden, ShouwangError
from domain.regions.codes import range_of, width_of
from domain.scopes import Cases, Households, People, Subject
from domain.selection import (
    Action,
    Actions,
    Below,
    ById,
    Constant,
    Document,
    Item,
    Nothing,
    Object,
    One,
    Page,
    Query,
    Raw,
    Root,
    Scalar,
    Withheld,
)
from domain.view import VIEWS, Field, Filter, Relation, View
from persistence.engine import ScopeSettings
from persistence.reading.expressions import CONDITIONS, EXPRESSIONS, NAME_MASK
from persistence.reading.pages import PageSql
from persistence.reading.parameters import Binder, Parameters
from persistence.reading.scope import Division, ScopeSql, Shape, divisions
from persistence.reading.sql import both, literal, named, sql_type
from persistence.searching.statement import SearchSql

SETTINGS = " || ".join(
    f"set_config('shouwang.{name}', ${number}, true)" for number, name in enumerate(ScopeSettings._fields, 1)
)
BY_CASE_TOO = (Cases, Households, People, Subject)  # one row of them may be open beyond the region
OFFICE = frozenset({"agency_id", "department_id", "handler_id"})  # filters that leave one desk's cases
MOST_FIRST = (
    "people:read", "cases:read", "case_work:read", "events:read", "transfers:read", "break_glass:read", "venues:read",
    "surveys:read", "survey_tallies:read", "research_reports:read", "staff:read", "imports:read", "campaigns:read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled statement, what fills its parameters, and the permissions whose rows it reads, people's first."""

    sql: str
    binders: tuple[Binder, ...]
    permissions: tuple[str, ...]
    people: tuple[str, ...]  # the views of people's files it reads
    refused: tuple[tuple[str, ShouwangError], ...]  # roots that are null because they are not open to the caller


class Compiler:
    """Compiles one query for one shape of access."""

    def __init__(self, shape: Shape) -> None:
        self.parameters = Parameters()
        self.scope = ScopeSql(shape, self.parameters.of_scope)
        self.clearances = {permission: Clearance(*map(Sight, sights)) for permission, _, sights in shape.grants}
        self.permissions = frozenset(self.clearances)
        self._numbers = count(1)
        self._read: set[str] = set()  # permissions of the views reached
        self._people: set[str] = set()  # those of them that show a person's file
        self._refused: list[tuple[str, ShouwangError]] = []

    # ---- the statement ---------------------------------------------------------------------------

    def compile(self, query: Query) -> Plan:
        """Return the plan; a bare query that is not open to the caller raises ``Forbidden``."""
        if query.bare:
            inner = self._bare(query)
        else:
            columns = ", ".join(f"{self._open_root(key, root)} AS {named(key)}" for key, root in query.roots)
            row = self.alias()
            inner = f"SELECT row_to_json({row})::text FROM (SELECT {columns}) {row}"
        eyes = f"WITH eyes AS MATERIALIZED (SELECT {SETTINGS} AS set)"
        # As bytes: a driver makes a text of 40 kB into characters (25 µs), and we would make it bytes again (27 µs).
        sql = f"{eyes} SELECT convert_to(({inner}), 'UTF8') FROM eyes WHERE set IS NOT NULL"
        return Plan(
            *self.parameters.packed(sql), self._permissions(), tuple(sorted(self._people)), tuple(self._refused)
        )

    def _open_root(self, key: str, root: Root) -> str:
        try:
            return self._root(root)
        except ShouwangError as error:
            self._refused.append((key, error))
            return "NULL::json"

    def _permissions(self) -> tuple[str, ...]:
        """Return the permissions whose rows row-level security shall show: people's first, if any are read."""
        first = tuple(permission for permission in MOST_FIRST if permission in self._read)
        return first + tuple(sorted(self._read.difference(first)))

    def _bare(self, query: Query) -> str:
        ((_, root),) = query.roots
        if isinstance(root, ById):
            view = root.targets[0].view
            t, row = self.alias(), self.alias()
            version = f"{t}.version" if view.versioned else "0"
            body = self.object_columns(root.targets[0], t)
            where = self._by_id(view, t, root.key)
            return (
                f"SELECT {row}.v || ' ' || row_to_json({row}.o)::text FROM (SELECT {version} AS v, "
                f"(SELECT o FROM (SELECT {body}) o) AS o FROM {view.table} {t} WHERE {where}) {row}"
            )
        return f"SELECT ({self._root(root)})::text"

    def _below(self, root: Below) -> str:
        self._require(root.page.view)
        t = self.alias()
        where = self._by_id(root.view, t, root.key)
        return f"(SELECT {self._page(root.page, root.view, t)} FROM {root.view.table} {t} WHERE {where})"

    def _root(self, root: Root) -> str:
        if isinstance(root, Nothing):
            return "NULL::json"
        if isinstance(root, Constant):
            return literal(root.text)
        if isinstance(root, Raw):
            return self.parameters.of_argument(root.key, "json")
        if isinstance(root, Page):
            self._require(root.view)
            return self._page(root, None, "")
        if isinstance(root, Below):
            return self._below(root)
        if isinstance(root, Document):
            self._require(root.target.view)
            source = self.parameters.of_argument(root.key, "jsonb")
            return self._embedded(root.target, source, many=False)
        seen = [target for target in root.targets if self.scope.allows(target.view)]
        if not seen:
            self._require(root.targets[0].view)
        tries = [self._row(target, root.key) for target in seen]
        return tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"

    def _row(self, target: Object, key: str) -> str:
        t = self.alias()
        return self._json(self.object_columns(target, t), f"{target.view.table} {t}", self._by_id(target.view, t, key))

    def _by_id(self, view: View, t: str, key: str) -> str:
        self._require(view)
        kind = sql_type(view.fields[view.key].type)
        seen = self.scope.where(view, t, of_one=True)
        return both(f"{t}.{view.key} = {self.parameters.of_argument(key, kind)}", seen)

    def _require(self, view: View) -> None:
        if not self.scope.allows(view):
            raise Forbidden("access.forbidden", permission=view.permission)
        if view.permission == "people:read":
            self._people.add(view.name)
        if not view.is_document:
            self._read.add(view.permission)

    # ---- objects ---------------------------------------------------------------------------------

    def _json(self, columns: str, source: str, where: str) -> str:
        row = self.alias()
        return f"(SELECT row_to_json({row}) FROM (SELECT {columns} FROM {source} WHERE {where}) {row})"

    def object_columns(self, target: Object, t: str) -> str:
        """Return the columns of a selection on one row."""
        return ", ".join(f"{self._item(target.view, item, t)} AS {named(key)}" for key, item in target.items)

    def _item(self, view: View, item: Item, t: str) -> str:
        match item:
            case Scalar(name):
                return self._scalar(view, view.fields[name], t)
            case Constant(text):
                return literal(text)
            case Withheld(requested):
                names = [public for name, public in requested if self._withheld(view, name)]
                return "ARRAY[" + ", ".join(literal(name) for name in names) + "]::text[]"
            case Actions(items):
                pairs = ", ".join(f"{self._action(view, one, t)} AS {named(key)}" for key, one in items)
                row = self.alias()
                return f"(SELECT row_to_json({row}) FROM (SELECT {pairs}) {row})"
            case One(name, target):
                return self._one(view, view.relations[name], target, t)
            case Page():
                return self._page(item, view, t)

    def _action(self, view: View, action: "Constant | Action", t: str) -> str:
        if isinstance(action, Constant):
            return literal(action.text)
        if view.actions[action.name] not in self.permissions:
            return "false"
        whose = f"{t}.{view.actor} = {self.parameters.of_scope('agency')}" if view.actor else ""
        if action.name not in view.stages:
            return whose or "true"
        column, values = view.stages[action.name]
        return both(whose, f"{t}.{column} IN ({', '.join(map(literal, values))})")

    def _withheld(self, view: View, name: str) -> bool:
        if name in view.relations:
            return not self.scope.allows(VIEWS[view.relations[name].target])
        return self._source(view, view.fields[name], "x") is None

    def _scalar(self, view: View, field: Field, t: str) -> str:
        return self._source(view, field, t) or f"NULL::{sql_type(field.type)}{'[]' * field.many}"

    def _source(self, view: View, field: Field, t: str) -> str | None:
        """Return the SQL of a field as this caller may see it, or None where it is withheld."""
        sensitive, sight = field.sensitive, self._sight(view, field)
        if sight is Sight.NONE or not self.scope.counts(sensitive.remit):
            return None
        if sensitive.masked and (sensitive.only_masked or sight is Sight.MASKED):
            return f"{t}.{sensitive.masked}"
        if sight is Sight.MASKED:
            return NAME_MASK.format(c=f"{t}.{field.source.name}") if sensitive.mask else None
        if view.is_document:
            return f"nullif({t}.doc->{literal(field.source.name)}, 'null'::jsonb)"
        if field.source.computed:
            return self._expression(view, field.source.name, t)
        column = f"{t}.{field.source.name}"
        return f"region_text({column})" if field.source.division else column

    def _expression(self, view: View, name: str, t: str) -> str:
        """Return a named expression over a row, or the column of that name."""
        personal = self.clearances[view.permission].sight(FieldClass.PERSONAL) is Sight.FULL
        return EXPRESSIONS.get(name, "{t}." + name).format(
            t=t, language=self.parameters.of_language(), personal="true" if personal else "false"
        )

    def _sight(self, view: View, field: Field) -> Sight:
        if field.sensitive.field_class is FieldClass.OPEN:
            return Sight.FULL
        return self.clearances[view.permission].sight(field.sensitive.field_class)

    # ---- relations -------------------------------------------------------------------------------

    def _one(self, view: View, relation: Relation, target: Object, t: str) -> str:
        if relation.kind in ("embedded", "embedded_many"):
            source = (
                f"{t}.doc->{literal(relation.key)}" if view.is_document else self._expression(view, relation.key, t)
            )
            return self._embedded(target, source, many=relation.kind == "embedded_many")
        if not self.scope.allows(target.view):
            return "NULL::json"
        self._require(target.view)
        other = self.alias()
        where = both(
            f"{other}.{relation.to_key} = {t}.{relation.key}",
            CONDITIONS[relation.where].format(t=other) if relation.where else "",
            self.scope.where(target.view, other, of_one=isinstance(target.view.scope, BY_CASE_TOO)),
        )
        # A padded division code may stand for two divisions (东莞 4419 and 441900): the upper one.
        bounded = f"{where} ORDER BY {other}.{target.view.key} LIMIT 1" if relation.to_key == "lo" else where
        return self._json(self.object_columns(target, other), f"{target.view.table} {other}", bounded)

    def _embedded(self, target: Object, source: str, *, many: bool) -> str:
        d, row = self.alias(), self.alias()
        columns = self.object_columns(target, d)
        if many:
            elements = f"jsonb_array_elements(CASE WHEN jsonb_typeof({source}) = 'array' THEN {source} ELSE '[]' END)"
            return (
                f"(SELECT coalesce(json_agg(row_to_json({row})), '[]') FROM "
                f"(SELECT {columns} FROM {elements} AS {d}(doc)) {row})"
            )
        inner = f"(SELECT {source} AS doc) {d}"
        return self._json(columns, inner, f"jsonb_typeof({d}.doc) = 'object' AND {d}.doc <> '{{}}'")

    # ---- pages -----------------------------------------------------------------------------------

    def _page(self, page: Page, parent: View | None, t: str) -> str:
        view = page.view
        if not self.scope.allows(view):
            return "NULL::json"
        self._require(view)
        if page.search is not None:
            return self._found(page, SearchSql(self, page, page.search, lambda t, at: self._seen(page, t, at)))
        rows = self.alias()
        link = ""
        if parent is not None:
            relation = parent.relations[page.relation]
            link = f"{rows}.{relation.key} = {t}.{relation.to_key}"
        matches = both(link, self._seen(page, rows, of_one=bool(link)))
        order = self._order(page, rows)
        anchored, anchor_exists = self._after(page, rows)
        total = f"(SELECT count(*) FROM {view.table} {rows} WHERE {matches or 'true'})"
        picked = (
            f"SELECT {rows}.* FROM {view.table} {rows} WHERE {both(matches, anchored) or 'true'} "
            f"ORDER BY {order} LIMIT {page.size + PageSql.looks_ahead(page)}"
        )
        answer = PageSql(self, page, rows, total).write(picked)
        return f"(CASE WHEN {anchor_exists} THEN {answer} END)" if anchor_exists else answer

    def _seen(self, page: Page, t: str, at: str = "", *, of_one: bool = False) -> str:
        """Return the caller's scope, asked of the one place rows are ``at`` if they are, and the page's filters."""
        of_one = of_one or any(name == "subject_id" for name, _, _ in page.filters)
        inside = Division(at, at, 1) if at else self._inside(page)
        of_office = any(name in OFFICE for name, _, _ in page.filters)
        seen = self.scope.where(page.view, t, inside, of_one=of_one, of_office=of_office)
        return both(seen, *(self._filter(page.view, t, one) for one in page.filters))

    def _found(self, page: Page, search: SearchSql) -> str:
        rows = self.alias()
        total = f"(SELECT count(*) FROM person {rows} WHERE {both(self._seen(page, rows), search.matches(rows))})"
        picked, anchor_exists = search.picked(page.size + PageSql.looks_ahead(page))
        answer = PageSql(self, page, rows, total).write(picked)
        return f"(CASE WHEN {anchor_exists} THEN {answer} END)" if anchor_exists else answer

    def _inside(self, page: Page) -> Division | None:
        """Return the one division that all rows of a page are of, if a filter names it."""
        for name, key, structure in page.filters:
            if page.view.filters[name].column == "region_code":
                return self._division(key, structure)
        return None

    def _division(self, key: str, structure: int) -> Division:
        if structure < 0:  # a city or a province itself: its share of the rows decides the plan
            division = range_of(str(-structure))
            return Division(str(division.lo), str(division.hi), division.hi - division.lo)
        return Division(*self.parameters.of_division(key), width_of(structure))

    def _order(self, page: Page, t: str) -> str:
        column, down = self._order_column(page)
        direction = " DESC" if down else ""
        key = page.view.key
        return f"{t}.{column}{direction}" + (f", {t}.{key}{direction}" if column != key else "")

    def _order_column(self, page: Page) -> tuple[str, bool]:
        name = page.order.removeprefix("-")
        field = page.view.fields.get(name)
        if field is not None and self._sight(page.view, field) is not Sight.FULL:
            raise Forbidden("field.withheld", field=name)
        return page.view.order_columns.get(name, name), page.order.startswith("-")

    def _after(self, page: Page, t: str) -> tuple[str, str]:
        """Return the keyset predicate, and where the order is not the key's the test that the anchor is there.

        The token names the last row alone (an order value would be personal); a row that has left
        the caller's scope since then makes the token stale, which is said aloud.
        """
        if page.after is None:
            return "", ""
        column, down = self._order_column(page)
        view, sign = page.view, "<" if down else ">"
        kind = sql_type(view.fields[view.key].type)
        anchor = self.parameters.of_cursor(page, kind)
        if column == view.key:
            return f"{t}.{view.key} {sign} {anchor}", ""
        a = self.alias()
        source = f"FROM {view.table} {a} WHERE {both(f'{a}.{view.key} = {anchor}', self.scope.where(view, a))}"
        return (
            f"({t}.{column}, {t}.{view.key}) {sign} (SELECT {a}.{column}, {a}.{view.key} {source})",
            f"EXISTS (SELECT 1 {source})",
        )

    def _filter(self, view: View, t: str, used: tuple[str, str, int]) -> str:
        name, key, structure = used
        one = view.filters[name]
        field = view.fields.get(one.field)
        if field is not None and self._sight(view, field) is not Sight.FULL:
            raise Forbidden("field.withheld", field=name)
        computed = field is not None and field.source.computed
        column = f"({self._expression(view, one.column, t)})" if computed else f"{t}.{one.column}"
        match one.op:
            case "within":
                return self._within(view, t, one, key, structure)
            case "current":
                return f"{column} IS NULL" if structure else f"{column} IS NOT NULL"
            case "condition":
                held = EXPRESSIONS[one.column].format(t=t)
                return held if structure else f"NOT {held}"
            case "population":
                return f"{column} & {self.parameters.of_population(key)} <> 0"
            case "has":
                return f"{self._argument(one, key)} = ANY ({column})"
            case "prefix":
                text = f'{column} COLLATE "C"'  # by code point, whatever the database's own order is
                return f"{text} >= {self._argument(one, key)} AND {text} < {self.parameters.of_prefix_end(key)}"
        return f"{column} {({'eq': '=', 'from': '>=', 'to': '<='})[one.op]} {self._argument(one, key)}"

    def _within(self, view: View, t: str, one: Filter, key: str, structure: int) -> str:
        division = self._division(key, structure)
        lo, hi, width = division
        if one.column == "region_code":
            known = self.scope.within(view, division)
            if known:
                return known
            for column, size in divisions(view).items():  # equality: an index gives the page in its order
                if size == width:
                    return f"{t}.{column} = {lo} / {size}"
        if width == 1:
            return f"{t}.{one.column} = {lo}"
        return f"{t}.{one.column} >= {lo} AND {t}.{one.column} < {hi}"

    def _argument(self, one: Filter, key: str) -> str:
        return self.parameters.of_argument(key, sql_type(one.type))

    def alias(self) -> str:
        """Return a name not yet used in the statement."""
        # No name of an answer holds a dollar sign: ``row_to_json(t1)`` would take a column called t1 for the row.
        return f"t{next(self._numbers)}$"
