"""The sign-in page at ``/oauth/authorize``: Chinese, for a phone, without JavaScript, with nothing loaded.

The page is one form. Its style stands in it and is named in the policy by its hash; frames, scripts and
requests of any kind are forbidden. A form may only go to us, and from us to the app's own address.
"""

import secrets
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.door import origin_of
from api.problems import Problem, fault_message, problem_object, problem_of
from auth.sign_in import Asked, Returned, SignIn, Ticket, UnknownApp
from domain.clients.model import Client
from domain.errors import ShouwangError

ADDRESS: Final = "/oauth/authorize"
FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 30
HERE: Final = Path(__file__).parent / "assets" / "sign_in"
TITLES: Final = {"password": "登录", "second_factor": "两步验证", "renew": "设置新密码"}
CANCEL: Final = '<button class="quiet" name="action" value="cancel" formnovalidate>取消，返回应用</button>'

router = APIRouter(include_in_schema=False)


def sign_in_of(request: Request) -> SignIn:
    """Return the sign-in that bootstrap put on the application."""
    found = request.app.state.sign_in
    assert isinstance(found, SignIn)
    return found


Doing = Annotated[SignIn, Depends(sign_in_of)]


@router.get(ADDRESS)
async def show(request: Request, sign_in: Doing) -> Response:
    """Show the page to whoever an app sends (RFC 6749 section 4.1.1)."""
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    try:
        app, asked = await sign_in.read(given, repeated=len(given) != len(pairs))
    except UnknownApp:
        return _dead_end("无法登录", "应用或返回地址没有登记，无法继续。请从应用重新进入，或联系应用的管理员。")
    except Returned as returned:
        return RedirectResponse(returned.location, 302, headers=_headers(None))
    return _page(request, sign_in, app, Ticket(asked))


@router.post(ADDRESS)
async def act(request: Request, sign_in: Doing) -> Response:
    """Take one step: login and password, second factor, a password of one's own."""
    form = await _fields(request)
    ticket = sign_in.open_ticket(form.get("ticket", ""), request.cookies.get(_cookie_name(request), ""))
    if not _from_here(request) or ticket is None:
        return _dead_end("页面已失效", "页面已过期，或在另一个窗口中打开过。请回到应用，重新登录。", 403)
    try:
        app = await sign_in.app(ticket.asked.client_id, ticket.asked.redirect_uri)
        if form.get("action") == "cancel":
            raise sign_in.cancelled(ticket.asked)
        done = await _step(request, sign_in, ticket, form)
    except UnknownApp:
        return _dead_end("无法登录", "这个应用已停用。", 403)
    except Returned as returned:
        return _away(request, returned.location)
    except ShouwangError as error:
        problem = problem_of(error)
        if problem.code == "sign_in.outdated":
            return _page(request, sign_in, app, Ticket(ticket.asked), problem=problem)
        return _page(request, sign_in, app, ticket, problem=problem, login=form.get("login", ""))
    return _away(request, done) if isinstance(done, str) else _page(request, sign_in, app, done)


async def _step(request: Request, sign_in: SignIn, ticket: Ticket, form: dict[str, str]) -> Ticket | str:
    origin = origin_of(request.scope, "sign-in")
    if ticket.step == "password":
        return await sign_in.password(ticket, form.get("login", ""), form.get("password", ""), origin)
    if ticket.step == "second_factor":
        return await sign_in.second_factor(ticket, form.get("code", ""), origin)
    return await sign_in.renew(ticket, form.get("new_password", ""), form.get("again", ""), origin)


async def _fields(request: Request) -> dict[str, str]:
    """Return the form's fields; none when it is not a form, or names a field twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return {}
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}


def _from_here(request: Request) -> bool:
    """Tell whether our own page sent the form, as far as the browser says (the ticket proves it besides)."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.headers.get("host")


def _page(
    request: Request, sign_in: SignIn, app: Client, ticket: Ticket, *, problem: Problem | None = None, login: str = ""
) -> Response:
    """Return the form of a step, with a ticket and a cookie made for this one page."""
    cookie = secrets.token_urlsafe(32)
    fields = Template(_asset(f"{ticket.step}.html")).substitute(
        login=escape(login[:64]), focus_login="" if login else "autofocus", focus_password="autofocus" if login else ""
    )
    into = f'<p class="app">登录后进入：<b>{escape(app.name)}</b>（{escape(app.agency_name or "")}）</p>'
    hidden = f'<input type="hidden" name="ticket" value="{escape(sign_in.ticket(ticket, cookie))}">'
    form = f'<form method="post" action="{ADDRESS}" autocomplete="on">{hidden}{fields}{CANCEL}</form>'
    status = 200 if problem is None else problem.status
    answer = HTMLResponse(_html(TITLES[ticket.step], into + form, problem), status, headers=_headers(ticket.asked))
    if problem is not None:
        answer.raw_headers += list(problem.headers)
    answer.set_cookie(
        _cookie_name(request), cookie, max_age=600, path="/", secure=_is_https(request), httponly=True, samesite="lax"
    )
    return answer


def _away(request: Request, location: str) -> Response:
    """Send the browser back to the app, and forget its cookie."""
    answer = RedirectResponse(location, 303, headers=_headers(None))
    answer.delete_cookie(_cookie_name(request), path="/", secure=_is_https(request), httponly=True, samesite="lax")
    return answer


def _dead_end(title: str, text: str, status: int = 400) -> Response:
    return HTMLResponse(_html(title, f"<p>{escape(text)}</p>", None), status, headers=_headers(None))


def _html(title: str, body: str, problem: Problem | None) -> str:
    notice = "" if problem is None else f'<p class="bad" role="alert">{escape(_sentence(problem))}</p>'
    parts = {"title": escape(title), "style": _asset("style.css"), "notice": notice, "body": body}
    return Template(_asset("page.html")).substitute(parts)


def _sentence(problem: Problem) -> str:
    if problem.faults:
        return fault_message(problem.faults[0], "zh")
    return str(problem_object(problem, "", "zh")["detail"])


@cache
def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _headers(asked: Asked | None) -> dict[str, str]:
    """Return the policy: our style and nothing else; forms to us, and on to the app (browsers ask for both)."""
    style = b64encode(sha256(_asset("style.css").encode()).digest()).decode()
    onward = "" if asked is None else " " + _destination(asked.redirect_uri)
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; form-action 'self'{onward}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin-allow-popups",
        "cache-control": "no-store",
        "pragma": "no-cache",
    }


def _destination(uri: str) -> str:
    """Return an address as a policy names it: its origin, or the scheme of an app on the phone."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def _cookie_name(request: Request) -> str:
    return "__Host-shouwang-sign-in" if _is_https(request) else "shouwang-sign-in"


def _is_https(request: Request) -> bool:
    return bool(request.app.state.issuer.startswith("https://"))


__all__ = ["ADDRESS", "router"]
