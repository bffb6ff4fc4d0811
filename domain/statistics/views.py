"""Read models of the statistics."""

from __future__ import annotations

from datetime import date

from domain.view import document, embedded

PERMISSION = "statistics:read"
SUMMARY = "statistics:summary"


@document(permission=PERMISSION)
class Statistics:
    """Counts of people on the ledger (统计): the living and registered, exact or as published for everybody.

    ``keys`` of a cell are its categories in the order of ``group_by``; a cell that is not there is zero.
    ``notes``: ``categories_overlap`` (a person may hold several), ``published_monthly`` (as of the end of a
    month), ``small_counts_hidden`` (below ``suppressed_below``, and others that would give them away),
    ``rounded`` (to ``rounded_to``, so that parts need not add up), ``county_and_above``.
    """

    region: str | None
    region_name: str | None
    as_of: date | None
    group_by: list[str]
    exact: bool
    suppressed_below: int | None
    rounded_to: int | None
    notes: list[str]
    total: int | None
    cells: list[StatisticsCell] = embedded("cells")


@document(permission=PERMISSION)
class StatisticsCell:
    """One count; ``n`` is null where it is hidden."""

    keys: list[str]
    region_name: str | None
    n: int | None
    hidden: bool


@document(permission=SUMMARY)
class StatisticsSummary:
    """The summary table of left-behind children (农村留守儿童统计表), with the cross-checks it was put to."""

    region: str | None
    region_name: str | None
    as_of: date
    holds: bool
    rows: list[SummaryRow] = embedded("rows")
    checks: list[SummaryCheck] = embedded("checks")


@document(permission=SUMMARY)
class SummaryRow:
    """One region's row; ``counts`` in the order of the table's columns."""

    region: str | None
    region_name: str | None
    total: int
    counts: list[SummaryCount] = embedded("counts")


@document(permission=SUMMARY)
class SummaryCount:
    """One number of the table."""

    block: str
    category: str
    n: int


@document(permission=SUMMARY)
class SummaryCheck:
    """A cross-check that does not hold: ``found`` should be ``expected``."""

    region: str | None
    check: str
    expected: int
    found: int


__all__ = ["Statistics", "StatisticsCell", "StatisticsSummary", "SummaryCheck", "SummaryCount", "SummaryRow"]
