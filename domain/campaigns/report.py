"""The closing report (摸底排查总结表): counts, returns and days late, by village, township and county."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from domain.campaigns.model import FINISHED, VillageState
from domain.regions.codes import published

FIGURES: Final = ("women", "children", "elders", "surveyed", "known", "households_surveyed", "households_known")


def closing_report(rows: Iterable[Mapping[str, Any]], due_on: date, closed_on: date) -> dict[str, Any]:
    """Return the report of a campaign's villages.

    ``rows`` are those of ``campaign_village`` with ``name`` and ``township_name``, in the order of
    their codes. Coverage is told as surveyed of known, never as a share of what was handed in.
    """
    townships: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        townships.setdefault(row["township"], []).append(row)
    listed = [_township(code, villages, due_on, closed_on) for code, villages in townships.items()]
    return {"totals": _summed([village for one in listed for village in one["villages"]]), "townships": listed}


def days_late(row: Mapping[str, Any], due_on: date, closed_on: date) -> int:
    """Return by how many days a village missed the day; what never came counts until the close."""
    return max(0, ((row["submitted_on"] or closed_on) - due_on).days)


def _township(code: int, rows: Sequence[Mapping[str, Any]], due_on: date, closed_on: date) -> dict[str, Any]:
    villages = [
        {
            "region": published(row["region_code"]),
            "name": row["name"],
            "state": row["state"],
            "returned_times": row["returned_times"],
            "days_late": days_late(row, due_on, closed_on),
            **{name: row["figures"].get(name, 0) for name in FIGURES},
        }
        for row in rows
    ]
    return {"region": str(code), "name": rows[0]["township_name"], "totals": _summed(villages), "villages": villages}


def _summed(villages: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    finished = [VillageState(one["state"]) in FINISHED for one in villages]
    return {
        "villages": len(villages),
        "accepted": sum(one["state"] == VillageState.ACCEPTED for one in villages),
        "unfinished": len(villages) - sum(finished),
        "late": sum(one["days_late"] > 0 for one in villages),
        **{name: sum(one[name] for one in villages) for name in ("returned_times", "days_late", *FIGURES)},
    }


__all__ = ["FIGURES", "closing_report", "days_late"]
