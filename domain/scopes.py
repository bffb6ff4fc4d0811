"""Whose eyes reach a row: a view names one of these, and ``persistence.reading.scope`` compiles it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Everybody:
    """Rows about no person: divisions, code lists, the directory of agencies."""


@dataclass(frozen=True, slots=True)
class People:
    """The row is a person: region ∩ remit, or opened to the caller."""


@dataclass(frozen=True, slots=True)
class Households:
    """The row is a household: region ∩ remit of its members, or that of an opened person."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The row belongs to the file of the person in ``column``, and is seen with her."""

    column: str


@dataclass(frozen=True, slots=True)
class Region:
    """The row belongs to a region (``region_code``) and to no person's file."""


@dataclass(frozen=True, slots=True)
class Regions:
    """The row lies between two regions (a holder's and another's), and each of them sees it: ∩ ``remit``."""

    holder: str
    other: str


@dataclass(frozen=True, slots=True)
class OfCounty:
    """The row belongs to a county as a whole (``region_code``): seen by all who work in it, in whatever part."""


@dataclass(frozen=True, slots=True)
class Announced:
    """The row is an office's, of a region (``region_code``), for the people there: from ``since`` on (a column).

    Who works in that region or above it sees it at once; who works, lives or has her seat somewhere in it
    sees it once ``since`` is filled.
    """

    since: str


@dataclass(frozen=True, slots=True)
class Cases:
    """The row is a case: region ∩ remit unless it is restricted; or the caller's agency takes part; or it is her own.

    A list shows a region's caller what lies in her region; what she takes part in elsewhere is read by its id.
    """


@dataclass(frozen=True, slots=True)
class OfCase:
    """The row belongs to the case in ``case_id``: seen by region and remit, or by who works the case.

    ``own`` is the column of the agency whose rows alone an NGO sees, ``offices`` says that it sees none;
    ``parties`` are columns of agencies that see the row in any case.
    """

    own: str = ""
    parties: tuple[str, ...] = ()
    offices: bool = False


@dataclass(frozen=True, slots=True)
class OfAgency:
    """The row belongs to the caller's agency: her own long operations."""


@dataclass(frozen=True, slots=True)
class Office:
    """The row belongs to an agency (``agency_id``) and maybe to one of its staff (``staff_id``): accounts, clients.

    Whose grant is ``own`` sees her own, ``agency`` her agency's, ``region`` those of its agencies.
    """


@dataclass(frozen=True, slots=True)
class Addressed:
    """The row is told to an agency (``agency_id``): to its whole desk, or to one of its staff (``staff_id``) alone."""


@dataclass(frozen=True, slots=True)
class WithPartner:
    """The row is an office's, of a region (``region_code``), made with an agency elsewhere (``partner``, a column).

    Who works in that region sees it at once, the partner its own alone, once ``since`` (a column) is filled.
    """

    partner: str
    since: str


@dataclass(frozen=True, slots=True)
class Log:
    """The row is an event: of a region for auditors, of visible people for everybody else."""


Scope = (
    Everybody
    | People
    | Households
    | Subject
    | Region
    | Regions
    | OfCounty
    | Announced
    | Cases
    | OfCase
    | OfAgency
    | Office
    | Addressed
    | WithPartner
    | Log
)

__all__ = [
    "Addressed",
    "Announced",
    "Cases",
    "Everybody",
    "Households",
    "Log",
    "OfAgency",
    "OfCase",
    "OfCounty",
    "Office",
    "People",
    "Region",
    "Regions",
    "Scope",
    "Subject",
    "WithPartner",
]
