"""The kinds of families of the demo county, each made by one function.

Most children left behind live with grandparents; some with other kin, a few with nobody. Women
left behind raise children or, past forty, often grandchildren. Some families are not left behind
at all: a ledger that knew only the left-behind could not tell who became so.
"""

from datetime import timedelta
from typing import Any

from persistence.demo import shapes
from persistence.demo.people import ADULT, FEMALE, MALE, Family, Guarded, Maker, Someone, Village

ELDER = 60
CHILD_UNDER = 16
SCHOOL_AGES = ((0, "not_yet"), (3, "kindergarten"), (6, "primary"), (12, "junior"), (15, "senior"))
RATING = {"good": "good", "average": "average", "entrusted_poor": "poor", "nobody": "poor"}
GRANDPARENT = {(False, MALE): "61", (False, FEMALE): "62", (True, MALE): "63", (True, FEMALE): "64"}


def raised_by_grandparents(make: Maker, village: Village) -> Family:
    """Children whose parents are away, in the care of grandparents."""
    family = make.family(village)
    mean, deviation = shapes.GRANDMOTHER_AGE
    grandmother_age = min(max(round(make.chance.gauss(mean, deviation)), 46), 76)
    who = make.one_of(shapes.GRANDPARENTS_LEFT)
    surname = None
    elders = []
    if who != "grandmother":
        age = grandmother_age + make.chance.randint(0, 4)
        elders.append(make.someone(family, MALE, age, education=shapes.GRANDPARENTS_EDUCATION))
        surname = _surname(elders[0])
    if who != "grandfather":
        elders.append(make.someone(family, FEMALE, grandmother_age, education=shapes.GRANDPARENTS_EDUCATION))
    _marry(family, elders)
    maternal = make.happens(shapes.MATERNAL_SHARE)
    child_of_theirs_age = max(grandmother_age - make.chance.randint(21, 26), 22)
    father, mother, children = _couple_with_children(
        make,
        family,
        child_of_theirs_age,
        surname=None if maternal else surname,
        mother_surname=surname if maternal else None,
    )
    their_child = mother if maternal else father
    for elder in elders:
        family.kin.append((their_child, elder, "51" if elder.sex == MALE else "52"))
    guardian = next((one for one in reversed(elders) if one.columns["health"] != "serious_illness"), elders[-1])
    for child in children:
        family.kin += [(child, elder, GRANDPARENT[maternal, elder.sex]) for elder in elders]
        _entrust(make, family, child, guardian, GRANDPARENT[maternal, guardian.sex])
    living = int(their_child.columns["situation"] != "dead")
    away = living if their_child.away or their_child.columns["situation"] != "living" else 0
    for elder in elders:
        _elder_form(make, elder, "with_grandchildren", children=living, away=away, grandchildren=len(children))
    _hardship(make, family)
    return family


def raised_by_others(make: Maker, village: Village, carer: str) -> Family:
    """Children whose parents are away and who have no grandparents: with an aunt, or an adolescent alone."""
    family = make.family(village)
    parents_age = make.chance.randint(36, 41) if carer == "nobody" else make.chance.randint(27, 40)
    father, _, children = _couple_with_children(make, family, parents_age, fates=False, teenager=carer == "nobody")
    if carer == "nobody":
        for child in children:
            child.profiles["child"] |= {"entrusted": False, "care_class": "nobody"}
    else:
        aunt = make.someone(
            family, FEMALE, parents_age + 3, surname=_surname(father), education=shapes.PARENTS_EDUCATION
        )
        for child in children:
            family.kin.append((child, aunt, "90"))
            _entrust(make, family, child, aunt, "90")
    _hardship(make, family)
    return family


def left_behind_woman(make: Maker, village: Village, *, months: int | None = None) -> Family:
    """A woman whose husband is away; ``months``: away for less than so many."""
    family = make.family(village)
    age = make.age_in(shapes.WOMEN_AGES)
    surname = None
    elder = None
    cares = make.happens(shapes.WITH_CHILDREN_IN_CARE)
    if cares and make.happens(shapes.WITH_ELDERS_IN_CARE):
        elder = make.someone(family, FEMALE, min(max(age + 24, ELDER), 88), education=shapes.ELDERS_EDUCATION)
    husband = make.someone(family, MALE, age + make.chance.randint(0, 4), education=shapes.PARENTS_EDUCATION)
    surname = _surname(husband)
    woman = make.someone(family, FEMALE, age, education=shapes.WOMEN_EDUCATION)
    make.goes_away(husband, months=months)
    _marry(family, [husband, woman])
    in_care = 0
    if cares and age <= 45:  # noqa: PLR2004 - her own children are still children
        in_care = _children_at_home(make, family, husband, woman, surname)
    elif cares:
        _, _, grandchildren = _couple_with_children(
            make, family, max(age - 23, 22), surname=surname, parents=(husband, woman)
        )
        in_care = len(grandchildren)
        for child in grandchildren:
            family.kin += [(child, husband, "61"), (child, woman, "62")]
            _entrust(make, family, child, woman, "62")
    _woman_form(make, woman, husband, in_care, int(elder is not None))
    if elder is not None:
        family.kin += [(husband, elder, "52"), (woman, elder, "54")]
        _elder_form(make, elder, "with_family", children=1, away=int(months is None))
    if age >= ELDER:
        _elder_form(make, woman, "with_family", children=0, away=0)
    _hardship(make, family)
    return family


def elders_alone(make: Maker, village: Village, *, child_at_home: bool = False) -> Family:
    """An old couple or one of them, their children away; or no children at all."""
    family = make.family(village)
    age = make.age_in(shapes.ELDERS_AGES)
    couple = make.happens(0.75 - (age - ELDER) / 60)
    elders = []
    if couple or make.happens(0.35):
        elders.append(make.someone(family, MALE, age + make.chance.randint(0, 3), education=shapes.ELDERS_EDUCATION))
    if couple or not elders:
        elders.append(make.someone(family, FEMALE, age, education=shapes.ELDERS_EDUCATION))
    _marry(family, elders)
    number = max(make.one_of(shapes.CHILDREN_OF_ELDERS), int(child_at_home))
    away = 0
    for place in range(number):
        sex = make.chance.choice((MALE, FEMALE))
        surname = _surname(elders[0]) if elders[0].sex == MALE else None
        child = make.someone(
            family, sex, max(age - 24 - 3 * place, ADULT + 1), surname=surname, education=shapes.PARENTS_EDUCATION
        )
        if not (child_at_home and place == 0):
            make.goes_away(child, longest_years=12)
            away += 1
        for elder in elders:
            family.kin.append((child, elder, "51" if elder.sex == MALE else "52"))
    arrangement = "with_family" if child_at_home else "couple_only" if couple else "alone"
    for elder in elders:
        if not couple:
            elder.columns["marital_status"] = "30" if number else "10"
        _elder_form(make, elder, arrangement, children=number, away=away)
        if not number:
            elder.columns["hardship"] = ["destitute"]  # 特困: no labour, no income, nobody to support her
    _hardship(make, family)
    return family


def family_at_home(make: Maker, village: Village) -> Family:
    """Parents and children at home: known to the ledger, not left behind."""
    family = make.family(village)
    age = make.chance.randint(26, 42)
    husband = make.someone(family, MALE, age + 2, education=shapes.PARENTS_EDUCATION)
    woman = make.someone(family, FEMALE, age, education=shapes.WOMEN_EDUCATION)
    _marry(family, [husband, woman])
    in_care = _children_at_home(make, family, husband, woman, _surname(husband))
    _woman_form(make, woman, husband, in_care, 0)
    _hardship(make, family)
    return family


def guarded_by_parents(family: Family) -> None:
    """Record living parents as their children's guardians, as a form that names them does.

    The form rates whoever is there: an entrusted guardian, else a parent at home; a parent unable to act is poor.
    """
    for child, parent, relation in [one for one in family.kin if one[2] in {"51", "52"} and "child" in one[0].profiles]:
        if parent.columns["situation"] == "dead":
            continue
        form = child.profiles["child"]
        unable = _unable(parent)
        rated = unable or not (form["entrusted"] or parent.away)
        capability = ("poor" if unable else RATING[form["care_class"]]) if rated else None
        family.guardianships.append(Guarded(child, parent, "parent", relation, capability, signed=False))


# --- parts of families -----------------------------------------------------------------------------


def _marry(family: Family, pair: list[Someone]) -> None:
    if len(pair) == 2:  # noqa: PLR2004 - husband and wife
        husband, wife = pair
        family.kin.append((wife, husband, "11"))
        return
    for widowed in pair:
        widowed.columns["marital_status"] = "30"


def _couple_with_children(  # noqa: PLR0913 - a couple, what befell it, and whose child one of them is
    make: Maker,
    family: Family,
    age: int,
    *,
    surname: str | None = None,
    mother_surname: str | None = None,
    parents: tuple[Someone, Someone] | None = None,
    fates: bool = True,
    teenager: bool = False,
) -> tuple[Someone, Someone, list[Someone]]:
    """Return father, mother and their children under 16; both parents away unless fate has it otherwise."""
    father = make.someone(family, MALE, age, surname=surname, education=shapes.PARENTS_EDUCATION)
    mother_age = max(age - make.chance.randint(0, 3), 21)
    mother = make.someone(family, FEMALE, mother_age, surname=mother_surname, education=shapes.PARENTS_EDUCATION)
    _marry(family, [father, mother])
    _fate(make, mother, make.one_of(shapes.MOTHERS) if fates else "away")
    mother_stays = mother.away is None
    _fate(make, father, "away" if mother_stays or not fates else make.one_of(shapes.FATHERS))
    for grandparent in parents or ():
        family.kin.append((father, grandparent, "51" if grandparent.sex == MALE else "52"))
    eldest = min(mother_age - 20, 15)
    children = []
    for place in range(1 if teenager else make.one_of(shapes.CHILDREN_PER_COUPLE)):
        if eldest - 3 * place < 0:
            break
        child_age = (
            make.chance.randint(14, 15)
            if teenager
            else make.chance.randint(max(eldest - 3 * place - 4, 0), eldest - 3 * place)
        )
        children.append(_child(make, family, father, mother, child_age))
    if not children:
        children.append(_child(make, family, father, mother, 0))
    for child in children:
        _parents_in_form(child, father, mother)
    return father, mother, children


def _fate(make: Maker, parent: Someone, fate: str) -> None:
    """Say what became of a parent."""
    if fate == "away":
        make.goes_away(parent)
    elif fate == "dead":
        parent.phone = None
        parent.columns |= {"situation": "dead", "died_on": make.as_of - timedelta(days=make.chance.randint(200, 2000))}
    elif fate in {"missing", "imprisoned"}:
        parent.phone = None
        parent.columns["situation"] = fate
    elif fate == "incapable":
        parent.columns |= {
            "health": "disabled",
            "disability_category": make.chance.choice(("智力", "精神")),
            "disability_grade": make.chance.randint(1, 2),
            "illness": None,
            "capable": False,
        }


def _children_at_home(make: Maker, family: Family, husband: Someone, woman: Someone, surname: str) -> int:
    """Give a woman her children; returns how many she looks after."""
    del surname
    eldest = min(make.age(woman) - 21, 17)
    number = make.one_of(shapes.CHILDREN_PER_COUPLE)
    made = 0
    for place in range(number):
        if eldest - 4 * place < 0:
            break
        age = make.chance.randint(max(eldest - 4 * place - 3, 0), eldest - 4 * place)
        child = _child(make, family, husband, woman, age)
        made += 1
        if age < CHILD_UNDER:
            child.profiles["child"] |= {"entrusted": False, "care_class": "good" if make.happens(0.7) else "average"}
            _parents_in_form(child, husband, woman)
    return made


def _child(make: Maker, family: Family, father: Someone, mother: Someone, age: int) -> Someone:
    sex = MALE if make.happens(0.53) else FEMALE
    child = make.someone(family, sex, age, surname=_surname(father))
    family.kin += [(child, father, "51"), (child, mother, "52")]
    if age < CHILD_UNDER:
        child.profiles["child"] = _child_form(make, age)
    return child


def _surname(person: Someone) -> str:
    return person.name[:2] if person.name.startswith("欧阳") else person.name[0]


def _child_form(make: Maker, age: int) -> dict[str, Any]:
    schooling = next(level for start, level in reversed(SCHOOL_AGES) if age >= start)
    if age == 15:  # noqa: PLR2004 - the year in which ways part
        schooling = make.one_of({"junior": 45, "senior": 30, "vocational": 20, "not_in_school": 5})
    elif age >= 6 and make.happens(0.006):  # noqa: PLR2004 - compulsory years
        schooling = "dropped_out"
    elif schooling == "kindergarten" and make.happens(0.15):
        schooling = "not_yet"
    return {
        "household_registered": make.happens(0.995),
        "schooling": schooling,
        "boarding": make.happens({"primary": 0.12, "junior": 0.45, "senior": 0.8, "vocational": 0.8}.get(schooling, 0)),
        "income_sources": sorted({make.one_of(shapes.INCOME), "wages"}),
        "relief": ["subsistence_allowance"] if make.happens(0.06) else ["temporary"] if make.happens(0.03) else [],
    }


def _parents_in_form(child: Someone, father: Someone, mother: Someone) -> None:
    """Fill the yes/no columns of the child form as the parents' own records have it."""
    form = child.profiles["child"]
    away = {"father": father.away is not None, "mother": mother.away is not None}
    unable = [who for who, one in (("father", father), ("mother", mother)) if _unable(one)]
    form["both_parents_away"] = all(away.values())
    form["one_away_other_incapable"] = any(away.values()) and len(unable) == 1
    form["incapable_parent"] = "both" if len(unable) == len(away) else unable[0] if unable else None


def _unable(parent: Someone) -> bool:
    return parent.columns.get("capable") is False or parent.columns["situation"] != "living"


def _entrust(make: Maker, family: Family, child: Someone, guardian: Someone, relation: str) -> None:
    frail = guardian.columns["health"] in {"serious_illness", "disabled"} or make.age(guardian) > 72  # noqa: PLR2004
    capability = "poor" if frail else make.one_of(shapes.CAPABILITY)
    family.guardianships.append(Guarded(child, guardian, "entrusted", relation, capability, signed=make.happens(0.72)))
    care = {"poor": "entrusted_poor", "average": "average", "good": "good"}[capability]
    child.profiles["child"] |= {"entrusted": True, "care_class": care}


def _woman_form(make: Maker, woman: Someone, husband: Someone, children: int, elders: int) -> None:
    away = husband.away
    screened = make.happens(0.62)
    woman.profiles["woman"] = {
        "children_in_care": children,
        "elders_in_care": elders,
        "land_contract_registered": make.happens(0.58),
        "income_band": make.one_of(shapes.INCOME_BANDS),
        "income_sources": sorted({make.one_of(shapes.INCOME), "wages"}),
        "skills": make.one_of(shapes.SKILLS) if make.happens(0.55) else None,
        "training_wanted": make.one_of(shapes.TRAINING) if make.happens(0.4) else None,
        "employment_wanted": make.one_of(shapes.EMPLOYMENT) if make.happens(0.35) else None,
        "loan_wanted": make.happens(0.09),
        "screened_on": make.as_of - timedelta(days=make.chance.randint(30, 1400)) if screened else None,
        "screening_result": make.one_of(shapes.SCREENING) if screened else None,
        "rights_problems": [make.one_of(shapes.RIGHTS)] if make.happens(0.05) else [],
        "activities_wanted": make.one_of(shapes.ACTIVITIES) if make.happens(0.5) else None,
        "counselling_wanted": make.happens(0.06),
        "husband_away": None if away is None else True,
        "husband_away_since": None if away is None else away.since,
        "husband_away_reason": None if away is None else away.reason,
    }


def _elder_form(
    make: Maker, elder: Someone, arrangement: str, *, children: int, away: int, grandchildren: int = 0
) -> None:
    """Give somebody of 60 or over an elder's form; the younger get none."""
    age = make.age(elder)
    if age < ELDER:
        return
    frailty = (age - ELDER) / 100
    chronic = elder.columns["illness"] if elder.columns["health"] == "chronic" else None
    elder.profiles["elder"] = {
        "living_arrangement": arrangement,
        "self_care": make.one_of({"able": 92 - 150 * frailty, "partly": 6 + 100 * frailty, "unable": 2 + 50 * frailty}),
        "dementia": make.happens(frailty / 4),
        "chronic_diseases": [chronic] if chronic else [],
        "living_children": children,
        "children_away": away,
        "pension": make.one_of(shapes.PENSION),
        "grandchildren_raised": grandchildren,
        "last_seen_on": make.as_of - timedelta(days=make.chance.randint(0, 20)),
        "last_seen_by": make.one_of({"邻居": 5, "村干部": 4, "妇联执委": 2}),
    }


def _hardship(make: Maker, family: Family) -> None:
    """Hardship is a household's, not one person's."""
    found = make.one_of(shapes.HARDSHIP)
    if found:
        for person in family.people:
            if person.columns["situation"] == "living" and not person.columns["hardship"]:
                person.columns["hardship"] = [found]
