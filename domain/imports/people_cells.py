"""Reading the people of a row: the subject and her relatives, as all forms write them."""

import re
from dataclasses import dataclass
from datetime import date

from domain.codes.identity_number import IdentityNumber
from domain.imports.faults import Severity
from domain.imports.places import VILLAGE, Place, Places
from domain.imports.roster import Away, Individual, RosterRow
from domain.imports.row_cells import RowCells
from domain.imports.vocabulary import Vocabulary
from domain.people.model import AbsenceReason, Situation
from domain.people.names import is_readable

_DOTS = re.compile(r"[•‧・．﹒·]")
_NOTE = re.compile(r"\(([^()]*)\)\s*$")
_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_GRADE = re.compile(r"([一二三四1-4])级")
_GRADES = {"一": 1, "二": 2, "三": 3, "四": 4}
_SPEAKING = ("place", "since", "reason", "phone", "birth_date", "identity_number")
_DASHES = frozenset({"—", "——", "-", "--", "/"})


@dataclass(frozen=True, slots=True)
class Survey:
    """What a whole file shares: the words, the places, the day of the survey, the day of reading."""

    vocabulary: Vocabulary
    places: Places
    as_of: date
    today: date


def read_subject(cells: RowCells, survey: Survey, row: RosterRow) -> None:
    """Fill in the subject and where she lives; what keeps her out becomes an error."""
    one = row.subject
    name, _ = read_name(cells, "name", survey)
    one.name = name
    if not name:
        cells.fault("name", "name.missing")
    elif not is_readable(name):
        cells.fault("name", "name.unreadable")
    number = cells.identity_number("identity_number", survey.today, Severity.ERROR)
    _read_birth(cells, "", one, number)
    _read_sex(cells, "", one, number)
    if one.birth_date is None and not row_has_error(cells):
        cells.fault("birth_date", "birth_date.missing")
    elif one.birth_date is not None and one.birth_date > survey.as_of:
        _future_or_mismatch(cells)
    if number is None and not cells.masked and not row_has_error(cells):
        cells.warn("identity_number", "identity_number.missing")
    one.phone = cells.phone("phone")
    one.ethnicity = cells.code("ethnicity", "ethnicity")
    one.education = cells.code("education", "education")
    one.marital_status = cells.code("marital_status", "marital_status")
    one.health = cells.code("health", "health")
    one.illness = cells.note("illness")
    one.hardship = cells.codes("hardship", "hardship")
    _read_disability(cells, one)
    _read_place(cells, survey, row)


def row_has_error(cells: RowCells) -> bool:
    """Tell whether the row is rejected already."""
    return any(one.severity is Severity.ERROR for one in cells.faults)


def read_relative(cells: RowCells, survey: Survey, who: str) -> Individual | None:
    """Return the relative whose fields are ``<who>.…``, None where no name is given.

    A wrong number of a relative is a warning: the subject must not stay unseen for it.
    """
    if cells.raw(f"{who}.name") is None:
        return None
    name, noted = read_name(cells, f"{who}.name", survey)
    if not name:
        return None
    if not is_readable(name):
        cells.warn(f"{who}.name", "name.unreadable")
        return None
    one = Individual(name=name)
    number = cells.identity_number(f"{who}.identity_number", survey.today, Severity.WARNING)
    situation = noted or _stated_situation(cells, survey, who)
    if situation is None:
        _read_birth(cells, f"{who}.", one, number)
        one.phone = cells.phone(f"{who}.phone")
        one.away = _read_away(cells, survey, who)
    elif number is not None:
        one.identity_number, one.birth_date = number.number, number.birth_date
    _read_sex(cells, f"{who}.", one, number)
    one.address = cells.note(f"{who}.address")
    if situation is not None:
        one.situation = situation
        if situation is Situation.DEAD:
            one.died_on = survey.as_of
            cells.warn(f"{who}.name", "death.date_unknown")
    return one


def read_name(cells: RowCells, field: str, survey: Survey) -> tuple[str, Situation | None]:
    """Return a name without gaps and notes, and the situation a note speaks of: 张三(已故)."""
    written = cells.text(field)
    if not written:
        return "", None
    noted = None
    if written.endswith(")") and (note := _NOTE.search(written)) is not None:
        code = survey.vocabulary.labels["situation"].get(note[1].strip())
        noted = Situation(code) if code else None
        written = written[: note.start()]
    name = written if written.isalpha() else _CHINESE_GAP.sub("", _DOTS.sub("·", written)).strip()
    if name != cells.raw(field):
        cells.repair(field)
    return name, noted


def _stated_situation(cells: RowCells, survey: Survey, who: str) -> Situation | None:
    """Return dead, missing or imprisoned where any cell of the relative says so; "—" for a birth date means dead."""
    known = survey.vocabulary.labels["situation"]
    for part in _SPEAKING:
        raw = cells.raw(f"{who}.{part}")
        if raw is not None and raw in known:
            return Situation(known[str(raw)])
    birth = cells.raw(f"{who}.birth_date")
    return Situation.DEAD if isinstance(birth, str) and birth.strip() in _DASHES else None


def _read_birth(cells: RowCells, prefix: str, one: Individual, number: IdentityNumber | None) -> None:
    """Take number and birth date; the two must agree, to the precision the cell was written in."""
    one.identity_number = number.number if number else None
    written = cells.day(f"{prefix}birth_date")
    if number is None:
        one.birth_date = written[0] if written else None
        return
    one.birth_date = number.birth_date
    if written is None:
        return
    day, exact = written
    born = number.birth_date
    if day != born and (exact or (day.year, day.month) != (born.year, born.month)):
        severity = Severity.WARNING if prefix else Severity.ERROR
        cells.fault(f"{prefix}birth_date", "birth_date.future_or_mismatch", severity)


def _future_or_mismatch(cells: RowCells) -> None:
    if not any(one.code == "birth_date.future_or_mismatch" for one in cells.faults):
        cells.fault("birth_date", "birth_date.future_or_mismatch")


def _read_sex(cells: RowCells, prefix: str, one: Individual, number: IdentityNumber | None) -> None:
    written = cells.code("sex", f"{prefix}sex")
    one.sex = number.sex if number else written
    if number and written and written != number.sex:
        cells.warn(f"{prefix}sex", "sex.mismatch")


def _read_disability(cells: RowCells, one: Individual) -> None:
    """Split 肢体残疾三级 into category and grade 1–4 (GB/T 26341)."""
    written = cells.note("disability")
    if written is None:
        return
    if (grade := _GRADE.search(written)) is not None:
        one.disability_grade = _GRADES.get(grade[1]) or int(grade[1])
        written = _GRADE.sub("", written)
    one.disability_category = written.replace("残疾", "").strip(" ,、") or None


def _read_place(cells: RowCells, survey: Survey, row: RosterRow) -> None:
    registered, _, _ = _written_place(cells, survey, "registered_")
    known = registered is not None and not registered.ambiguous
    row.subject.registered_region_code = registered.code if registered is not None and known else None
    place, written, field = _written_place(cells, survey, "")
    if not written:
        place, written, field = _written_place(cells, survey, "registered_")
    if not written:
        cells.fault(cells.first_column("place", "village", "township"), "region.missing")
    elif place is None:
        cells.fault(field, "region.unknown")
    elif place.ambiguous:
        cells.fault(field, "region.ambiguous")
    elif not survey.places.reaches(place):
        cells.fault(field, "region.out_of_scope")
    elif place.level < VILLAGE:
        cells.fault(field, "region.unknown" if place.detail else "region.not_village")
    else:
        row.region_code = place.code
        if place.detail:
            row.subject.address = row.household_address = written


def _written_place(cells: RowCells, survey: Survey, which: str) -> tuple[Place | None, str, str]:
    """Return a place, the text that names it and the field to blame: one cell, or township and village in two.

    Beside these two the one cell may name the house alone (三组12号).
    """
    written = cells.text(f"{which}place")
    place = survey.places.find(written) if written else None
    above = cells.text(f"{which}township") + cells.text(f"{which}village")
    if not above or (place is not None and not place.ambiguous and place.level == VILLAGE):
        return place, written, f"{which}place"
    named = survey.places.find(above)
    blamed = f"{which}village" if cells.text(f"{which}village") else f"{which}township"
    return survey.places.find(above + written) or named, above + written, blamed


def _read_away(cells: RowCells, survey: Survey, who: str) -> Away | None:
    destination = cells.note(f"{who}.place")
    since = cells.day(f"{who}.since")
    if since is None and destination is None:
        return None
    if since is None:
        cells.warn(f"{who}.place", "absence.since_missing")
    elif since[0] > survey.today:
        cells.warn(f"{who}.since", "date.unreadable")
        since = None
    reason = cells.code("reason", f"{who}.reason")
    place = survey.places.find(destination) if destination else None
    return Away(
        since=since[0] if since else survey.as_of,
        reason=AbsenceReason(reason) if reason else None,
        destination=destination,
        destination_code=None if place is None or place.ambiguous else place.code,
        contact_frequency=cells.note(f"{who}.contact_frequency"),
    )


__all__ = ["Survey", "read_relative", "read_subject", "row_has_error"]
