"""What OpenAPI says beyond the routes: hoisted bodies, the problem document, the permission of each operation."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.rest.bodies import hoist
from api.rest.routes import PROBLEMS

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "state": {"type": "string", "description": "Where a state does not allow an act: the state …"},
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "… and the acts that it allows."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
            },
        },
    },
}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
# Staff sign in through an app; PKCE with S256 is required (RFC 9700). What they may do, their roles say.
SIGN_IN = {
    "type": "oauth2",
    "flows": {
        "authorizationCode": {
            "authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token", "refreshUrl": "/oauth/token",
            "scopes": {},
        }
    },
}  # fmt: skip


def describe(app: FastAPI) -> None:
    """Let the application describe itself once, and keep it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = PROBLEM
            document["components"]["securitySchemes"] = {"access_token": BEARER, "sign_in": SIGN_IN}
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"] |= {
                        code: one for code, one in PROBLEMS.items() if code not in operation["responses"]
                    }
                    if "x-permission" in operation:
                        operation["security"] = [{"access_token": []}, {"sign_in": []}]
            app.openapi_schema = hoist(document)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
