"""The rows of one database, as plain dictionaries."""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


class Data:
    """The rows of one database, and ways to find them."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        self.tables = tables
        self._found: dict[tuple[str, str], dict[Any, list[Row]]] = {}

    def where(self, table: str, column: str, value: object) -> list[Row]:
        """Return the rows of a table whose column equals a value; nothing equals null."""
        index = self._found.get((table, column))
        if index is None:
            index = self._found[table, column] = {}
            for row in self.tables[table]:
                index.setdefault(row[column], []).append(row)
        return [] if value is None else index.get(value, [])
