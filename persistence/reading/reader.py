"""Runs compiled reads: a bounded cache of plans, one statement a request, bytes out as they came."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Protocol

from domain.access import Access
from domain.errors import Forbidden, ShouwangError
from domain.language import LANGUAGE
from domain.selection import Query
from domain.views import views
from persistence.engine import ScopeSettings, ranges_text, scope_settings
from persistence.reading.compiler import Compiler, Plan
from persistence.reading.parameters import Request
from persistence.reading.scope import Shape, scope_values, shape_of

MOST_PLANS = 2_000
NOWHERE = ranges_text(())
Witness = Callable[[Access, Sequence[str]], Awaitable[None]]
Refused = tuple[tuple[str, ShouwangError], ...]


class Fetches(Protocol):
    """What runs a statement: the connections of reads, or for payloads the one of their transaction."""

    async def fetchval(self, query: str, *arguments: object) -> bytes | None:
        """Return the first column of the first row."""


class Eyes:
    """An access made ready for reading: its shape and the values of its scope."""

    __slots__ = ("_settings", "access", "shape", "values")

    def __init__(self, access: Access) -> None:
        self.access = access
        self.shape: Shape = shape_of(access)
        self.values = scope_values(access)
        self._settings: dict[tuple[str, ...], ScopeSettings] = {}

    def settings(self, permissions: tuple[str, ...]) -> ScopeSettings:
        """Return the settings of row-level security for what is read; none: no person-bound row.

        The first permission decides about people. The region is the caller's where any of them reaches by it:
        an office that sees people by case alone still sees her county's contracts beside them.
        """
        found = self._settings.get(permissions)
        if found is None:
            each = [scope_settings(self.access, one) for one in permissions if one in self.access.grants]
            ranges = next((one.ranges for one in each if one.ranges != NOWHERE), "")
            found = each[0]._replace(ranges=ranges or each[0].ranges) if each else ScopeSettings()
            self._settings[permissions] = found
        return found


class Reader:
    """Compiles and runs reads for any caller."""

    def __init__(self, connections: Fetches, secret: str, witness: Witness | None = None) -> None:
        """``witness`` writes down what is about to be read under break-glass; without one nothing is."""
        views()
        self._witness = witness
        self._connections = connections
        self._secret = secret
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()
        self._eyes: OrderedDict[int, Eyes] = OrderedDict()

    def eyes(self, access: Access) -> Eyes:
        """Return the prepared form of an access, made once per verified token."""
        found = self._eyes.get(id(access))
        if found is None or found.access is not access:
            found = self._eyes[id(access)] = Eyes(access)
            if len(self._eyes) > MOST_PLANS:
                self._eyes.popitem(last=False)
        return found

    def plan(self, access: Access, signature: Hashable, query: Callable[[], Query]) -> Plan:
        """Return the plan of a query for a caller's shape.

        ``signature`` says all that is structure in the query, which is made only when it is new.
        """
        key = (self.eyes(access).shape, signature)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = Compiler(self.eyes(access).shape).compile(query())
            if len(self._plans) > MOST_PLANS:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        return plan

    async def read(
        self,
        access: Access,
        signature: Hashable,
        query: Callable[[], Query],
        arguments: Mapping[str, object],
        on: Fetches | None = None,
    ) -> tuple[bytes | None, Refused]:
        """Run a query; return its JSON in UTF-8, None where there is nothing to see, and the roots refused."""
        plan = self.plan(access, signature, query)
        if access.opening is not None and plan.people:
            if self._witness is None:
                raise Forbidden("break_glass.closed")
            await self._witness(access, plan.people)
        eyes = self.eyes(access)
        request = Request(eyes.values, arguments, access.sub, self._secret, LANGUAGE.get())
        values = [binder(request) for binder in plan.binders]
        fetches = on or self._connections
        return await fetches.fetchval(plan.sql, *eyes.settings(plan.permissions), *values), plan.refused
