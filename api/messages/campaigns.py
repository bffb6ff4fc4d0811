"""Census campaigns."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "campaign.closed": (
        "摸底未进行", "这次摸底排查尚未开始或已经结束，不能再改动。",
        "Campaign not open", "This campaign is not open, so its villages cannot be changed.",
    ),
    "campaign.due_before_open": (
        "日期颠倒", "截止日期不能早于开始日期。",
        "Dates reversed", "The due day must not be before the opening day.",
    ),
    "campaign.duplicate": (
        "名称已用", "本县已有同名的摸底排查。",
        "Title taken", "The county has a campaign of this title already.",
    ),
    "campaign.not_allowed": (
        "当前状态不允许", "摸底排查现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state", "The campaign is {state}; allowed now: {allowed}.",
    ),
    "campaign.not_leading": (
        "不是牵头单位", "摸底排查由县级民政部门或妇联组织。",
        "Not the leading agency", "Campaigns are run by a county's civil affairs bureau or women's federation.",
    ),
    "campaign.outside_remit": (
        "超出职责范围", "您单位的职责范围不包括其中的人群。",
        "Outside the remit", "One of its populations is outside your agency's remit.",
    ),
    "campaign.overlaps": (
        "摸底重复", "本县正在进行的摸底排查已包括同一种登记表。",
        "Campaigns overlap", "An open campaign of the county asks for one of these forms already.",
    ),
    "campaign.too_early": (
        "未到开始日期", "开始日期为{opens_on}，届时才能开始。",
        "Too early", "It opens on {opens_on} and not before.",
    ),
    "campaign.township_unchecked": (
        "尚不能验收", "该乡镇还有{unchecked}个村未经乡镇审核，或已全部验收。",
        "Not ready to be accepted", "{unchecked} villages are not checked by the township, or all are accepted.",
    ),
    "campaign.unfinished": (
        "尚有村未完成", "还有{unfinished}个村没有提交；确需结束时请说明原因。",
        "Villages unfinished", "{unfinished} villages have not handed in; to close all the same, say why in a note.",
    ),
    "campaign_village.not_allowed": (
        "当前状态不允许", "该村现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state", "The village is {state}; allowed now: {allowed}.",
    ),
    "campaign_village.not_local_staff": (
        "责任人有误", "责任人应是本村或所属乡镇的在职工作人员。",
        "Not local staff", "Who is responsible must be in office in the village or its township.",
    ),
    "campaign_village.not_your_level": (
        "不属于本级职责", "村级提交、乡镇审核、县级验收，这一步不由您所在的层级办理。",
        "Not your level", "The village submits, the township checks, the county accepts; this step is another level's.",
    ),
    "region.not_county": (
        "应为县（市、区）", "请填写现行的县级（6位）区划代码。",
        "Not a county", "A county's code of six digits, in force, is needed.",
    ),
    "region.not_township": (
        "应为乡镇", "请填写乡镇（9位）的区划代码。",
        "Not a township", "A township's code of nine digits is needed.",
    ),
}  # fmt: skip
