"""REST reads: one row, a list, a list below one row, a document. All of them compiled."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from api.rest.parameters import ListParameters, given, of_list, unknown
from api.rest.selections import selection
from domain.access import Access
from domain.errors import InvalidInput, NotFound, ShouwangError
from domain.reading import row_key
from domain.selection import Below, ById, Document, Page, PagePart, Query
from domain.view import VIEWS, View


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
class Read:
    """One REST read: what the path means."""

    kind: Literal["one", "list", "below"]
    view: View
    relation: str = ""  # below: the collection of the one row

    @property
    def listed(self) -> View:
        """The view whose rows a list holds."""
        return VIEWS[self.view.relations[self.relation].target] if self.relation else self.view

    @property
    def permission(self) -> str:
        """What the caller needs."""
        return self.listed.permission


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the body's bytes and, for a single row, its entity tag."""

    body: bytes
    etag: str | None = None


async def read_one(reads: Reads, access: Access, view: View, key: str, query: bytes) -> Found:
    """Return one row, or ``NotFound`` when it is absent or unseen."""
    access.grant(view.permission)
    rest = given(query)
    fields = rest.pop("fields", "")
    unknown(rest)
    chosen = selection(view, fields)
    read, _ = await reads.read(
        access,
        ("one", view.name, fields),
        lambda: Query((("row", ById("id", (chosen,))),), bare=True),
        {"id": row_key(view, key)},
    )
    if read is None:
        raise NotFound
    return Found(*tagged(read))


def tagged(read: bytes) -> tuple[bytes, str]:
    """Return a row's JSON and its entity tag; the compiled read puts the row's version before it."""
    version, _, body = read.partition(b" ")
    return body, f'"{version.decode()}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


async def read_list(reads: Reads, access: Access, read: Read, key: str | None, query: bytes) -> Found:
    """Return a page of a list; below one row, ``NotFound`` when that row is absent or unseen."""
    view = read.listed
    access.grant(view.permission)
    parameters, values = of_list(view, query)
    selection(view, parameters.fields)
    signature = ("list", read.view.name, read.relation, parameters)
    if key is not None:
        values["id"] = row_key(read.view, key)
    body, _ = await reads.read(access, signature, lambda: _list_query(read, parameters), values)
    if body is None:
        if key is not None and not parameters.after:
            raise NotFound
        raise InvalidInput(code="page_token.stale", malformed=True)
    return Found(body)


def _list_query(read: Read, asked: ListParameters) -> Query:
    view = read.listed
    parts: list[tuple[str, PagePart]] = [("items", selection(view, asked.fields)), ("next_page_token", "next")]
    if asked.count:
        parts.append(("total", "total"))
    after = "page_token" if asked.after else None
    page = Page(view, read.relation, asked.filters, asked.order, asked.size, after, tuple(parts))
    if not read.relation:
        return Query((("page", page),), bare=True)
    return Query((("page", Below("id", read.view, page)),), bare=True)


async def read_document(reads: Reads, access: Access, view: View, content: object) -> Found:
    """Return a document that a use case made, by the same declaration as everything else."""
    body, _ = await reads.read(
        access,
        ("document", view.name),
        lambda: Query((("document", Document("document", selection(view, ""))),), bare=True),
        {"document": content},
    )
    return Found(body or b"null")
