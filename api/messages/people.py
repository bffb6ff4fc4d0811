"""The ledger: people, households, guardianships, absences, and the places they belong to."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "absence.ended": (
        "外出已结束", "这次外出已登记返回。",
        "Absence ended", "This absence has ended.",
    ),
    "absence.open": (
        "外出未结束", "该人员已有一次尚未返回的外出，请先登记返回。",
        "Away already", "The person is away already; record the return first.",
    ),
    "absence.overlaps": (
        "外出时间重叠", "这次外出与已登记的外出时间重叠。",
        "Absences overlap", "This absence overlaps one on record.",
    ),
    "absence.return_before_departure": (
        "日期颠倒", "返回日期不能早于外出日期。",
        "Dates reversed", "The return must not be before the departure.",
    ),
    "birth_date.identity_number_mismatch": (
        "出生日期不一致", "出生日期与身份证号码中的不一致，请核对。",
        "Birth date differs", "The birth date differs from the one in the identity number.",
    ),
    "date.before_begin": (
        "日期颠倒", "结束日期不能早于开始日期。",
        "Dates reversed", "The end must not be before the beginning.",
    ),
    "date.before_birth": (
        "日期有误", "日期不能早于出生日期。",
        "Before birth", "The date must not be before the birth.",
    ),
    "guardianship.ended": (
        "监护已结束", "这项监护已经结束。",
        "Guardianship ended", "This guardianship has ended.",
    ),
    "guardianship.exists": (
        "监护已登记", "这项监护已经登记。",
        "Guardianship exists", "This guardianship is on record already.",
    ),
    "guardianship.self": (
        "监护人有误", "本人不能做自己的监护人。",
        "Bad guardian", "Nobody is her own guardian.",
    ),
    "household.member_already": (
        "已在户内", "该人员已在这户家庭中。",
        "Already a member", "The person is a member of this household already.",
    ),
    "household.not_a_member": (
        "不在户内", "该人员不在这户家庭中。",
        "Not a member", "The person is not a member of this household.",
    ),
    "household.two": (
        "家庭有误", "请选择已有家庭或新建家庭，二者只取其一。",
        "Two households", "Name an existing household or a new one, not both.",
    ),
    "household.without_member": (
        "家庭没有成员", "家庭至少要有一名成员。",
        "No member", "A household has at least one member.",
    ),
    "kinship.exists": (
        "亲属关系已登记", "这项亲属关系已经登记。",
        "Kinship exists", "This kinship is on record already.",
    ),
    "kinship.self": (
        "亲属有误", "本人不能登记为自己的亲属。",
        "Bad relative", "Nobody is her own relative.",
    ),
    "person.dead": (
        "人员已去世", "该人员已登记去世，不能这样办理；登记去世请填写日期。",
        "Person dead", "This cannot be done for a dead person; a death is recorded with its date.",
    ),
    "person.deregistered": (
        "人员已注销", "该人员的档案已注销，不能这样办理。",
        "Person deregistered", "The person's file is closed.",
    ),
    "person.duplicate": (
        "人员已登记", "该身份证号码已在您的管辖范围内登记，请在原档案上办理。",
        "Already registered", "A person with this identity number is on your ledger already.",
    ),
    "person.external_id_taken": (
        "外部编号重复", "同一来源系统的这个编号已登记给另一人。",
        "External id taken", "Another person has this id of the source system.",
    ),
    "person.outside_remit": (
        "不在职责范围", "该人员不属于您单位的服务对象，不能登记。",
        "Outside your remit", "This person is not among those your agency may register.",
    ),
    "person.source_incomplete": (
        "来源不完整", "来源系统和外部编号必须一起填写。",
        "Source incomplete", "source_system and external_id go together.",
    ),
    "person.under_review": (
        "正在核查", "该人员正在核查中，暂不能登记，请与上级主管部门联系。",
        "Under review", "This person is under review.",
    ),
    "phone.format": (
        "电话有误", "电话号码不正确，请核对。",
        "Not a telephone number", "This is not a telephone number.",
    ),
    "profile.closed": (
        "档案已结束", "这份档案已经结束。",
        "Profile closed", "This profile has ended.",
    ),
    "profile.exactly_one": (
        "档案类型有误", "妇女、儿童、老年人三类档案必须且只能填一类。",
        "One profile", "Give exactly one of woman, child and elder.",
    ),
    "profile.not_a_child": (
        "年龄不符", "儿童档案只能用于不满{under}周岁的人员，请核对出生日期。",
        "Not a child", "A child's profile is for those under {under}; check the birth date.",
    ),
    "profile.not_an_elder": (
        "年龄不符", "老年人档案只能用于满{from}周岁的人员，请核对出生日期。",
        "Not an elder", "An elder's profile is for those aged {from} or over; check the birth date.",
    ),
    "profile.not_a_woman": (
        "性别不符", "妇女档案只能用于女性。",
        "Not a woman", "A woman's profile is for women.",
    ),
    "profile.open": (
        "档案已建立", "该人员的这类档案正在使用，请直接修改。",
        "Profile open", "The person has this profile already; change it instead.",
    ),
    "region.forbidden": (
        "不在管辖范围", "这个地区不在您单位的管辖范围内。",
        "Outside your region", "This division is outside your region.",
    ),
    "region.format": (
        "区划代码有误", "行政区划代码应为2、4、6、9或12位数字。",
        "Bad division code", "A division code has 2, 4, 6, 9 or 12 digits.",
    ),
    "region.malformed": (
        "区划代码有误", "行政区划代码应为2、4、6、9或12位数字。",
        "Bad division code", "A division code has 2, 4, 6, 9 or 12 digits.",
    ),
    "region.outside": (
        "区域有误", "区域必须在{region}之内。",
        "Region outside", "The region must lie within {region}.",
    ),
    "region.outside_agency": (
        "区域有误", "区域必须在单位的区域之内。",
        "Region outside", "The region must lie within the agency's.",
    ),
    "region.outside_scope": (
        "不在管辖范围", "这个地区不在您单位的管辖范围内。",
        "Outside your region", "This division is outside your region.",
    ),
    "region.too_coarse": (
        "地区不够具体", "请写到村（居）一级。",
        "Too coarse", "Name the village.",
    ),
    "rules.none_yet": (
        "当时没有规则", "那一天还没有生效的认定规则。",
        "No rules then", "No rules of the determination were in force on that day.",
    ),
    "rules.past": (
        "规则不能倒签", "认定规则只能从今天或以后起生效。",
        "Rules in the past", "A rule set begins today or later.",
    ),
    "duplicate.decided": (
        "已经处理", "这条疑似重复已经处理，不能再这样办理。",
        "Decided already", "This question has been decided.",
    ),
    "duplicate.elsewhere": (
        "另一份档案不在您的范围", "其中一份档案由其他单位管理，请由对方处理，或先办理转移。",
        "The other file is elsewhere", "One of the files is another agency's: hers to decide, or to transfer first.",
    ),
    "duplicate.exists": (
        "已在核查", "这两份档案已列入疑似重复。",
        "Raised already", "These two files are in the queue already.",
    ),
    "duplicate.one_file": (
        "只有一份档案", "这条核查请求只涉及一份档案，不能合并。",
        "One file only", "This question is about one file; there is nothing to merge.",
    ),
    "duplicate.same": (
        "同一份档案", "请选择两份不同的档案。",
        "The same file", "Two different files are needed.",
    ),
    "duplicate.survivor": (
        "保留的档案有误", "保留的档案必须是这两份之一。",
        "Not one of the two", "The surviving file must be one of the two.",
    ),
    "merge.changed_since": (
        "合并后又有修改", "合并以后档案又有修改，不能撤销合并，请逐项更正。",
        "Changed since", "What the merge changed has been changed again; it cannot be undone as a whole.",
    ),
    "merge.survivor_merged": (
        "又被合并", "保留的档案后来又被合并，请先撤销后一次合并。",
        "Merged again", "The surviving file was itself merged; undo that first.",
    ),
    "merge.undone": (
        "已撤销", "这次合并已经撤销。",
        "Undone already", "This merge has been undone.",
    ),
    "person.merged": (
        "档案已合并", "该档案已合并到另一份档案，请在那份档案上办理。",
        "File merged", "This file was merged into another; act on that one.",
    ),
    "search.empty": (
        "没有查询内容", "请输入姓名、拼音、出生日期、电话后四位或村名。",
        "Nothing to search for", "Give a name, pinyin, birth date, the end of a telephone number or a place.",
    ),
    "search.number": (
        "数字不能识别", "请输入电话后四位、完整的号码（中间不加空格）或出生日期（如20150312）。",
        "Number not understood", "Give four digits, a whole number without spaces, or a date such as 20150312.",
    ),
    "search.number_in_address": (
        "号码不能写在网址里", "身份证号码、电话号码不能写在网址里，请用 POST /v1/people:search 在请求正文中提交。",
        "No number in an address", "Identity and telephone numbers go into the body of POST /v1/people:search.",
    ),
    "search.too_many_words": (
        "查询词过多", "最多输入{most}个词。",
        "Too many words", "At most {most} words are allowed.",
    ),
    "purpose.number": (
        "用途里不要写号码", "用途会写入日志供审计查看，请不要写身份证号码或电话号码。",
        "No number in a purpose", "Auditors read the purpose in the log: write no identity or telephone number.",
    ),
}  # fmt: skip
