"""Venues, activities, sign-ups."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "activity.venue_closed": (
        "阵地已撤销", "活动所在的阵地已撤销，请主办单位更换场地。",
        "Venue given up", "The venue of this activity was given up; its host must move it.",
    ),
    "activity.begun": (
        "活动已开始", "开始时间已过，请先修改时间。",
        "Already begun", "Its start has passed; change its times first.",
    ),
    "activity.ends_before_start": (
        "时间颠倒", "结束时间必须晚于开始时间。",
        "Times reversed", "The end must be later than the start.",
    ),
    "activity.not_allowed": (
        "当前状态不允许", "活动现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state", "The activity is {state}; allowed now: {allowed}.",
    ),
    "activity.not_begun": (
        "活动未开始", "活动尚未开始，开始后才能登记。",
        "Not begun", "The activity has not begun; this is recorded afterwards.",
    ),
    "activity.places_taken": (
        "名额不能再少", "已有{taken}人报名，名额不能少于这个数。",
        "Places taken", "{taken} people have a place; there cannot be fewer places.",
    ),
    "activity.sign_up_after_end": (
        "报名截止时间有误", "报名截止时间不能晚于活动结束时间。",
        "Sign-up ends too late", "Sign-up must not end after the activity.",
    ),
    "activity.sign_up_over": (
        "报名已截止", "报名已截止，请联系主办单位。",
        "Sign-up is over", "Sign-up has ended; ask the host.",
    ),
    "activity.venue_elsewhere": (
        "阵地不在活动区域内", "阵地应在活动面向的区域内。",
        "Venue elsewhere", "The venue must lie in the activity's region.",
    ),
    "sign_up.absent_minutes": (
        "缺席不计时长", "缺席的人不能填写时长。",
        "Absent", "Somebody absent spent no minutes there.",
    ),
    "sign_up.exists": (
        "已经报名", "此人已报名或在候补名单中。",
        "Signed up already", "The person has a place already, or waits for one.",
    ),
    "sign_up.not_allowed": (
        "当前状态不允许", "该报名现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state", "The sign-up is {state}; allowed now: {allowed}.",
    ),
    "sign_up.not_audience": (
        "不是活动对象", "此人不属于活动面向的人群。",
        "Not the audience", "The person is not of the population that the activity is for.",
    ),
    "sign_up.not_hers": (
        "不能代为报名", "只能为本人或被监护人报名。",
        "Not yours to sign up", "One signs up oneself or one's ward.",
    ),
    "sign_up.unknown": (
        "查不到报名记录", "这个活动没有这条报名记录。",
        "Unknown sign-up", "The activity has no such sign-up.",
    ),
    "venue.closes_before_opening": (
        "时间颠倒", "结束时间必须晚于开始时间。",
        "Times reversed", "It must close later than it opens.",
    ),
    "venue.duplicate": (
        "名称已用", "本地已有同名的阵地。",
        "Name taken", "The division has a venue of this name already.",
    ),
    "venue.hours_overlap": (
        "开放时间重叠", "同一天的两段开放时间重叠。",
        "Hours overlap", "Two stretches of one weekday overlap.",
    ),
    "venue.not_allowed": (
        "当前状态不允许", "阵地现为“{state}”状态，只能进行：{allowed}。",
        "Not in this state", "The venue is {state}; allowed now: {allowed}.",
    ),
    "venue.not_in_use": (
        "阵地未开放", "该阵地已暂停或撤销。",
        "Venue not in use", "The venue is suspended or closed.",
    ),
    "venue.unknown": (
        "查不到阵地", "查不到这个阵地。",
        "Unknown venue", "There is no such venue.",
    ),
}  # fmt: skip
