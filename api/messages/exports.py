"""Roster exports."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "export.field_unknown": (
        "没有这一栏", "登记表中没有这一栏，请核对栏目名称。",
        "Unknown column", "The form has no such column.",
    ),
    "export.not_finished": (
        "尚未完成", "花名册还在生成，请稍后下载。",
        "Not finished", "The roster is still being made.",
    ),
    "export.not_yours": (
        "不能下载", "花名册只能由申请人下载，且须仍有相应权限。",
        "Not yours", "A roster is handed to whoever asked for it, while she may still see these people.",
    ),
    "export.outside_remit": (
        "超出职责范围", "您单位的职责范围不包括这类人员。",
        "Outside the remit", "This population is outside your agency's remit.",
    ),
}  # fmt: skip
