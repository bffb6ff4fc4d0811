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
}  # fmt: skip
