"""The demo callers' file: who may call a demo installation, with secrets and a fresh token each.

``.shouwang/demo-callers.json`` (mode 0600), a list of objects with ``name``, ``agency``, ``region``,
``roles``, ``client_id``, ``client_secret`` and ``access_token``; for staff also ``account`` and
``password``, with which to sign in. It exists in demo mode only: the
secrets are made when the demo is loaded, and no other installation accepts them.
"""

import base64
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NotRequired, TypedDict

FILE = "demo-callers.json"
TIMEOUT = 10.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy: it would see the secret


class Caller(TypedDict):
    """One demo caller, as the file has it."""

    name: str
    agency: str | None
    region: str | None
    roles: list[str]
    client_id: str
    client_secret: str
    access_token: str | None
    account: NotRequired[str]
    password: NotRequired[str]


class TokenRefused(RuntimeError):
    """The token endpoint answered something else than a token; the text is its error code."""


def read(folder: Path) -> list[Caller]:
    """Return the callers of the file, none when there is no file."""
    try:
        known: list[Caller] = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return []
    return known


def write(folder: Path, known: list[Caller]) -> None:
    """Replace the file in one step, readable by its owner alone."""
    draft = folder / f"{FILE}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(known, file, ensure_ascii=False, indent=2)
        file.write("\n")
    draft.replace(folder / FILE)


def refresh(folder: Path, base: str) -> list[Caller]:
    """Put a fresh token beside every caller of the file and return them."""
    known = read(folder)
    for one in known:
        one["access_token"] = token(base, one["client_id"], one["client_secret"])
    if known:
        write(folder, known)
    return known


def token(base: str, client_id: str, secret: str) -> str:
    """Ask a running service for an access token (RFC 6749 section 4.4). Raises ``TokenRefused``, ``OSError``."""
    credentials = ":".join(urllib.parse.quote(part, safe="") for part in (client_id, secret))
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
        f"{base}/oauth/token",
        data=b"grant_type=client_credentials",
        headers={
            "Authorization": "Basic " + base64.b64encode(credentials.encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    try:
        with _DIRECT.open(request, timeout=TIMEOUT) as answer:
            return str(json.load(answer)["access_token"])
    except urllib.error.HTTPError as error:
        try:
            code = json.load(error).get("error")
        except ValueError:
            code = None
        raise TokenRefused(str(code or error.code)) from None
