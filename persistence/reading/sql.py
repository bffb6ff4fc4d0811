"""Small pieces of SQL text: names, literals, types, conditions."""

SQL_TYPES = {"str": "text", "int": "int", "bool": "boolean", "UUID": "uuid", "date": "date", "datetime": "timestamptz"}


def both(*conditions: str) -> str:
    """Join conditions by AND; empty ones ask for nothing."""
    return " AND ".join(condition for condition in conditions if condition)


def named(name: str) -> str:
    """Quote a column's name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'::text"


def sql_type(kind: type) -> str:
    """Return the SQL type of a field's type; enumerations are text."""
    return SQL_TYPES.get(kind.__name__, "text")
