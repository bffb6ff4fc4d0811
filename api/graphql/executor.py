"""Runs one GraphQL request: compiled reads, mutations by their use case, introspection by graphql-core."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
)
from graphql.execution.values import VariableValues
from pydantic import ValidationError

from api.faults import read_faults
from api.graphql.arguments import Structure, of_list, of_node, of_one, of_search
from api.graphql.documents import Documents, Prepared, operation_of
from api.graphql.planner import Source, Walk
from api.graphql.schema import node_views, root_fields
from api.searching import ORDER, Searches, ready
from domain.access import Access
from domain.errors import InvalidInput, NotFound, ShouwangError
from domain.events import Origin
from domain.naming import snake
from domain.selection import Query

ANONYMOUS = Origin("graphql")
Provider = Callable[[Access, Mapping[str, object]], Awaitable[object]]
"""Makes the document of a root such as ``me``."""


class Reads(Protocol):
    """The compiled read path."""

    async def read(
        self,
        access: Access,
        signature: Hashable,
        query: Callable[[], Query],
        arguments: Mapping[str, object],
        on: Any = None,
    ) -> tuple[bytes | None, tuple[tuple[str, ShouwangError], ...]]:
        """Run a query."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: errors of the request itself leave ``data`` None."""

    data: bytes | None
    errors: tuple[tuple[str | None, ShouwangError | GraphQLError], ...] = ()
    replayed: bool = False  # what an earlier request with the same idempotency key was answered


class Executor:
    """Runs requests against the schema of its documents."""

    def __init__(
        self,
        documents: Documents,
        reads: Reads,
        providers: Mapping[str, Provider],
        searches: Searches,
    ) -> None:
        self.schema, self.documents, self.reads, self.providers = documents.schema, documents, reads, providers
        self.searches = searches
        self.roots = root_fields()
        self.nodes = node_views()

    def prepare(
        self, text: str, name: str | None, variables: Mapping[str, Any]
    ) -> tuple[Prepared, OperationDefinitionNode, VariableValues] | Answer:
        """Parse, check, validate, choose the operation, coerce the variables."""
        prepared = self.documents.get(text, variables)
        if isinstance(prepared, list):
            return Answer(None, tuple((None, error) for error in prepared))
        operation = operation_of(prepared, name)
        values = prepared.variables[operation.name.value if operation.name else None].values(variables)
        if isinstance(values, list):
            return Answer(None, tuple((None, error) for error in values))
        return prepared, operation, values

    async def query(
        self,
        access: Access,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        values: VariableValues,
        origin: Origin = ANONYMOUS,
        *,
        in_address: bool = False,
    ) -> Answer:
        """Run a query operation; ``in_address``: it came by GET, and stands where no personal number may."""
        walk, introspection = self._walk(prepared, operation, values)
        errors: dict[str, ShouwangError | GraphQLError] = {}
        arguments: dict[str, object] = {}
        structures: dict[str, Structure] = {}
        for source in walk.sources:
            try:
                structures[source.key] = await self._arguments(
                    access, source, values, arguments, origin, in_address=in_address
                )
            except (ShouwangError, GraphQLError) as error:
                errors.setdefault(source.root, error)
        ready = frozenset(introspection)
        if introspection:
            arguments |= self._introspect(prepared, operation, introspection, values)
        answer = await self._read(access, prepared, operation, values, structures, arguments, errors, ready)
        return self._say_stale(answer, walk.sources, structures)

    def _say_stale(self, answer: Answer, sources: Sequence[Source], structures: Mapping[str, Structure]) -> Answer:
        """Say aloud that a cursor's row is gone from the caller's sight: its page alone would be null without a word.

        Only where the order is not the key's does the page hang on that row, and only roots have such orders.
        """
        after = [one for one in sources if one.key in structures and structures[one.key].after]
        if not after:
            return answer
        roots = self.schema.query_type.fields if self.schema.query_type else {}
        said = {path for path, _ in answer.errors}
        hanging = [
            one.root
            for one in after
            if one.view and one.root not in said and roots.get(one.node.name.value) is one.definition
            and structures[one.key].order.removeprefix("-") != one.view.key
        ]  # fmt: skip
        if not hanging or answer.data is None:
            return answer
        data = orjson.loads(answer.data)
        stale = (
            (root, InvalidInput(code="page_token.stale", malformed=True)) for root in hanging if data[root] is None
        )
        return Answer(answer.data, (*answer.errors, *stale))

    async def _read(  # noqa: PLR0913, PLR0917 - the parts of one request
        self,
        access: Access,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        values: VariableValues,
        structures: Mapping[str, Structure],
        arguments: dict[str, object],
        errors: dict[str, ShouwangError | GraphQLError],
        ready: frozenset[str],
    ) -> Answer:
        dropped = frozenset(errors)
        switches = tuple(values.coerced.get(name) for name in prepared.switches)
        name = operation.name.value if operation.name else None
        signature = (prepared.number, name, switches, tuple(structures.values()), dropped)

        def build() -> Query:
            walk = self._new_walk(prepared, values)
            walk.structures = structures
            return walk.query(operation, dropped, ready)

        try:
            data, refused = await self.reads.read(access, signature, build, arguments)
        except InvalidInput as error:  # a page token that does not open, found when it is bound
            key = str(error.parameters.get("argument", "")).partition(".")[0]
            walk, _ = self._walk(prepared, operation, values)
            root = next((source.root for source in walk.sources if source.key == key), None)
            if root is None or root in errors:
                raise
            errors[root] = error
            return await self._read(access, prepared, operation, values, structures, arguments, errors, ready)
        return Answer(data or b"null", (*errors.items(), *refused))

    # ---- walking -----------------------------------------------------------------------------------

    def _new_walk(self, prepared: Prepared, values: VariableValues) -> Walk:
        return Walk(self.schema, self.roots, self.nodes, prepared.fragments, values.coerced)

    def _walk(
        self, prepared: Prepared, operation: OperationDefinitionNode, values: VariableValues
    ) -> tuple[Walk, dict[str, list[FieldNode]]]:
        """Walk once per operation and state of its switches, to know the fields with arguments."""
        name = operation.name.value if operation.name else None
        key = (name, tuple(values.coerced.get(one) for one in prepared.switches))
        found = prepared.walks.get(key)
        if found is None:
            walk = self._new_walk(prepared, values)
            root = self.schema.query_type
            collected = walk.collect([operation.selection_set], root) if root else {}
            introspection = {
                name: nodes for name, nodes in collected.items() if nodes[0].name.value in ("__schema", "__type")
            }
            walk.query(operation, ready=frozenset(introspection))
            found = prepared.walks[key] = (walk, introspection)
        return found

    async def _arguments(
        self,
        access: Access,
        source: Source,
        values: VariableValues,
        into: dict[str, object],
        origin: Origin,
        *,
        in_address: bool,
    ) -> Structure:
        if source.kind == "search":
            return await self._search(access, source, values, into, origin, in_address=in_address)
        if source.kind == "document":
            into[source.key] = await self._document(access, source, values)
            return Structure()
        structure, found = source.evaluated or self._evaluated(source, values)
        into |= found
        return structure

    def _evaluated(self, source: Source, values: VariableValues) -> tuple[Structure, Mapping[str, object]]:
        """Return a field's structure and values; where the document says them all, they are kept with it."""
        given = source.arguments.values(values)
        if source.view is None:
            found = Structure(), of_node(source.key, given)
        elif source.kind == "list":
            found = of_list(source.view, source.key, given)
        else:
            found = Structure(), of_one(source.view, source.key, given)
        if not source.arguments.variables:  # the document itself says them all: every request gives the same
            source.evaluated = found
        return found

    async def _document(self, access: Access, source: Source, values: VariableValues) -> object:
        given = source.arguments.values(values)
        try:
            return await self.providers[source.node.name.value](
                access, {snake(key): value for key, value in given.items() if value is not None}
            )
        except NotFound:  # an unseen row is null without error
            return None
        except ValidationError as error:
            raise InvalidInput(*read_faults(error.errors(include_input=False), in_request=False)) from None

    async def _search(
        self,
        access: Access,
        source: Source,
        values: VariableValues,
        into: dict[str, object],
        origin: Origin,
        *,
        in_address: bool,
    ) -> Structure:
        given = source.arguments.values(values)
        try:
            asked = of_search(given)
        except ValidationError as error:
            raise InvalidInput(*read_faults(error.errors(include_input=False), in_request=False)) from None
        prefix = f"{source.key}."
        made = await ready(self.searches, access, asked, origin, in_address=in_address, prefix=prefix)
        into |= made.values
        filters = tuple((name, how) for name, _, how in made.filters)
        return Structure(filters, ORDER, made.size, made.after, made.search)

    # ---- introspection -----------------------------------------------------------------------------

    def _introspect(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        roots: Mapping[str, list[FieldNode]],
        values: VariableValues,
    ) -> dict[str, object]:
        selections = tuple(node for nodes in roots.values() for node in nodes)
        only = OperationDefinitionNode(
            operation=OperationType.QUERY,
            name=operation.name,
            variable_definitions=operation.variable_definitions,
            directives=operation.directives,
            selection_set=SelectionSetNode(selections=selections),
        )
        document = DocumentNode(definitions=(only, *prepared.fragments.values()))
        raw = {name: one.value for name, one in values.sources.items() if hasattr(one, "value")}
        result = execute_sync(self.schema, document, variable_values=raw)
        if result.errors or result.data is None:
            raise InvalidInput(code="graphql.introspection_failed", malformed=True)
        return dict(result.data)


__all__ = ["Answer", "Executor"]
