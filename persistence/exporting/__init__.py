"""Rosters out of the ledger (导出花名册)."""

from persistence.exporting.job import run_export

__all__ = ["run_export"]
