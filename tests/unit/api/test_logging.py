import asyncio
import gc
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import structlog

from api.logging import configure, ensure

NUMBER = "110101199003077475"
NAME = "张三丰"
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    """Leave the process's logging as it was: the handler writes to this test's captured stream."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
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


def fail(holder: str) -> None:
    """Raise beside local variables that hold what nobody may read in a log."""
    person = {"identity_number": NUMBER, "name": holder}
    raise ValueError(f"Key (name)=({person['name']}) already exists, {NUMBER}")


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_local_variable_is_logged(style: Literal["json", "console"], capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", style)
    try:
        fail(NAME)
    except ValueError:
        structlog.get_logger("shouwang.test").exception("write_failed")
        logging.getLogger("library").exception("oops")
    thread = threading.Thread(target=fail, args=(NAME,))
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert [word in said for word in ("write_failed", "oops", "unexpected", "ValueError")] == [True] * 4
    assert NUMBER not in said
    assert NAME not in said
    assert "already exists" not in said


def test_where_nobody_set_logging_up_no_local_variable_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    ensure()
    try:
        fail(NAME)
    except ValueError:
        structlog.get_logger("shouwang.test").exception("write_failed", name=NAME)
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["error"], said["name"]) == (
        "write_failed", "error", "ValueError", "[withheld]",
    )  # fmt: skip
    assert NUMBER not in line
    assert NAME not in line


async def test_a_task_that_nobody_waited_for_says_nothing_of_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")

    async def work() -> None:
        fail(NAME)

    task = asyncio.create_task(work())
    await asyncio.wait([task])
    del task
    gc.collect()
    asyncio.get_running_loop().call_soon(fail, NAME)
    await asyncio.sleep(0)
    found = [line for line in lines(capsys) if line["event"] != "request"]  # a service of another test may answer now
    assert [line["event"] for line in found] == ["Task exception was never retrieved", "Exception in callback fail"]
    assert [line["error"] for line in found] == ["ValueError", "ValueError"]
    assert NAME not in json.dumps(found, ensure_ascii=False)


@pytest.mark.slow
def test_a_command_that_fails_unexpectedly_says_what_and_where_and_no_value() -> None:
    """As somebody runs it: ``python -m api.cli``, with a fault no command foresees."""
    program = f"""
import runpy, sys
from api.cli import app
@app.command()
def boom() -> None:
    person = {{"identity_number": "{NUMBER}", "name": "{NAME}"}}
    raise ValueError(f"Key (name)=({{person['name']}}) already exists")
sys.argv = ["shouwang", "boom"]
runpy.run_module("api.cli", run_name="__main__")
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    said = json.loads(line)
    assert (said["event"], said["error"]) == ("unexpected", "ValueError")
    assert said["frames"][-1].endswith("boom")
    assert [word in ran.stdout + ran.stderr for word in (NUMBER, NAME, "already exists")] == [False] * 3
