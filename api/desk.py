"""The writes of inboxes and of service contracts: a part of the table in ``api.operations``."""

from domain.contracts import commands as contract
from domain.contracts import use_cases as contracts
from domain.notifications import commands as notice
from domain.notifications import use_cases as notices
from domain.writes import Write
from domain.writes import write as _write

NOTIFICATIONS = "notifications:write"
CONTRACTS = "contracts:write"

NOTIFICATION_WRITES: tuple[Write, ...] = (
    _write(
        notices.read_notification,
        notice.ReadNotification,
        "/v1/notifications/{id}:read",
        "Notification",
        NOTIFICATIONS,
        "notification_id",
    ),
    _write(
        notices.acknowledge_notification,
        notice.AcknowledgeNotification,
        "/v1/notifications/{id}:acknowledge",
        "Notification",
        NOTIFICATIONS,
        "notification_id",
    ),
    _write(
        notices.read_all_notifications,
        notice.ReadAllNotifications,
        "/v1/notifications:read_all",
        "NotificationsRead",
        NOTIFICATIONS,
    ),
)

CONTRACT_WRITES: tuple[Write, ...] = (
    _write(
        contracts.create_contract,
        contract.CreateContract,
        "/v1/service_contracts",
        "ServiceContract",
        CONTRACTS,
        status=201,
    ),
    _write(
        contracts.update_contract,
        contract.UpdateContract,
        "/v1/service_contracts/{id}",
        "ServiceContract",
        CONTRACTS,
        "contract_id",
        "PATCH",
    ),
    *(
        _write(use_case, command, f"/v1/service_contracts/{{id}}:{verb}", "ServiceContract", CONTRACTS, "contract_id")
        for verb, use_case, command in (
            ("activate", contracts.activate_contract, contract.ActivateContract),
            ("end", contracts.end_contract, contract.EndContract),
        )
    ),
)

__all__ = ["CONTRACT_WRITES", "NOTIFICATION_WRITES"]
