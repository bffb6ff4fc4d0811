"""Page tokens: the last row's key and a seal over it.

A token holds no order value (a name would be personal) and binds view, order and caller, so that
nobody can place a row she cannot see within an order she can. The seal is the first 96 bits of
SHA-256 over key ‖ place ‖ id; the id has a fixed form and ends the text, so nothing can be
appended to it. PostgreSQL writes the tokens itself: the answer leaves as it came.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from domain.selection import Page

SEAL_BYTES = 12
SEAL_CHARACTERS = 16
CURSOR_SQL = (
    "(({id})::text || '.' || translate(encode(substr(sha256(convert_to({key} || ({id})::text, 'UTF8')), 1, 12), "
    "'base64'), '+/', '-_'))"
)


def cursor_key(secret: str, page: Page, sub: str, words: str = "") -> str:
    """Return the text that comes before the id under the seal; ``words``: a digest of those searched for."""
    return f"{secret}|{page.view.name}|{page.relation}|{page.order}|{sub}|{words}"


def opened(token: str, key: str) -> str | None:
    """Return the row key in a token, or None when the seal is not ours."""
    row, _, seal = token.rpartition(".")
    digest = hashlib.sha256((key + row).encode("utf-8", "replace")).digest()[:SEAL_BYTES]
    genuine = hmac.compare_digest(urlsafe_b64encode(digest), seal.encode("utf-8", "replace"))
    return row if row and genuine else None
