"""What an import operation was asked, is allowed and answers: the JSON columns of ``operation``."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.access import Access
from domain.imports.faults import sentence
from domain.imports.model import ImportMode, RosterForm, RowOutcome
from domain.people.model import Population, Remit
from domain.people.remits import HOUSEHOLD, OWN

# Names of an operation's files.
INPUT, REPORT = "input", "report"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ImportParameters(_Kept):
    """What was asked."""

    form: RosterForm = RosterForm.AUTO
    mode: ImportMode
    as_of: date  # the day the survey describes


class FrozenAccess(_Kept):
    """The caller's scope as it was when she asked; the import runs under it, also after a restart."""

    sub: str
    client_id: str
    agency_id: UUID | None
    ranges: tuple[tuple[int, int], ...]  # half-open ranges of 12-digit codes
    remit: int

    @classmethod
    def of(cls, access: Access) -> "FrozenAccess":
        """Freeze a caller's access."""
        ranges = tuple((one.lo, one.hi) for one in access.regions)
        return cls(
            sub=access.sub,
            client_id=access.client_id,
            agency_id=access.agency_id,
            ranges=ranges,
            remit=access.remit,
        )


class FileWarning(_Kept):
    """Something in the file that was not understood and was left alone."""

    code: str
    message: str


class ImportResult(_Kept):
    """Counts in roster rows, not in relatives. While the work runs they are the counts so far."""

    form: RosterForm
    as_of: date
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0
    left_behind: int = 0  # of the rows that were taken, duplicates aside
    not_left_behind: int = 0
    warnings: tuple[FileWarning, ...] = Field(default=())

    def plus(self, outcomes: dict[str, int], left_behind: int, not_left_behind: int) -> "ImportResult":
        """Return the result with one more chunk counted."""
        counts = {one.value: getattr(self, one.value) + outcomes.get(one, 0) for one in RowOutcome}
        return self.model_copy(
            update=counts
            | {
                "left_behind": self.left_behind + left_behind,
                "not_left_behind": self.not_left_behind + not_left_behind,
            }
        )


class OperationProblem(_Kept):
    """Why an operation failed."""

    code: str
    message: str

    @classmethod
    def of(cls, code: str) -> "OperationProblem":
        """Return a file's fault with its sentence."""
        return cls(code=code, message=sentence(code))


def may_enter(remit: int, population: Population) -> bool:
    """Tell whether a remit covers people of a population and the families they are entered with."""
    needed = OWN[population] | HOUSEHOLD[population]
    return bool(remit & Remit.ANYONE) or remit & needed == needed


def unknown_column(heading: str) -> FileWarning:
    """Return the warning about a column nobody knows: it is not read, and rejects nothing."""
    return FileWarning(code="column.unknown", message=f"第“{heading}”列不是本表的内容，未读取")


__all__ = [
    "INPUT",
    "REPORT",
    "FileWarning",
    "FrozenAccess",
    "ImportParameters",
    "ImportResult",
    "OperationProblem",
    "may_enter",
    "unknown_column",
]
