"""``fields=``: which fields of a view an answer holds.

Without it, all scalar fields. ``fields=id,name,household.address,guardianships.kind`` picks, also
through relations; a ``many`` relation answers its first hundred as ``{"items": […], "total": n}``.
Every object that masking can touch names what was withheld of what was asked.
"""

from collections.abc import Iterable
from functools import lru_cache

from domain.errors import Fault, InvalidInput
from domain.selection import Action, Actions, Item, Object, One, Page, Scalar, Withheld
from domain.view import VIEWS, View

MOST_FIELDS = 100
DEEPEST = 4
NESTED_PAGE = 100


@lru_cache(maxsize=2_000)
def selection(view: View, fields: str) -> Object:
    """Return the selection that a ``fields`` parameter means; empty means the default."""
    paths = [tuple(path.split(".")) for path in fields.split(",")] if fields else []
    if len(paths) > MOST_FIELDS or any(len(path) > DEEPEST for path in paths):
        raise InvalidInput(
            Fault("/fields", "fields.too_many", {"most": MOST_FIELDS, "deepest": DEEPEST}), malformed=True
        )
    return _object(view, paths)


def _object(view: View, paths: Iterable[tuple[str, ...]]) -> Object:
    heads: dict[str, list[tuple[str, ...]]] = {}
    for head, *rest in paths or ():
        heads.setdefault(head, []).extend([tuple(rest)] if rest else [])
    if not heads:
        heads = {name: [] for name in view.fields}
        heads |= {name: [] for name, one in view.relations.items() if one.kind.startswith("embedded")}
        heads |= {name: [] for name in view.embeds}
        heads |= {"access": []} if view.actions else {}
    items: list[tuple[str, Item]] = [(name, _item(view, name, below)) for name, below in heads.items()]
    if view.maskable:
        items.append(("withheld", Withheld(tuple((name, name) for name in heads if name != "access"))))
    return Object(view, tuple(items))


def _item(view: View, name: str, below: list[tuple[str, ...]]) -> Item:
    if name in view.fields and not below:
        return Scalar(name)
    if name == "access" and view.actions and not below:
        return Actions(tuple((action, Action(action)) for action in view.actions))
    relation = view.relations.get(name)
    if relation is None:
        raise InvalidInput(Fault("/fields", "fields.unknown"), malformed=True)
    target = VIEWS[relation.target]
    inner = _object(target, below)
    if relation.kind != "many":
        return One(name, inner)
    return Page(target, name, (), relation.order, NESTED_PAGE, None, (("items", inner), ("total", "total")))
