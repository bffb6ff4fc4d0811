"""The three census forms: which relatives each names, which profile it fills.

Field names are those of ``persistence/data/forms``; the content follows the forms of the
2016–2020 national censuses of left-behind people.
"""

from collections.abc import Callable

from domain.imports.model import RosterForm
from domain.imports.people_cells import Survey, read_relative
from domain.imports.roster import Individual, Relative, RosterRow, Ward
from domain.imports.row_cells import RowCells
from domain.people.model import Capability, CareClass, GuardianshipKind, IncapableParent, Situation

FATHER, MOTHER, SPOUSE, HUSBAND, WIFE = "51", "52", "10", "11", "12"  # GB/T 4761
GRANDPARENTS = {
    "paternal_grandfather": "61",
    "paternal_grandmother": "62",
    "maternal_grandfather": "63",
    "maternal_grandmother": "64",
}
GRANDPARENT, OTHER_KIN, NOT_KIN = "60", "97", "99"
SON, DAUGHTER = "20", "30"
MALE, FEMALE = "1", "2"
ELDER_CHILDREN = ("child_1", "child_2", "child_3", "child_4")

# Whose numbers make rows one household ("rows that share a parent's or spouse's identity number").
HOUSEHOLD_ROLES = frozenset({"father", "mother", "spouse"})
# Who lives there: subject, carers, absent spouse or parents. An elder's grown children do not.
MEMBER_ROLES = HOUSEHOLD_ROLES | {"guardian"} | GRANDPARENTS.keys()

_RATING = {
    CareClass.GOOD: Capability.GOOD,
    CareClass.AVERAGE: Capability.AVERAGE,
    CareClass.ENTRUSTED_POOR: Capability.POOR,
    CareClass.INCAPABLE_PARENT: Capability.POOR,
    CareClass.NOBODY: Capability.POOR,
}


def read_child(cells: RowCells, survey: Survey, row: RosterRow) -> None:
    """Read 农村留守儿童基本情况登记表: parents, grandparents, entrusted guardian, schooling, care."""
    incapable = cells.code("incapable_parent", "incapable_parent")
    care = cells.code("care_class", "care_class")
    row.profile = {
        "household_registered": cells.flag("household_registered"),
        "schooling": cells.code("schooling", "schooling"),
        "boarding": cells.flag("boarding"),
        "both_parents_away": cells.flag("both_parents_away"),
        "one_away_other_incapable": cells.flag("one_away_other_incapable"),
        "incapable_parent": incapable,
        "entrusted": cells.flag("entrusted"),
        "care_class": care,
        "income_sources": cells.codes("income_sources", "income_sources"),
        "relief": cells.codes("relief", "relief"),
    }
    guardian = _entrusted(cells, survey, CareClass(care) if care else None)
    for role, relation, sex in (("father", FATHER, MALE), ("mother", MOTHER, FEMALE)):
        parent = read_relative(cells, survey, role)
        if parent is None:
            continue
        parent.sex = parent.sex or sex
        unable = incapable in {role, IncapableParent.BOTH}
        living = parent.situation is Situation.LIVING
        parent.capable = False if unable and living else None  # of the dead, missing, imprisoned their situation tells
        rated = unable or guardian is None
        capability = (Capability.POOR if unable else _RATING[CareClass(care)]) if rated and care else None
        if capability is not None and parent.away is not None and not unable:
            capability = None  # the form rates who is there
        guards = None if parent.situation is Situation.DEAD else Ward(GuardianshipKind.PARENT, capability)
        row.relatives.append(Relative(role, relation, parent, guards))
    if row.profile["both_parents_away"] is None and _away(row, "father") and _away(row, "mother"):
        row.profile["both_parents_away"] = True  # as the row tells it elsewhere: their files may be another county's
    for role, relation in GRANDPARENTS.items():
        grandparent = read_relative(cells, survey, role)
        if grandparent is None or (guardian is not None and guardian.person.name == grandparent.name):
            continue
        row.relatives.append(Relative(role, relation, grandparent))
    if guardian is not None:
        row.relatives.append(guardian)


def _away(row: RosterRow, role: str) -> bool:
    person = row.relative(role)
    return person is not None and person.away is not None


def _entrusted(cells: RowCells, survey: Survey, care: CareClass | None) -> Relative | None:
    person = read_relative(cells, survey, "guardian")
    if person is None:
        return None
    label = cells.code("relation", "guardian.relation")
    relation = _guardian_relation(label, person)
    capability = None if care is None else _RATING[care]
    return Relative("guardian", relation, person, Ward(GuardianshipKind.ENTRUSTED, capability))


def _guardian_relation(label: str | None, person: Individual) -> str:
    """Return GB/T 4761 of a guardian; 祖父母 becomes grandfather or grandmother by the guardian's sex."""
    if label in {"grandparent_paternal", "grandparent_maternal"}:
        if person.sex is None:
            return GRANDPARENT
        side = label.removeprefix("grandparent_")
        return GRANDPARENTS[f"{side}_{'grandfather' if person.sex == MALE else 'grandmother'}"]
    return OTHER_KIN if label is None else label


def read_woman(cells: RowCells, survey: Survey, row: RosterRow) -> None:
    """Read 农村留守妇女基本情况登记表: husband, whom she cares for, land, needs."""
    if row.subject.sex == MALE:
        cells.fault("sex" if cells.text("sex") else "identity_number", "sex.not_female")
    row.subject.sex = FEMALE
    screened = cells.day("screened_on")
    row.profile = {
        "children_in_care": cells.count("children_in_care"),
        "elders_in_care": cells.count("elders_in_care"),
        "land_contract_registered": cells.flag("land_contract_registered"),
        "income_band": cells.note("income_band"),
        "income_sources": cells.codes("income_sources", "income_sources"),
        "skills": cells.note("skills"),
        "training_wanted": cells.note("training_wanted"),
        "employment_wanted": cells.note("employment_wanted"),
        "business_wanted": cells.note("business_wanted"),
        "loan_wanted": cells.flag("loan_wanted"),
        "screened_on": screened[0] if screened else None,
        "screening_result": cells.note("screening_result"),
        "rights_problems": _listed(cells.note("rights_problems")),
        "activities_wanted": cells.note("activities_wanted"),
        "counselling_wanted": cells.flag("counselling_wanted"),
    }
    husband = read_relative(cells, survey, "spouse")
    away = None if husband is None else husband.away
    row.profile |= {  # kept as hers: his own file may be another county's
        "husband_away": None if away is None else True,
        "husband_away_since": None if away is None else away.since,
        "husband_away_reason": None if away is None or away.reason is None else away.reason.value,
    }
    if husband is not None:
        husband.sex = husband.sex or MALE
        row.relatives.append(Relative("spouse", HUSBAND, husband))


def read_elder(cells: RowCells, survey: Survey, row: RosterRow) -> None:
    """Read 农村留守老年人基本情况登记表: spouse, children and where they are, self-care, who looks in."""
    seen = cells.day("last_seen_on")
    row.profile = {
        "living_arrangement": cells.code("living_arrangement", "living_arrangement"),
        "self_care": cells.code("self_care", "self_care"),
        "dementia": cells.flag("dementia"),
        "chronic_diseases": _listed(cells.note("chronic_diseases")),
        "living_children": cells.count("living_children"),
        "children_away": cells.count("children_away"),
        "pension": cells.note("pension"),
        "grandchildren_raised": cells.count("grandchildren_raised"),
        "emergency_contact": cells.contact("emergency_contact"),
        "key_holder": cells.note("key_holder"),
        "last_seen_on": seen[0] if seen else None,
        "last_seen_by": cells.note("last_seen_by"),
    }
    spouse = read_relative(cells, survey, "spouse")
    if spouse is not None:
        spouse.sex = spouse.sex or {MALE: FEMALE, FEMALE: MALE}.get(row.subject.sex or "")
        relation = {MALE: HUSBAND, FEMALE: WIFE}.get(spouse.sex or "", SPOUSE)
        row.relatives.append(Relative("spouse", relation, spouse))
    for role in ELDER_CHILDREN:
        child = read_relative(cells, survey, role)
        if child is not None:
            row.relatives.append(Relative(role, DAUGHTER if child.sex == FEMALE else SON, child))


def _listed(written: str | None) -> tuple[str, ...] | None:
    if written is None:
        return None
    return (
        tuple(one.strip() for one in written.replace(",", "、").replace(";", "、").split("、") if one.strip()) or None
    )


READERS: dict[RosterForm, Callable[[RowCells, Survey, RosterRow], None]] = {
    RosterForm.CHILD: read_child,
    RosterForm.WOMAN: read_woman,
    RosterForm.ELDER: read_elder,
}

__all__ = ["GRANDPARENTS", "HOUSEHOLD_ROLES", "MEMBER_ROLES", "READERS", "read_child", "read_elder", "read_woman"]
