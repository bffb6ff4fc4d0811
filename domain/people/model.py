"""People of the ledger (信息台账): the values their records may hold."""

from enum import IntFlag, StrEnum


class Population(StrEnum):
    """The three populations the service is for."""

    WOMAN = "woman"
    CHILD = "child"
    ELDER = "elder"


class Remit(IntFlag):
    """Why a department may see a person: kept as a bit mask on the person.

    The first three are the person's own profiles in force, the next three those of anybody in
    the household ("women, children and their households"), ``ANYONE`` is set on every person.
    """

    WOMAN = 1
    CHILD = 2
    ELDER = 4
    WOMAN_HOUSEHOLD = 16
    CHILD_HOUSEHOLD = 32
    ELDER_HOUSEHOLD = 64
    ANYONE = 128


class Situation(StrEnum):
    """Whether a person is there to act (存亡状态); a dead, missing or imprisoned parent cannot."""

    LIVING = "living"
    DEAD = "dead"
    MISSING = "missing"
    IMPRISONED = "imprisoned"


class Health(StrEnum):
    """健康状况 of the census forms."""

    HEALTHY = "healthy"
    DISABLED = "disabled"
    CHRONIC = "chronic"
    SERIOUS_ILLNESS = "serious_illness"


class Hardship(StrEnum):
    """困难类型: classes of hardship; several may hold."""

    SUBSISTENCE_ALLOWANCE = "subsistence_allowance"  # 低保
    DESTITUTE = "destitute"  # 特困
    LOW_INCOME = "low_income"  # 低收入
    POVERTY_FILE = "poverty_file"  # 建档立卡


class GuardianshipKind(StrEnum):
    """监护类型: who guards by which title."""

    PARENT = "parent"  # 父母监护
    ENTRUSTED = "entrusted"  # 委托照护
    TEMPORARY = "temporary"  # 临时监护
    APPOINTED = "appointed"  # 指定监护


class Capability(StrEnum):
    """监护能力评定; definitions in the census form."""

    GOOD = "good"
    AVERAGE = "average"
    POOR = "poor"


class CareClass(StrEnum):
    """监护类型 as the child census form words it: five classes."""

    NOBODY = "nobody"  # 无人监护
    INCAPABLE_PARENT = "incapable_parent"  # 父或母无监护能力
    ENTRUSTED_POOR = "entrusted_poor"  # 受委托监护人监护能力不足
    AVERAGE = "average"  # 监护情况一般
    GOOD = "good"  # 监护情况较好


class Schooling(StrEnum):
    """就学情况: the eight classes of the child census form."""

    NOT_YET = "not_yet"  # 未入园
    KINDERGARTEN = "kindergarten"  # 幼儿园
    PRIMARY = "primary"  # 小学
    JUNIOR = "junior"  # 初中
    SENIOR = "senior"  # 高中
    VOCATIONAL = "vocational"  # 中职
    DROPPED_OUT = "dropped_out"  # 辍学
    NOT_IN_SCHOOL = "not_in_school"  # 不在学


class IncapableParent(StrEnum):
    """无监护能力方."""

    FATHER = "father"
    MOTHER = "mother"
    BOTH = "both"


class AbsenceReason(StrEnum):
    """外出原因. Only work and business make a wife left behind (document 002)."""

    WORK = "work"
    BUSINESS = "business"
    STUDY = "study"
    OTHER = "other"


class LivingArrangement(StrEnum):
    """居住状况 of an elder."""

    ALONE = "alone"  # 独居
    COUPLE_ONLY = "couple_only"  # 空巢
    WITH_GRANDCHILDREN = "with_grandchildren"  # 隔代
    WITH_FAMILY = "with_family"


class SelfCare(StrEnum):
    """自理能力 of an elder."""

    ABLE = "able"
    PARTLY = "partly"
    UNABLE = "unable"  # 失能


class LeftBehind(StrEnum):
    """Outcome of the determination (留守认定)."""

    LEFT_BEHIND = "left_behind"
    NOT_LEFT_BEHIND = "not_left_behind"


class EndReason(StrEnum):
    """Why a dated record ended."""

    DEATH = "death"
    DEREGISTRATION = "deregistration"
    RETURN = "return"
    AGE = "age"
    REPLACED = "replaced"
    AGREEMENT_ENDED = "agreement_ended"
    CORRECTED = "corrected"
    OTHER = "other"
