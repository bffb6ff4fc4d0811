"""Agencies, departments, staff, leading groups, clients."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "agency.credit_code_taken": (
        "信用代码已使用", "这个统一社会信用代码已经登记给另一个单位。",
        "Credit code taken", "Another agency has this unified social credit code.",
    ),
    "agency.duplicate": (
        "单位已登记", "同一区域已有同类型、同名称的单位。",
        "Agency exists", "An agency of this type and name exists in this region.",
    ),
    "agency.ended": (
        "单位已撤销", "该单位已经撤销，不能再修改。",
        "Agency ended", "This agency has ended and cannot be changed.",
    ),
    "agency.has_cases": (
        "还有未办结的个案", "该单位还主办着未办结的个案，请先转办或移交。",
        "Open cases", "The agency leads open cases; redirect or transfer them first.",
    ),
    "agency.has_children": (
        "还有下级单位", "该单位还有下级单位，不能撤销。",
        "Agency has children", "The agency still has agencies below it.",
    ),
    "agency.has_staff": (
        "还有在岗人员", "该单位还有在岗人员，不能撤销。",
        "Agency has staff", "The agency still has staff.",
    ),
    "agency.not_found": (
        "没有这个单位", "没有找到这个单位，或有几个同名单位。",
        "No such agency", "There is no such agency, or several of that name.",
    ),
    "agency.parent_below": (
        "上级单位有误", "上级单位的层级必须更高，区域必须包含本单位。",
        "Bad parent", "The parent must be of a higher level and its region must contain this one.",
    ),
    "agency.unknown": (
        "没有这个单位", "没有这个单位，或已经撤销。",
        "No such agency", "There is no such agency, or it has ended.",
    ),
    "client.exists": (
        "客户端已登记", "这个客户端编号已被使用。",
        "Client exists", "This client id is taken.",
    ),
    "client.id_malformed": (
        "客户端编号有误", "客户端编号应为3到64个字母、数字或 ._- 。",
        "Bad client id", "A client id takes 3 to 64 letters, digits and ._- .",
    ),
    "client.role_unknown": (
        "没有这个岗位", "没有这个岗位角色。",
        "Unknown role", "There is no such role.",
    ),
    "client.scope_unknown": (
        "没有这个权限", "没有这个权限，或岗位角色不包含它。",
        "Unknown permission", "There is no such permission, or the roles do not give it.",
    ),
    "credit_code.checksum": (
        "信用代码有误", "统一社会信用代码的校验码不对，请核对。",
        "Bad credit code", "The check character of the unified social credit code is wrong.",
    ),
    "credit_code.format": (
        "信用代码有误", "统一社会信用代码应为18位数字或大写字母，不含I、O、S、V、Z。",
        "Bad credit code", "A unified social credit code has 18 digits or capital letters without I, O, S, V and Z.",
    ),
    "department.duplicate": (
        "部门已登记", "该单位已有同名部门。",
        "Department exists", "The agency has a department of this name.",
    ),
    "department.unknown": (
        "没有这个部门", "该单位没有这个部门。",
        "No such department", "There is no such department in the agency.",
    ),
    "leading_group.ended": (
        "领导小组已撤销", "该领导小组已经撤销，不能再修改。",
        "Leading group ended", "This leading group has ended and cannot be changed.",
    ),
    "leading_group.one_head": (
        "组长只有一名", "领导小组必须有且只有一名组长。",
        "One head", "A leading group has exactly one head.",
    ),
    "leading_group.seat_doubled": (
        "人员重复", "同一人在领导小组中只能有一个职务。",
        "Seat doubled", "A person has one seat in a leading group.",
    ),
    "staff.ended": (
        "人员已离岗", "该工作人员已经离岗，不能再修改。",
        "Staff member left", "This member of staff has left office and cannot be changed.",
    ),
    "staff.unknown": (
        "没有这名工作人员", "没有这名工作人员，或已经离岗。",
        "No such staff", "There is no such member of staff, or she has left.",
    ),
    "validity.reversed": (
        "日期颠倒", "截止日期不能早于{valid_from}。",
        "Dates reversed", "The end must not be before {valid_from}.",
    ),
}  # fmt: skip
