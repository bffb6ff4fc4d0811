"""Rules of administration, pure: who may give which role, whom she may administer, what an app may name.

Nobody gives more than she holds: a role can be given by whoever holds each of its permissions, with
at least its rows and its clearance. The one exception is the first administrator of an agency, whom
the platform's administrator makes: before her nobody there holds anything to give.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from domain.access import FieldClass, Grant, RowScope
from domain.accounts.model import Role
from domain.errors import Conflict, Fault, Forbidden, InvalidInput

# Which rows lie within which others, beyond their own kind: hers ⊂ her agency's ⊂ her region's.
_ROWS_WITHIN: Final = frozenset({
    (RowScope.OWN, RowScope.AGENCY), (RowScope.OWN, RowScope.REGION), (RowScope.AGENCY, RowScope.REGION),
})  # fmt: skip
_LOOPBACK_IPS: Final = ("127.0.0.1", "::1")
_LOOPBACK: Final = ("127.0.0.1", "[::1]", "localhost")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")  # RFC 8252 section 7.1: a domain turned round
_VISIBLE: Final = re.compile(r"[!-~]+")


def rows_within(inner: RowScope, outer: RowScope) -> bool:
    """Tell whether one row scope reaches nothing beyond another."""
    if inner is RowScope.PUBLISHED:  # made for everybody's eyes
        return outer is not RowScope.NOBODY
    return inner is outer or inner is RowScope.NOBODY or (inner, outer) in _ROWS_WITHIN


def within(inner: Mapping[str, Grant], outer: Mapping[str, Grant]) -> bool:
    """Tell whether some grants open nothing that others do not: permission, rows, each class of fields."""
    return all(
        permission in outer
        and rows_within(grant.rows, outer[permission].rows)
        and all(grant.clearance.sight(one) <= outer[permission].clearance.sight(one) for one in FieldClass)
        for permission, grant in inner.items()
    )


def givable(own: Mapping[str, Grant], roles: Mapping[str, Mapping[str, Grant]]) -> frozenset[str]:
    """Return the roles, of those named with their grants, that open nothing beyond one's own."""
    return frozenset(role for role, grants in roles.items() if within(grants, own))


def may_give(roles: Collection[str], giver: frozenset[str], fitting: frozenset[Role], pointer: str = "/roles") -> None:
    """Refuse roles that do not fit the agency (422), and those beyond the giver's own (403)."""
    if not frozenset(roles) <= fitting:
        raise InvalidInput(Fault(pointer, "account.role_unfit", {"known": ", ".join(sorted(fitting))}))
    if not frozenset(roles) <= giver:
        raise Forbidden("account.above")


def may_administer(held: Iterable[str], giver: frozenset[str]) -> None:
    """Refuse to touch what holds more than the administrator: a new password would be a way to take it."""
    if not frozenset(held) <= giver:
        raise Forbidden("account.above")


def first_administrator(roles: Collection[str], fitting: frozenset[Role]) -> None:
    """Refuse, from the platform's administrator, any account but the first administrator of an agency."""
    if Role.AGENCY_ADMIN not in roles:
        raise Forbidden("account.first_only")
    if not frozenset(roles) <= fitting:
        raise InvalidInput(Fault("/roles", "account.role_unfit", {"known": ", ".join(sorted(fitting))}))


def not_oneself(own: object, other: object) -> None:
    """Refuse to administer oneself: so an agency never loses its last administrator by her own hand."""
    if own is not None and own == other:
        raise Conflict("account.oneself")


def redirect_fault(uri: str) -> str | None:
    """Return what is wrong with an app's redirect address, as a code; None when nothing is.

    https anywhere, http on the own machine only (RFC 8252 section 7.3), or an app's own scheme with a
    dot in it; no fragment (RFC 6749 section 3.1.2), no user, no wildcard: addresses are compared
    letter by letter (RFC 9700 section 2.1).
    """
    parts = _parts(uri)
    if parts is None or "#" in uri or "*" in uri or "\\" in uri or parts.username is not None:
        return "client.redirect_malformed"
    if parts.scheme == "https" and parts.hostname:
        return None
    if parts.scheme == "http":
        return None if _host(parts.netloc) in _LOOPBACK else "client.redirect_insecure"
    return None if _SCHEME.fullmatch(parts.scheme) else "client.redirect_malformed"


def is_registered(uri: str, registered: Collection[str]) -> bool:
    """Tell whether an address is one of those an app registered, letter by letter.

    Only for an address on the own machine registered without a port, any port will do: an app there
    takes what port it gets (RFC 8252 section 7.3, RFC 9700 section 2.1).
    """
    if uri in registered:
        return True
    parts = _parts(uri)
    if parts is None or parts.scheme != "http" or parts.hostname not in _LOOPBACK_IPS or parts.port is None:
        return False
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return uri.replace(f"http://{host}:{parts.port}", f"http://{host}", 1) in registered


def origin_fault(origin: str) -> str | None:
    """Return what is wrong with a web origin (RFC 6454), as a code; None when nothing is."""
    parts = _parts(origin)
    if parts is None or not parts.hostname or parts.username is not None:
        return "client.origin_malformed"
    if origin != f"{parts.scheme}://{parts.netloc}".lower() or "*" in origin:
        return "client.origin_malformed"
    if parts.scheme == "https" or (parts.scheme == "http" and _host(parts.netloc) in _LOOPBACK):
        return None
    return "client.redirect_insecure" if parts.scheme == "http" else "client.origin_malformed"


def _parts(text: str) -> SplitResult | None:
    if not _VISIBLE.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port  # parsed only when asked for
    except ValueError:
        return None
    return parts


def _host(netloc: str) -> str:
    return netloc if netloc.endswith("]") else netloc.rpartition(":")[0] or netloc


__all__ = [
    "first_administrator",
    "givable",
    "is_registered",
    "may_administer",
    "may_give",
    "not_oneself",
    "origin_fault",
    "redirect_fault",
    "rows_within",
    "within",
]
