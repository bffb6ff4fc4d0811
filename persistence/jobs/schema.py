"""The queue's tables: pgqueuer's own DDL, and what the runtime role may do with them."""

from typing import Final

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from persistence.engine import RUNTIME_ROLE

TABLES: Final = ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics")
SEQUENCES: Final = tuple(f"{table}_id_seq" for table in TABLES)


def install_sql() -> str:
    """Return the statements that make the queue, for a migration."""
    grants = (
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {RUNTIME_ROLE};\n"
        f"GRANT USAGE, SELECT ON SEQUENCE {', '.join(SEQUENCES)} TO {RUNTIME_ROLE};\n"
    )
    # The tables are the library's own, which looks for them as it made them.
    return "-- squawk-ignore-file prefer-identity\n" + QueryBuilderEnvironment().build_install_query() + "\n" + grants


def uninstall_sql() -> str:
    """Return the statements that take the queue away."""
    return QueryBuilderEnvironment().build_uninstall_query()


__all__ = ["install_sql", "uninstall_sql"]
