"""Moving house, and handing files over between regions."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "household.elsewhere": (
        "家庭不在当地", "这户家庭不在要迁入的地方，请先核对地区。",
        "Household elsewhere", "This household is not at the place she moves to.",
    ),
    "household.outside_scope": (
        "有家庭成员不归您管理", "这户家庭中有人不在您的管辖或职责范围内，不能整户迁移。",
        "Member outside your scope", "Somebody of this household is outside your scope, so it cannot move as a whole.",
    ),
    "move.household": (
        "家庭去向有误", "迁入已有家庭时才填写家庭编号，并且必须填写。",
        "Household unclear", "household_id goes with join, and with nothing else.",
    ),
    "move.nowhere": (
        "已在当地", "已经登记在这个地区，不需要迁移。",
        "There already", "The place is the one on record already.",
    ),
    "transfer.accepted": (
        "转档已被接收", "这份转档申请已被接收，档案已移交。",
        "Transfer accepted", "This request has been accepted; the file has been handed over.",
    ),
    "transfer.expired": (
        "转档申请已过期", "这份转档申请超过办理期限，已失效，请重新提出。",
        "Transfer expired", "Nobody decided this request in time; make a new one.",
    ),
    "transfer.nobody": (
        "没有登记", "这个身份证号码还没有在任何地方登记，请直接登记。",
        "On no ledger", "Nobody with this identity number is on any ledger; register her.",
    ),
    "transfer.not_needed": (
        "不需要转档", "这个地区也归您管辖，直接办理迁移即可。",
        "No transfer needed", "This place is within your own scope: move her there.",
    ),
    "transfer.not_yours": (
        "不归您办理", "这份转档申请应由另一方办理。",
        "Not yours to decide", "The other side decides this.",
    ),
    "transfer.open": (
        "转档申请待办", "该人员有一份待办的转档申请，请先接收、退回或撤回。",
        "Transfer waiting", "A request for this person waits to be decided; end it first.",
    ),
    "transfer.rejected": (
        "转档已被退回", "这份转档申请已被退回。",
        "Transfer rejected", "This request has been rejected.",
    ),
    "transfer.withdrawn": (
        "转档已撤回", "这份转档申请已撤回。",
        "Transfer withdrawn", "This request has been withdrawn.",
    ),
}  # fmt: skip
