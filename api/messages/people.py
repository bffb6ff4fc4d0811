"""The ledger: people, households, guardianships, absences."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "person.duplicate": (
        "人员已登记", "该身份证号码已在您的管辖范围内登记，请在原档案上办理。",
        "Already registered", "A person with this identity number is on your ledger already.",
    ),
    "person.under_review": (
        "正在核查", "该人员正在核查中，暂不能登记，请与上级主管部门联系。",
        "Under review", "This person is under review.",
    ),
}  # fmt: skip
