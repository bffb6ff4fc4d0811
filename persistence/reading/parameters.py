"""Parameters of a compiled statement: placeholders now, values at each request."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.errors import InvalidInput
from domain.people.model import Population, Remit
from domain.regions.codes import range_of
from domain.selection import Page
from persistence.engine import ScopeSettings
from persistence.reading.cursors import cursor_key, opened
from persistence.reading.scope import PARAMETERS

FIRST = len(ScopeSettings._fields) + 1  # before it stand the settings of row-level security
LAST = "\U0010ffff"
FIRST_SURROGATE, AFTER_SURROGATES = 0xD800, 0xE000  # no characters: UTF-8 has none of them
PLACEHOLDER = re.compile(r"\$([0-9]+)::")


@dataclass(frozen=True, slots=True)
class Request:
    """What one execution brings: the caller's scope values, her arguments, the key of page tokens."""

    scope: Mapping[str, object]
    arguments: Mapping[str, object]
    sub: str
    secret: str
    language: str = "zh"


Binder = Callable[[Request], object]


class Parameters:
    """Collects placeholders in the order of first use; the same value is bound once."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._binders: list[Binder] = []

    def packed(self, sql: str) -> tuple[str, tuple[Binder, ...]]:
        """Return the statement numbered without gaps, and what fills its placeholders from ``FIRST`` on.

        A part that was begun and refused has left placeholders that the statement does not hold;
        PostgreSQL could not tell their type.
        """
        used = sorted({int(number) for number in PLACEHOLDER.findall(sql)})
        numbers = {old: new for new, old in enumerate(used, FIRST)}
        renumbered = PLACEHOLDER.sub(lambda found: f"${numbers[int(found[1])]}::", sql)
        return renumbered, tuple(self._binders[number - FIRST] for number in used)

    def _placeholder(self, identity: tuple[str, ...], kind: str, binder: Binder) -> str:
        if identity not in self._numbers:
            self._numbers[identity] = len(self._binders) + FIRST
            self._binders.append(binder)
        return f"${self._numbers[identity]}::{kind}"

    def of_scope(self, name: str) -> str:
        """A value of the caller's scope."""
        return self._placeholder(("scope", name), PARAMETERS[name], lambda request: request.scope[name])

    def of_language(self) -> str:
        """The language of the request."""
        return self._placeholder(("language",), "text", lambda request: request.language)

    def of_argument(self, key: str, kind: str) -> str:
        """An argument as it came, already of its type."""
        return self._placeholder(("argument", key, kind), kind, lambda request: request.arguments[key])

    def of_division(self, key: str) -> tuple[str, str]:
        """The range of 12-digit codes below a division."""
        return (
            self._placeholder(("lo", key), "bigint", lambda request: range_of(str(request.arguments[key])).lo),
            self._placeholder(("hi", key), "bigint", lambda request: range_of(str(request.arguments[key])).hi),
        )

    def of_population(self, key: str) -> str:
        """The remit bit of a population."""
        return self._placeholder(
            ("population", key), "int", lambda request: int(Remit[Population(str(request.arguments[key])).name])
        )

    def of_prefix_end(self, key: str) -> str:
        """The least text above all that begin with the argument, by code point."""
        return self._placeholder(("prefix", key), "text", lambda request: after_prefix(str(request.arguments[key])))

    def of_cursor_key(self, page: Page) -> str:
        """What stands before the id under a page token's seal."""
        identity = ("cursor key", page.view.name, page.relation, page.order, words_key(page))
        return self._placeholder(identity, "text", lambda request: _cursor_key(request, page))

    def of_cursor(self, page: Page, kind: str) -> str:
        """The key of the row that a page token names."""
        parse: Callable[[str], object] = {"uuid": UUID, "int": int}.get(kind, str)
        argument = page.after or ""

        def bind(request: Request) -> object:
            row = opened(str(request.arguments[argument]), _cursor_key(request, page))
            if row is None:
                raise InvalidInput(code="page_token.invalid", malformed=True, argument=argument)
            return parse(row)

        identity = ("cursor", argument, page.view.name, page.relation, page.order, words_key(page))
        return self._placeholder(identity, kind, bind)


def words_key(page: Page) -> str:
    """Return the argument that holds the digest of a search's words; none for a plain list."""
    return page.search.seal if page.search else ""


def _cursor_key(request: Request, page: Page) -> str:
    words = str(request.arguments[page.search.seal]) if page.search else ""
    return cursor_key(request.secret, page, request.sub, words)


def after_prefix(text: str) -> str:
    """Return the least text above all that begin with ``text``: its last code point that has a next, stepped up."""
    kept = text.rstrip(LAST)
    if not kept:
        return text + LAST
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(AFTER_SURROGATES if following == FIRST_SURROGATE else following)
