"""Faults of single fields, whatever record they belong to."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "input.invalid": (
        "填写有误", "填写的内容有误，请按提示改正。",
        "Invalid input", "The request was understood but its content is not accepted; see errors.",
    ),
    "field.invalid": (
        "填写有误", "填写的内容不正确。",
        "Invalid value", "The value is not accepted.",
    ),
    "field.required": (
        "必须填写", "必须填写。",
        "Required", "This member is required.",
    ),
    "field.unknown": (
        "多余的内容", "没有这个项目，请核对名称。",
        "Unknown", "There is no such member or parameter.",
    ),
    "field.type": (
        "类型不对", "内容的类型不对，应为{expected}。",
        "Wrong type", "The value is of the wrong type; expected {expected}.",
    ),
    "field.too_short": (
        "太短", "至少需要{minimum}个。",
        "Too short", "At least {minimum} are needed.",
    ),
    "field.too_long": (
        "太长", "最多{maximum}个。",
        "Too long", "At most {maximum} are allowed.",
    ),
    "field.too_small": (
        "太小", "不能小于{minimum}。",
        "Too small", "Must not be less than {minimum}.",
    ),
    "field.too_large": (
        "太大", "不能大于{maximum}。",
        "Too large", "Must not be more than {maximum}.",
    ),
    "field.pattern": (
        "格式不对", "格式不正确。",
        "Wrong format", "The value does not have the required format.",
    ),
    "field.choice": (
        "不在可选范围内", "填写的内容不在可选范围内。",
        "Not a choice", "The value is not one of those allowed.",
    ),
    "field.date": (
        "日期不对", "请按“2013-04-05”的格式填写日期。",
        "Not a date", "A date is written as 2013-04-05.",
    ),
    "field.time": (
        "时间不对", "请按“2013-04-05T08:00:00+08:00”的格式填写时间。",
        "Not a time", "A time is written as 2013-04-05T08:00:00+08:00.",
    ),
    "field.id": (
        "编号不对", "编号的格式不正确。",
        "Not an id", "An id is a UUID.",
    ),
}  # fmt: skip
