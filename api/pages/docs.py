"""The pages for developers: ``/``, ``/docs`` (Swagger UI), ``/graphiql``. Nothing they load leaves the machine.

Government networks are closed, so every file comes from ``assets/`` or from the installed
``fastapi-offline``. All of them are served below ``/static/<digest>/``, where the digest is that of
all files together: an address never changes its content, and may be kept for a year. The pages hold
no inline script, so the policy in ``api.middleware.security_headers`` needs no exception for them.

"Authorize" in ``/docs`` signs in through ``/oauth/authorize`` as the public client ``console`` does
(authorization code, RFC 7636): a window of its own opens, and comes back to ``/docs/oauth2-redirect``,
the page of Swagger UI that hands the code to the one that opened it. Its one script is named in its
policy by hash. The client must list that address (the demo's does).
"""

import gzip
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.openapi.docs import get_swagger_ui_oauth2_redirect_html
from fastapi.responses import FileResponse, HTMLResponse

OURS: Final = Path(__file__).parent / "assets"
SWAGGER: Final = Path(str(files("fastapi_offline"))) / "static"
MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
ASSETS: Final = {
    path.name: path
    for path in (*sorted(OURS.iterdir()), SWAGGER / "swagger-ui.css", SWAGGER / "swagger-ui-bundle.js")
    if path.suffix in MEDIA_TYPES
}
READ: Final = ["GET", "HEAD"]
FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
SIGNED_IN: Final = "/docs/oauth2-redirect"
# The sign-in page has the same: windows of one origin find each other only when their policies agree.
OPENS_WINDOWS: Final = {"cross-origin-opener-policy": "same-origin-allow-popups"}
THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_GRAPHIQL_ONLY = re.compile("<!--graphiql-->(.*?)<!--/graphiql-->", re.DOTALL)
_STATIC = re.compile(r'"static/([^"]+)"')


def mount_docs(app: FastAPI, *, graphiql: bool) -> None:
    """Add the pages and what they load to an application that serves ``/openapi.json``.

    Without ``graphiql`` there is neither the page nor a link to it. All addresses in the pages are
    relative, so they also work below a path prefix of a reverse proxy.
    """
    pages = {"/": "index.html", "/docs": "docs.html"} | ({"/graphiql": "graphiql.html"} if graphiql else {})
    for address, name in pages.items():
        app.add_api_route(address, _page(name, graphiql=graphiql), methods=READ, include_in_schema=False)
    app.add_api_route(SIGNED_IN, _signed_in, methods=READ, include_in_schema=False)
    app.add_api_route("/static/{version}/{name}", _asset, methods=READ, include_in_schema=False)


def _page(name: str, *, graphiql: bool) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers with a page, made once; a file that it loads and we do not have is a ``KeyError``."""
    text = _GRAPHIQL_ONLY.sub(r"\1" if graphiql else "", (OURS / name).read_text(encoding="utf-8"))
    html = _STATIC.sub(lambda found: f'"static/{digest()}/{ASSETS[found[1]].name}"', text)

    async def page(request: Request) -> Response:
        return HTMLResponse(html, headers=_opener(request))

    return page


async def _signed_in(request: Request) -> Response:
    """Answer with Swagger UI's own page, whose one script may run and nothing else."""
    page = bytes(get_swagger_ui_oauth2_redirect_html().body)
    script = page.partition(b"<script>")[2].partition(b"</script>")[0]
    only = b64encode(sha256(script).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{only}'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"content-security-policy": policy, **_opener(request)})


def _opener(request: Request) -> dict[str, str]:
    """Return the header about windows where browsers heed it: elsewhere they only complain."""
    issuer = getattr(request.app.state, "issuer", "")
    return OPENS_WINDOWS if issuer.startswith("https://") or request.url.hostname in THIS_MACHINE else {}


def _asset(version: str, name: str, request: Request) -> Response:
    """Answer with one file; as no coroutine it runs in a thread, so packing the file holds up nobody."""
    path = ASSETS.get(name)
    if path is None or version != digest():
        raise HTTPException(404)
    headers = {"cache-control": FOR_A_YEAR, "vary": "accept-encoding"}
    media_type = MEDIA_TYPES[path.suffix]
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(path, media_type=media_type, headers=headers)
    return Response(packed(path), media_type=media_type, headers=headers | {"content-encoding": "gzip"})


@cache
def digest() -> str:
    """Return the digest of all files' names and contents, in 16 hexadecimal digits."""
    total = sha256()
    for name, path in sorted(ASSETS.items()):
        total.update(name.encode() + sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


@cache
def packed(path: Path) -> bytes:
    """Return a file's gzip form, made once: the largest is 1.5 MB, a quarter of that packed."""
    return gzip.compress(path.read_bytes(), mtime=0)


__all__ = ["mount_docs"]
