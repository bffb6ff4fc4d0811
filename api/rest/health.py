"""``/healthz``, ``/readyz``, ``/metrics``: for whoever watches the service itself."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.rest.parameters import given, unknown


def router(services: Any) -> APIRouter:
    """Return the routes; they name no person and need no token."""
    made = APIRouter(tags=["health"])

    @made.get("/healthz", operation_id="healthz", summary="Alive")
    async def healthz() -> dict[str, str]:
        """Answer while the process can answer at all."""
        return {"status": "ok"}

    @made.get("/readyz", operation_id="readyz", summary="Ready", responses={503: {"description": "Not ready."}})
    async def readyz(request: Request) -> Response:
        """Tell whether database, migrations, keys and queue are there."""
        unknown(given(request.scope["query_string"]))
        states = await services.ready()
        ready = all(state == "ok" for state in states.values())
        body = orjson.dumps({"status": "ok" if ready else "not_ready", "checks": states})
        return Response(body, 200 if ready else 503, media_type="application/json")

    @made.get("/metrics", operation_id="metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Return counters and durations by route template."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return made
