from tests.integration.people.conftest import (
    access_of,
    caller,
    cipher,
    ledger,
    neighbour,
    officer,
    regions,
    register,
    unit_at,
    uow,
)

__all__ = ["access_of", "caller", "cipher", "ledger", "neighbour", "officer", "regions", "register", "unit_at", "uow"]
