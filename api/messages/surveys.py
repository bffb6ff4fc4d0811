"""Questionnaires, surveys, research reports."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "answer.no_option": (
        "没有这个选项", "所选不是本题的选项，或重复选择。",
        "No such option",
        "Not an option of this question, or chosen twice.",
    ),
    "answer.not_asked": (
        "不必回答", "按前面的回答，这道题不必回答。",
        "Not asked",
        "After the earlier answers this question is not asked.",
    ),
    "answer.one_only": (
        "只能选一项", "单选题只能选一项。",
        "One only",
        "A single choice takes one option.",
    ),
    "answer.required": (
        "有题未答", "必答题“{question}”没有回答。",
        "Unanswered",
        "The required question “{question}” is not answered.",
    ),
    "answer.twice": (
        "重复作答", "同一道题只能回答一次。",
        "Answered twice",
        "A question is answered once.",
    ),
    "answer.unknown_question": (
        "没有这道题", "问卷中没有这道题。",
        "Unknown question",
        "The questionnaire has no such question.",
    ),
    "answer.wrong_kind": (
        "作答方式不对", "这道题应填写{expected}，不填其他。",
        "Wrong kind of answer",
        "This question takes {expected} and nothing else.",
    ),
    "question.bounds": (
        "范围有误", "数字题、量表题须写明从小到大的范围，量表最多11级，其他题型不写。",
        "Bad bounds",
        "A number or a scale needs bounds, least below most, a scale at most 11 steps; other questions have none.",
    ),
    "question.field_class": (
        "敏感级别有误", "问卷不能询问身份证号、电话等内容。",
        "Bad class",
        "Identity numbers and contacts are not asked in a survey.",
    ),
    "question.key_twice": (
        "题号重复", "两道题的编号相同。",
        "Key used twice",
        "Two questions have one key.",
    ),
    "question.options": (
        "选项有误", "选择题至少有两个不同的选项，其他题型没有选项。",
        "Bad options",
        "A choice has two or more different options, other questions none.",
    ),
    "question.shown_if": (
        "条件有误", "显示条件只能引用前面选择题的选项。",
        "Bad condition",
        "A condition names an earlier choice and its options.",
    ),
    "questionnaire.edition_taken": (
        "新版已建立", "已有人建立了新版问卷。",
        "Edition exists",
        "Somebody has begun the next edition already.",
    ),
    "questionnaire.not_allowed": (
        "当前状态不允许", "问卷现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state",
        "The questionnaire is {state}; allowed now: {allowed}.",
    ),
    "questionnaire.unknown": (
        "查不到问卷", "查不到这份问卷。",
        "Unknown questionnaire",
        "There is no such questionnaire.",
    ),
    "research_finding.concluded": (
        "已经登记", "这项发现的成果转化已经登记。",
        "Concluded already",
        "What was done about this finding is on record.",
    ),
    "research_finding.not_responsible": (
        "不是责任单位", "由责任单位或撰写报告的单位登记。",
        "Not responsible",
        "The agency responsible, or the one that reported, records this.",
    ),
    "research_report.no_finding": (
        "没有调研发现", "至少写明一项发现才能发布。",
        "No finding",
        "A report needs a finding before it is published.",
    ),
    "research_report.not_allowed": (
        "当前状态不允许", "调研报告现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state",
        "The report is {state}; allowed now: {allowed}.",
    ),
    "survey.anonymous_text": (
        "匿名调研不能有文字题", "匿名调研只计数，问卷不能有文字题和日期题。",
        "No texts",
        "Anonymous answers are only counted; the questionnaire must not ask for texts or dates.",
    ),
    "survey.answered": (
        "已经作答", "此人已在本次调研中作答。",
        "Answered already",
        "The person has answered in this survey.",
    ),
    "survey.closes_before_opening": (
        "日期颠倒", "结束日期不能早于开始日期。",
        "Dates reversed",
        "It must not close before it opens.",
    ),
    "survey.counted_by_staff": (
        "由工作人员计入", "匿名答卷由工作人员计入。",
        "Counted by staff",
        "Anonymous answers are counted by staff.",
    ),
    "survey.every_household": (
        "各户均已作答", "本村登记的各户均已计入。",
        "Every household",
        "Every household of the village on the ledger has been counted.",
    ),
    "survey.is_anonymous": (
        "这是匿名调研", "匿名调研不记录作答人。",
        "Anonymous",
        "An anonymous survey takes no person's answers.",
    ),
    "survey.not_allowed": (
        "当前状态不允许", "调研现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state",
        "The survey is {state}; allowed now: {allowed}.",
    ),
    "survey.not_anonymous": (
        "不是匿名调研", "这次调研须写明作答人。",
        "Not anonymous",
        "This survey takes the answers of persons.",
    ),
    "survey.not_asked": (
        "不是调研对象", "此人不在本次调研的区域或人群内。",
        "Not asked",
        "The person is outside the survey's region or population.",
    ),
    "survey.not_hers": (
        "不能代为作答", "只能为本人作答。",
        "Not yours to answer",
        "One answers for oneself.",
    ),
    "survey.not_its_village": (
        "不是调研的村", "应为调研区域内的村（12位区划代码）。",
        "Not its village",
        "A village of the survey's region, of twelve digits, is needed.",
    ),
    "survey.not_today": (
        "不在调研日期内", "调研日期为{opens_on}至{closes_on}。",
        "Not today",
        "The survey runs from {opens_on} to {closes_on}.",
    ),
    "survey.unknown": (
        "查不到调研", "查不到这次调研。",
        "Unknown survey",
        "There is no such survey.",
    ),
}  # fmt: skip
