"""Whatever two JSON readers could understand differently is refused, with its reason."""

import timeit
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.strict_json import read_json

REFUSED = [
    (b"", "json.malformed"),
    (b"{", "json.malformed"),
    (b"{} {}", "json.malformed"),
    (b"{'a': 1}", "json.malformed"),
    (b'{"a": 1,}', "json.malformed"),
    (b'{"a": 01}', "json.malformed"),
    (b'{"a": +1}', "json.malformed"),
    (b'{"a": 0x1}', "json.malformed"),
    (b'{"a": "\x00"}', "json.malformed"),
    (b'{"a": "\n"}', "json.malformed"),
    (b"// c\n{}", "json.malformed"),
    (b"\xef\xbb\xbf{}", "json.byte_order_mark"),
    (b'"\xff"', "json.not_utf8"),
    (b'"\xed\xa0\x80"', "json.not_utf8"),
    ("{}".encode("utf-16"), "json.not_utf8"),
    (b'{"a": 1, "a": 2}', "json.repeated_key"),
    (b'{"a": 1, "\\u0061": 1}', "json.repeated_key"),
    (b'[{"b": {"a": 1, "a": 1}}]', "json.repeated_key"),
    (b"NaN", "json.not_a_number"),
    (b"[Infinity]", "json.not_a_number"),
    (b"[-Infinity]", "json.not_a_number"),
    (b"9223372036854775808", "json.number_too_large"),
    (b"-9223372036854775809", "json.number_too_large"),
    (b"1" * 5000, "json.number_too_large"),
    (b"1e999", "json.number_too_large"),
    (b'"\\u0000"', "json.nul"),
    (b'{"a\\u0000": 1}', "json.nul"),
    (b'["\\ud800"]', "json.lone_surrogate"),
    (b'{"\\udc00": 1}', "json.lone_surrogate"),
    (b'"\\udc00\\ud800"', "json.lone_surrogate"),
    (b"[" * 33 + b"]" * 33, "json.too_deep"),
    (b'{"a":' * 33 + b"1" + b"}" * 33, "json.too_deep"),
    (b"[" * 100_000 + b"]" * 100_000, "json.too_deep"),
]


@pytest.mark.parametrize(("raw", "code"), REFUSED)
def test_what_is_ambiguous_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_json(raw)
    assert caught.value.malformed
    assert [(fault.pointer, fault.code, fault.parameters) for fault in caught.value.faults] == [("", code, {})]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"null", None),
        (b" [1, -0.5, true] ", [1, -0.5, True]),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        ('{"姓名": "\\u5f20"}'.encode(), {"姓名": "张"}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b"[" * 32 + b"]" * 32, None),
        (b"[" + b",".join([b"{}"] * 100) + b"]", [{}] * 100),
    ],
)
def test_what_has_one_meaning_is_read(raw: bytes, value: object) -> None:
    assert value is None or read_json(raw) == value
    read_json(raw)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_clear_fault(raw: bytes) -> None:
    with suppress(InvalidInput):
        read_json(raw)


def test_a_body_of_the_usual_size_costs_microseconds() -> None:
    raw = b'{"name": "abc", "items": [%s]}' % b",".join([b'{"a": 1, "b": "xyz", "c": null}'] * 20)
    assert timeit.timeit(lambda: read_json(raw), number=200) / 200 < 0.001
