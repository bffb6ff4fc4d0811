"""The policy catalogue: the values its documents, measures and routes may hold."""

from enum import StrEnum


class CaseCategory(StrEnum):
    """What a matter is about; measures and routes name the same categories as cases do."""

    RELIEF = "relief"  # 生活救助
    ILLNESS = "illness"  # 疾病救治
    DISABILITY = "disability"  # 残疾帮扶
    MENTAL_HEALTH = "mental_health"  # 心理关爱
    GUARDIANSHIP = "guardianship"  # 监护
    EDUCATION = "education"  # 教育
    VIOLENCE = "violence"  # 暴力侵害
    LAND_RIGHTS = "land_rights"  # 土地权益
    MARRIAGE_FAMILY = "marriage_family"  # 婚姻家庭
    NEIGHBOUR_DISPUTE = "neighbour_dispute"  # 邻里纠纷
    FRAUD_THEFT_TRAFFICKING = "fraud_theft_trafficking"  # 诈骗、盗窃、拐卖
    EMPLOYMENT_TRAINING = "employment_training"  # 就业培训
    LOAN = "loan"  # 贷款
    LEGAL_AID = "legal_aid"  # 法律援助
    OTHER = "other"  # 其他


class Audience(StrEnum):
    """Whom a measure serves, or whom a matter is about."""

    WOMAN = "woman"  # 妇女
    CHILD = "child"  # 儿童
    ELDER = "elder"  # 老年人
    HOUSEHOLD = "household"  # 家庭: matters of no single person


class ResponsibilityMode(StrEnum):
    """How a measure names those responsible for it."""

    SOLE = "sole"  # one kind of unit alone: ……负责
    LEAD = "lead"  # one leads, others co-operate: ……牵头, ……配合
    SHARED = "shared"  # several, none of them leading: 按职责分工负责
    UNNAMED = "unnamed"  # the document names nobody


class RouteBasis(StrEnum):
    """What a route's receiver was read off."""

    MEASURE = "measure"  # a measure of a policy document in force
    DEFAULT = "default"  # the national default table: no document names a unit for it
    NONE = "none"  # nobody: no unit that could receive it has an agency here


class PolicyStatus(StrEnum):
    """Whether a document holds."""

    IN_FORCE = "in_force"  # 有效
    DRAFT = "draft"  # 征求意见稿: shown, never followed
    ENDED = "ended"  # 失效


class MeasureKind(StrEnum):
    """What a paragraph of a document asks for."""

    MEASURE = "measure"  # 措施: something done for people
    DUTY = "duty"  # 组织领导: something the offices owe each other


class ResponsibilityRole(StrEnum):
    """The part one unit has in a measure."""

    LEAD = "lead"  # 牵头
    CO = "co"  # 配合
    SHARED = "shared"  # 按职责分工
    SOLE = "sole"  # 负责


class ReportPeriod(StrEnum):
    """How often a document wants a report."""

    QUARTER = "quarter"  # 季度
    YEAR = "year"  # 年度


class Theme(StrEnum):
    """What a measure is about, finer than the categories of cases and wider than them."""

    ASSESSMENT = "assessment"  # 考核奖惩
    ASSISTANCE = "assistance"  # 社会救助
    ASSOCIATIONS = "associations"  # 女性社团
    CULTURE = "culture"  # 文体活动
    DELEGATES = "delegates"  # 妇女代表
    DELIBERATION = "deliberation"  # 议事协商
    FAMILY = "family"  # 亲情联络
    GROWTH = "growth"  # 成长记录
    GUARDIANSHIP = "guardianship"  # 监护
    GUIDANCE = "guidance"  # 思想引领
    HEALTH = "health"  # 健康
    HONOURS = "honours"  # 家庭文明
    JOBS = "jobs"  # 就业创业
    LECTURES = "lectures"  # 宣讲课堂
    LEDGER = "ledger"  # 信息台账
    LOANS = "loans"  # 小额贷款
    MEDIATION = "mediation"  # 调解
    MENTAL_HEALTH = "mental_health"  # 心理关爱
    MUTUAL_AID = "mutual_aid"  # 互助
    ORGANISATION = "organisation"  # 组织领导
    PAIRING = "pairing"  # 结对
    PARENTING = "parenting"  # 家庭教育
    PARTICIPATION = "participation"  # 社会参与
    PETITIONS = "petitions"  # 信访
    PROJECTS = "projects"  # 公益项目
    REHABILITATION = "rehabilitation"  # 康复
    RIGHTS = "rights"  # 维权
    SAFETY = "safety"  # 安全
    SURVEY = "survey"  # 调研
    TRAINING = "training"  # 技能培训
    VENUES = "venues"  # 阵地
    VOLUNTEERS = "volunteers"  # 志愿服务
