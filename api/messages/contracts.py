"""Service contracts."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "contract.category_not_covered": (
        "超出合同的服务类别", "合同不包含这类个案。",
        "Category not covered", "The contract does not cover cases of this category.",
    ),
    "contract.ends_before_start": (
        "时间颠倒", "结束日期不能早于开始日期{starts_on}。",
        "Dates reversed", "The last day must not lie before the first, {starts_on}.",
    ),
    "contract.not_a_partner": (
        "不是可以购买服务的机构", "只能与社会组织或女性社团签订服务合同。",
        "Not a partner", "Services are bought from social organisations and women's associations only.",
    ),
    "contract.not_active": (
        "合同未生效", "合同现为“{state}”状态，不能据此指派个案。",
        "Contract not in effect", "The contract is {state}; no case is assigned under it.",
    ),
    "contract.not_allowed": (
        "当前状态不允许", "合同现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state", "The contract is {state}; allowed now: {allowed}.",
    ),
    "contract.not_yours": (
        "不是本单位的合同", "只有购买方单位可以办理。",
        "Not your agency's contract", "Only the buyer's own agency may do this.",
    ),
    "contract.other_partner": (
        "不是这家机构的合同", "合同的承接方不是这家机构。",
        "Another organisation's contract", "The contract is with another organisation.",
    ),
    "contract.outside_period": (
        "不在合同期内", "合同期为{starts_on}至{ends_on}。",
        "Outside the period", "The contract runs from {starts_on} to {ends_on}.",
    ),
    "contract.period_over": (
        "合同期已过", "合同期已于{ends_on}结束，请先修改日期。",
        "Period over", "The period ended on {ends_on}; change its dates first.",
    ),
    "contract.quota_used": (
        "合同名额已用完", "合同约定的{quota}件已全部指派。",
        "Quota used up", "All {quota} assignments of the contract have been made.",
    ),
    "contract.region_not_covered": (
        "超出合同的服务区域", "个案所在地不在合同的服务区域内。",
        "Place not covered", "The case lies outside the contract's regions.",
    ),
}  # fmt: skip
