"""Settings: everything an installation may choose, read once from the environment.

Names are ``SHOUWANG_<FIELD>``; ``DATABASE_URL``, ``HOST`` and ``PORT`` also go without the prefix.
There is no default secret: demo mode makes its own master key on the first start and keeps it in
the data directory; production refuses to start without one.
"""

import base64
import binascii
import contextlib
import os
import secrets
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MASTER_KEY_BYTES = 32  # AES-256; also what HKDF derives the column keys from (persistence.crypto)
MAX_KEY_ID = 255
_MIN_DISTINCT_BYTES = 12  # 32 random bytes have about 30 distinct values; a typed or repeated key far fewer


class Mode(StrEnum):
    """What the installation is for."""

    DEMO = "demo"  # invented people, printed tokens; never real data
    PRODUCTION = "production"


class Settings(BaseSettings):
    """One installation's settings. Sizes are bytes, times are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="SHOUWANG_", extra="ignore", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    mode: Mode = Mode.PRODUCTION
    data_dir: Path = Path(".shouwang")  # demo database, demo key, signed roots

    # --- database ---------------------------------------------------------------------------
    database_url: Annotated[
        str | None, Field(validation_alias=AliasChoices("SHOUWANG_DATABASE_URL", "DATABASE_URL"))
    ] = None  # what requests use; may go through pgbouncer
    database_direct_url: str | None = None  # LISTEN and jobs: past the pooler. Default: database_url
    database_backup_url: str | None = None  # a role with BYPASSRLS, for `backup`. Default: the owner's
    database_owner_url: str | None = None  # migrations and loaders. Default: database_direct_url
    database_role: str | None = "shouwang_app"  # taken on at connection; empty when the DSN logs in as it
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 10  # transactions of one API process at once
    database_read_connections: Annotated[int, Field(ge=1, le=200)] = 10  # its reads at once, besides
    database_statement_cache: Annotated[int, Field(ge=0)] = 512  # 0 behind pgbouncer in transaction mode

    # --- secrets ----------------------------------------------------------------------------
    master_key: SecretStr | None = None  # 32 bytes in base64: `openssl rand -base64 32`
    master_key_id: Annotated[int, Field(ge=0, le=255)] = 1  # counts up when the master key changes
    older_master_keys: SecretStr | None = None  # "1:base64,2:base64": they open what they sealed
    index_key_id: Annotated[int | None, Field(ge=0, le=255)] = None  # makes blind indexes; default: the oldest
    cipher_profile: Literal["aes", "sm4"] = "aes"
    key_ring: Path | None = None  # a file that holds all of the above; `keys rotate --fields` changes it

    # --- history ----------------------------------------------------------------------------
    seal_roots: Path | None = None  # signed roots outside the database. Default: sealed-roots.jsonl in data_dir
    seal_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0  # between two rounds of the sealer

    # --- who we are -------------------------------------------------------------------------
    host: Annotated[str, Field(validation_alias=AliasChoices("SHOUWANG_HOST", "HOST"))] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, validation_alias=AliasChoices("SHOUWANG_PORT", "PORT"))] = 8000
    issuer: str | None = None  # the public https:// address; `iss` of every token
    audience: str = "shouwang"
    processes: Annotated[int, Field(ge=1, le=64)] = 1  # API processes sharing the port

    # --- tokens -----------------------------------------------------------------------------
    access_token_seconds: Annotated[int, Field(ge=60, le=86400)] = 600
    session_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 24 * 14  # a sign-in ends after it, used or not
    session_idle_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 24 * 3  # or when its refresh token lies unused

    # --- limits -----------------------------------------------------------------------------
    max_body_bytes: Annotated[int, Field(ge=1024)] = 1024 * 1024
    max_upload_bytes: Annotated[int, Field(ge=1024)] = 20 * 1024 * 1024  # conventions, "Files"
    max_concurrency: Annotated[int, Field(ge=1)] = 256  # requests in flight per process; more answer 503
    request_seconds: Annotated[float, Field(gt=0)] = 30.0
    page_size: Annotated[int, Field(ge=1)] = 20
    max_page_size: Annotated[int, Field(ge=1, le=1000)] = 200
    rate_per_minute: Annotated[int, Field(ge=1)] = 6000  # per client
    rate_burst: Annotated[int, Field(ge=1)] = 1000
    shutdown_seconds: Annotated[int, Field(ge=1, le=300)] = 10  # requests and jobs may finish within it

    # --- files ------------------------------------------------------------------------------
    attachment_scanner: str | None = None  # a command: the file on stdin, exit 0 clean, 1 infected; unset: none
    attachment_scan_seconds: Annotated[float, Field(gt=0, le=25)] = 20.0  # longer: the upload is answered 503

    # --- what is shown ----------------------------------------------------------------------
    docs: bool = True  # the OpenAPI pages; they name no person
    graphql_introspection: bool | None = None  # and GraphiQL, for everybody. Default: only in demo mode
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()  # comma-separated; clients list their own besides
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"  # auto: console on a terminal

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        "database_url", "database_direct_url", "database_owner_url", "database_role", "master_key", "older_master_keys",
        "issuer", "graphql_introspection", "seal_roots", "key_ring", "attachment_scanner", mode="before",
    )  # fmt: skip
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        """Compose files and shells pass an unset variable on as an empty text."""
        return None if value == "" else value

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.master_key is not None:
            decoded_key(self.master_key)
        self._older_keys()
        if self.page_size > self.max_page_size:
            raise ValueError("page_size is above max_page_size")
        if self.mode is Mode.DEMO:
            return self
        needed = ("database_url", *(("master_key",) if self.key_ring is None else ()), "issuer")
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError("production needs " + ", ".join(f"SHOUWANG_{name.upper()}" for name in missing))
        if not (self.issuer or "").startswith("https://"):
            raise ValueError("production needs an https:// address as SHOUWANG_ISSUER")
        return self

    @property
    def demo(self) -> bool:
        """Tell whether this is a demo installation."""
        return self.mode is Mode.DEMO

    @property
    def introspection(self) -> bool:
        """Tell whether GraphQL introspection and GraphiQL are open to everybody."""
        return self.demo if self.graphql_introspection is None else self.graphql_introspection

    @cached_property
    def issuer_url(self) -> str:
        """Return the ``iss`` of every token, without a slash at the end."""
        return (self.issuer or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def roots_file(self) -> Path:
        """Return where the signed roots are written, outside the database."""
        return self.seal_roots or self.data_dir / "sealed-roots.jsonl"

    @property
    def ring_path(self) -> Path | None:
        """Return the file of the key ring, which may not be there yet; none where keys stand in the environment."""
        return self.key_ring or (self.data_dir / "keys.json" if self.demo and self.master_key is None else None)

    @property
    def pooled_url(self) -> str:
        """Return the DSN for requests."""
        if self.database_url is None:
            raise ValueError("DATABASE_URL is not set")
        return self.database_url

    @property
    def direct_url(self) -> str:
        """Return the DSN that reaches the server itself: LISTEN, jobs."""
        return self.database_direct_url or self.pooled_url

    @property
    def owner_url(self) -> str:
        """Return the DSN of the tables' owner: migrations and loaders only."""
        return self.database_owner_url or self.direct_url

    @property
    def backup_url(self) -> str:
        """Return the DSN that reads everything: backups only."""
        return self.database_backup_url or self.owner_url

    def for_child(self, *, owner: bool = False) -> dict[str, str]:
        """Return the environment in which a child process reads these settings.

        Requests and jobs run without the owner's DSN; only what migrates and loads is given it.
        """
        told = {
            "SHOUWANG_MODE": str(self.mode),
            "SHOUWANG_DATA_DIR": str(self.data_dir.resolve()),
            "SHOUWANG_DATABASE_URL": self.pooled_url,
            "SHOUWANG_DATABASE_DIRECT_URL": self.direct_url,
            "SHOUWANG_HOST": self.host,
            "SHOUWANG_PORT": str(self.port),
        }
        kept = {name: value for name, value in os.environ.items() if name != "SHOUWANG_DATABASE_OWNER_URL"}
        return kept | told | ({"SHOUWANG_DATABASE_OWNER_URL": self.owner_url} if owner else {})

    @cached_property
    def master_keys(self) -> dict[int, bytes]:
        """Return the master keys by id, 32 bytes each; ``master_key_id`` seals.

        Demo mode makes and keeps one on first use.
        """
        active = decoded_key(self.master_key) if self.master_key is not None else demo_key(self.data_dir)
        return {**self._older_keys(), self.master_key_id: active}

    def _older_keys(self) -> dict[int, bytes]:
        listed = self.older_master_keys.get_secret_value().split(",") if self.older_master_keys else []
        older = {}
        for entry in listed:
            number, _, key = entry.strip().partition(":")
            if not number.isascii() or not number.isdecimal() or int(number) > MAX_KEY_ID or int(number) in older:
                raise ValueError("SHOUWANG_OLDER_MASTER_KEYS is a list of id:base64, ids 0 to 255, each once")
            older[int(number)] = decoded_key(SecretStr(key))
        if self.master_key_id in older:
            raise ValueError("SHOUWANG_MASTER_KEY_ID is the id of an older key: a new master key takes a new id")
        return older


def decoded_key(key: SecretStr) -> bytes:
    """Return a master key's bytes; ``ValueError`` without the value when it is none or a weak one."""
    try:
        raw = base64.b64decode(key.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != MASTER_KEY_BYTES:
        raise ValueError("a master key (SHOUWANG_MASTER_KEY) must be 32 bytes in base64 (openssl rand -base64 32)")
    if len(set(raw)) < _MIN_DISTINCT_BYTES:
        raise ValueError("the master key (SHOUWANG_MASTER_KEY) is not random: make one with openssl rand -base64 32")
    return raw


def demo_key(data_dir: Path) -> bytes:
    """Return the demo installation's own master key, made on first use (mode 0600)."""
    path = data_dir / "master.key"
    if not path.exists():
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = data_dir / f"master.key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)) + b"\n")
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(draft, path)
        draft.unlink()
    return decoded_key(SecretStr(path.read_text("ascii").strip()))


def faults_of(error: ValidationError) -> list[str]:
    """Return what is wrong with the environment, one line each, without any value."""
    lines = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        message = fault["msg"].removeprefix("Value error, ")
        name = str(fault["loc"][0]).upper() if fault["loc"] else ""
        prefix = "" if name.startswith("SHOUWANG_") else "SHOUWANG_"
        lines.append(f"{prefix}{name}: {message}" if name and "SHOUWANG_" not in message else message)
    return lines
