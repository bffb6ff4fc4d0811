"""Response models made from the views: what OpenAPI says a read answers with."""

from functools import cache
from typing import Any, Optional

from pydantic import BaseModel, ConfigDict, Field, create_model

from domain.view import VIEWS, View
from domain.views import views

_made: dict[str, type[BaseModel]] = {}


class Model(BaseModel):
    """Base of response models."""

    model_config = ConfigDict(extra="allow")


def model(view: View) -> type[BaseModel]:
    """Return the model of a view's rows; relations appear when ``fields`` asks for them."""
    views()
    if view.name not in _made:
        for one in VIEWS.values():
            _made[one.name] = _declare(one)
        for made in _made.values():
            made.model_rebuild(_types_namespace=dict(_made))
    return _made[view.name]


def _declare(view: View) -> type[BaseModel]:
    members: dict[str, Any] = {}
    for name, one in view.fields.items():
        kind: Any = list[one.type] if one.many else one.type  # type: ignore[name-defined]
        members[name] = (Optional[kind], None) if one.nullable or one.maskable else (kind, ...)  # noqa: UP045
    for name, relation in view.relations.items():
        target = relation.target
        if relation.kind == "many":
            nested_members: dict[str, Any] = {"items": (f"list[{target}]", ...), "total": (int, ...)}
            nested = create_model(f"{view.name}{name.title().replace('_', '')}", __base__=Model, **nested_members)
            _made.setdefault(nested.__name__, nested)
            members[name] = (Optional[nested], None)  # noqa: UP045
        elif relation.kind == "embedded_many":
            members[name] = (f"Optional[list[{target}]]", None)
        else:
            members[name] = (f"Optional[{target}]", None)
    if view.actions:
        members["access"] = (dict[str, bool], Field(default_factory=dict, description="Actions open to the caller."))
    if view.maskable:
        members["withheld"] = (
            list[str],
            Field(default_factory=list, description="Requested fields that are withheld."),
        )
    return create_model(view.name, __base__=Model, __doc__=view.doc, **members)


@cache
def page_model(view: View) -> type[BaseModel]:
    """Return the model of a page of a view's rows."""
    members: dict[str, Any] = {
        "items": (list[model(view)], ...),  # type: ignore[misc]
        "next_page_token": (Optional[str], None),  # noqa: UP045
        "total": (Optional[int], Field(None, description="Only when asked for with count=true.")),  # noqa: UP045
    }
    return create_model(f"{view.name}Page", __base__=Model, **members)
