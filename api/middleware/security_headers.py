"""Headers every answer carries, unless its maker chose another value (OWASP Secure Headers)."""

from typing import Final

Headers = list[tuple[bytes, bytes]]
# Pages bring everything along: nothing is fetched from elsewhere, nobody frames them.
PAGE_POLICY: Final = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DATA_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
ONE_YEAR: Final = b"max-age=31536000"


def with_security(headers: Headers, *, https: bool) -> Headers:
    """Return an answer's headers completed; whatever is not said to be cacheable is not stored."""
    given = {name: value for name, value in headers}  # noqa: C416 - the first of a repeated header does not matter here
    added: Headers = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]
    if b"cache-control" not in given:
        added.append((b"cache-control", b"no-store"))
    if b"content-security-policy" not in given:
        page = given.get(b"content-type", b"").startswith(b"text/html")
        added.append((b"content-security-policy", PAGE_POLICY if page else DATA_POLICY))
    if https:
        added.append((b"strict-transport-security", ONE_YEAR))
    return headers + added


__all__ = ["with_security"]
