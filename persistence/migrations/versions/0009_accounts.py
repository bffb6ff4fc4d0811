"""accounts of staff: their secrets, sign-ins, codes and refresh tokens; apps with their addresses

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True)
TEXTS = postgresql.ARRAY(sa.Text())
TABLES = ("account", "credential", "account_session", "authorization_code", "refresh_token")

# A token hangs on its account too. A new client matters only for the web origins it brings.
WATCHED = (("account", "UPDATE OR DELETE", ""), ("client", "INSERT", "WHEN (NEW.cors_origins <> '{}')"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _widen("client", "client_kind_known", "kind IN ('system', 'app', 'staff', 'person')")
    _widen("revocation", "revocation_kind_known", "kind IN ('jti', 'client', 'sub', 'session')")
    for name in ("redirect_uris", "cors_origins"):
        op.add_column("client", sa.Column(name, TEXTS, server_default=sa.text("'{}'"), nullable=False))
    op.create_table(
        "account",
        *_versioned(),
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("roles", TEXTS, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("password_initial", sa.Boolean(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="account_state_known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("account_login_key", "account", ["login"], unique=True)
    op.create_index("account_staff_key", "account", ["staff_id"], unique=True)
    op.create_index("account_agency_idx", "account", ["agency_id", "id"])
    op.create_table(
        "credential",
        *_versioned(),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery_hashes", TEXTS, server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "account_session",
        *_versioned(),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("account_session_agency_idx", "account_session", ["agency_id", "id"])
    op.create_index("account_session_staff_idx", "account_session", ["staff_id", "id"])
    op.create_table(
        "authorization_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("authorization_code_expires_idx", "authorization_code", ["expires_at"])
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("account_session.id"), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("refresh_token_session_idx", "refresh_token", ["session_id"])
    op.create_index("refresh_token_expires_idx", "refresh_token", ["expires_at"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING (true) WITH CHECK (true)")
    for table, acts, when in WATCHED:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_account_change AFTER {acts} ON {table} DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW {when} EXECUTE FUNCTION note_auth_change('directory')"
        )


def _versioned() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
    )


def _widen(table: str, name: str, check: str) -> None:
    """Put a wider CHECK in the place of a narrower one; no row can be against it."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check}) NOT VALID")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, _, _ in WATCHED:
        op.execute(f"DROP TRIGGER {table}_account_change ON {table}")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM client WHERE kind = 'app'")
    op.execute("DELETE FROM revocation WHERE kind = 'session'")
    for name in ("redirect_uris", "cors_origins"):
        op.drop_column("client", name)
    _widen("client", "client_kind_known", "kind IN ('system', 'staff', 'person')")
    _widen("revocation", "revocation_kind_known", "kind IN ('jti', 'client', 'sub')")
