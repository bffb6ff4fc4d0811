"""Messages about the statistics."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "month.format": (
        "月份格式有误", "月份请写成 YYYY-MM，例如 2026-03。",
        "Bad month", "A month is written YYYY-MM, for example 2026-03.",
    ),
    "statistics.county_and_above": (
        "只公布到县级", "公布的统计数据只到县级及以上。",
        "County and above only", "Published statistics go down to the county and no further.",
    ),
    "statistics.group_twice": (
        "分组重复", "同一个分组项只能写一次。",
        "Grouped twice", "The same thing is named twice to group by.",
    ),
    "statistics.group_unknown": (
        "没有这个分组项", "可用的分组项：{known}。",
        "Unknown group", "One can group by: {known}.",
    ),
    "statistics.left_behind_needed": (
        "只公布留守人员的分类", "公布的分类数据只含留守人员，请加 left_behind=true。",
        "Left-behind only", "Breakdowns are published of the left-behind only; add left_behind=true.",
    ),
    "statistics.month_range": (
        "月份范围有误", "起止月份须先后有序、不晚于本月，最多 {most} 个月。",
        "Bad range of months", "Months must be in order and not later than this one, at most {most} of them.",
    ),
    "statistics.month_without_group": (
        "未按月分组", "指定月份时，请在 group_by 中加 month。",
        "Not grouped by month", "Months are given but group_by does not name month.",
    ),
    "statistics.not_published": (
        "没有公布这项数据", "只公布固定的统计表：按区域，或留守人员的单项分类；不公布交叉分类、筛选和逐月数据。",
        "Not published",
        "Only fixed tables are published: by region, or the left-behind by one thing; no cross tables or series.",
    ),
    "statistics.population_needed": (
        "请指定人群", "公布的数据按人群分开，请加 population=woman、child 或 elder。",
        "Population needed", "Published tables are by population: add population=woman, child or elder.",
    ),
    "statistics.population_outside_remit": (
        "不在职责范围", "这类人群不在您单位的职责范围内。",
        "Outside your remit", "This population is outside your agency's remit.",
    ),
}  # fmt: skip
