"""The bytes of attachments: one row for each digest, sealed, however many cases hold the file.

``attachment_content.id`` is what the cipher text is bound to, as in every other sealed column, so that a
change of the field keys covers it.
"""

from typing import Final

import asyncpg

from domain.ids import new_id
from persistence.crypto import FieldCipher

TABLE: Final = "attachment_content"
COLUMN: Final = "content_cipher"
# A file that is there already is not sealed and sent a second time; what a scanner says now is kept.
_KNOWN: Final = """
UPDATE attachment_content SET scanned = coalesce($2, scanned) WHERE digest = $1 RETURNING id
"""
_KEEP: Final = """
INSERT INTO attachment_content (id, digest, content_cipher, scanned) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET scanned = coalesce(excluded.scanned, attachment_content.scanned)
"""


class AttachmentSql:
    """See ``domain.cases.work.CaseWork``."""

    connection: asyncpg.Connection
    _cipher: FieldCipher

    async def keep_content(self, digest: str, content: bytes, *, scanned: str | None) -> None:
        """Seal and store the bytes of a digest, unless they are there."""
        if await self.connection.fetchval(_KNOWN, digest, scanned) is not None:
            return
        key = new_id()
        sealed = self._cipher.seal_bytes(TABLE, COLUMN, key.bytes, content)
        await self.connection.execute(_KEEP, key, digest, sealed, scanned)

    async def content_of(self, digest: str) -> bytes | None:
        """Return the bytes of a digest, None if there are none."""
        row = await self.connection.fetchrow(f"SELECT id, {COLUMN} FROM {TABLE} WHERE digest = $1", digest)
        return None if row is None else self._cipher.open_bytes(TABLE, COLUMN, row["id"].bytes, row[COLUMN])


__all__ = ["AttachmentSql"]
