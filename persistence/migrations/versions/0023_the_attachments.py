"""the attachments: sealed bytes that are sealed anew when keys change, and go when no case holds them

Revision ID: 0023
Revises: 0022

A file is some thousand times the size of any other field. Stored outside the row and uncompressed (cipher
text does not compress), its first bytes, which name its key, are read without the rest.
"""

from alembic import op

from persistence.migrate import run_script

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("GRANT UPDATE (content_cipher, scanned), DELETE ON attachment_content TO shouwang_app")
    run_script("""
ALTER TABLE attachment_content ALTER COLUMN content_cipher SET STORAGE EXTERNAL;
ALTER TABLE case_attachment ADD CONSTRAINT case_attachment_content FOREIGN KEY (digest)
  REFERENCES attachment_content (digest) NOT VALID;
""")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE case_attachment DROP CONSTRAINT case_attachment_content")
    op.execute("ALTER TABLE attachment_content ALTER COLUMN content_cipher SET STORAGE EXTENDED")
    op.execute("REVOKE UPDATE (content_cipher, scanned), DELETE ON attachment_content FROM shouwang_app")
