import pytest

from persistence.crypto import FieldCipher


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))
