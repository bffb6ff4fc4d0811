"""The words in which ``tests.oracle.spec`` says what the service promises to show."""

from dataclasses import dataclass, field
from typing import Literal

Rows = Literal[
    "everybody",
    "person",
    "household",
    "subject",
    "staff",
    "county",
    "announced",
    "agency",
    "agency_row",
    "office",
    "addressed",
    "with_partner",
    "log",
    "both_sides",
    "openings",
    "case",
    "of_case",
]
Kinds = Literal["one", "many", "document", "documents"]


@dataclass(frozen=True)
class Way:
    """A relation: to rows of ``kind`` whose ``theirs`` equals our ``ours``, or to a part of our JSON."""

    how: Kinds
    kind: str
    ours: str
    theirs: str = "id"
    order: str = "-id"
    current: bool = False


def one(kind: str, ours: str, theirs: str = "id", *, current: bool = False) -> Way:
    """At most one row."""
    return Way("one", kind, ours, theirs, current=current)


def many(kind: str, theirs: str, order: str = "-id", ours: str = "id") -> Way:
    """A page of rows."""
    return Way("many", kind, ours, theirs, order)


@dataclass(frozen=True)
class Kind:
    """A kind of row: where it is stored, whose eyes reach it, what is sensitive in it, where it leads."""

    table: str
    permission: str
    rows: Rows
    root: str = ""  # the GraphQL list at the root
    key: str = "id"
    subject: str = ""  # the column of the person whose file it belongs to
    classes: dict[str, str] = field(default_factory=dict)  # field → class; open when not named
    masked: dict[str, str] = field(default_factory=dict)  # field → the column of its masked form, the only one shown
    safe: dict[str, str] = field(default_factory=dict)  # field → the column shown where it is masked
    since: str = "opened_on"  # the column from which on a row is announced
    columns: dict[str, str] = field(default_factory=dict)  # field → column where the names differ
    divisions: tuple[str, ...] = ()  # fields that publish a 12-digit number as a code
    ways: dict[str, Way] = field(default_factory=dict)
    orders: tuple[str, ...] = ("-id", "id")
    actions: dict[str, str] = field(default_factory=dict)
    stages: dict[str, tuple[str, set[str]]] = field(default_factory=dict)  # an action is open in these values only
    actor: str = ""  # the column of the agency whose actions these are
    own: str = ""  # beside a case: the column of the agency whose rows alone an NGO sees
    offices: bool = False  # beside a case: an NGO sees none
    parties: tuple[str, ...] = ()  # beside a case: the columns of agencies that see it in any case
    versioned: bool = True
    ended_by: str = "valid_to"  # the column that ``current`` asks
    embeds: tuple[str, ...] = ()  # lists that REST shows without being asked


def classes(**named: str) -> dict[str, str]:
    """Turn ``health="illness capable"`` into ``{"illness": "health", "capable": "health"}``."""
    return {name: one_class for one_class, names in named.items() for name in names.split()}


PLACE = {"region": "region_code"}
HERE = one("Region", "region_code", "lo")
WRITE_PEOPLE = {"update": "people:write"}
