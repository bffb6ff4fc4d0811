"""Administration of accounts and sign-ins, by each agency for itself.

An account of another agency answers as if it were not there; one that holds more than its
administrator is refused. Secrets are shown in the answer of the one call that made them: those
writes are never replayed (``api.operations``).
"""

from typing import Any, Final
from uuid import UUID

from domain.access import Access, RowScope
from domain.accounts import rules
from domain.accounts.commands import (
    CreateAccount,
    EndSession,
    GiveRole,
    ResetPassword,
    RestoreAccount,
    SuspendAccount,
    TakeRole,
)
from domain.accounts.model import AccountState, Role, SessionEnd, held_by_staff
from domain.agencies.rules import still_open
from domain.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound, Stale
from domain.events import Event
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

ACCOUNTS: Final = "accounts:write"
SESSIONS: Final = "sessions:write"


async def create_account(access: Access, uow: UnitOfWork, command: CreateAccount) -> dict[str, Any]:
    """Open an account; returns its initial password, this once.

    An agency's administrator opens them for her own agency and gives no role beyond hers. The
    platform's administrator opens one for the first administrator of any agency of her region.
    """
    async with uow.begin(access, ACCOUNTS) as work:
        member, agency = await _member(work, command.staff_id)
        fitting = held_by_staff(agency["type"])
        if agency["id"] == access.agency_id:
            rules.may_give(command.roles, access.may_give, fitting)
            _within_region(access, member["region_code"])
        elif access.grant(ACCOUNTS).rows is RowScope.REGION:
            rules.first_administrator(command.roles, fitting)
            await _none_yet(work, agency)
        else:
            raise Forbidden("account.other_agency")
        await _free(work, command)
        password = work.secrets.new_password()
        values = {
            "staff_id": member["id"],
            "agency_id": agency["id"],
            "login": command.login,
            "roles": sorted(set(command.roles)),
        }
        account = await work.insert("account", values)
        await work.insert("credential", {"id": account["id"], "password_hash": await work.secrets.hash(password)})
        await work.append(account_event("account.created", account, agency, roles=values["roles"]))
        return await work.commit(_issued(account, password))


async def suspend_account(access: Access, uow: UnitOfWork, command: SuspendAccount) -> Saved:
    """Shut an account and end its sign-ins; it bites within a second."""
    async with uow.begin(access, ACCOUNTS) as work:
        account, agency = await administered(work, command.account_id, command.version)
        if account["state"] != AccountState.ACTIVE:
            raise Conflict("account.suspended")
        account = await work.update("account", account, {"state": AccountState.SUSPENDED})
        await work.append(account_event("account.suspended", account, agency))
        await end_sessions(work, agency, "account_id", account["id"], SessionEnd.SUSPENDED)
        return await work.commit(_saved(account))


async def restore_account(access: Access, uow: UnitOfWork, command: RestoreAccount) -> Saved:
    """Open a suspended account again."""
    async with uow.begin(access, ACCOUNTS) as work:
        account, agency = await administered(work, command.account_id, command.version)
        if account["state"] != AccountState.SUSPENDED:
            raise Conflict("account.active")
        account = await work.update("account", account, {"state": AccountState.ACTIVE})
        await work.append(account_event("account.restored", account, agency))
        return await work.commit(_saved(account))


async def reset_password(access: Access, uow: UnitOfWork, command: ResetPassword) -> dict[str, Any]:
    """Give an account a new initial password, shown this once; its sign-ins end.

    ``second_factor`` true takes the second factor away too: for whoever lost her telephone.
    """
    async with uow.begin(access, ACCOUNTS) as work:
        account, agency = await administered(work, command.account_id, command.version)
        password = work.secrets.new_password()
        secrets: dict[str, Any] = {"password_hash": await work.secrets.hash(password)}
        changes: dict[str, Any] = {"password_initial": True}
        if command.second_factor:
            secrets |= {"totp_secret": None, "recovery_hashes": []}
            changes |= {"second_factor": False}
        await work.update("credential", await work.load("credential", account["id"]), secrets)
        account = await work.update("account", account, changes)
        await work.append(account_event("account.password_reset", account, agency, changed=sorted(changes)))
        await end_sessions(work, agency, "account_id", account["id"], SessionEnd.PASSWORD)
        return await work.commit(_issued(account, password))


async def give_role(access: Access, uow: UnitOfWork, command: GiveRole) -> Saved:
    """Give an account a role that opens nothing beyond one's own; it counts from the next token on."""
    async with uow.begin(access, ACCOUNTS) as work:
        account, agency = await administered(work, command.account_id, command.version)
        rules.may_give([command.role], access.may_give, held_by_staff(agency["type"]), "/role")
        member = await work.load("staff", account["staff_id"])
        _within_region(access, member["region_code"])
        if command.role in account["roles"]:
            raise Conflict("account.role_held")
        account = await work.update("account", account, {"roles": sorted({*account["roles"], command.role})})
        await work.append(account_event("account.role_given", account, agency, role=command.role))
        return await work.commit(_saved(account))


async def take_role(access: Access, uow: UnitOfWork, command: TakeRole) -> Saved:
    """Take a role from an account; it bites within a second."""
    async with uow.begin(access, ACCOUNTS) as work:
        account, agency = await administered(work, command.account_id, command.version)
        if command.role not in account["roles"]:
            raise Conflict("account.role_not_held")
        left = [role for role in account["roles"] if role != command.role]
        account = await work.update("account", account, {"roles": left})
        await work.append(account_event("account.role_taken", account, agency, role=command.role))
        return await work.commit(_saved(account))


async def end_session(access: Access, uow: UnitOfWork, command: EndSession) -> Saved:
    """End a sign-in and its tokens: one's own, or as administrator one of one's agency. Ended ones stay as they are."""
    async with uow.begin(access, SESSIONS) as work:
        session = await work.load("account_session", command.session_id)
        own = access.staff_id is not None and session["staff_id"] == access.staff_id
        agency = await work.load("agency", session["agency_id"], lock=False)
        if not own and not reaches(access, SESSIONS, agency):
            raise NotFound
        why = SessionEnd.OWNER if own else SessionEnd.ADMINISTRATOR
        await end_sessions(work, agency, "id", session["id"], why)
        session = await work.load("account_session", session["id"])
        return await work.commit(Saved("account_session", session["id"], session["version"]))


# --- what the use cases of this package share ------------------------------------------------------


def reaches(access: Access, permission: str, agency: Row) -> bool:
    """Tell whether a grant over what agencies hold reaches this one."""
    rows = access.grant(permission).rows
    if rows is RowScope.AGENCY:
        return bool(agency["id"] == access.agency_id)
    return rows is RowScope.REGION and access.covers(agency["region_code"])


async def administered(work: Work, account_id: UUID, version: int) -> tuple[Row, Row]:
    """Return an account that the caller administers, with its agency; refuse her own and those above her.

    The platform's administrator sees accounts elsewhere and changes none of them: 403.
    """
    account = await work.load("account", account_id)
    agency = await work.load("agency", account["agency_id"], lock=False)
    if not reaches(work.access, ACCOUNTS, agency):
        raise NotFound
    if agency["id"] != work.access.agency_id:
        raise Forbidden("account.other_agency")
    if account["version"] != version:
        raise Stale
    rules.not_oneself(work.access.staff_id, account["staff_id"])
    rules.may_administer(account["roles"], work.access.may_give)
    return account, agency


async def end_sessions(
    work: Work, agency: Row, column: str, value: object, why: SessionEnd, *, but: UUID | None = None
) -> None:
    """End the open sign-ins of an account or client, each with its event."""
    for session in await work.end_sessions(column, value, why, but=but):
        await work.append(
            Event(
                type="session.ended",
                aggregate="account_session",
                aggregate_id=session["id"],
                aggregate_version=session["version"],
                region_code=agency["region_code"],
                data={"reason": why, "staff_id": session["staff_id"]},
            )
        )


def account_event(what: str, account: Row, agency: Row, **data: object) -> Event:
    """Return an event of an account; it names roles and fields, never a secret."""
    return Event(
        type=what,
        aggregate="account",
        aggregate_id=account["id"],
        aggregate_version=account["version"],
        region_code=agency["region_code"],
        data={"staff_id": account["staff_id"], **data},
    )


async def _member(work: Work, staff_id: UUID) -> tuple[Row, Row]:
    """Return a member of staff in office and her agency, locked: two administrators do not pass each other."""
    access = work.access
    try:
        member = await work.load("staff", staff_id)
    except NotFound:
        raise InvalidInput(Fault("/staff_id", "staff.unknown")) from None
    agency = await work.load("agency", member["agency_id"])
    own = agency["id"] == access.agency_id
    if not own and not (access.may("staff:read") and access.covers(member["region_code"])):
        raise InvalidInput(Fault("/staff_id", "staff.unknown"))
    if not own and not reaches(access, ACCOUNTS, agency):
        raise Forbidden("account.other_agency")
    still_open(member["valid_to"], Conflict("staff.ended"))
    still_open(agency["valid_to"], Conflict("agency.ended"))
    return member, agency


def _within_region(access: Access, region_code: int) -> None:
    """Refuse to give a role to who works beyond the administrator's own region."""
    if access.regions and not access.covers(region_code):
        raise Forbidden("region.forbidden")


async def _none_yet(work: Work, agency: Row) -> None:
    """Refuse a second first administrator: from the first on, the agency administers itself."""
    where = {"agency_id": agency["id"], "state": AccountState.ACTIVE}
    for account in await work.find("account", where=where):
        if Role.AGENCY_ADMIN in account["roles"]:
            member = await work.load("staff", account["staff_id"], lock=False)
            if member["valid_to"] is None or member["valid_to"] > work.today:
                raise Conflict("account.has_administrator")


async def _free(work: Work, command: CreateAccount) -> None:
    if await work.find("account", where={"staff_id": command.staff_id}):
        raise Conflict("account.exists")
    if await work.find("account", where={"login": command.login}):
        raise Conflict("account.login_taken")


def _issued(account: Row, password: str) -> dict[str, Any]:
    return {
        "account_id": str(account["id"]),
        "version": account["version"],
        "login": account["login"],
        "initial_password": password,
    }


def _saved(account: Row) -> Saved:
    return Saved("account", account["id"], account["version"])
