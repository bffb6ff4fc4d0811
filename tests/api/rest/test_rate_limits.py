"""The limit per client: counted down in headers, refused with 429 and ``Retry-After``, for nobody else."""

import re

from tests.api.acts import VILLAGE
from tests.api.fixtures import Start
from tests.api.running import is_problem

BURST = 10


async def test_over_the_limit_is_429_for_this_client_only(start: Start) -> None:
    service = await start(rate_per_minute=60, rate_burst=BURST)
    busy, calm = await service.caller("civil_affairs_county"), await service.caller("village_worker")
    remaining = []
    for number in range(BURST):
        answer = await busy.get("/v1/me") if number % 2 else await busy.graphql("{ me { sub } }")
        assert answer.status_code == 200
        assert answer.headers["ratelimit-limit"] == str(BURST)
        remaining.append(int(answer.headers["ratelimit-remaining"]))
    assert remaining == sorted(remaining, reverse=True)
    assert remaining[-1] <= 1

    before = await service.state()
    body = {"region": VILLAGE, "name": "何梅"}
    for refused in (
        await busy.get("/v1/people"),
        await busy.post("/v1/people", body),
        await busy.graphql("{ me { sub } }"),
        await busy.get("/v1/me", headers={"accept-language": "en"}),
    ):
        is_problem(refused, 429, "rate.limited")
        assert re.fullmatch("[1-9][0-9]?", refused.headers["retry-after"])
    assert await service.state() == before
    assert (await calm.get("/v1/me")).status_code == 200
