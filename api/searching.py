"""Search for people, what both transports share: how a question is made ready, and which page it means."""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from domain.access import Access
from domain.events import Origin
from domain.people.search import Search, SearchPeople
from domain.reading import filter_structure
from domain.view import VIEWS

ORDER: Final = "search"  # what page tokens are sealed for: how well a row was met
Filters = tuple[tuple[str, str, int], ...]


class Sought(Protocol):
    """A search made ready: its structure, and the values of its words by argument."""

    @property
    def search(self) -> Search:
        """The structure."""

    @property
    def values(self) -> dict[str, object]:
        """The values."""


class Searches(Protocol):
    """Makes searches ready and writes down who searched, before any row is read."""

    async def __call__(
        self, access: Access, asked: SearchPeople, origin: Origin, *, in_address: bool, prefix: str = ""
    ) -> Any:
        """Return a ``Sought``; ``prefix`` goes before the names of its arguments."""


@dataclass(frozen=True, slots=True)
class Ready:
    """All that a page of a search is made of besides its selection."""

    search: Search
    filters: Filters
    size: int
    after: bool
    values: dict[str, object]


async def ready(
    searches: Searches, access: Access, asked: SearchPeople, origin: Origin, *, in_address: bool, prefix: str = ""
) -> Ready:
    """Return a question as a page of the compiled read path."""
    view = VIEWS["Person"]
    filters, values = [], dict[str, object]()
    for name, value in (("region", asked.region), ("population", asked.population)):
        if value is not None:
            how, said = filter_structure(view.filters[name], str(value), f"/{name}")
            filters.append((name, f"{prefix}{name}", how))
            values[f"{prefix}{name}"] = said
    if asked.page_token:
        values[f"{prefix}after"] = asked.page_token
    found: Sought = await searches(access, asked, origin, in_address=in_address, prefix=prefix)
    return Ready(found.search, tuple(filters), asked.page_size, bool(asked.page_token), values | found.values)


__all__ = ["ORDER", "Filters", "Ready", "Searches", "ready"]
