"""The scanner's hook: an office's own command, run with the file on its standard input."""

import sys

import pytest

from api.problems import Refused
from api.scanning import scanner
from domain.errors import InvalidInput


def command(code: str) -> str:
    """Return a command that runs some Python."""
    return f"{sys.executable} -c '{code}'"


async def test_what_it_finds_clean() -> None:
    look = 'import sys; sys.exit(0 if sys.stdin.buffer.read() == b"abc" * 99999 else 9)'
    assert await scanner(command(look), 20)(b"abc" * 99999) == "clean"


async def test_without_one_nothing_is_said() -> None:
    assert await scanner(None, 20)(b"abc") is None


async def test_an_infected_file_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        await scanner(command("import sys; sys.stdin.buffer.read(); sys.exit(1)"), 20)(b"abc")
    assert (refused.value.code, refused.value.faults[0].pointer) == ("attachment.infected", "/file")


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (command("import sys; sys.exit(2)"), 20.0),
        (command("import os; os.kill(os.getpid(), 9)"), 20.0),
        (command("import time; time.sleep(600)"), 0.2),
        ("/no/such/scanner", 20.0),
    ],
)
async def test_a_scanner_that_cannot_tell_keeps_the_file_out(words: str, seconds: float) -> None:
    with pytest.raises(Refused) as refused:
        await scanner(words, seconds)(b"abc" * 99999)
    assert (refused.value.problem.status, refused.value.problem.code) == (503, "attachment.scanner_failed")
    assert refused.value.problem.headers == ((b"retry-after", b"60"),)
