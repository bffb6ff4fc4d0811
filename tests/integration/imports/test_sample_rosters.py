import json

import pytest

from tests.integration.imports.conftest import ROSTERS, Imports


def expected(form: str) -> dict:
    return json.loads((ROSTERS / f"{form}-roster.expected.json").read_text())


@pytest.mark.parametrize("form", ["child", "woman"])
async def test_a_sample_roster_gives_exactly_its_counts(imports: Imports, form: str) -> None:
    truth = expected(form)

    operation = await imports.run((ROSTERS / f"{form}-roster.xlsx").read_bytes())

    assert operation["status"] == "succeeded", operation["problem"]
    assert operation["result"] == {
        "form": form, "as_of": "2026-11-01", "rows": 600, "created": 564, "updated": 0, "unchanged": 0, "duplicate": 5,
        "rejected": 31, "left_behind": truth["left_behind"], "not_left_behind": truth["not_left_behind"], "warnings": [],
    }  # fmt: skip
    assert (operation["done"], operation["total"]) == (600, 600)
