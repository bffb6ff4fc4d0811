"""Errors as callers see them: RFC 9457 problem documents, in Chinese or English.

One table of statuses, one function that turns any exception into a ``Problem``, one that writes
it. REST, the fast lane, OAuth and GraphQL (``extensions``) all use these. No exception text and
no rejected value is ever in one, and an absent row reads exactly like a forbidden one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from api.faults import is_about_the_path, is_malformed, read_faults
from api.messages import MESSAGES, Language
from api.methods import allowed
from domain import errors
from domain.errors import Fault, ShouwangError

MEDIA_TYPE: Final = "application/problem+json"
Headers = list[tuple[bytes, bytes]]

_STATUS: Final[dict[type[ShouwangError], int]] = {
    errors.InvalidInput: 422,  # 400 when malformed
    errors.NotAuthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.PreconditionNeeded: 428,
    errors.TooManyRequests: 429,
}
_STATUS_OF_CODE: Final = {
    "attachment.type": 415,
    "media_type.not_a_file_form": 415,
    "media_type.not_a_form": 415,
    "media_type.unsupported": 415,
}  # where the class of the error says less
_HTTP_CODES: Final = {
    400: "http.bad_request", 401: "token.invalid", 403: "access.forbidden", 404: "http.not_found",
    405: "http.method_not_allowed", 406: "http.not_acceptable", 413: "http.body_too_large", 415: "http.media_type",
    422: "input.invalid", 429: "rate.limited", 500: "internal", 503: "service.unavailable", 504: "http.timeout",
}  # fmt: skip
# SQLSTATE classes and codes (PostgreSQL, appendix A) that say "not now", not "wrong".
_UNAVAILABLE: Final = ("08", "53", "57P", "57014", "40001", "40P01", "55P03")
_COLLISION: Final = ("23505", "23P01")  # two callers wrote the same thing at once


class Refused(Exception):
    """A transport's own refusal: too large, too slow, too many. Carries status, code and headers."""

    def __init__(self, status: int, code: str, headers: Headers | None = None, **parameters: object) -> None:
        super().__init__(code)
        self.problem = Problem(status, code, parameters, headers=tuple(headers or ()))


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, before it is put into words."""

    status: int
    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    headers: Sequence[tuple[bytes, bytes]] = ()


def problem_of(error: BaseException) -> Problem:
    """Return the problem of any exception; what nobody expected is a bare 500."""
    if isinstance(error, ShouwangError):
        return _of_domain(error)
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, RequestValidationError | ValidationError):
        return _of_validation(error)
    if isinstance(error, HTTPException):
        headers = tuple((name.lower().encode(), value.encode()) for name, value in (error.headers or {}).items())
        return Problem(error.status_code, _HTTP_CODES.get(error.status_code, "http.error"), headers=headers)
    return _of_accident(error)


def _of_domain(error: ShouwangError) -> Problem:
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    if isinstance(error, errors.InvalidInput):
        status = _STATUS_OF_CODE.get(error.code) or (400 if error.malformed else status)
        return Problem(status, error.code, error.parameters, error.faults)
    if isinstance(error, errors.NotFound):
        return Problem(status, error.code)  # parameters could tell the absent from the forbidden
    headers: Headers = []
    if isinstance(error, errors.NotAuthenticated):
        known = b"" if error.code == "token.missing" else b', error="invalid_token"'
        headers = [(b"www-authenticate", b'Bearer realm="shouwang"' + known)]
    if "retry_after" in error.parameters:
        headers = [(b"retry-after", str(error.parameters["retry_after"]).encode())]
    return Problem(status, error.code, error.parameters, headers=tuple(headers))


def _of_validation(error: RequestValidationError | ValidationError) -> Problem:
    found = error.errors() if isinstance(error, RequestValidationError) else error.errors(include_input=False)
    if any(is_about_the_path(one) for one in found):
        return Problem(404, "not_found")  # an id that is none is an absent row
    in_request = isinstance(error, RequestValidationError)
    malformed = any(is_malformed(one) for one in found)
    return Problem(400 if malformed else 422, "input.invalid", faults=read_faults(found, in_request=in_request))


def _of_accident(error: BaseException) -> Problem:
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith(_UNAVAILABLE) or isinstance(error, ConnectionError | TimeoutError):
        return Problem(503, "service.unavailable", headers=((b"retry-after", b"1"),))
    if state in _COLLISION:
        return Problem(409, "state.conflict")
    return Problem(500, "internal")


def problem_object(error: BaseException | Problem, request_id: str, language: Language = "zh") -> dict[str, Any]:
    """Return the problem document as an object; GraphQL puts it into ``extensions``."""
    problem = error if isinstance(error, Problem) else problem_of(error)
    message = MESSAGES.get(problem.code) or MESSAGES["http.error" if problem.status < 500 else "internal"]  # noqa: PLR2004
    document: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": message.title(language),
        "status": problem.status,
        "detail": message.sentence(language, problem.parameters),
        "code": problem.code,
        "request_id": request_id,
    }
    allowed = problem.parameters.get("allowed")
    if isinstance(allowed, tuple):  # what a state allows: as codes, beside the sentence
        document |= {"state": problem.parameters["state"], "allowed": [*allowed]}
    if problem.faults:
        document["errors"] = [
            {"pointer": fault.pointer, "code": fault.code, "message": fault_message(fault, language)}
            for fault in problem.faults
        ]
    return document


def fault_message(fault: Fault, language: Language) -> str:
    """Return the sentence of one fault."""
    message = MESSAGES.get(fault.code) or MESSAGES["field.invalid"]
    return message.sentence(language, fault.parameters)


def problem_bytes(
    error: BaseException | Problem,
    request_id: str,
    language: Language = "zh",
    extra: Mapping[str, Any] | None = None,
) -> tuple[int, Headers, bytes]:
    """Return status, ASGI headers and body of a problem; ``extra`` members go first (OAuth's ``error``)."""
    problem = error if isinstance(error, Problem) else problem_of(error)
    body = orjson.dumps(dict(extra or {}) | problem_object(problem, request_id, language), default=str)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"accept-language"),
        *problem.headers,
    ]
    return problem.status, headers, body


def language_of(headers: Iterable[tuple[bytes, bytes]]) -> Language:
    """Return the language a caller prefers (RFC 9110 section 12.5.4) of the two we speak; Chinese by default."""
    wanted = b",".join(value for name, value in headers if name == b"accept-language")
    if b"en" not in wanted.lower():
        return "zh"
    best: dict[str, float] = {}
    for item in wanted.decode("latin-1").lower().split(","):
        tag, _, parameter = item.strip().partition(";")
        primary = tag.split("-")[0].strip()
        best[primary] = max(best.get(primary, 0.0), _quality(parameter))
    return "en" if best.get("en", 0.0) > best.get("zh", best.get("*", 0.0)) else "zh"


def _quality(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    try:
        return min(1.0, max(0.0, float(parameter.strip().removeprefix("q="))))
    except ValueError:
        return 0.0


def request_id_of(scope: Mapping[str, Any]) -> str:
    """Return the id of the request (``api.middleware.request_id`` gives it)."""
    return str(scope.get("state", {}).get("request_id", ""))


def install(app: FastAPI) -> None:
    """Let every error of an application leave as a problem."""

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004 - starlette names one route's
            error.headers = {"allow": allowed(request.app.routes, request.scope)}
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=dict(error.headers))
        language = language_of(request.scope["headers"])
        status, headers, body = problem_bytes(error, request_id_of(request.scope), language)
        response = Response(body, status)
        response.raw_headers = headers
        return response

    for kind in (ShouwangError, Refused, RequestValidationError, ValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)


__all__ = [
    "MEDIA_TYPE",
    "Headers",
    "Problem",
    "Refused",
    "install",
    "language_of",
    "problem_bytes",
    "problem_object",
    "problem_of",
    "request_id_of",
]
