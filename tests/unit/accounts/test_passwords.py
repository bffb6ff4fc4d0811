"""What a password must be."""

import pytest

from domain.accounts.passwords import check_password, is_common
from domain.errors import InvalidInput


def code(password: str, login: str = "zhanghong") -> str | None:
    """Return why a password is refused, None when it is not."""
    try:
        check_password(password, login)
    except InvalidInput as error:
        return error.faults[0].code
    return None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "长江故道的江豚又回来了",
        "T7#kwz!9pLq2",
        "lvcao-58-xiaoyu-ting",
        "一只白鹭飞过桃花",
        "k7mf-2q9x-w3hd-p8ty",
        "p" + "w9Xk" + "2vTz" + "7rQ" * 30,
    ],
)
def test_a_long_and_uncommon_one_is_taken(password: str) -> None:
    assert code(password) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("T7#kwz!9pLq", "password.too_short"),
        ("白鹭飞过桃花山", "password.too_short"),
        ("", "password.too_short"),
        ("x7" * 65, "password.too_long"),
        ("T7#kwz!9pL\x00q2", "text.control_character"),
        ("T7#kwz!9pL\nq2", "text.control_character"),
        ("password1234", "password.common"),
        ("Passw0rd2024!", "password.common"),
        ("woaini1314520", "password.common"),
        ("1qaz2wsx3edc", "password.common"),
        ("qwertyuiop123", "password.common"),
        ("123456789012", "password.common"),
        ("aaaaaaaaaaaaa", "password.common"),
        ("abcdefghijklm", "password.common"),
        ("x9k2x9k2x9k2", "password.common"),
        ("zhanghong2024", "password.common"),
        ("Zhanghong123456", "password.common"),
        ("shouwang@2026", "password.common"),
        ("admin19800505", "password.common"),
        ("民政局民政局民政局2024", "password.common"),
        ("Ｐａｓｓｗｏｒｄ１２３４", "password.common"),
    ],
)
def test_a_short_or_common_one_is_refused(password: str, why: str) -> None:
    assert code(password) == why


def test_full_width_and_half_width_are_one_password() -> None:
    assert check_password("Ｔ７＃ｋｗｚ！９ｐＬｑ２", "x") == "T7#kwz!9pLq2"


def test_the_login_counts_only_where_there_is_one() -> None:
    assert not is_common("T7#kwz!9pLq2", "")
    assert is_common("hongmei-zhang1", "hongmei-zhang")
