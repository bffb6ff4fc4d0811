"""Registered documents at ``/graphql``: the text that a caller's client may ask.

Which digests a client has is known with its token (``auth.authentication``) and bites within a second.
The text of a digest never changes, so it is read once and kept.
"""

from collections import OrderedDict
from typing import Final, Protocol

from domain.access import Access
from domain.clients.documents import digest_of
from domain.errors import Forbidden, NotFound

MOST_KEPT: Final = 1_000


class Texts(Protocol):
    """Where the texts are."""

    async def document(self, client_id: str, digest: str) -> str | None:
        """Return the text of a registered document of a client, or None."""


class Registered:
    """Finds the text a caller asks, and keeps clients that are bound to their documents to these."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._kept: OrderedDict[str, str] = OrderedDict()

    async def text(self, access: Access, text: str | None, digest: str | None) -> str:
        """Return the text of a document, by its digest or as it came.

        ``Forbidden`` (``graphql.unregistered``): the client is bound and this is none of its documents.
        ``NotFound`` (``graphql.document_unknown``): it is not bound and has no document of this digest.
        """
        asked = digest or digest_of(text or "")
        found = None
        if asked in access.documents:
            found = text if text is not None else await self._of(access.client_id, asked)
        if found is None:
            raise Forbidden("graphql.unregistered") if access.documents_only else NotFound("graphql.document_unknown")
        return found

    async def _of(self, client_id: str, digest: str) -> str | None:
        kept = self._kept.get(digest)
        if kept is not None:
            self._kept.move_to_end(digest)
            return kept
        found = await self._texts.document(client_id, digest)
        if found is not None:
            self._kept[digest] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


__all__ = ["Registered", "Texts"]
