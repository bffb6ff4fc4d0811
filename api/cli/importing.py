"""``import``: upload a roster to a running service as one of its callers, follow it, fetch the report.

It goes through the same door as everybody else, so the same rules, the same record and the same
report hold; nothing is written past the API.
"""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOK_SECONDS = 0.5
TIMEOUT = 60.0
ENDED = frozenset({"succeeded", "failed", "cancelled"})
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(RuntimeError):
    """The service answered with a problem; the text is its sentences."""


@dataclass(frozen=True, slots=True)
class Roster:
    """What is asked: the file, which form it holds, whether to look only, the day it describes."""

    file: Path
    form: str
    mode: str
    as_of: str | None


def upload(base: str, token: str, roster: Roster) -> dict[str, Any]:
    """Start the import; returns the operation. Raises ``Refused``, ``OSError``."""
    boundary = uuid.uuid4().hex
    fields = {"form": roster.form, "mode": roster.mode} | ({"as_of": roster.as_of} if roster.as_of else {})
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    # The file's own name stays here: the service does not need it, and it may name a person.
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="roster"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    body = "".join([*parts, head]).encode() + roster.file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": boundary}
    started: dict[str, Any] = json.loads(_ask(base + "/v1/imports", token, body, headers))
    return started


def follow(base: str, token: str, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operation again and again until it has ended."""
    while True:
        yield operation
        if operation["status"] in ENDED:
            return
        time.sleep(LOOK_SECONDS)
        operation = json.loads(_ask(f"{base}/v1/operations/{operation['id']}", token))


def report(base: str, token: str, operation_id: str) -> bytes:
    """Return the report of an ended import: the roster as XLSX with its faults marked."""
    return _ask(f"{base}/v1/operations/{operation_id}/report", token)


def _ask(url: str, token: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
        url, data=body, headers={"Authorization": f"Bearer {token}", **(headers or {})}
    )
    try:
        with _DIRECT.open(request, timeout=TIMEOUT) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise Refused(_sentences(error)) from None


def _sentences(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.load(error)
        faults = [f"  {one['pointer']}: {one['message']}" for one in problem.get("errors", ())]
        return "\n".join([f"{problem['title']} {problem.get('detail', '')}", *faults])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.code}"
