"""The world's accounts, clients and sign-ins."""

from hashlib import sha256
from typing import TYPE_CHECKING

from tests.oracle.directory import ODD
from tests.oracle.ids import AGENCIES, key

if TYPE_CHECKING:
    from tests.oracle.world import World


def accounts(world: "World") -> None:
    """Add accounts, clients and sign-ins of several agencies."""
    roles, states = ("county_officer", "agency_admin", "ngo_worker"), ("active", "suspended")
    owners = world.tables["staff"][:24]
    for at, owner in enumerate(owners):
        world.add("account", {
            "id": key(18, at), "staff_id": owner["id"], "login": f"login.{at}",
            "agency_id": AGENCIES["civil"] if at % 4 == 0 else owner["agency_id"],
            "roles": world.some(roles), "state": states[at % 5 == 1], "password_initial": at % 2 == 0,
            "second_factor": at % 3 == 0, **world.versioned(),
        })  # fmt: skip
    for at, agency_id in enumerate((*AGENCIES.values(), *AGENCIES.values(), None, None)):
        world.add("client", {
            "id": world.id(19), "client_id": f"client-{at}", "name": ODD[at % len(ODD)],
            "kind": ("system", "app", "staff")[at % 3], "agency_id": agency_id,
            "staff_id": owners[at % 24]["id"] if at % 3 == 2 else None, "region_code": world.maybe(("421081", "42")),
            "roles": world.some(("integration", "county_officer")), "scope": world.chance.choice(("", "people:read")),
            "redirect_uris": world.some(("https://a.example/'\\", "x.y:/")), "active": at % 7 != 3,
            "cors_origins": world.some(("https://a.example", "http://[::1]:1")), "secret_hashes": ["never shown"],
            "documents_only": at % 4 == 1,
            **world.versioned(),
        })  # fmt: skip
    for at, client in enumerate(world.tables["client"] * 3):
        if client["agency_id"] is not None:
            world.add("client_document", {
                "id": world.id(31), "client_id": client["client_id"], "agency_id": client["agency_id"],
                "sha256": sha256(b"%d" % at).hexdigest(), "name": ODD[at % len(ODD)],
                "text": "{ me { sub } } # " + ODD[at % len(ODD)], **world.versioned(),
            })  # fmt: skip
    for at in range(60):
        account = world.chance.choice(world.tables["account"])
        ended = world.maybe((world.moment(),), 0.6)
        world.add("account_session", {
            "id": world.id(20), "account_id": account["id"], "staff_id": account["staff_id"],
            "agency_id": account["agency_id"], "client_id": f"client-{at % 9}", "scope": "",
            "address": world.maybe(("203.0.113.0/24", "2001:db8::/48")), "last_used_at": world.moment(),
            "expires_at": world.moment(), "ended_at": ended, "end_reason": "owner" if ended else None,
            **world.versioned(),
        })  # fmt: skip
