"""Files opened in an emergency."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "break_glass.ambiguous": (
        "不止一人", "符合这些信息的不止一人，请提供身份证号码。",
        "More than one", "More than one person fits; give the identity number.",
    ),
    "break_glass.closed": (
        "应急查阅不可用", "这次应急查阅不是您开启的，或者已经结束。",
        "Not open", "This opening is not yours, or it has ended.",
    ),
    "break_glass.ended": (
        "应急查阅已结束", "这次应急查阅已经结束。",
        "Opening ended", "This opening has ended.",
    ),
    "break_glass.file_closed": (
        "档案已关闭", "该人员的档案已关闭，不能应急查阅。",
        "File closed", "This person's file is closed and cannot be opened so.",
    ),
    "break_glass.not_needed": (
        "不需要应急查阅", "该人员在您的管辖和职责范围内，直接查看即可。",
        "Not needed", "This person is within your scope: read her file as usual.",
    ),
    "break_glass.not_yours": (
        "不归您办理", "这次应急查阅不归您办理。",
        "Not yours", "This opening is not yours to end or review.",
    ),
    "break_glass.oneself": (
        "不能查阅本人", "不能应急查阅本人的档案。",
        "Not oneself", "Nobody opens her own file so.",
    ),
    "break_glass.open": (
        "已经开启", "您对该人员的应急查阅还没有结束，请直接使用。",
        "Open already", "Your opening of this file is still in force; use it.",
    ),
    "break_glass.own": (
        "不能核查本人", "不能核查自己开启的应急查阅。",
        "Not one's own", "Nobody reviews her own opening.",
    ),
    "break_glass.reviewed": (
        "已经核查", "这次应急查阅已经核查过。",
        "Reviewed already", "This opening has been reviewed.",
    ),
    "break_glass.whom": (
        "查阅谁不明确", "请只用一种方式指明人员：编号，身份证号码，或者姓名、出生日期和地区。",
        "Whom, is unclear",
        "Name the person in one way: an id, an identity number, or name, birth date and region.",
    ),
}  # fmt: skip
