import base64
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Mode, Settings, demo_key, faults_of

RANDOM = base64.b64encode(bytes(range(7, 39))).decode()
PRODUCTION = {
    "SHOUWANG_MODE": "production",
    "SHOUWANG_DATABASE_URL": "postgresql://shouwang_app@db/shouwang",
    "SHOUWANG_MASTER_KEY": RANDOM,
    "SHOUWANG_ISSUER": "https://api.example.gov.cn",
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("SHOUWANG_") or name in {"DATABASE_URL", "HOST", "PORT"}:
            monkeypatch.delenv(name)


def faults(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    return faults_of(caught.value)


def test_production_is_the_default_and_needs_its_three_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch) == [
        "production needs SHOUWANG_DATABASE_URL, SHOUWANG_MASTER_KEY, SHOUWANG_ISSUER",
    ]
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.mode is Mode.PRODUCTION
    assert settings.master_keys == {1: bytes(range(7, 39))}
    assert settings.access_token_seconds == 600
    assert settings.issuer_url == "https://api.example.gov.cn"
    assert settings.introspection is False
    assert settings.direct_url == settings.owner_url == "postgresql://shouwang_app@db/shouwang"


@pytest.mark.parametrize("name", ["SHOUWANG_DATABASE_URL", "SHOUWANG_MASTER_KEY", "SHOUWANG_ISSUER"])
@pytest.mark.parametrize("value", [None, ""])
def test_production_refuses_a_missing_or_empty_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    environment = (
        PRODUCTION | {name: value} if value is not None else {k: v for k, v in PRODUCTION.items() if k != name}
    )
    assert faults(monkeypatch, **environment) == [f"production needs {name}"]


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("change-me", "a master key (SHOUWANG_MASTER_KEY) must be 32 bytes in base64 (openssl rand -base64 32)"),
        (
            base64.b64encode(b"x" * 31).decode(),
            "a master key (SHOUWANG_MASTER_KEY) must be 32 bytes in base64 (openssl rand -base64 32)",
        ),
        (
            base64.b64encode(b"changeme" * 4).decode(),
            "the master key (SHOUWANG_MASTER_KEY) is not random: make one with openssl rand -base64 32",
        ),
        (
            base64.b64encode(bytes(32)).decode(),
            "the master key (SHOUWANG_MASTER_KEY) is not random: make one with openssl rand -base64 32",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["demo", "production"])
def test_a_weak_master_key_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, key: str, fault: str, mode: str
) -> None:
    for name, value in (PRODUCTION | {"SHOUWANG_MODE": mode, "SHOUWANG_MASTER_KEY": key}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert faults_of(caught.value) == [fault]
    assert key not in str(caught.value)


def test_older_master_keys_still_open(monkeypatch: pytest.MonkeyPatch) -> None:
    older = base64.b64encode(bytes(range(100, 132))).decode()
    for name, value in (
        PRODUCTION | {"SHOUWANG_MASTER_KEY_ID": "2", "SHOUWANG_OLDER_MASTER_KEYS": f"1:{older}"}
    ).items():
        monkeypatch.setenv(name, value)
    assert Settings().master_keys == {1: bytes(range(100, 132)), 2: bytes(range(7, 39))}
    monkeypatch.setenv("SHOUWANG_MASTER_KEY_ID", "1")
    assert faults(monkeypatch) == [
        "SHOUWANG_MASTER_KEY_ID is the id of an older key: a new master key takes a new id",
    ]
    monkeypatch.setenv("SHOUWANG_OLDER_MASTER_KEYS", older)
    assert faults(monkeypatch) == ["SHOUWANG_OLDER_MASTER_KEYS is a list of id:base64, ids 0 to 255, each once"]


def test_an_issuer_without_tls_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = PRODUCTION | {"SHOUWANG_ISSUER": "http://api.example.gov.cn"}
    assert faults(monkeypatch, **environment) == ["production needs an https:// address as SHOUWANG_ISSUER"]


def test_a_fault_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, SHOUWANG_MODE="demo", PORT="many", SHOUWANG_MAX_BODY_BYTES="1") == [
        "SHOUWANG_PORT: Input should be a valid integer, unable to parse string as an integer",
        "SHOUWANG_MAX_BODY_BYTES: Input should be greater than or equal to 1024",
    ]


def test_plain_names_and_lists_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SHOUWANG_MODE": "demo",
        "DATABASE_URL": "postgresql://x@/y",
        "PORT": "8123",
        "SHOUWANG_CORS_ORIGINS": "https://a.example, https://b.example",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.database_url, settings.port) == ("postgresql://x@/y", 8123)
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.issuer_url == "http://127.0.0.1:8123"
    assert settings.introspection is True


def test_the_demo_key_is_made_once_for_this_installation_alone(tmp_path: Path) -> None:
    first = demo_key(tmp_path / "one")
    assert len(first) == 32
    assert demo_key(tmp_path / "one") == first
    assert demo_key(tmp_path / "two") != first
    assert stat.S_IMODE((tmp_path / "one" / "master.key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["master.key"]
