"""Mutations: one per write, one in a document; the payload is read by the compiled path before the commit."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_argument_values
from pydantic import ValidationError

from api.faults import read_faults
from api.graphql import types
from api.graphql.arguments import Structure, of_list
from api.graphql.documents import Prepared
from api.graphql.executor import Answer, Executor
from api.graphql.inputs import input_type, to_command
from api.graphql.planner import Nodes, Walk
from api.graphql.types import argument, field
from api.writing import Idempotency, Writer
from domain.access import Access
from domain.errors import InvalidInput, ShouwangError
from domain.events import Origin
from domain.idempotency import Kept
from domain.naming import camel, snake
from domain.selection import ById, Constant, Document, Query, Root
from domain.view import VIEWS
from domain.writes import NODE, Write

PAYLOAD_KEY = "result"


def mutation_type(writes: Sequence[Write]) -> type:
    """Return the Mutation type of all writes."""
    types.make_types()
    members: dict[str, object] = {}
    for write in writes:
        made = input_type(write.command)
        payload = f"{made.__name__.removesuffix('Input')}Payload"
        if not hasattr(types, payload):
            name = snake(write.answers)
            shown = {name: field(f"{write.answers} | None", name=name)}
            types._make(payload, shown, strawberry.type)
        taken = argument("input", made.__name__)
        members[write.name] = field(f"{payload} | None", taken, name=write.name, description=write.doc)
    return types._make("Mutation", members, strawberry.type)


class Mutations:
    """Runs mutation operations."""

    def __init__(self, executor: Executor, writes: Sequence[Write], writer: Writer) -> None:
        self.executor, self.writer = executor, writer
        self.writes = {camel(write.name): write for write in writes}

    async def __call__(
        self,
        access: Access,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        values: VariableValues,
        origin: Origin,
        idempotency: Idempotency | None = None,
    ) -> Answer:
        """Run the one mutation of an operation."""
        root = self.executor.schema.mutation_type
        if root is None:
            raise InvalidInput(code="graphql.operation_unknown", malformed=True)
        walk = Walk(self.executor.schema, self.executor.roots, self.executor.nodes, prepared.fragments, values.coerced)
        collected = walk.collect([operation.selection_set], root)
        if len(collected) != 1:
            raise InvalidInput(code="graphql.one_mutation", malformed=True)
        ((name, nodes),) = collected.items()
        if nodes[0].name.value == "__typename":
            return Answer(orjson.dumps({name: root.name}))
        try:
            kept = await self._run(access, walk, nodes, values, prepared, origin, idempotency)
        except (ShouwangError, GraphQLError) as error:
            return Answer(orjson.dumps({name: None}), ((name, error),))
        except ValidationError as error:
            faults = read_faults(error.errors(include_input=False), in_request=False)
            return Answer(orjson.dumps({name: None}), ((name, InvalidInput(*faults)),))
        return Answer(b"{" + orjson.dumps(name) + b":" + kept.body + b"}", replayed=kept.replayed)

    async def _run(  # noqa: PLR0913, PLR0917
        self,
        access: Access,
        walk: Walk,
        nodes: Nodes,
        values: VariableValues,
        prepared: Prepared,
        origin: Origin,
        idempotency: Idempotency | None,
    ) -> Kept:
        write = self.writes[nodes[0].name.value]
        access.grant(write.permission)
        root = self.executor.schema.mutation_type
        given = get_argument_values(root.fields[nodes[0].name.value], nodes[0], values)["input"]  # type: ignore[union-attr]
        command = write.command.model_validate(
            to_command(write.command, given if isinstance(given, Mapping) else vars(given))
        )
        query, arguments = self._payload(write, walk, nodes, values)

        async def answer(connection: Any, result: Any) -> Kept:
            arguments[PAYLOAD_KEY] = getattr(result, "id", result)  # a record's key, or the document itself
            # Its own plan, made anew: a mutation's payload is small and its documents are many.
            signature = ("payload", prepared.number, repr(query.roots))
            body, _ = await self.executor.reads.read(access, signature, lambda: query, arguments, connection)
            return Kept(200, body or b"null")

        return await self.writer.run(access, write, command, origin, answer, idempotency)

    def _payload(
        self, write: Write, walk: Walk, nodes: Nodes, values: VariableValues
    ) -> tuple[Query, dict[str, object]]:
        """Return what the payload's selection reads of the changed row."""
        roots = self._payload_roots(write, walk, nodes)
        arguments: dict[str, object] = {}
        structures: dict[str, Structure] = {}
        for source in walk.sources:
            if source.view is not None:
                structure, found = of_list(source.view, source.key, source.arguments.values(values))
                structures[source.key] = structure
                arguments |= found
        again = Walk(walk.schema, walk.roots, walk.nodes, walk.fragments, walk.variables, structures=structures)
        return Query(tuple(self._payload_roots(write, again, nodes) if structures else roots)), arguments

    def _payload_roots(self, write: Write, walk: Walk, nodes: Nodes) -> list[tuple[str, Root]]:
        views = self.executor.nodes if write.answers == NODE else (VIEWS[write.answers],)
        payload = f"{write.command.__name__}Payload"
        target = walk.schema.get_type(payload)
        roots: list[tuple[str, Root]] = []
        for name, below in walk.collect([n.selection_set for n in nodes if n.selection_set], target).items():  # type: ignore[arg-type]
            if below[0].name.value == "__typename":
                roots.append((name, Constant(payload)))
            elif views[0].is_document:
                roots.append((name, Document(PAYLOAD_KEY, walk.object(views[0], below))))
            else:
                roots.append((name, ById(PAYLOAD_KEY, tuple(walk.object(view, below) for view in views))))
        return roots
