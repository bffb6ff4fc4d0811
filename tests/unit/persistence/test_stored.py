"""The kept list of columns is what the tables' declarations say."""

import pytest

from persistence import stored


def test_the_kept_columns_are_the_declared_ones() -> None:
    assert stored.FILE.read_bytes() == stored.declared(), "run: make export"


def test_what_writes_ask_of_a_column() -> None:
    client, absence = stored.columns("client"), stored.columns("absence")
    assert client["roles"] == stored.Stored(is_list=True)
    assert client["active"] == stored.Stored(default=True)
    assert absence["county"] == stored.Stored(computed=True)
    assert absence["since"] == stored.Stored()
    with pytest.raises(KeyError):
        stored.columns("no_table")
