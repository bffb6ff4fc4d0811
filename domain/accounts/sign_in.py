"""What a sign-in knows of an account, and how much of a network address is kept of it."""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignInAccount:
    """An account with its secrets, as the door sees it. ``open``: it, its owner and her agency may act today."""

    id: UUID
    login: str
    staff_id: UUID
    agency_id: UUID
    agency_region: int
    open: bool
    password_initial: bool
    second_factor: bool
    password_hash: str = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)

    @property
    def sub(self) -> str:
        """Who acts."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code to be kept: bound to app, address, challenge and account (RFC 9700 section 2.1)."""

    digest: bytes
    client_id: str
    redirect_uri: str
    challenge: str
    account_id: UUID
    scope: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A sign-in that a code or a refresh token has just proved; ``scope``: what the app asked for, empty: all."""

    session_id: UUID
    scope: str


def coarse(address: str | None) -> str | None:
    """Return the network of an address, /24 or /48: enough to know a place again, too little to find a machine."""
    return None if address is None else _network(address, 24, 48)


def counted(address: str | None) -> str:
    """Return what an address is counted under: itself, or the /64 that one holder of IPv6 has all of."""
    return _network(address or "", 32, 64) or "?"


def _network(address: str, narrow: int, wide: int) -> str | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, wide if parsed.version == 6 else narrow), strict=False))  # noqa: PLR2004 - IPv6


__all__ = ["Code", "Opened", "SignInAccount", "coarse", "counted"]
