"""The parser process: reads a roster, hands over staged chunks, marks the report at the end.

It runs (``python -m persistence.importing.parser``) in a process of its own with bounds on memory
and processor time, because the file is a stranger's and parsing needs room; and so that Python
and PostgreSQL work side by side. It has no connection to the database. Stdin brings a frame with
the job and the file, stdout takes ``start``, ``chunk`` …, ``end``; then stdin brings how the rows
ended, and stdout takes ``report``. Instead of any of these it may answer ``bad_file`` or ``lost``.
"""

import gc
import resource
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, BinaryIO, Final
from uuid import UUID

import orjson

from domain.access import RegionRange
from domain.imports.cells import Cell
from domain.imports.faults import BadFile
from domain.imports.header import DEEPEST, SEARCHED_ROWS, Header, find
from domain.imports.model import RosterForm, RowOutcome
from domain.imports.operations import ImportResult
from domain.imports.people_cells import Survey
from domain.imports.places import Division, Places
from domain.imports.reading import people_rows, read_row
from domain.imports.vocabulary import Vocabulary
from domain.imports.whole_file import WholeFile, mentions_of
from domain.people.determination import RuleParameters
from domain.regions.codes import published, range_of
from persistence.crypto import FieldCipher
from persistence.data.forms import vocabulary
from persistence.importing import frames
from persistence.importing.chunk import Chunk, ChunkBuilder, Rules
from persistence.importing.ids import Ids
from persistence.sheets.reading import Sheet, read
from persistence.sheets.report import ReportRow, build_report

MEMORY_BYTES: Final = 3 * 2**30  # address space; a roster of 100,000 rows needs about half of it
PROCESSOR_SECONDS: Final = 900
MOST_ROWS: Final = 200_000
FIRST_CHUNK: Final = 500  # a small one first, and each half as large again: the database need not wait for any


def main() -> int:
    """Read the job from stdin, write frames to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold what the columns seal
    gc.disable()  # rows make no cycles
    job, (content, keys) = frames.read(sys.stdin.buffer)
    out = sys.stdout.buffer
    try:
        sheets = read(content)
        if job["parse"]:
            parse(job, sheets, FieldCipher.from_hand_over(keys), out)
        ended, (rows,) = frames.read(sys.stdin.buffer)
        frames.write(out, "report", [mark(ended, rows, sheets)])
    except BadFile as bad:
        frames.write(out, "bad_file", code=bad.code)
    except MemoryError:
        frames.write(out, "bad_file", code="file.too_large")
    except (BrokenPipeError, EOFError):
        return 1  # nobody listens any more: cancelled, or the job was killed
    except Exception as error:  # noqa: BLE001 - its text may quote a cell: only its kind leaves this process
        frames.write(out, "lost", error=type(error).__name__)
    return 0


def mark(ended: dict[str, Any], rows: bytes, sheets: Sequence[Sheet]) -> bytes:
    """Return the report."""
    listed = [
        ReportRow(sheet, sheet_row, RowOutcome(outcome), first_row, faults, repaired)
        for sheet, sheet_row, outcome, first_row, faults, repaired in orjson.loads(rows)
    ]
    return build_report(listed, sheets, ImportResult.model_validate(ended["result"]), ended["status"])


def parse(job: dict[str, Any], sheets: Sequence[Sheet], cipher: FieldCipher, out: BinaryIO) -> None:
    """Parse a file, whose size has been checked, and write its chunks. Raises ``BadFile``."""
    words = vocabulary()
    rosters = _rosters(sheets, words, RosterForm(job["form"]))
    if not rosters:
        filled = any(cell != "" for sheet in sheets for row in sheet.rows for cell in row)
        raise BadFile("file.form_unrecognised" if filled else "file.empty")
    form = rosters[0][1].form
    survey = Survey(words, _places(job), date.fromisoformat(job["as_of"]), date.fromisoformat(job["today"]))
    memory = _look(rosters, survey)
    warnings = [
        {"code": "column.unknown", "column": one} for one in dict.fromkeys(h for _, r in rosters for h in r.unknown)
    ]
    frames.write(out, "start", form=form, rows=memory.rows, warnings=warnings)
    builder = ChunkBuilder(form, survey.as_of, Ids(UUID(job["operation"])), cipher, memory)
    rules = _Rules(job["rules"])
    builder.start(1)
    size = end = FIRST_CHUNK
    for number, sheet, sheet_row, header, cells in _people(rosters, words):
        builder.add(read_row(cells, header, survey, number=number, sheet=sheet, sheet_row=sheet_row), rules)
        if number in {end, job["after"]}:
            _hand_over(builder.finish(), job["after"], out)
            builder.start(number + 1)
            size = min(size * 3 // 2, job["chunk"])
            end = number + size
    if builder.chunk.last_row >= builder.chunk.first_row:
        _hand_over(builder.finish(), job["after"], out)
    frames.write(out, "end")


def _hand_over(chunk: Chunk, after: int, out: BinaryIO) -> None:
    """Write a chunk, unless it was merged before a crash: then it was read for the memory of it only."""
    if chunk.last_row <= after:
        return
    tables = list(chunk.lines)
    parts = ["".join(f"{line}\n" for line in chunk.lines[table]).encode() for table in tables]
    counts = [len(chunk.lines[table]) for table in tables]
    frames.write(out, "chunk", parts, first=chunk.first_row, last=chunk.last_row, tables=tables, counts=counts)


def _rosters(sheets: Sequence[Sheet], words: Vocabulary, form: RosterForm) -> list[tuple[Sheet, Header]]:
    """Return the sheets that hold the form; the first recognised one decides which form ``auto`` is."""
    found: list[tuple[Sheet, Header]] = []
    for sheet in sheets:
        top = list(islice(sheet.rows, SEARCHED_ROWS + DEEPEST))
        header = find(top, words, form)
        if header is not None:
            _same_form(header, find(top, words))
            form = header.form
            found.append((sheet, header))
    return found


def _same_form(asked: Header, best: Header | None) -> None:
    """Refuse a roster of another form than the one it is said to be: its women would become children."""
    if best is not None and best.form is not asked.form and len(best.columns) > len(asked.columns):
        raise BadFile("file.form_differs")


def _people(
    rosters: Sequence[tuple[Sheet, Header]], words: Vocabulary
) -> Iterator[tuple[int, str, int, Header, Sequence[Cell]]]:
    number = 0
    for sheet, header in rosters:
        for sheet_row, cells in people_rows(sheet.rows, header, words):
            number += 1
            yield number, sheet.name, sheet_row, header, cells


def _look(rosters: Sequence[tuple[Sheet, Header]], survey: Survey) -> WholeFile:
    """Go over the whole file before its rows are handed over."""
    words = survey.vocabulary
    memory = WholeFile()
    mentions = {id(header): mentions_of(header) for _, header in rosters}
    for sheet, header in rosters:
        for _, cells in people_rows(sheet.rows, header, words):
            memory.look(cells, mentions[id(header)])
        if memory.rows > MOST_ROWS:
            raise BadFile("file.too_many_rows")
    if not memory.rows:
        raise BadFile("file.no_rows")
    if memory.looked():
        for number, name, sheet_row, header, cells in _people(rosters, words):
            if memory.is_contrary(cells, mentions[id(header)]):
                row = read_row(cells, header, survey, number=number, sheet=name, sheet_row=sheet_row)
                memory.listen(row, header.form)
    return memory


def _places(job: dict[str, Any]) -> Places:
    divisions = (Division(code, name, parent, tuple(aliases)) for code, name, parent, aliases in job["divisions"])
    return Places(divisions, [RegionRange(lo, hi) for lo, hi in job["ranges"]])


class _Rules(defaultdict[int, Rules]):
    """The rule set in force per region: of those that cover it, the one of the smallest region."""

    def __init__(self, listed: Sequence[Sequence[Any]]) -> None:
        super().__init__()
        self._listed = [
            (range_of(published(code)) if code else RegionRange(0, 10**12), Rules(UUID(one), RuleParameters(**given)))
            for one, code, given in listed
        ]

    def __missing__(self, region: int) -> Rules:
        covering = [(area.hi - area.lo, rules) for area, rules in self._listed if region in area]
        found = self[region] = min(covering, key=lambda one: one[0])[1]
        return found


if __name__ == "__main__":
    sys.exit(main())
