"""What members of staff do with their own accounts: password, second factor."""

from typing import Any, Final

from domain.access import Access
from domain.accounts.commands import ChangePassword, ConfirmSecondFactor, EnrolSecondFactor, RemoveSecondFactor
from domain.accounts.model import SessionEnd
from domain.accounts.passwords import check_password, normalised
from domain.accounts.use_cases import account_event, end_sessions
from domain.errors import Conflict, Fault, InvalidInput
from domain.unit_of_work import Row, Saved, UnitOfWork, Work

OWN: Final = "own_account:write"
SECRET: Final = "totp_secret"  # noqa: S105 - the name of a field


async def change_password(access: Access, uow: UnitOfWork, command: ChangePassword) -> Saved:
    """Change one's own password; all other sign-ins of the account end."""
    async with uow.begin(access, OWN) as work:
        account, credential, agency = await _own(work)
        await work.secrets.check(account["login"], command.current_password, credential["password_hash"])
        password = check_password(command.new_password, account["login"])
        if password == normalised(command.current_password):
            raise InvalidInput(Fault("/new_password", "password.same"))
        await work.update("credential", credential, {"password_hash": await work.secrets.hash(password)})
        account = await work.update("account", account, {"password_initial": False})
        await work.append(account_event("account.password_changed", account, agency))
        await end_sessions(work, agency, "account_id", account["id"], SessionEnd.PASSWORD, but=access.session_id)
        return await work.commit(Saved("account", account["id"], account["version"]))


async def enrol_second_factor(access: Access, uow: UnitOfWork, command: EnrolSecondFactor) -> dict[str, Any]:
    """Return a TOTP secret and its ``otpauth://`` address, this once. It counts when it is confirmed."""
    async with uow.begin(access, OWN) as work:
        account, credential, agency = await _own(work)
        await work.secrets.check(account["login"], command.current_password, credential["password_hash"])
        if account["second_factor"]:
            raise Conflict("second_factor.enrolled")
        secret, address = work.secrets.new_totp(account["login"])
        await work.update("credential", credential, {SECRET: secret, "totp_step": 0})
        await work.append(account_event("account.second_factor_offered", account, agency))
        return await work.commit({"secret": secret, "otpauth_uri": address})


async def confirm_second_factor(access: Access, uow: UnitOfWork, command: ConfirmSecondFactor) -> dict[str, Any]:
    """Let the second factor count from now on; returns the recovery codes, this once."""
    async with uow.begin(access, OWN) as work:
        account, credential, agency = await _own(work)
        if account["second_factor"]:
            raise Conflict("second_factor.enrolled")
        secret = (await work.reveal("credential", credential, [SECRET]))[SECRET]
        if secret is None:
            raise Conflict("second_factor.not_offered")
        step = work.secrets.totp_step(secret, command.code)
        if step is None or step <= credential["totp_step"]:
            raise InvalidInput(Fault("/code", "second_factor.wrong"))
        codes = work.secrets.recovery_codes()
        await work.update("credential", credential, {"totp_step": step, "recovery_hashes": list(codes.values())})
        account = await work.update("account", account, {"second_factor": True})
        await work.append(account_event("account.second_factor_enrolled", account, agency))
        return await work.commit({"recovery_codes": list(codes)})


async def remove_second_factor(access: Access, uow: UnitOfWork, command: RemoveSecondFactor) -> Saved:
    """Sign in by password alone again."""
    async with uow.begin(access, OWN) as work:
        account, credential, agency = await _own(work)
        await work.secrets.check(account["login"], command.current_password, credential["password_hash"])
        if not account["second_factor"]:
            raise Conflict("second_factor.none")
        await work.update("credential", credential, {SECRET: None, "recovery_hashes": []})
        account = await work.update("account", account, {"second_factor": False})
        await work.append(account_event("account.second_factor_removed", account, agency))
        return await work.commit(Saved("account", account["id"], account["version"]))


async def _own(work: Work) -> tuple[Row, Row, Row]:
    """Return the caller's account, its secrets and her agency."""
    staff_id = work.access.staff_id
    found = await work.find("account", where={"staff_id": staff_id}) if staff_id else []
    if not found:
        raise Conflict("account.none")
    (account,) = found
    credential = await work.load("credential", account["id"])
    return account, credential, await work.load("agency", account["agency_id"], lock=False)
