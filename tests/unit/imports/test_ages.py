"""A row whose subject is not of the form's age is taken with a warning: nobody is lost for a wrong form."""

from datetime import date

import pytest

from domain.imports.determination import age_fault
from domain.imports.faults import RowFault, Severity
from domain.imports.model import RosterForm
from domain.imports.roster import RosterRow
from domain.people.facts import RuleParameters

DAY = date(2026, 11, 1)
WARNING = RowFault("", "", "age.outside_form", Severity.WARNING)
BOUNDED = RuleParameters(woman_min_age=20, woman_max_age=55)


@pytest.mark.parametrize(
    ("form", "born", "rules", "fault"),
    [
        (RosterForm.CHILD, date(2010, 11, 2), RuleParameters(), None),
        (RosterForm.CHILD, date(2010, 11, 1), RuleParameters(), WARNING),
        (RosterForm.CHILD, date(2010, 11, 1), RuleParameters(child_under=18), None),
        (RosterForm.ELDER, date(1966, 11, 1), RuleParameters(), None),
        (RosterForm.ELDER, date(1966, 11, 2), RuleParameters(), WARNING),
        (RosterForm.WOMAN, date(1930, 1, 1), RuleParameters(), None),
        (RosterForm.WOMAN, date(2006, 11, 1), BOUNDED, None),
        (RosterForm.WOMAN, date(2006, 11, 2), BOUNDED, WARNING),
        (RosterForm.WOMAN, date(1970, 11, 2), BOUNDED, None),
        (RosterForm.WOMAN, date(1970, 11, 1), BOUNDED, WARNING),
        (RosterForm.ELDER, None, RuleParameters(), None),
    ],
)
def test_the_age_a_form_is_for(
    form: RosterForm, born: date | None, rules: RuleParameters, fault: RowFault | None
) -> None:
    row = RosterRow(1, "Sheet1", 5)
    row.subject.birth_date = born
    assert age_fault(row, form, DAY, rules) == fault
