"""Registered GraphQL documents of a client: what is known of them before anybody asks one.

A third-party front end is built from a fixed set of documents. Registered at its client, they are
asked by their digest, in the shape that GraphQL clients know as *persisted queries*::

    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "<64 hexadecimal digits>"}}}

A client that is bound to its documents (``documents_only``) gets nothing else answered at ``/graphql``.
"""

import re
from hashlib import sha256
from typing import Final, Protocol

LONGEST_DOCUMENT: Final = 20_000  # characters: what the service keeps parsed
MOST_DOCUMENTS: Final = 500  # of one client
SHA256: Final = re.compile("[0-9a-f]{64}")


class Documents(Protocol):
    """What use cases ask of the reader of documents. ``api.graphql.documents`` is it."""

    def check(self, text: str) -> None:
        """Raise ``InvalidInput`` (at ``/text``) for a text that is no document of the published schema."""


def digest_of(text: str) -> str:
    """Return what a document is asked by: the SHA-256 of its text in UTF-8, in small hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


__all__ = ["LONGEST_DOCUMENT", "MOST_DOCUMENTS", "SHA256", "Documents", "digest_of"]
