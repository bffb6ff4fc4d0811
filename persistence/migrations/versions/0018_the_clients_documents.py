"""registered GraphQL documents of clients, and clients bound to them

Revision ID: 0018
Revises: 0017
"""

from alembic import op

from persistence.migrate import run_script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = """
ALTER TABLE client ADD COLUMN documents_only BOOLEAN DEFAULT false NOT NULL;

CREATE TABLE client_document (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  client_id text NOT NULL,
  agency_id UUID NOT NULL,
  sha256 text NOT NULL,
  name text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(client_id) REFERENCES client (client_id),
  FOREIGN KEY(agency_id) REFERENCES agency (id)
);
CREATE UNIQUE INDEX client_document_key ON client_document (client_id, sha256);
CREATE INDEX client_document_agency_idx ON client_document (agency_id, id);

GRANT SELECT, INSERT, DELETE ON client_document TO shouwang_app;
ALTER TABLE client_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_document FORCE ROW LEVEL SECURITY;
CREATE POLICY client_document_scope ON client_document USING (true) WITH CHECK (true);

CREATE CONSTRAINT TRIGGER client_document_auth_change AFTER INSERT OR DELETE ON client_document
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_auth_change('directory');
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(TABLE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("client_document")
    op.drop_column("client", "documents_only")
