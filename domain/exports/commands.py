"""What may be asked of roster exports."""

from typing import Annotated

from pydantic import Field

from domain.commands import Command, RegionCode, ShortText, choice
from domain.people.commands import Purpose
from domain.people.model import LeftBehind, Population


class StartExport(Command):
    """Write a roster (花名册) of a region on a census form.

    ``fields`` leaves all other columns blank (names are those of the blank form's columns, such as
    ``father.name``); ``reveal`` writes identity numbers and telephone numbers in full.
    """

    form: Annotated[Population, choice(Population)]
    region: RegionCode
    status: Annotated[LeftBehind, choice(LeftBehind)] | None = None
    fields: Annotated[list[ShortText], Field(min_length=1, max_length=60)] | None = None
    purpose: Purpose
    reveal: bool = False


__all__ = ["StartExport"]
