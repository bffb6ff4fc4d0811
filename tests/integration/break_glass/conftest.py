from tests.integration.people.conftest import (
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

__all__ = ["caller", "cipher", "ledger", "neighbour", "officer", "regions", "register", "unit_at", "uow"]
