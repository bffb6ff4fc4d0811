import json
from typing import Any

import pytest

from domain.imports.model import ImportMode
from tests.integration.imports.conftest import ROSTERS, Imports


def expected(form: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((ROSTERS / f"{form}-roster.expected.json").read_text())
    return truth


@pytest.mark.parametrize("form", ["child", "woman"])
async def test_a_sample_roster_gives_exactly_its_counts(imports: Imports, form: str) -> None:
    truth = expected(form)

    operation = await imports.run((ROSTERS / f"{form}-roster.xlsx").read_bytes())

    assert operation["status"] == "succeeded", operation["problem"]
    assert operation["result"] == {
        "form": form, "as_of": "2026-11-01", "rows": 600,
        "created": 564, "updated": 0, "unchanged": 0, "duplicate": 5, "rejected": 31,
        "left_behind": truth["left_behind"], "not_left_behind": truth["not_left_behind"], "warnings": [],
    }  # fmt: skip
    assert (operation["done"], operation["total"]) == (600, 600)


@pytest.mark.parametrize("form", ["child", "woman"])
async def test_the_same_file_twice_changes_nothing(imports: Imports, form: str) -> None:
    content = (ROSTERS / f"{form}-roster.xlsx").read_bytes()
    first = await imports.run(content)
    before = await imports.everything()

    operation = await imports.run(content)

    assert operation["result"] == first["result"] | {"created": 0, "unchanged": 564}
    assert await imports.everything() == before


@pytest.mark.parametrize("form", ["child", "woman"])
async def test_validating_counts_as_applying_would_and_writes_nothing(imports: Imports, form: str) -> None:
    content = (ROSTERS / f"{form}-roster.xlsx").read_bytes()
    before = await imports.everything()

    validated = await imports.run(content, mode=ImportMode.VALIDATE)

    assert await imports.everything() == before
    applied = await imports.run(content)
    assert validated["result"] == applied["result"]


@pytest.mark.parametrize("form", ["child", "woman"])
async def test_every_fault_of_the_sample_is_where_it_was_put(imports: Imports, form: str) -> None:
    truth = expected(form)
    operation = await imports.run((ROSTERS / f"{form}-roster.xlsx").read_bytes())

    rows = await imports.owner.fetch("SELECT * FROM import_row WHERE operation_id = $1 ORDER BY 2", operation["id"])

    assert [row["row_number"] for row in rows] == list(range(1, 601))
    rejected = [
        [row["row_number"], *(one["code"] for one in row["faults"])] for row in rows if row["outcome"] == "rejected"
    ]
    assert rejected == truth["rejected"]
    assert [[row["row_number"], row["first_row"]] for row in rows if row["outcome"] == "duplicate"] == truth[
        "duplicates"
    ]
    repaired = {number for number, _ in truth["repaired"]}
    assert {row["row_number"] for row in rows if row["repaired"]} == repaired
    assert {row["outcome"] for row in rows if row["row_number"] in repaired} == {"created"}
