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
