"""Writes one page of rows: the rows themselves, edges, page info, the total, the token of the next page."""

from typing import Protocol

from domain.selection import Constant, Edges, Object, Page, PageInfo
from persistence.reading.cursors import CURSOR_SQL
from persistence.reading.parameters import Parameters
from persistence.reading.sql import literal, named


class WritesObjects(Protocol):
    """What a page needs of the compiler: the columns of a row, names for sub-selects, parameters."""

    parameters: Parameters

    def alias(self) -> str:
        """Return a name not yet used in the statement."""

    def object_columns(self, target: Object, t: str) -> str:
        """Return the columns of a selection on one row."""


class PageSql:
    """Writes the members of one page around its picked rows."""

    def __init__(self, compiler: WritesObjects, page: Page, rows: str, total: str) -> None:
        self.compiler, self.page, self.rows, self.total = compiler, page, rows, total
        self.columns: list[str] = []
        self.r = compiler.alias()

    @staticmethod
    def looks_ahead(page: Page) -> bool:
        """Tell whether a part asks for what comes after the page: then one row more is picked."""
        return any(
            part == "next" or (isinstance(part, PageInfo) and any(item == "hasNextPage" for _, item in part.items))
            for _, part in page.parts
        )

    def write(self, picked: str) -> str:
        """Return the page's JSON: the parts over the rows picked, one row also where no part aggregates them."""
        parts = ", ".join(f"{self._part(part)} AS {named(key)}" for key, part in self.page.parts)
        columns = "".join(f", {column} AS c{number}" for number, column in enumerate(self.columns))
        page_alias = self.compiler.alias()
        return (
            f"(SELECT row_to_json({page_alias}) FROM (SELECT {parts} FROM (SELECT row_number() OVER () AS n{columns} "
            f"FROM ({picked}) {self.rows}) {self.r} GROUP BY ()) {page_alias})"
        )

    def _part(self, part: object) -> str:
        match part:
            case Constant(text):
                return literal(text)
            case Object():
                return self._aggregate(self._column(self._node(part)))
            case Edges(items):
                return self._aggregate(self._edge(items))
            case PageInfo(items):
                return self._page_info(items)
            case "total":
                return self.total
            case _:
                last = f"{self.r}.n = {self.page.size} AND {self._more()}"
                return self._sealed(f"max({self._key()}) FILTER (WHERE {last})")

    def _more(self) -> str:
        # The token's row is on the page; that there is a next page is known from the row after it.
        return f"{self._column('count(*) OVER ()')} > {self.page.size}"

    def _node(self, target: Object) -> str:
        row = self.compiler.alias()
        columns = self.compiler.object_columns(target, self.rows)
        return f"(SELECT row_to_json({row}) FROM (SELECT {columns}) {row})"

    def _edge(self, items: tuple[tuple[str, object], ...]) -> str:
        columns = []
        for key, item in items:
            if isinstance(item, Object):
                columns.append(f"{self._node(item)} AS {named(key)}")
            elif isinstance(item, Constant):
                columns.append(f"{literal(item.text)} AS {named(key)}")
            else:
                columns.append(f"{self._sealed(f'{self.rows}.{self.page.view.key}')} AS {named(key)}")
        row = self.compiler.alias()
        return self._column(f"(SELECT row_to_json({row}) FROM (SELECT {', '.join(columns)}) {row})")

    def _page_info(self, items: tuple[tuple[str, object], ...]) -> str:
        columns = []
        for key, item in items:
            match item:
                case Constant(text):
                    sql = literal(text)
                case "hasNextPage":
                    sql = f"count(*) > {self.page.size}"
                case "hasPreviousPage":
                    sql = "true" if self.page.after else "false"
                case "startCursor":
                    sql = self._sealed(f"max({self._key()}) FILTER (WHERE {self.r}.n = 1)")
                case _:
                    on_page = f"FILTER (WHERE {self.r}.n <= {self.page.size})"
                    sql = self._sealed(f"(array_agg({self._key()} ORDER BY {self.r}.n DESC) {on_page})[1]")
            columns.append((key, sql))
        # Aggregates must stand beside the page's own: a sub-select could not see its rows.
        # JSON_OBJECT, not json_build_object, which takes 50 members.
        pairs = ", ".join(f"({literal(key)}) VALUE {sql}" for key, sql in columns)
        return f"JSON_OBJECT({pairs})"

    def _aggregate(self, column: str) -> str:
        on_page = f" FILTER (WHERE {self.r}.n <= {self.page.size})" if self.looks_ahead(self.page) else ""
        return f"coalesce(json_agg({column} ORDER BY {self.r}.n){on_page}, '[]')"

    def _key(self) -> str:
        return self._column(f"{self.rows}.{self.page.view.key}::text")

    def _sealed(self, row_key: str) -> str:
        """Return the page token of one row; sealing every row of a page to show one cost a tenth of it."""
        key = self.compiler.parameters.of_cursor_key(self.page)
        return CURSOR_SQL.format(id=row_key, key=key)

    def _column(self, sql: str) -> str:
        """Add a column to the numbered rows, once, and return its name."""
        if sql not in self.columns:
            self.columns.append(sql)
        name = f"c{self.columns.index(sql)}"
        return f"{self.r}.{name}"
