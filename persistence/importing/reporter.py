"""The report process: reads the roster once more and marks it. ``python -m persistence.importing.reporter``.

In a bounded process like the parser, for the same reasons. Stdin brings one frame with result,
file and rows; stdout takes ``report`` or ``bad_file``.
"""

import sys

import orjson

from domain.imports.faults import BadFile
from domain.imports.model import RowOutcome
from domain.imports.operations import ImportResult
from persistence.importing import frames
from persistence.importing.parser import bound
from persistence.sheets.reading import read
from persistence.sheets.report import ReportRow, build_report


def main() -> int:
    """Read the job from stdin, write the report to stdout."""
    bound()
    job, (content, listed) = frames.read(sys.stdin.buffer)
    rows = [
        ReportRow(sheet, sheet_row, RowOutcome(outcome), first_row, faults, repaired)
        for sheet, sheet_row, outcome, first_row, faults, repaired in orjson.loads(listed)
    ]
    try:
        report = build_report(rows, read(content), ImportResult.model_validate(job["result"]), job["status"])
    except (BadFile, MemoryError):
        frames.write(sys.stdout.buffer, "bad_file", code="file.too_large")
        return 0
    frames.write(sys.stdout.buffer, "report", [report])
    return 0


if __name__ == "__main__":
    sys.exit(main())
