"""Shapes of the demo population: shares and weights, each with where it is from.

Wuhan survey of 326,200 left-behind women: ages and education of women, 90% look after children,
40% after children and elders. National censuses of left-behind children since 2016: 96% in the
care of grandparents; surveys of these grandparents: mean age 58, 70% with primary school or less.
Shares without a source are chosen to look like a county of the middle Yangtze.
"""

from typing import Final

Weights = dict[str, float]

# Wuhan survey, thousands of women by age band.
WOMEN_AGES: Final[dict[tuple[int, int], float]] = {(20, 30): 30.3, (31, 40): 86.7, (41, 50): 133.7, (51, 60): 75.5}
# Wuhan survey, thousands; GB/T 4658: 90 none, 81 primary, 71 junior middle, 61 senior, 41 vocational.
WOMEN_EDUCATION: Final[Weights] = {"90": 6.0, "81": 47.1, "71": 260.2, "41": 7.9, "61": 5.0}
PARENTS_EDUCATION: Final[Weights] = {"81": 8, "71": 68, "61": 9, "41": 10, "31": 4, "21": 1}
GRANDPARENTS_EDUCATION: Final[Weights] = {"90": 18, "81": 52, "71": 27, "61": 3}  # 70% primary or less
ELDERS_EDUCATION: Final[Weights] = {"90": 38, "81": 46, "71": 14, "61": 2}

# Mean and deviation, years: with the women of 46 to 60 who raise grandchildren, all are 58 on average.
GRANDMOTHER_AGE: Final = (60.0, 4.5)
ELDERS_AGES: Final[dict[tuple[int, int], float]] = {(60, 69): 52, (70, 79): 35, (80, 92): 13}

WITH_CHILDREN_IN_CARE: Final = 0.90
WITH_ELDERS_IN_CARE: Final = 0.44  # of those with children in care: 40% of all

# Who cares for a child whose parents are away.
CARERS: Final[Weights] = {"grandparents": 95.5, "kin": 3.5, "nobody": 1.0}
MATERNAL_SHARE: Final = 0.18
GRANDPARENTS_LEFT: Final[Weights] = {"both": 76, "grandmother": 19, "grandfather": 5}

# The mother of a child raised by grandparents; fathers differ less.
MOTHERS: Final[Weights] = {"away": 89, "incapable": 4.5, "missing": 2.5, "dead": 2.0, "home": 2.0}
FATHERS: Final[Weights] = {"away": 96, "dead": 1.5, "imprisoned": 1.5, "incapable": 1.0}

CAPABILITY: Final[Weights] = {"good": 27, "average": 60, "poor": 13}
CONTACT: Final[Weights] = {"每周一次": 40, "每周两次以上": 31, "每月一次": 21, "更少": 8}  # 40% about once a week
CHILDREN_PER_COUPLE: Final[dict[int, float]] = {1: 42, 2: 48, 3: 10}
CHILDREN_OF_ELDERS: Final[dict[int, float]] = {0: 5, 1: 22, 2: 42, 3: 23, 4: 8}

ETHNICITY: Final[Weights] = {"01": 985, "15": 9, "06": 3, "03": 2, "08": 1}  # 汉, 土家, 苗, 回, 壮
HARDSHIP: Final[Weights] = {"": 860, "subsistence_allowance": 62, "poverty_file": 48, "low_income": 30}
DISABILITY: Final[Weights] = {"肢体": 55, "视力": 14, "听力": 12, "智力": 9, "精神": 7, "言语": 2, "多重": 1}
ILLNESS: Final[Weights] = {"尿毒症": 2, "恶性肿瘤": 4, "脑卒中后遗症": 3, "冠心病": 3, "肝硬化": 1}
CHRONIC: Final[Weights] = {"高血压": 48, "糖尿病": 17, "慢性支气管炎": 13, "关节炎": 16, "冠心病": 6}

DESTINATIONS: Final[dict[tuple[str, str], float]] = {
    ("广东省深圳市", "4403"): 17,
    ("广东省东莞市", "4419"): 15,
    ("广东省广州市", "4401"): 12,
    ("湖北省武汉市", "4201"): 14,
    ("浙江省温州市", "3303"): 8,
    ("浙江省宁波市", "3302"): 8,
    ("福建省泉州市", "3505"): 7,
    ("江苏省苏州市", "3205"): 7,
    ("上海市", "31"): 5,
    ("北京市", "11"): 3,
    ("湖北省荆州市沙市区", "421002"): 4,
}
# People leave after the Spring Festival, after the first harvest, and after the Mid-Autumn Festival.
LEAVING_MONTH: Final[dict[int, float]] = {2: 34, 3: 27, 4: 6, 6: 6, 7: 8, 9: 8, 10: 11}
REASONS: Final[Weights] = {"work": 90, "business": 9, "other": 1}

INCOME: Final[Weights] = {"wages": 62, "farming": 25, "government_relief": 6, "kin_and_friends": 7}
INCOME_BANDS: Final[Weights] = {"1万元以下": 9, "1万至3万元": 34, "3万至6万元": 41, "6万元以上": 16}
SKILLS: Final[Weights] = {"种植": 42, "养殖": 20, "缝纫": 13, "手工编织": 12, "烹饪": 8, "电商": 5}
TRAINING: Final[Weights] = {"手工艺": 24, "家政服务": 18, "电商": 21, "种养殖技术": 25, "育婴": 12}
EMPLOYMENT: Final[Weights] = {"居家手工": 35, "本地企业": 38, "合作社": 17, "公益岗位": 10}
ACTIVITIES: Final[Weights] = {"广场舞": 45, "邻里互助组": 25, "读书看报": 12, "健康讲座": 18}
SCREENING: Final[Weights] = {"未见异常": 88, "建议复查": 10, "转诊": 2}
RIGHTS: Final[Weights] = {"土地": 5, "婚姻": 3, "安全": 2}
PENSION: Final[Weights] = {"城乡居民养老保险": 93, "高龄津贴": 5, "企业职工养老保险": 2}
