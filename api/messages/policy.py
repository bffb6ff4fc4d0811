"""Messages about policy documents: what a file that describes one may have wrong."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "policy.alias": (
        "不支持引用", "文件中不能使用 YAML 的引用（&、*），请把内容写全。",
        "References are not taken", "YAML anchors and aliases (&, *) are not taken; write it out.",
    ),
    "policy.code_twice": (
        "编号重复", "同一文件中两项措施用了同一编号。",
        "Code used twice", "Two measures of the document have the same code.",
    ),
    "policy.draft_in_force": (
        "征求意见稿不能有施行日期", "status 为 draft 时请不要写 valid_from。",
        "A draft is not in force", "With status draft there is no valid_from.",
    ),
    "policy.ends_before_start": (
        "日期先后有误", "截止日期须晚于开始日期。",
        "Ends before it starts", "The end must be later than the start.",
    ),
    "policy.key_twice": (
        "字段重复", "同一处把这个字段写了两次。",
        "Written twice", "This field stands twice in one place.",
    ),
    "policy.not_utf8": (
        "文件编码有误", "请把文件存为 UTF-8。",
        "Not UTF-8", "Save the file as UTF-8.",
    ),
    "policy.not_yaml": (
        "不是有效的 YAML", "从这一行起读不下去，请检查缩进、冒号和引号。",
        "Not YAML", "It cannot be read from this line on; look at indentation, colons and quotes.",
    ),
    "policy.one_lead": (
        "牵头单位应为一个", "mode 为 lead 时，units 中须有且只有一个 role: lead。",
        "One unit leads", "With mode lead exactly one of the units has role: lead.",
    ),
    "policy.role_needed": (
        "请写明角色", "mode 为 lead 时，每个单位都要写 role: lead 或 co。",
        "Role needed", "With mode lead each unit has role: lead or co.",
    ),
    "policy.role_without_lead": (
        "没有牵头单位时不写角色", "只有 mode 为 lead 时才写 role。",
        "No role here", "Units have a role only with mode lead.",
    ),
    "policy.too_large": (
        "文件过大", "政策文件不能超过 {most} 字节。",
        "File too large", "A policy document has at most {most} bytes.",
    ),
    "policy.units_needed": (
        "请写明单位", "mode 为 sole 或 shared 时，须列出单位，或写 everybody: true。",
        "Units needed", "With mode sole or shared there are units, or everybody: true.",
    ),
    "policy.units_unnamed": (
        "未写明单位时不能列单位", "mode 为 unnamed 时，units 应为空，也不写 everybody。",
        "Nobody is named", "With mode unnamed units is empty and everybody is left out.",
    ),
}  # fmt: skip
