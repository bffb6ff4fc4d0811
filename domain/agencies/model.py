"""Agencies, departments, staff, leading groups: the values they may hold."""

from enum import StrEnum


class AgencyType(StrEnum):
    """Kinds of agency (机构) that work on the ledger; mission part 1, documents 001, 002, 004."""

    WOMENS_FEDERATION = "womens_federation"  # 妇联
    CIVIL_AFFAIRS = "civil_affairs"  # 民政
    PUBLIC_SECURITY = "public_security"  # 公安
    JUSTICE = "justice"  # 司法
    FINANCE = "finance"  # 财政
    HUMAN_RESOURCES = "human_resources"  # 人社
    AGRICULTURE = "agriculture"  # 农业农村
    CULTURE_TOURISM = "culture_tourism"  # 文旅
    HEALTH = "health"  # 卫健
    SPORTS = "sports"  # 体育
    RURAL_REVITALISATION = "rural_revitalisation"  # 乡村振兴, formerly 扶贫
    WOMEN_CHILDREN_COMMITTEE = "women_children_committee"  # 妇儿工委办
    DISABLED_FEDERATION = "disabled_federation"  # 残联
    EDUCATION = "education"  # 教育
    TOWNSHIP_GOVERNMENT = "township_government"  # 乡镇政府
    VILLAGE_COMMITTEE = "village_committee"  # 村委会
    SCHOOL = "school"  # 学校
    NGO = "ngo"  # 社会组织 / 社工机构
    WOMENS_ASSOCIATION = "womens_association"  # 女性社团
    STATISTICS = "statistics"  # 统计
    AUDIT = "audit"  # 审计
    PLATFORM_OPERATOR = "platform_operator"  # 平台运营


class DepartmentKind(StrEnum):
    """Departments (部门) inside an agency; the first five are Harbin's (document 001)."""

    DEVELOPMENT = "development"  # 发展部
    PUBLICITY = "publicity"  # 宣传部
    RIGHTS = "rights"  # 权益部
    CHILDREN_FAMILY = "children_family"  # 儿家部
    ORGANISATION = "organisation"  # 组织部
    CHILD_WELFARE = "child_welfare"  # 儿童福利
    ELDER_CARE = "elder_care"  # 养老服务
    SOCIAL_ASSISTANCE = "social_assistance"  # 社会救助
    OFFICE = "office"  # 办公室
    OTHER = "other"


class StaffPost(StrEnum):
    """Posts (岗位) the documents name."""

    CHILD_DIRECTOR = "child_director"  # 儿童主任 (village)
    CHILD_SUPERVISOR = "child_supervisor"  # 儿童督导员 (township)
    FEDERATION_EXECUTIVE = "federation_executive"  # 妇联执委
    FEDERATION_CHAIR = "federation_chair"  # 妇联主席
    LEGAL_AID_LIAISON = "legal_aid_liaison"  # 法律援助联络员
    HEAD = "head"  # 负责人
    OFFICER = "officer"  # 工作人员
    SOCIAL_WORKER = "social_worker"  # 社工
    AUDITOR = "auditor"  # 审计员
    STATISTICIAN = "statistician"  # 统计员
    OPERATOR = "operator"  # 运维


class LeadingGroupRole(StrEnum):
    """Seats in a leading group (领导小组)."""

    HEAD = "head"  # 组长
    DEPUTY = "deputy"  # 副组长
    MEMBER = "member"  # 成员
