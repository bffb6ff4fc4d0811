"""Which types of agency have business with which category of matter.

Where a document names several units without a lead (按职责分工负责), the first of them whose remit fits
receives. The rows are the types' statutory business; an office that merely helps with a category is
not in its row, else the first named would receive everything.
"""

from collections.abc import Mapping
from typing import Final

from domain.agencies.model import AgencyType
from domain.policy.model import CaseCategory

REMITS: Final[Mapping[CaseCategory, frozenset[AgencyType]]] = {
    # 社会救助暂行办法 art. 3; support of households lifted out of poverty
    CaseCategory.RELIEF: frozenset({AgencyType.CIVIL_AFFAIRS, AgencyType.RURAL_REVITALISATION}),
    # 基本医疗卫生与健康促进法 art. 7
    CaseCategory.ILLNESS: frozenset({AgencyType.HEALTH}),
    # 残疾人保障法 art. 8
    CaseCategory.DISABILITY: frozenset({AgencyType.DISABLED_FEDERATION}),
    # 精神卫生法 art. 8: health leads it, civil affairs by its remit; art. 10: the women's federation
    CaseCategory.MENTAL_HEALTH: frozenset({
        AgencyType.HEALTH, AgencyType.CIVIL_AFFAIRS, AgencyType.WOMENS_FEDERATION,
    }),
    # 未成年人保护法 art. 92–94; 民法典 art. 31, 32
    CaseCategory.GUARDIANSHIP: frozenset({AgencyType.CIVIL_AFFAIRS}),
    # 义务教育法 art. 7; 家庭教育促进法 art. 6: education and the women's federation together
    CaseCategory.EDUCATION: frozenset({AgencyType.EDUCATION, AgencyType.WOMENS_FEDERATION}),
    # 反家庭暴力法 art. 13, 15
    CaseCategory.VIOLENCE: frozenset({AgencyType.PUBLIC_SECURITY}),
    # 农村土地承包法 art. 12
    CaseCategory.LAND_RIGHTS: frozenset({AgencyType.AGRICULTURE}),
    # 妇女权益保障法 ch. 7, art. 73; 婚姻登记条例: marriages are civil affairs' to register
    CaseCategory.MARRIAGE_FAMILY: frozenset({AgencyType.WOMENS_FEDERATION, AgencyType.CIVIL_AFFAIRS}),
    # 人民调解法 art. 5, 8
    CaseCategory.NEIGHBOUR_DISPUTE: frozenset({
        AgencyType.JUSTICE, AgencyType.TOWNSHIP_GOVERNMENT, AgencyType.VILLAGE_COMMITTEE,
    }),
    # 人民警察法 art. 6; 反电信网络诈骗法 art. 6
    CaseCategory.FRAUD_THEFT_TRAFFICKING: frozenset({AgencyType.PUBLIC_SECURITY}),
    # 就业促进法 art. 6
    CaseCategory.EMPLOYMENT_TRAINING: frozenset({AgencyType.HUMAN_RESOURCES, AgencyType.AGRICULTURE}),
    # 财金〔2009〕72号: the women's federation recommends, human resources examine, finance pays the interest
    CaseCategory.LOAN: frozenset({
        AgencyType.HUMAN_RESOURCES, AgencyType.FINANCE, AgencyType.WOMENS_FEDERATION,
    }),
    # 法律援助法 art. 5
    CaseCategory.LEGAL_AID: frozenset({AgencyType.JUSTICE}),
    # 民发〔2019〕86号, 国发〔2016〕13号, 民发〔2017〕193号: civil affairs lead the care of all three populations
    CaseCategory.OTHER: frozenset({
        AgencyType.CIVIL_AFFAIRS, AgencyType.WOMENS_FEDERATION, AgencyType.TOWNSHIP_GOVERNMENT,
    }),
}  # fmt: skip


def fits(unit_type: AgencyType, category: CaseCategory) -> bool:
    """Tell whether a type of agency has business of its own with a category."""
    return unit_type in REMITS[category]


__all__ = ["REMITS", "fits"]
