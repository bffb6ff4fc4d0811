"""GraphQL inputs made from commands: the REST body, the id from its path, ``expectedVersion``."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import strawberry
from pydantic import BaseModel

from api.graphql import types
from domain.naming import camel

NAMES = {"version": "expected_version"}


def input_type(model: type[BaseModel]) -> type:
    """Return the Strawberry input of a command or of a part of one, made once."""
    name = f"{model.__name__}Input"
    found = getattr(types, name, None)
    if found is not None:
        return found  # type: ignore[no-any-return]
    annotations: dict[str, str] = {}
    defaults: dict[str, object] = {}
    for field_name, info in model.model_fields.items():
        public = NAMES.get(field_name, field_name)
        annotation = _annotation(info.annotation)
        if info.is_required():
            annotations[public] = annotation.removesuffix(" | None")
        else:
            annotations[public] = annotation if annotation.endswith("None") else f"{annotation} | None"
            defaults[public] = strawberry.UNSET
    ordered = {key: annotations[key] for key in sorted(annotations, key=lambda key: key in defaults)}
    namespace: dict[str, Any] = {"__annotations__": ordered, "__module__": types.__name__, **defaults}
    doc = (model.__doc__ or "").strip()
    made = strawberry.input(description=doc)(type(name, (), namespace))
    setattr(types, name, made)
    return made


def _annotation(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        return _annotation(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        inner = [one for one in get_args(annotation) if one is not NoneType]
        return f"{_annotation(inner[0])} | None"
    if get_origin(annotation) in (list, tuple, frozenset):
        return f"list[{_annotation(get_args(annotation)[0])}]"
    if get_origin(annotation) is Literal:
        return "str"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return input_type(annotation).__name__
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return types.enum_type(annotation)
    return types.SCALARS[annotation]


def to_command(model: type[BaseModel], given: Mapping[str, object]) -> dict[str, object]:
    """Return a coerced input as the object that the command is validated from."""
    found: dict[str, object] = {}
    for name, info in model.model_fields.items():
        public = NAMES.get(name, name)
        for spelled in (camel(public), public):
            if spelled in given and given[spelled] is not strawberry.UNSET:
                found[name] = _plain(info.annotation, given[spelled])
                break
    return found


def _plain(annotation: Any, value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID | date | datetime):
        return value.isoformat() if isinstance(value, date | datetime) else str(value)
    if isinstance(value, list):
        return [_plain(_inner(annotation), one) for one in value]
    model = _inner(annotation)
    if isinstance(model, type) and issubclass(model, BaseModel):
        if isinstance(value, Mapping):
            return to_command(model, value)
        if value is not None and hasattr(value, "__dict__"):
            return to_command(model, vars(value))
    return value


def _inner(annotation: Any) -> Any:
    """Return what an annotation is about: without ``Annotated``, ``None`` and ``list``."""
    while get_origin(annotation) is not None and get_origin(annotation) is not Literal:
        annotation = next((one for one in get_args(annotation) if one is not NoneType), None)
    return annotation
