"""Versions below which a library is known to be unsafe, and the lock they are installed from."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
FLOORS = {
    "strawberry-graphql": "0.315.7",
    "starlette": "1.5.1",
    "python-multipart": "0.0.27",
    "python-jose": "3.5.0",
}


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", text)[:3])


def locked(name: str) -> str:
    found = re.search(rf"^{re.escape(name)}==([0-9][^ \\]*)", LOCK, re.MULTILINE)
    assert found, f"{name} is not in requirements.lock"
    return found.group(1)


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_no_library_below_its_floor(name: str, floor: str) -> None:
    assert numbers(locked(name)) >= numbers(floor)
    assert numbers(version(name)) >= numbers(floor)


def test_what_is_installed_is_what_is_locked() -> None:
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([0-9][^ \\\n;]*)", LOCK, re.MULTILINE))
    assert len(pinned) > 60
    wrong = {}
    for name, wanted in pinned.items():
        try:
            found = version(name)
        except ImportError:
            continue  # for another system: its marker says so
        if found != wanted:
            wrong[name] = (wanted, found)
    assert wrong == {}


def test_every_pin_has_a_hash_and_the_lock_no_address() -> None:
    pins = re.split(r"^(?=[a-z0-9-]+(?:\[[^\]]*\])?==)", LOCK, flags=re.MULTILINE)[1:]
    assert [pin.split("\n", 1)[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in LOCK
    assert not re.search(r"^-", LOCK, re.MULTILINE)
