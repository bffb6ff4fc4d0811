"""What an operator and an auditor run: ``seal verify``, ``seal prove``, ``seal rotate``."""

import asyncio
import base64
import json
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.cli.keyring import cipher_of
from api.settings import Mode, Settings
from persistence.sealing.keys import verifies
from persistence.sealing.merkle import root_from
from tests.integration.sealing.conftest import House

runner = CliRunner()


@pytest.fixture
def outside(house: House, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    settings = Settings(mode=Mode.DEMO, database_url=database, data_dir=tmp_path)
    for name in ("MODE", "DATABASE_URL", "DATA_DIR"):
        monkeypatch.setenv(f"SHOUWANG_{name}", str(getattr(settings, name.lower())))
    house.cipher, house.roots = cipher_of(settings), settings.roots_file
    return house


async def run(*arguments: str) -> tuple[int, str, str]:
    result = await asyncio.to_thread(runner.invoke, app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


async def test_a_whole_history_and_a_changed_one(outside: House) -> None:
    written = await outside.write(1, 2, 3)
    await outside.seal()
    code, out, said = await run("seal", "verify")
    report = json.loads(out)
    assert (code, report["events"], report["batches"], report["roots_outside"], report["found"]) == (0, 3, 1, 1, 0)
    assert "完好" in said
    await outside.tamper(f"UPDATE event SET actor = 'x' WHERE id = '{written[1]}'")
    code, out, said = await run("seal", "verify")
    assert code == 1
    assert json.loads(out)["findings"] == [
        {"kind": "event_edited", "batch": 1, "position": 2, "event": str(written[1])}
    ]
    assert str(written[1]) in said
    copy = outside.roots.rename(outside.roots.with_suffix(".copy"))
    code, _, said = await run("seal", "verify", "--from", "2")
    assert (code, "库外根文件" in said) == (0, True)
    assert (await run("seal", "verify", "--roots", str(copy)))[0] == 1


async def test_a_proof_is_checked_without_the_database(outside: House) -> None:
    written = await outside.write(1, 2, 3, 4, 5)
    code, _, said = await run("seal", "prove", str(written[2]))
    assert (code, "not sealed yet" in said) == (1, True)
    await outside.seal()
    code, out, _ = await run("seal", "prove", str(written[2]))
    proof = json.loads(out)
    assert (code, proof["position"], proof["index"]) == (0, 3, 2)
    path = [bytes.fromhex(one) for one in proof["path"]]
    seal = proof["seal"]
    assert (root_from(bytes.fromhex(proof["digest"]), 2, 5, path) or b"").hex() == seal["root"]
    public, signature = (base64.b64decode(seal[name]) for name in ("public_key", "signature"))
    assert verifies(public, signature, seal["statement"].encode())
    assert json.loads(seal["statement"])["root"] == seal["root"]
    assert (await run("seal", "prove", str(uuid4())))[0] == 1


async def test_a_new_key_signs_and_it_is_written_down(outside: House) -> None:
    await outside.write(1)
    await outside.seal()
    code, _, said = await run("seal", "rotate")
    assert code == 0
    await outside.seal()
    rows = await outside.owner.fetch("SELECT kid FROM event_seal ORDER BY batch")
    assert [row["kid"] for row in rows][1] == said.strip()
    assert await outside.owner.fetchval("SELECT type FROM event ORDER BY at DESC LIMIT 1") == "seal_key.rotated"
    assert (await run("seal", "verify"))[0] == 0
