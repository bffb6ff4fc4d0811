"""Administration of clients, by each agency for itself: its systems, and the apps its staff sign in through."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.accounts import rules
from domain.accounts.commands import (
    CreateClient,
    EndClient,
    NewClientSecret,
    RegisterDocument,
    RemoveDocument,
    RetireClientSecret,
    UpdateClient,
)
from domain.accounts.model import SessionEnd, held_by_systems
from domain.accounts.use_cases import end_sessions, reaches
from domain.agencies.rules import region_inside
from domain.agencies.use_cases import patch
from domain.clients.documents import MOST_DOCUMENTS, digest_of
from domain.clients.model import ClientKind
from domain.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound, Stale
from domain.events import Event
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

CLIENTS: Final = "clients:write"
PATCHED: Final = ("name", "roles", "scope", "redirect_uris", "cors_origins", "documents_only")
MOST_SECRETS: Final = 2  # the new one and the one before it, while systems are changed over


async def create_client(access: Access, uow: UnitOfWork, command: CreateClient) -> dict[str, Any]:
    """Enter a client of one's own agency; returns its secret, if it keeps one, this once."""
    async with uow.begin(access, CLIENTS) as work:
        agency = await _own_agency(work)
        _fit(access, agency, command.kind, command.roles, command.redirect_uris)
        await _place(work, agency, command)
        if await work.find("client", where={"client_id": command.client_id}):
            raise Conflict("client.exists")
        secret = work.secrets.new_secret() if command.confidential or command.kind == ClientKind.SYSTEM else None
        values = {
            "client_id": command.client_id,
            "name": command.name,
            "kind": command.kind,
            "agency_id": agency["id"],
            "region_code": command.region,
            "roles": sorted(set(command.roles)),
            "scope": " ".join(sorted(set(command.scope))),
            "redirect_uris": list(dict.fromkeys(command.redirect_uris)),
            "cors_origins": list(dict.fromkeys(command.cors_origins)),
            "documents_only": command.documents_only,
            "secret_hashes": [] if secret is None else [await work.secrets.hash(secret)],
        }
        client = await work.insert("client", values)
        await work.append(_event("client.registered", client, agency, roles=values["roles"]))
        return await work.commit(_issued(client, secret))


async def update_client(access: Access, uow: UnitOfWork, command: UpdateClient) -> Saved:
    """Change a client's name, roles, limits or addresses. What it loses bites within a second."""
    async with uow.begin(access, CLIENTS) as work:
        client, agency = await _administered(work, command.id, command.version)
        changes = patch(command, "id", required=PATCHED)
        if "roles" in changes or "redirect_uris" in changes:
            kept = {**client, **changes}
            _fit(access, agency, client["kind"], kept["roles"], kept["redirect_uris"])
        if "roles" in changes:
            changes["roles"] = sorted(set(changes["roles"]))
        if "scope" in changes:
            changes["scope"] = " ".join(sorted(set(changes["scope"])))
        changes = work.differing("client", client, changes)
        if changes:
            client = await work.update("client", client, changes)
            await work.append(_event("client.updated", client, agency, changed=sorted(changes)))
        return await work.commit(_saved(client))


async def new_client_secret(access: Access, uow: UnitOfWork, command: NewClientSecret) -> dict[str, Any]:
    """Make a new secret, shown this once; the one before it holds until it is retired."""
    async with uow.begin(access, CLIENTS) as work:
        client, agency = await _administered(work, command.id, command.version)
        if client["kind"] == ClientKind.APP and not client["secret_hashes"]:
            raise Conflict("client.public")
        secret = work.secrets.new_secret()
        hashes = [*client["secret_hashes"], await work.secrets.hash(secret)][-MOST_SECRETS:]
        client = await work.update("client", client, {"secret_hashes": hashes})
        await work.append(_event("client.secret_made", client, agency))
        return await work.commit(_issued(client, secret))


async def retire_client_secret(access: Access, uow: UnitOfWork, command: RetireClientSecret) -> Saved:
    """End all secrets but the newest: the change is over."""
    async with uow.begin(access, CLIENTS) as work:
        client, agency = await _administered(work, command.id, command.version)
        if len(client["secret_hashes"]) < MOST_SECRETS:
            raise Conflict("client.one_secret")
        client = await work.update("client", client, {"secret_hashes": client["secret_hashes"][-1:]})
        await work.append(_event("client.secret_retired", client, agency))
        return await work.commit(_saved(client))


async def register_document(access: Access, uow: UnitOfWork, command: RegisterDocument) -> Saved:
    """Register a GraphQL document with a client: it may be asked by the SHA-256 of its text within a second."""
    async with uow.begin(access, CLIENTS) as work:
        client, agency = await _administered(work, command.id, command.version)
        work.documents.check(command.text)
        digest = digest_of(command.text)
        registered = await work.find("client_document", where={"client_id": client["client_id"]}, lock=False)
        if any(one["sha256"] == digest for one in registered):
            raise Conflict("client_document.registered")
        if len(registered) >= MOST_DOCUMENTS:
            raise Conflict("client_document.too_many", most=MOST_DOCUMENTS)
        values = {
            "client_id": client["client_id"],
            "agency_id": client["agency_id"],
            "sha256": digest,
            "name": command.name,
            "text": command.text,
        }
        document = await work.insert("client_document", values)
        client = await work.update("client", client, {})
        await work.append(_event("client.document_registered", client, agency, sha256=digest))
        return await work.commit(Saved("client_document", document["id"], document["version"]))


async def remove_document(access: Access, uow: UnitOfWork, command: RemoveDocument) -> Saved:
    """Take a registered document from a client: nobody asks it through this client from the next second on."""
    async with uow.begin(access, CLIENTS) as work:
        client, agency = await _administered(work, command.id, command.version)
        where = {"client_id": client["client_id"], "sha256": command.sha256}
        registered = await work.find("client_document", where=where, lock=False)
        if not registered:
            raise InvalidInput(Fault("/sha256", "client_document.unknown"))
        await work.delete("client_document", registered[0])
        client = await work.update("client", client, {})
        await work.append(_event("client.document_removed", client, agency, sha256=command.sha256))
        return await work.commit(_saved(client))


async def end_client(access: Access, uow: UnitOfWork, command: EndClient) -> Saved:
    """Switch a client off for good: its tokens and the sign-ins through it end within a second."""
    async with uow.begin(access, CLIENTS) as work:
        client, agency = await _administered(work, command.id, command.version)
        client = await work.update("client", client, {"active": False, "secret_hashes": []})
        await work.append(_event("client.ended", client, agency))
        await end_sessions(work, agency, "client_id", client["client_id"], SessionEnd.ADMINISTRATOR)
        return await work.commit(_saved(client))


async def _own_agency(work: Work) -> Row:
    """Return the caller's agency: clients are entered for no other."""
    if work.access.agency_id is None:
        raise Forbidden("account.other_agency")
    return await work.load("agency", work.access.agency_id, lock=False)


async def _administered(work: Work, key: UUID, version: int) -> tuple[Row, Row]:
    """Return an active client of the caller's agency that holds nothing beyond her own."""
    client = await work.load("client", key)
    agency = None if client["agency_id"] is None else await work.load("agency", client["agency_id"], lock=False)
    if agency is None or not reaches(work.access, CLIENTS, agency):
        raise NotFound
    if client["version"] != version:
        raise Stale
    rules.may_administer(client["roles"], work.access.may_give)
    if not client["active"]:
        raise Conflict("client.ended")
    return client, agency


def _fit(access: Access, agency: Row, kind: str, roles: Sequence[str], redirect_uris: Sequence[str]) -> None:
    """A system acts with roles of its own, an app with those of whoever signs in through it."""
    if kind == ClientKind.APP:
        if roles:
            raise InvalidInput(Fault("/roles", "client.app_has_no_roles"))
        if not redirect_uris:
            raise InvalidInput(Fault("/redirect_uris", "client.redirect_needed"))
        return
    if redirect_uris:
        raise InvalidInput(Fault("/redirect_uris", "client.redirect_of_app"))
    if not roles:
        raise InvalidInput(Fault("/roles", "field.required"))
    rules.may_give(roles, access.may_give, held_by_systems(agency["type"]))


async def _place(work: Work, agency: Row, command: CreateClient) -> None:
    """Refuse a region beyond the agency's or beyond the administrator's own."""
    region = int(agency["region_code"])
    if command.region is not None:
        found = await work.region(command.region, work.today)
        if found is None:
            raise InvalidInput(Fault("/region", "region.unknown"))
        region_inside(found, region)
        region = found
    if work.access.regions and not work.access.covers(region):
        raise Forbidden("region.forbidden")


def _event(what: str, client: Row, agency: Row, **data: object) -> Event:
    return Event(
        type=what,
        aggregate="client",
        aggregate_id=client["id"],
        aggregate_version=client["version"],
        region_code=agency["region_code"],
        data=data,
    )


def _issued(client: Row, secret: str | None) -> dict[str, Any]:
    return {
        "id": str(client["id"]),
        "version": client["version"],
        "client_id": client["client_id"],
        "client_secret": secret,
    }


def _saved(client: Row) -> Saved:
    return Saved("client", client["id"], client["version"])
