"""All read models: importing this module declares them, ``views()`` gives them by name."""

from domain.accounts import views as _accounts
from domain.agencies import views as _agencies
from domain.break_glass import views as _break_glass
from domain.campaigns import views as _campaigns
from domain.cases import desk as _desk
from domain.cases import views as _cases
from domain.contracts import views as _contracts
from domain.duplicates import views as _duplicates
from domain.history import views as _history
from domain.imports import views as _imports
from domain.notifications import views as _notifications
from domain.people import rule_views as _rules
from domain.people import views as _people
from domain.policy import views as _policy
from domain.regions import views as _regions
from domain.statistics import views as _statistics
from domain.surveys import views as _surveys
from domain.transfers import views as _transfers
from domain.venues import views as _venues
from domain.view import View, resolve

DECLARED_IN = (
    _regions,
    _agencies,
    _accounts,
    _history,
    _imports,
    _people,
    _rules,
    _transfers,
    _campaigns,
    _break_glass,
    _statistics,
    _duplicates,
    _venues,
    _surveys,
    _notifications,
    _policy,
    _contracts,
    _cases,
    _desk,
)


def views() -> dict[str, View]:
    """Return every view by the name of its GraphQL type."""
    return resolve()
