"""The hook for a virus scanner: an office's own command looks at every file before a case holds it.

``SHOUWANG_ATTACHMENT_SCANNER`` is run without a shell, the file on its standard input: exit 0 means clean, 1
infected (as clamdscan says it: ``clamdscan --no-summary -``); anything else, or too long, that it could not tell.
"""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from api.problems import Refused
from domain.errors import Fault, InvalidInput

Scan = Callable[[bytes], Awaitable[str | None]]
"""Returns what the scanner said of bytes, None where there is no scanner; raises what keeps them out."""
CLEAN: Final = "clean"
INFECTED: Final = 1
RETRY_SECONDS: Final = 60
log = structlog.get_logger(__name__)


def scanner(command: str | None, seconds: float) -> Scan:
    """Return the scan that a command does.

    It raises ``InvalidInput`` (``attachment.infected``), and ``Refused`` (503, ``attachment.scanner_failed``) for a
    scanner that cannot tell: nothing is stored that it has not seen.
    """
    if command is None:
        return _unscanned
    words = shlex.split(command)

    async def scan(content: bytes) -> str:
        code = await _run(words, content, seconds)
        if code == INFECTED:
            log.warning("attachment.infected", size=len(content))
            raise InvalidInput(Fault("/file", "attachment.infected"), code="attachment.infected")
        if code != 0:
            log.error("attachment.scanner_failed", code=code)
            again = (b"retry-after", str(RETRY_SECONDS).encode())
            raise Refused(503, "attachment.scanner_failed", [again])
        return CLEAN

    return scan


async def _unscanned(content: bytes) -> None:
    del content


async def _run(words: list[str], content: bytes, seconds: float) -> int | None:
    """Return a command's exit code, None where it could not be run to its end."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(content)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode


__all__ = ["CLEAN", "Scan", "scanner"]
