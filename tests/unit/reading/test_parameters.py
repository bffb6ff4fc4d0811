"""Placeholders and what fills them."""

import pytest

from persistence.reading.parameters import Parameters, Request, after_prefix

REQUEST = Request({"lo": 1, "hi": 2}, {"a": 3}, "staff:1", "secret")


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        ("", "\U0010ffff"),
        ("a", "b"),
        ("张", "弡"),
        ("ab\U0010ffff", "ac"),
        ("\ud7ff", "\ue000"),  # between them lie the surrogates, which are no characters
        ("\U0010ffff", "\U0010ffff\U0010ffff"),
        ("z~", "z\x7f"),
    ],
)
def test_the_end_of_a_prefix_is_the_least_text_above_it(prefix: str, end: str) -> None:
    assert after_prefix(prefix) == end
    end.encode()


@pytest.mark.parametrize("prefix", ["a", "张三", "\ud7ff", "x\U0010ffff"])
def test_a_prefix_holds_what_begins_with_it_and_nothing_else(prefix: str) -> None:
    end = after_prefix(prefix)
    for text in (prefix, prefix + "a", prefix + "\U0010fffe", prefix + "\x01"):
        assert prefix <= text < end
    for text in (prefix[:-1], chr(ord(prefix[0]) + 0x1000), "", "\U0010ffff"):
        assert text.startswith(prefix) or not prefix <= text < end


def test_placeholders_a_statement_does_not_hold_are_left_out() -> None:
    parameters = Parameters()
    lo, gone, hi = parameters.of_scope("lo"), parameters.of_argument("gone", "text"), parameters.of_scope("hi")
    assert (lo, gone, hi) == ("$6::bigint", "$7::text", "$8::bigint")
    sql, binders = parameters.packed(f"SELECT {hi}, {lo}, {hi}")
    assert sql == "SELECT $7::bigint, $6::bigint, $7::bigint"
    assert [binder(REQUEST) for binder in binders] == [1, 2]
