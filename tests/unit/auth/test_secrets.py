"""Secrets verify against their hash only, without stopping the event loop."""

import asyncio
import time

from auth.secrets import hash_secret, matches, new_secret


async def test_a_secret_fits_its_hash_and_no_other() -> None:
    secret, other = new_secret(), new_secret()
    stored = await hash_secret(secret)
    assert len(secret) == 43
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await matches(secret, [stored])
    assert await matches(secret, [await hash_secret(other), stored]), "two hashes hold during rotation"
    assert not await matches(other, [stored])
    assert not await matches(secret + "x" * 300, [stored])
    assert not await matches("", [stored])


async def test_a_client_without_a_hash_is_refused_as_slowly() -> None:
    stored = await hash_secret(new_secret())
    assert not await matches("anything", [])
    assert not await matches("anything", ["not a hash"])

    async def fastest(hashes: list[str]) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            await matches("anything", hashes)
            times.append(time.perf_counter() - started)
        return min(times)

    known, unknown = await fastest([stored]), await fastest([])
    assert 0.3 < unknown / known < 3


async def test_the_loop_goes_on_meanwhile() -> None:
    stored = await hash_secret("s")
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    turning = asyncio.create_task(turn())
    await asyncio.gather(*(matches("s", [stored]) for _ in range(6)))
    turning.cancel()
    assert turns > 5
