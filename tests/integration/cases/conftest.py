from tests.integration.notifications.conftest import HERE, THERE, anna, bella, desks, stranger
from tests.integration.people.conftest import caller, cipher, regions, unit_at, uow

__all__ = [
    "HERE", "THERE", "anna", "bella", "caller", "cipher", "desks", "regions", "stranger", "unit_at", "uow",
]  # fmt: skip
