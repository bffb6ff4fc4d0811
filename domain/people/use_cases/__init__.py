"""What can be done with the ledger: each ``(access, uow, command) -> result``, one transaction each."""

from domain.people.use_cases.absences import record_absence, record_return, update_absence
from domain.people.use_cases.guardianships import declare_guardianship, end_guardianship, update_guardianship
from domain.people.use_cases.households import (
    add_member,
    create_household,
    leave_household,
    record_kinship,
    remove_kinship,
)
from domain.people.use_cases.people import deregister, record_death, register_person, update_person
from domain.people.use_cases.profiles import close_profile, open_profile, update_profile
from domain.people.use_cases.reading import explain_determination, reveal
from domain.people.use_cases.rules import adopt_rules

__all__ = [
    "add_member",
    "adopt_rules",
    "close_profile",
    "create_household",
    "declare_guardianship",
    "deregister",
    "end_guardianship",
    "explain_determination",
    "leave_household",
    "open_profile",
    "record_absence",
    "record_death",
    "record_kinship",
    "record_return",
    "register_person",
    "remove_kinship",
    "reveal",
    "update_absence",
    "update_guardianship",
    "update_person",
    "update_profile",
]
