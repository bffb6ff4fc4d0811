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
        "太短", "至少需要{minimum}个（字数或项数）。",
        "Too short", "At least {minimum} are needed.",
    ),
    "field.too_long": (
        "太长", "最多{maximum}个（字数或项数）。",
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
    "access.field": (
        "不能查看", "您不能查看“{field}”。",
        "Not for you", "You may not see {field}.",
    ),
    "boolean.malformed": (
        "应为是或否", "应为 true 或 false。",
        "Not a boolean", "Must be true or false.",
    ),
    "date.format": (
        "日期不对", "请按“2013-04-05”的格式填写日期。",
        "Not a date", "A date is written as 2013-04-05.",
    ),
    "date.future": (
        "日期在将来", "日期不能晚于今天。",
        "In the future", "The date must not be later than today.",
    ),
    "date.malformed": (
        "日期不对", "请按“2013-04-05”的格式填写日期。",
        "Not a date", "A date is written as 2013-04-05.",
    ),
    "date.too_early": (
        "日期过早", "日期不能早于1900年。",
        "Too early", "The date must not be before 1900.",
    ),
    "date.unknown": (
        "没有这一天", "日历上没有这一天，请核对。",
        "No such day", "There is no such day.",
    ),
    "fields.too_many": (
        "字段过多", "最多选{most}个字段，最深{deepest}层。",
        "Too many fields", "At most {most} fields, at most {deepest} levels deep.",
    ),
    "fields.unknown": (
        "没有这个字段", "fields 中有不存在的字段。",
        "Unknown field", "fields names one that does not exist.",
    ),
    "id.malformed": (
        "编号不对", "编号的格式不正确。",
        "Not an id", "An id is a UUID.",
    ),
    "number.range": (
        "数字超出范围", "请填写{least}至{most}之间的整数。",
        "Out of range", "A whole number from {least} to {most} is needed.",
    ),
    "order.unknown": (
        "不能这样排序", "可用的排序：{known}。",
        "Unknown order", "Orders that exist: {known}.",
    ),
    "page_size.range": (
        "每页条数有误", "每页1到{most}条。",
        "Bad page size", "A page holds 1 to {most}.",
    ),
    "parameter.repeated": (
        "参数重复", "同一个参数只能给一次。",
        "Repeated parameter", "A parameter may be given once.",
    ),
    "parameter.unknown": (
        "没有这个参数", "没有这个查询参数，请核对名称。",
        "Unknown parameter", "There is no such parameter; it might have been meant as a filter.",
    ),
    "text.blank": (
        "请填写文字", "这里需要写明内容，不能只有空格或标点。",
        "Words needed", "Words are needed here, not only spaces or punctuation.",
    ),
    "text.control_character": (
        "文字有误", "文字中不能有控制字符。",
        "Control character", "Control characters are not allowed.",
    ),
    "text.invalid": (
        "文字有误", "文字中有不允许的字符。",
        "Bad text", "The text holds characters that are not allowed.",
    ),
    "text.invisible": (
        "文字有误", "名称和代码中有看不见的字符（例如零宽空格），请重新输入。",
        "Invisible character", "Names and codes cannot hold invisible characters, such as a zero-width space.",
    ),
    "time.malformed": (
        "时间不对", "请按“2013-04-05T08:00:00+08:00”的格式填写时间。",
        "Not a time", "A time is written as 2013-04-05T08:00:00+08:00.",
    ),
    "time.offset_missing": (
        "时间缺时区", "时间必须写明时区，例如“+08:00”。",
        "Offset missing", "A time needs its offset, such as +08:00.",
    ),
}  # fmt: skip
