import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from api.logging import configure


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    """Leave the process's logging as it was: the handler writes to this test's captured stream."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_utc_time_level_and_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    structlog.get_logger("shouwang.test").info("case_closed", case="01890000-0000-7000-8000-000000000001", rows=3)
    (line,) = lines(capsys)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "case_closed",
        "level": "info",
        "logger": "shouwang.test",
        "case": "01890000-0000-7000-8000-000000000001",
        "rows": 3,
    }


def test_an_exception_leaves_its_type_and_places_but_not_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    try:
        int("Key (name)=(张三丰) already exists")
    except ValueError:
        structlog.get_logger("shouwang.test").exception("write_failed")
        logging.getLogger("library").exception("oops")
    ours, theirs = lines(capsys)
    for line in (ours, theirs):
        assert line["error"] == "ValueError"
        assert "张三丰" not in json.dumps(line, ensure_ascii=False)
        assert [str(place).rpartition(" ")[2] for place in line["frames"]] == [  # type: ignore[attr-defined]
            "test_an_exception_leaves_its_type_and_places_but_not_its_text"
        ]


def test_personal_names_and_shapes_are_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    structlog.get_logger("shouwang.test").info(
        "looked_up", name="李四", phone="13912345678", note="id 11010119900307663X."
    )
    logging.getLogger("library").info("number %s of %s", "13912345678", "421081103204")
    ours, theirs = lines(capsys)
    assert (ours["name"], ours["phone"], ours["note"]) == ("[withheld]", "[withheld]", "id [withheld].")
    assert theirs["event"] == "number [withheld] of 421081103204"


def test_the_level_holds_for_libraries_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning", "json")
    structlog.get_logger("shouwang.test").info("quiet")
    logging.getLogger("library").info("quiet")
    logging.getLogger("library").warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]
