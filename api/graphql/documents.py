"""Parsed documents: bounded, checked against the limits, validated once, kept by their text."""

import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SourceLocation,
    Visitor,
    parse,
    validate,
    visit,
)
from graphql.language import DirectiveNode, FieldNode, VariableNode

from api.graphql.coercion import Variables
from api.graphql.limits import DocumentLimits, Limits, check_variables, refused
from domain.clients.documents import LONGEST_DOCUMENT
from domain.errors import Fault, InvalidInput

MOST_DOCUMENTS = 1_000


@dataclass(slots=True)
class Prepared:
    """A document that passed, and what is worth knowing of it at every request."""

    number: int  # stands for the document in plan signatures
    document: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    switches: tuple[str, ...]  # variables of @skip and @include
    paged: bool  # a page size comes from a variable: cost is checked at every request
    introspects: bool  # it asks for the schema
    variables: dict[str | None, Variables]  # of each operation
    walks: dict[Hashable, Any] = field(default_factory=dict)


class _Notes(Visitor):
    """Notes which variables decide the structure."""

    def __init__(self) -> None:
        super().__init__()
        self.switches: dict[str, None] = {}
        self.paged = False
        self.introspects = False

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Note the variables of @skip and @include."""
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.switches[argument.value.name.value] = None

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Note page sizes that come from variables, and questions about the schema."""
        self.introspects |= node.name.value in {"__schema", "__type"}
        self.paged |= any(
            one.name.value == "first" and isinstance(one.value, VariableNode) for one in node.arguments or ()
        )


class Documents:
    """A bounded cache of documents."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self.schema, self.limits = schema, limits
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._number = 0

    def get(self, text: str, variables: Mapping[str, object]) -> Prepared | list[GraphQLError]:
        """Return a prepared document, or what is wrong with it; over a limit raises ``InvalidInput``."""
        check_variables(variables, self.limits)
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            if found.paged:
                DocumentLimits(self.schema, found.document, self.limits).check(variables)
            return found
        return self._prepare(text, variables)

    def check(self, text: str) -> None:
        """Raise ``InvalidInput`` at ``/text`` for what nobody could ask: ``domain.clients.documents``."""
        try:
            prepared = self._prepare(text, {})
        except InvalidInput as error:  # over a limit
            raise InvalidInput(*(Fault("/text", one.code, one.parameters) for one in error.faults)) from None
        if isinstance(prepared, list):
            raise InvalidInput(*map(_fault, prepared))

    def _parse(self, text: str) -> DocumentNode | GraphQLSyntaxError:
        if len(text) > self.limits.characters:
            raise refused("characters", self.limits.characters)
        try:
            return parse(text, max_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            if "more than" in error.message:
                raise refused("tokens", self.limits.tokens) from None
            if "nested too deeply" in error.message:
                raise refused("depth", self.limits.depth) from None
            return error
        except RecursionError:
            raise refused("depth", self.limits.depth) from None

    def _prepare(self, text: str, variables: Mapping[str, object]) -> Prepared | list[GraphQLError]:
        document = self._parse(text)
        if isinstance(document, GraphQLSyntaxError):
            return [document]
        limits = DocumentLimits(self.schema, document, self.limits)
        limits.check_values()
        limits.check(variables)
        errors = validate(self.schema, document, max_errors=20, hide_suggestions=True)
        if errors:
            return errors
        notes = _Notes()
        visit(document, notes)
        operations: dict[str | None, OperationDefinitionNode] = {}
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                operations[definition.name.value if definition.name else None] = definition
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._number += 1
        prepared = Prepared(
            self._number, document, operations, fragments, tuple(notes.switches), notes.paged, notes.introspects,
            {name: Variables(self.schema, one) for name, one in operations.items()},
        )  # fmt: skip
        if len(text) <= LONGEST_DOCUMENT:
            self._kept[text] = prepared
            if len(self._kept) > MOST_DOCUMENTS:
                self._kept.popitem(last=False)
        return prepared


def _fault(error: GraphQLError) -> Fault:
    (place, *_) = error.locations or (SourceLocation(1, 1),)
    reason = without_values(error.message)
    return Fault("/text", "client_document.invalid", {"line": place.line, "column": place.column, "reason": reason})


# What stands before a value in graphql-core's messages; names of fields and types come earlier.
_REJECTED = re.compile(r"[,.?]? [Ff]ound:? .*|(cannot represent [^:]*): .*|(Unexpected (?:Block)?String) .*", re.DOTALL)
_REJECTED_CHOICE = re.compile(r"Value '.*' does not", re.DOTALL)


def without_values(message: str) -> str:
    """Return graphql-core's words without what was given: it repeats rejected values, even whole inputs."""
    return _REJECTED.sub(r"\1\2.", _REJECTED_CHOICE.sub("Value does not", message))


def operation_of(prepared: Prepared, name: str | None) -> OperationDefinitionNode:
    """Return the operation to run; ``InvalidInput`` when it is not plain which."""
    if name is None and len(prepared.operations) == 1:
        return next(iter(prepared.operations.values()))
    if name is not None and name in prepared.operations:
        return prepared.operations[name]
    raise InvalidInput(code="graphql.operation_unknown", malformed=True)
